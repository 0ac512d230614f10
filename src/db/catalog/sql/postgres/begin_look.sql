-- One moment for everything that is read.
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
