DROP TABLE packwright_copy;
DROP TABLE packwright_copy_held;
