INSERT INTO packwright_copy (relation) SELECT relation FROM packwright_copy WHERE true;
