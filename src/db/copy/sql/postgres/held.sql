-- What fires on rows that come in, with what takes it away and what puts it back.
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', constr.conrelid::regclass, constr.conname),
       format('ALTER TABLE %s ADD CONSTRAINT %I %s', constr.conrelid::regclass, constr.conname, pg_get_constraintdef(constr.oid))
FROM pg_constraint AS constr
JOIN pg_class AS class ON class.oid = constr.conrelid
JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
WHERE constr.contype = 'f'
  AND constr.conparentid = 0
  AND namespace.nspname || '.' || class.relname = ANY ($1)
UNION ALL
SELECT format('ALTER TABLE %s DISABLE TRIGGER %I', trigger.tgrelid::regclass, trigger.tgname),
       format(
           'ALTER TABLE %s ENABLE %s TRIGGER %I',
           trigger.tgrelid::regclass,
           CASE trigger.tgenabled WHEN 'A' THEN 'ALWAYS' ELSE '' END,
           trigger.tgname
       )
FROM pg_trigger AS trigger
JOIN pg_class AS class ON class.oid = trigger.tgrelid
JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
WHERE NOT trigger.tgisinternal
  AND trigger.tgparentid = 0
  AND trigger.tgenabled IN ('O', 'A')
  AND namespace.nspname || '.' || class.relname = ANY ($1);
