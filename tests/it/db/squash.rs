//! `db migrate squash`: one file for many, with proof.

use super::{PAIRS, Place};

#[test]
fn many_files_become_one_that_makes_the_same_and_databases_go_on() {
    for place in Place::each() {
        place.write(PAIRS);
        place.write(&[
            (
                "3_note.up.sql",
                "BEGIN;\nALTER TABLE users ADD COLUMN note text; -- why\nCOMMIT;",
            ),
            (
                "3_note.down.sql",
                "ALTER TABLE users DROP COLUMN note -- no semicolon",
            ),
            ("4_later.sql", "CREATE TABLE later (a integer);"),
        ]);
        place.migrate("up --to 3").expect(0);
        place.migrate("squash --to 3 --dry-run").expect(0);
        assert!(place.sandbox.path("migrations/1_users.up.sql").exists());
        let run = place.migrate("squash --to 3 --name first three").expect(2);
        assert_eq!(run.code, 2, "a name is one word on the command line");
        let run = place.migrate("squash --to 3").expect(0);
        assert!(run.stderr.contains("`db migrate repair 1 2 --forget`"), "{run:?}");
        let names: Vec<String> = place
            .sandbox
            .listing()
            .into_iter()
            .filter(|path| path.starts_with("migrations/"))
            .collect();
        assert_eq!(
            names,
            [
                "migrations/3_squashed.down.sql",
                "migrations/3_squashed.up.sql",
                "migrations/4_later.sql"
            ]
        );
        assert!(
            place
                .sandbox
                .read("migrations/3_squashed.up.sql")
                .contains("INSERT INTO roles VALUES (1);")
        );
        place.migrate("up").expect(2);
        place.migrate("repair 1 2 --forget --yes").expect(0);
        place.migrate("repair 3 --yes").expect(0);
        place.migrate("up").expect(0);
        assert_eq!(place.versions(), ["3", "4"]);
        place.migrate("verify").expect(0);
    }
}

#[test]
fn what_cannot_be_one_file_stays_many() {
    for place in Place::each() {
        place.write(&[
            ("1_a.sql", "CREATE TABLE a (x integer);"),
            ("2_b.sql", "-- no-transaction\nCREATE INDEX a_x ON a (x);"),
        ]);
        let run = place.migrate("squash").expect(2);
        assert!(
            run.stderr.contains("2_b.sql` runs without transaction"),
            "{run:?}"
        );
        let run = place.migrate("squash --to 1").expect(2);
        assert!(run.stderr.contains("only one version"), "{run:?}");
        if place.is_postgres() {
            place.write(&[
                ("2_b.sql", "CREATE SCHEMA other; SET search_path = other;"),
                ("3_c.sql", "CREATE TABLE c (x integer);"),
            ]);
            let run = place.migrate("squash").expect(2);
            assert!(
                run.stderr.contains("run as one, the files make another schema"),
                "{run:?}"
            );
        }
    }
}
