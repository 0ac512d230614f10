SELECT relation, source, position, rows, is_done FROM packwright_copy;
