ROLLBACK TO SAVEPOINT packwright_seed
