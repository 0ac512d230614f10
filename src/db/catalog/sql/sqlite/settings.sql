SELECT (SELECT user_version FROM pragma_user_version),
       (SELECT application_id FROM pragma_application_id);
