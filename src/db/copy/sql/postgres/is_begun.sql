SELECT to_regclass('packwright_copy') IS NOT NULL;
