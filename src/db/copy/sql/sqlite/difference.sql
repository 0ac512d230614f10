-- Rows of one side that the other does not have.
SELECT count(*)
FROM (
    SELECT quote(relation) FROM packwright_copy
    EXCEPT
    SELECT quote(relation) FROM (SELECT restore AS relation FROM packwright_copy_held)
);
