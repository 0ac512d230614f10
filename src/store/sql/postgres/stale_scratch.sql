-- Scratch databases of this role that nobody is connected to: left behind by a process that was killed, if they are old enough.
SELECT datname::text
FROM pg_database
WHERE datname LIKE 'packwright\_scratch\_%'
  AND pg_get_userbyid(datdba) = current_user
  AND NOT EXISTS (SELECT 1 FROM pg_stat_activity AS activity WHERE activity.datid = pg_database.oid);
