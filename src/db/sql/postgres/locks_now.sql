SELECT DISTINCT relation::bigint, mode
FROM pg_locks
WHERE pid = pg_backend_pid()
  AND locktype = 'relation'
  AND granted
  AND relation::bigint >= 16384
  AND mode <> 'AccessShareLock';
