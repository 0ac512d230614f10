SELECT payload FROM packwright_jobs WHERE id = ?1;
