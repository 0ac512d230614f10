TRUNCATE packwright_copy;
