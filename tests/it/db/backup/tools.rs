//! Which `pg_dump` is taken, what is said where there is none, and that nobody reads the password.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::{back_up, db, filled};
use crate::db::Place;

/// A program that prints a version, and does what the shell says otherwise.
fn fake(place: &Place, folder: &str, version: &str, script: &str) -> String {
    for name in ["pg_dump", "pg_restore"] {
        let path = place.sandbox.write(
            Path::new(folder).join(name),
            format!("#!/bin/sh\nif [ \"$1\" = --version ]; then echo '{name} (PostgreSQL) {version}'; exit; fi\n{script}\n"),
        );
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    place.sandbox.path(folder).display().to_string()
}

#[test]
fn one_that_is_too_old_is_named_with_what_is_needed() {
    let Some(place) = Place::postgres().map(filled) else {
        return;
    };
    let old = fake(&place, "old", "9.6.24", "exit 9");
    let run = db(&place, &format!("backup --pg-bin {old}")).expect(2);
    assert!(run.stderr.contains("the server of `postgres://"), "{run:?}");
    assert!(run.stderr.contains(": this needs pg_dump "), "{run:?}");
    assert!(
        run.stderr
            .contains("found pg_dump 9.6.24 at `[SANDBOX]/repository/old/pg_dump`, which is too old"),
        "{run:?}"
    );
    let run = db(&place, "backup --pg-bin migrations").expect(2);
    assert!(
        run.stderr
            .contains("there is no pg_dump in `migrations`, named by `--pg-bin`"),
        "{run:?}"
    );
    assert!(
        !place.sandbox.path(".packwright/backups").exists() || db(&place, "verify-backup --all").code == 0
    );
    let folder = back_up(&place, "");
    let run = db(&place, &format!("verify-backup --pg-bin {old}")).expect(2);
    assert!(run.stderr.contains("this needs pg_restore"), "{run:?}");
    assert!(folder.exists());
}

#[test]
fn a_program_that_fails_leaves_no_backup_and_its_words() {
    let Some(place) = Place::postgres().map(filled) else {
        return;
    };
    let broken = fake(
        &place,
        "broken",
        "99.1",
        "echo half an archive; echo 'pg_dump: error: the moon is full' >&2; exit 3",
    );
    let run = db(&place, &format!("backup --pg-bin {broken}")).expect(2);
    assert!(run.stderr.contains("`pg_dump` ended with exit code 3"), "{run:?}");
    assert!(run.stderr.contains("the moon is full"), "{run:?}");
    let left: Vec<_> = fs::read_dir(place.sandbox.path(".packwright/backups"))
        .unwrap()
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn the_password_is_in_the_environment_of_the_program_alone() {
    let Some(mut place) = Place::postgres().map(filled) else {
        return;
    };
    let secret = "s3cr%40et%2Fx";
    let url = place.url.replacen("postgres@", &format!("postgres:{secret}@"), 1);
    if url == place.url {
        return;
    }
    place.sandbox.set("DATABASE_URL", &url);
    let spy = fake(
        &place,
        "spy",
        "99.1",
        "env > environment.txt; printf '%s\\n' \"$@\" > arguments.txt; cat /proc/$PPID/cmdline >> arguments.txt 2>/dev/null; echo archive",
    );
    let run = db(&place, &format!("backup --pg-bin {spy} --format json")).expect(0);
    let environment = place.sandbox.read("environment.txt");
    assert!(environment.contains("PGPASSWORD=s3cr@et/x\n"), "{environment}");
    assert!(
        environment.contains(&format!("PGDATABASE={}\n", super::name_of(&place))),
        "{environment}"
    );
    let arguments = place.sandbox.read("arguments.txt");
    assert!(arguments.contains("--snapshot="), "{arguments}");
    let folder = place.sandbox.path(run.json()["backup"]["path"].as_str().unwrap());
    let human = db(&place, &format!("verify-backup --pg-bin {spy}"));
    let mut texts = vec![arguments, run.stdout, run.stderr, human.stdout, human.stderr];
    for name in ["manifest.json", "catalog.json"] {
        texts.push(fs::read_to_string(folder.join(name)).unwrap());
    }
    for text in texts {
        assert!(!text.contains("s3cr"), "{text}");
    }
    let mode = fs::metadata(&folder).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}");
}

/// Other settings of the shell must not lead the program to another database than the one that is asked.
#[test]
fn variables_of_the_shell_do_not_lead_elsewhere() {
    let Some(mut place) = Place::postgres().map(filled) else {
        return;
    };
    for (name, value) in [
        ("PGSERVICE", "nowhere"),
        ("PGDATABASE", "nowhere"),
        ("PGUSER", "nobody"),
    ] {
        place.sandbox.set(name, value);
    }
    back_up(&place, "");
    db(&place, "restore latest --drill").expect(0);
}

/// A session that uses a table keeps it from being dropped: the restore gives up in time, and nothing has changed.
#[test]
fn a_table_in_use_is_not_waited_for_without_end() {
    let Some(place) = Place::postgres().map(filled) else {
        return;
    };
    back_up(&place, "");
    let before = super::everything(&place);
    place
        .sandbox
        .write("packwright.toml", "[database]\ntable_lock_timeout_ms = 300\n");
    crate::postgres::block_on(async {
        let mut other = crate::postgres::connect(&place.url).await;
        sqlx::raw_sql("BEGIN; SELECT * FROM users")
            .execute(&mut other)
            .await
            .unwrap();
        let name = super::name_of(&place);
        let run = db(&place, &format!("restore latest --confirm {name}")).expect(2);
        assert!(
            run.stderr.contains("could not be emptied: it is as it was"),
            "{run:?}"
        );
        assert!(run.stderr.contains("other sessions use its tables"), "{run:?}");
        // Neither is a table that is being changed, by a backup.
        sqlx::raw_sql("ALTER TABLE users ADD COLUMN more int")
            .execute(&mut other)
            .await
            .unwrap();
        let run = db(&place, "backup").expect(2);
        assert!(
            run.stderr.contains("another session is changing a table"),
            "{run:?}"
        );
        sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
    });
    assert_eq!(super::everything(&place), before);
    db(&place, "backup").expect(0);
}

/// A role that the server does not have: said so, and left out where asked for.
#[test]
fn owners_can_be_left_out() {
    let Some(place) = Place::postgres().map(filled) else {
        return;
    };
    let role = format!("packwright_owner_{}", std::process::id());
    place.execute(&format!(
        "CREATE ROLE {role}; ALTER TABLE events OWNER TO {role}; GRANT SELECT ON users TO {role}"
    ));
    back_up(&place, "");
    place.execute(&format!(
        "REASSIGN OWNED BY {role} TO postgres; DROP OWNED BY {role}; DROP ROLE {role}"
    ));
    let run = db(&place, "restore latest --drill").expect(2);
    assert!(
        run.stderr.contains(&format!("role \"{role}\" does not exist")),
        "{run:?}"
    );
    assert!(run.stderr.contains("`--no-owner`"), "{run:?}");
    db(&place, "restore latest --drill --no-owner").expect(0);
}
