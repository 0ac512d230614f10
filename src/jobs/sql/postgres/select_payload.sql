SELECT payload::TEXT FROM packwright_jobs WHERE id = $1;
