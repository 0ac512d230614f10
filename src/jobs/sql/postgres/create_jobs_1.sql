CREATE TABLE packwright_jobs_schema (
    version BIGINT NOT NULL
);

-- All times are milliseconds since 1970 in UTC by the clock of the database.
CREATE TABLE packwright_jobs (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind TEXT NOT NULL,
    payload JSON NOT NULL,
    -- `delayed` becomes `ready` when its time has come, so that whoever claims looks at ready jobs only.
    state TEXT NOT NULL CHECK (state IN ('delayed', 'ready', 'running', 'done', 'dead')),
    -- Higher comes first.
    priority BIGINT NOT NULL,
    -- At most one unfinished job has it.
    unique_key TEXT,
    -- How often it was begun since it was enqueued or redriven.
    attempt BIGINT NOT NULL DEFAULT 0,
    max_attempts BIGINT NOT NULL,
    backoff BIGINT NOT NULL,
    backoff_limit BIGINT NOT NULL,
    -- Grows with every claim and never falls: who completes must show the one it was given.
    token BIGINT NOT NULL DEFAULT 0,
    worker TEXT,
    lease_until BIGINT,
    run_at BIGINT NOT NULL,
    enqueued_at BIGINT NOT NULL,
    started_at BIGINT,
    finished_at BIGINT,
    last_error TEXT,
    CHECK ((state = 'running') = (lease_until IS NOT NULL)),
    CHECK ((state IN ('done', 'dead')) = (finished_at IS NOT NULL))
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05);

CREATE INDEX packwright_jobs_ready ON packwright_jobs (priority DESC, id) WHERE state = 'ready';

CREATE INDEX packwright_jobs_delayed ON packwright_jobs (run_at) WHERE state = 'delayed';

CREATE INDEX packwright_jobs_running ON packwright_jobs (lease_until) WHERE state = 'running';

CREATE INDEX packwright_jobs_done ON packwright_jobs (finished_at) WHERE state = 'done';

CREATE INDEX packwright_jobs_dead ON packwright_jobs (unique_key, id) WHERE state = 'dead';

CREATE UNIQUE INDEX packwright_jobs_unique_key ON packwright_jobs (unique_key)
WHERE unique_key IS NOT NULL AND state IN ('delayed', 'ready', 'running');

-- One row for every claim that ended.
CREATE TABLE packwright_job_runs (
    job_id BIGINT NOT NULL,
    token BIGINT NOT NULL,
    attempt BIGINT NOT NULL,
    worker TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    finished_at BIGINT NOT NULL,
    -- `lost`: the worker stopped answering; `released`: it handed the job back.
    outcome TEXT NOT NULL CHECK (outcome IN ('done', 'failed', 'dead', 'lost', 'released')),
    exit_code BIGINT,
    error TEXT,
    output TEXT,
    PRIMARY KEY (job_id, token)
);

CREATE TABLE packwright_job_schedules (
    name TEXT NOT NULL PRIMARY KEY,
    cron TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    kind TEXT NOT NULL,
    payload JSON NOT NULL,
    priority BIGINT NOT NULL,
    max_attempts BIGINT NOT NULL,
    backoff BIGINT NOT NULL,
    backoff_limit BIGINT NOT NULL,
    -- Null when the pattern names no time to come.
    next_at BIGINT,
    created_at BIGINT NOT NULL
);

-- What schedules have enqueued. It outlives its schedule, so that one that is removed and added again repeats no tick.
CREATE TABLE packwright_job_ticks (
    schedule TEXT NOT NULL,
    tick BIGINT NOT NULL,
    manual BOOLEAN NOT NULL,
    job_id BIGINT NOT NULL,
    PRIMARY KEY (schedule, tick, manual)
);
