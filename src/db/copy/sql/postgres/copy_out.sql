COPY (SELECT relation FROM packwright_copy WHERE true) TO STDOUT;
