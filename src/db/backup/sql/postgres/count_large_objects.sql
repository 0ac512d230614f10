SELECT count(*) FROM pg_catalog.pg_largeobject_metadata;
