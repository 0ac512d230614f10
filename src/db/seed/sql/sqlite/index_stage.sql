CREATE INDEX temp.packwright_stage_key ON packwright_stage (the_key)
