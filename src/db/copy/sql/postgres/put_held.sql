INSERT INTO packwright_copy_held (place, restore) VALUES ($1, $2);
