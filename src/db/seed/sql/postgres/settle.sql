-- Deferred constraints speak up before the commit.
SET CONSTRAINTS ALL IMMEDIATE
