DROP INDEX feedback_source_created_idx;
DROP TABLE feedback;
