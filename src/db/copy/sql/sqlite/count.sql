SELECT count(*) FROM packwright_copy;
