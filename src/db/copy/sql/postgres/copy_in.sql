COPY packwright_copy (relation) FROM STDIN;
