SELECT EXISTS (SELECT FROM packwright_copy);
