-- What readers said about an answer. Valid on SQLite and on PostgreSQL.
CREATE TABLE feedback (
  id         TEXT      PRIMARY KEY,
  question   TEXT      NOT NULL,
  source     TEXT      NOT NULL,
  helpful    INTEGER   NOT NULL CHECK (helpful IN (0, 1)),
  remark     TEXT,
  created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE INDEX feedback_source_created_idx ON feedback (source, created_at);
