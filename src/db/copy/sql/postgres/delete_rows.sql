DELETE FROM packwright_copy;
