DROP TRIGGER IF EXISTS main.the_trigger;
