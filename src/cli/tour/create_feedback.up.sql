-- What readers say of an answer. Valid on SQLite and PostgreSQL.
CREATE TABLE feedback (
    id INTEGER PRIMARY KEY,
    question TEXT NOT NULL,
    path TEXT NOT NULL,
    helpful BOOLEAN NOT NULL,
    given_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX feedback_path ON feedback (path);
