SELECT EXISTS (SELECT 1 FROM packwright_copy);
