DROP TABLE temp.packwright_stage
