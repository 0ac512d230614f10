-- Rows and two sums of their hashes, which are the same in whatever order the rows come.
SELECT count(*),
       coalesce(sum(hashtextextended(ROW(relation)::text COLLATE "C", 0)::numeric), 0)::text
           || ' ' || coalesce(sum(hashtextextended(ROW(relation)::text COLLATE "C", 1)::numeric), 0)::text
FROM packwright_copy;
