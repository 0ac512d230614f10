//! Taking over from other tools: their files and their histories.

use super::Place;

#[test]
fn files_of_dbmate_become_pairs_and_its_history_ours() {
    for place in Place::each() {
        place.write(&[
            (
                "1_a.sql",
                "-- migrate:up\nCREATE TABLE a (x integer);\n\n-- migrate:down\nDROP TABLE a;\n",
            ),
            (
                "2_b.sql",
                "-- migrate:up\nCREATE TABLE b (x integer);\n\n-- migrate:down\nDROP TABLE b;\n",
            ),
        ]);
        place.execute(
            "CREATE TABLE schema_migrations (version varchar(128) PRIMARY KEY); INSERT INTO schema_migrations VALUES ('1'); CREATE TABLE a (x integer);",
        );
        let run = place.migrate("up").expect(2);
        assert!(run.stderr.contains("both its ways would be run"), "{run:?}");
        assert!(run.stderr.contains("db migrate import"), "{run:?}");
        place.migrate("import --dry-run").expect(0);
        assert!(place.sandbox.path("migrations/1_a.sql").exists());
        let run = place.migrate("import").expect(0);
        assert!(run.stderr.contains("the history is that of dbmate"), "{run:?}");
        assert_eq!(place.sandbox.read("migrations/2_b.down.sql"), "DROP TABLE b;\n");
        assert_eq!(place.versions(), ["1"]);
        place.migrate("up").expect(0);
        place.migrate("verify").expect(0);
        place.migrate("down --to 0").expect(0);
        assert_eq!(place.tables(), [] as [&str; 0]);
    }
}

#[test]
fn the_histories_of_the_other_tools_are_read() {
    let cases = [
        (
            "goose",
            "CREATE TABLE goose_db_version (id integer PRIMARY KEY, version_id bigint NOT NULL, is_applied boolean NOT NULL);
             INSERT INTO goose_db_version VALUES (1, 0, TRUE), (2, 1, TRUE), (3, 2, TRUE), (4, 2, FALSE);",
        ),
        (
            "golang-migrate",
            "CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL); INSERT INTO schema_migrations VALUES (1, FALSE);",
        ),
        (
            "refinery",
            "CREATE TABLE refinery_schema_history (version integer PRIMARY KEY, name text, applied_on text, checksum text);
             INSERT INTO refinery_schema_history VALUES (1, 'a', '', '');",
        ),
        (
            "flyway",
            "CREATE TABLE flyway_schema_history (installed_rank integer PRIMARY KEY, version varchar(50), type varchar(20) NOT NULL, success boolean NOT NULL);
             INSERT INTO flyway_schema_history VALUES (1, '1', 'SQL', TRUE), (2, NULL, 'SQL', TRUE), (3, '2', 'SQL', TRUE), (4, '2', 'UNDO_SQL', TRUE);",
        ),
    ];
    for (tool, history) in cases {
        for place in Place::each() {
            place.write(&[
                ("V1__first_thing.sql", "SELECT 1;"),
                ("V2__second.sql", "SELECT 2;"),
                ("U2__second.sql", "SELECT 0;"),
            ]);
            place.execute(history);
            let answer = place.migrate("import --format json").expect(0).json();
            assert_eq!(answer["direction"], "import");
            assert_eq!(answer["version"], 1, "{tool}: {answer:#}");
            assert_eq!(place.states()[&2], "pending", "{tool}");
            let run = place.migrate("import --from dbmate").expect(2);
            assert!(run.stderr.contains("has no history of dbmate"), "{tool}: {run:?}");
            place.migrate("up").expect(0);
            place.migrate("down").expect(0);
        }
    }
}

#[test]
fn what_cannot_be_taken_over_is_said() {
    for place in Place::each() {
        place.write(&[("1_a.sql", "SELECT 1;")]);
        place.execute("CREATE TABLE other (a integer)");
        let run = place.migrate("import").expect(2);
        assert!(
            run.stderr.contains("has no history of a tool that is known"),
            "{run:?}"
        );
        place.execute(
            "CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL); INSERT INTO schema_migrations VALUES (7, TRUE);",
        );
        let run = place.migrate("import").expect(2);
        assert!(
            run.stderr.contains("golang-migrate marks version 7 as failed"),
            "{run:?}"
        );
        place.execute("UPDATE schema_migrations SET dirty = FALSE");
        let run = place.migrate("import").expect(2);
        assert!(
            run.stderr.contains("applied versions that have no file here: 7"),
            "{run:?}"
        );
    }
}
