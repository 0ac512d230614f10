CREATE TABLE packwright_jobs_schema (
    version INTEGER NOT NULL
) STRICT;

-- All times are milliseconds since 1970 in UTC by the clock of the database.
CREATE TABLE packwright_jobs (
    -- Never given twice: a token is only worth something together with the id.
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    -- `delayed` becomes `ready` when its time has come, so that whoever claims looks at ready jobs only.
    state TEXT NOT NULL CHECK (state IN ('delayed', 'ready', 'running', 'done', 'dead')),
    -- Higher comes first.
    priority INTEGER NOT NULL,
    -- At most one unfinished job has it.
    unique_key TEXT,
    -- How often it was begun since it was enqueued or redriven.
    attempt INTEGER NOT NULL DEFAULT 0,
    max_attempts INTEGER NOT NULL,
    backoff INTEGER NOT NULL,
    backoff_limit INTEGER NOT NULL,
    -- Grows with every claim and never falls: who completes must show the one it was given.
    token INTEGER NOT NULL DEFAULT 0,
    worker TEXT,
    lease_until INTEGER,
    run_at INTEGER NOT NULL,
    enqueued_at INTEGER NOT NULL,
    started_at INTEGER,
    finished_at INTEGER,
    last_error TEXT,
    CHECK ((state = 'running') = (lease_until IS NOT NULL)),
    CHECK ((state IN ('done', 'dead')) = (finished_at IS NOT NULL))
) STRICT;

CREATE INDEX packwright_jobs_ready ON packwright_jobs (priority DESC, id) WHERE state = 'ready';

CREATE INDEX packwright_jobs_delayed ON packwright_jobs (run_at) WHERE state = 'delayed';

CREATE INDEX packwright_jobs_running ON packwright_jobs (lease_until) WHERE state = 'running';

CREATE INDEX packwright_jobs_done ON packwright_jobs (finished_at) WHERE state = 'done';

CREATE INDEX packwright_jobs_dead ON packwright_jobs (unique_key, id) WHERE state = 'dead';

CREATE UNIQUE INDEX packwright_jobs_unique_key ON packwright_jobs (unique_key)
WHERE unique_key IS NOT NULL AND state IN ('delayed', 'ready', 'running');

-- One row for every claim that ended.
CREATE TABLE packwright_job_runs (
    job_id INTEGER NOT NULL,
    token INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    worker TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    finished_at INTEGER NOT NULL,
    -- `lost`: the worker stopped answering; `released`: it handed the job back.
    outcome TEXT NOT NULL CHECK (outcome IN ('done', 'failed', 'dead', 'lost', 'released')),
    exit_code INTEGER,
    error TEXT,
    output TEXT,
    PRIMARY KEY (job_id, token)
) STRICT;

CREATE TABLE packwright_job_schedules (
    name TEXT NOT NULL PRIMARY KEY,
    cron TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    priority INTEGER NOT NULL,
    max_attempts INTEGER NOT NULL,
    backoff INTEGER NOT NULL,
    backoff_limit INTEGER NOT NULL,
    -- Null when the pattern names no time to come.
    next_at INTEGER,
    created_at INTEGER NOT NULL
) STRICT;

-- What schedules have enqueued. It outlives its schedule, so that one that is removed and added again repeats no tick.
CREATE TABLE packwright_job_ticks (
    schedule TEXT NOT NULL,
    tick INTEGER NOT NULL,
    manual INTEGER NOT NULL,
    job_id INTEGER NOT NULL,
    PRIMARY KEY (schedule, tick, manual)
) STRICT;
