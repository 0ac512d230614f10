-- What the archive has set for its session.
RESET ALL;
