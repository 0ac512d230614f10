-- Neither foreign keys nor triggers stand in the way of this session.
SET session_replication_role = replica;
