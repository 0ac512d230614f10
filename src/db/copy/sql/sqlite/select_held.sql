SELECT restore FROM packwright_copy_held ORDER BY place;
