-- A 64-bit advisory key is shown in two halves; objsubid 1 marks it as one key.
SELECT activity.pid,
       coalesce(activity.application_name, ''),
       coalesce(host(activity.client_addr), 'a local socket'),
       extract(epoch FROM activity.backend_start)::bigint
FROM pg_locks AS lock
JOIN pg_stat_activity AS activity USING (pid)
WHERE lock.locktype = 'advisory'
  AND lock.granted
  AND lock.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND lock.objsubid = 1
  AND lock.classid::bigint = ($1::bigint >> 32) & 4294967295
  AND lock.objid::bigint = $1::bigint & 4294967295;
