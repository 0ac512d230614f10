//! `db migrate` on both engines: the verbs, and what goes wrong.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "this is a test")]

mod copy;
mod erd;
mod backup;
mod faults;
mod import;
mod own_sql;
mod plan;
mod reach;
mod recipe;
mod recipe_use;
mod repair;
mod seed;
mod squash;
mod storm;
mod table_locks;
mod types;
mod verify;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Executor, Row, SqlSafeStr};

use crate::postgres::{TestDatabase, block_on, connect};
use crate::sandbox::{Run, Sandbox};

/// A sandbox whose `DATABASE_URL` is a fresh database.
struct Place {
    sandbox: Sandbox,
    url: String,
    /// Dropped after the test.
    _server: Option<TestDatabase>,
}

impl Place {
    fn sqlite() -> Self {
        let mut sandbox = Sandbox::new();
        sandbox.set("DATABASE_URL", "sqlite:store.db");
        let url = format!("sqlite:{}", sandbox.path("store.db").display());
        Self {
            sandbox,
            url,
            _server: None,
        }
    }

    fn postgres() -> Option<Self> {
        TestDatabase::new().map(Self::on)
    }

    /// On a server of the test's own.
    #[cfg(target_os = "linux")]
    fn at(url: String) -> Self {
        let mut sandbox = Sandbox::new();
        sandbox.set("DATABASE_URL", &url);
        Self {
            sandbox,
            url,
            _server: None,
        }
    }

    fn on(server: TestDatabase) -> Self {
        let mut sandbox = Sandbox::new();
        sandbox.set("DATABASE_URL", &server.url);
        Self {
            sandbox,
            url: server.url.clone(),
            _server: Some(server),
        }
    }

    /// One on each engine that can be had, of PostgreSQL its newest version and an older one.
    fn each() -> Vec<Self> {
        let servers = TestDatabase::each().into_iter().map(Self::on);
        std::iter::once(Self::sqlite()).chain(servers).collect()
    }

    fn is_postgres(&self) -> bool {
        self.url.starts_with("postgres:")
    }

    fn write(&self, files: &[(&str, &str)]) {
        for (name, text) in files {
            self.sandbox.write(Path::new("migrations").join(name), text);
        }
    }

    fn migrate(&self, arguments: &str) -> Run {
        self.sandbox.line(&format!("db migrate {arguments}"))
    }

    fn start(&self, arguments: &str) -> Child {
        let line = format!("db migrate {arguments}");
        self.sandbox
            .command(line.split_whitespace())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// The first column of every row, as text.
    fn column(&self, query: &str) -> Vec<String> {
        block_on(async {
            if self.is_postgres() {
                let mut connection = connect(&self.url).await;
                let rows = connection
                    .fetch_all(AssertSqlSafe(query).into_sql_str())
                    .await
                    .unwrap();
                rows.iter().map(|row| row.get::<String, _>(0)).collect()
            } else {
                let options: SqliteConnectOptions = self.url.parse().unwrap();
                let mut connection = options.connect().await.unwrap();
                let rows = connection
                    .fetch_all(AssertSqlSafe(query).into_sql_str())
                    .await
                    .unwrap();
                rows.iter().map(|row| row.get::<String, _>(0)).collect()
            }
        })
    }

    fn execute(&self, script: &str) {
        block_on(async {
            if self.is_postgres() {
                let mut connection = connect(&self.url).await;
                sqlx::raw_sql(AssertSqlSafe(script))
                    .execute(&mut connection)
                    .await
                    .unwrap();
            } else {
                let options: SqliteConnectOptions = self.url.parse().unwrap();
                let mut connection = options.create_if_missing(true).connect().await.unwrap();
                sqlx::raw_sql(AssertSqlSafe(script))
                    .execute(&mut connection)
                    .await
                    .unwrap();
            }
        });
    }

    fn tables(&self) -> Vec<String> {
        self.column(if self.is_postgres() {
            "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE '%\\_migrations' AND tablename NOT LIKE 'packwright\\_%' ORDER BY 1"
        } else {
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '%\\_migrations' ESCAPE '\\' AND name NOT LIKE 'packwright\\_%' ESCAPE '\\' ORDER BY 1"
        })
    }

    fn versions(&self) -> Vec<String> {
        self.column("SELECT CAST(version AS text) FROM _sqlx_migrations WHERE success ORDER BY _sqlx_migrations.version")
    }

    /// Version to state, as `status` tells.
    fn states(&self) -> BTreeMap<i64, String> {
        let status = self.migrate("status --format json").expect(0).json();
        let migrations = status["migrations"].as_array().unwrap().iter();
        migrations
            .map(|one| {
                (
                    one["version"].as_i64().unwrap(),
                    one["state"].as_str().unwrap().to_owned(),
                )
            })
            .collect()
    }
}

const PAIRS: &[(&str, &str)] = &[
    ("1_users.up.sql", "CREATE TABLE users (id INTEGER PRIMARY KEY);\n"),
    ("1_users.down.sql", "DROP TABLE users;\n"),
    (
        "2_roles.up.sql",
        "CREATE TABLE roles (id INTEGER PRIMARY KEY);\nINSERT INTO roles VALUES (1);\n",
    ),
    ("2_roles.down.sql", "DROP TABLE roles;\n"),
];

#[test]
fn up_status_down_and_up_again() {
    for place in Place::each() {
        place.write(PAIRS);
        let dry = place.migrate("up --dry-run --format json").expect(0).json();
        assert_eq!(dry["dry_run"], true);
        assert_eq!(dry["migrations"].as_array().unwrap().len(), 2);
        assert_eq!(dry["version"], serde_json::Value::Null);
        assert!(place.is_postgres() || !place.sandbox.path("store.db").exists());

        let up = place.migrate("--format json").expect(0).json();
        assert_eq!(up["version"], 2);
        assert_eq!(up["migrations"][1]["statements"], 2);
        assert_eq!(place.tables(), ["roles", "users"]);
        assert_eq!(
            place.states(),
            [(1, "applied".to_owned()), (2, "applied".to_owned())].into()
        );
        let again = place.migrate("up").expect(0);
        assert!(again.stdout.starts_with("nothing pending: "), "{again:?}");

        place.migrate("down").expect(0);
        assert_eq!(place.tables(), ["users"]);
        assert_eq!(place.versions(), ["1"]);
        place.migrate("up --to 2").expect(0);
        assert_eq!(
            place
                .migrate("down --to 0 --dry-run")
                .expect(0)
                .stdout
                .lines()
                .count(),
            2
        );
        place.migrate("down --to 0").expect(0);
        assert_eq!(place.tables(), [""; 0]);
        assert_eq!(place.versions(), [""; 0]);
        place.migrate("up --to 1").expect(0);
        assert_eq!(place.tables(), ["users"]);
        assert_eq!(place.migrate("status").expect(0).stdout.lines().count(), 3);
    }
}

#[test]
fn the_history_is_that_of_sqlx_to_the_byte() {
    for place in Place::each() {
        place.write(&[("7_add_a_table.sql", "CREATE TABLE t (a INTEGER);\n")]);
        place.migrate("up").expect(0);
        let hex = if place.is_postgres() {
            "encode(checksum, 'hex')"
        } else {
            "lower(hex(checksum))"
        };
        // printf 'CREATE TABLE t (a INTEGER);\n' | sha384sum
        assert_eq!(
            place.column(&format!("SELECT description || ' ' || {hex} FROM _sqlx_migrations WHERE success AND execution_time > 0")),
            ["add a table 4f51a7a1bf962fc60315a70610b0f99a05f9aee97bdb92aa7abe75739ee63325ed79b6f2db90ea9fdb1db7ddcab72338"]
        );
    }
}

#[test]
fn a_folder_of_supabase_keeps_its_own_history_on_postgres() {
    let files = [
        (
            "supabase/migrations/20240101000000_first.sql",
            "CREATE TABLE first (a INTEGER);\n",
        ),
        (
            "supabase/migrations/20240102000000_second_one.sql",
            "-- x\nCREATE TABLE second (a INTEGER);\nINSERT INTO second VALUES (1);\n",
        ),
    ];
    let place = Place::sqlite();
    for (name, text) in files {
        place.sandbox.write(name, text);
    }
    let up = place.migrate("up --format json").expect(0).json();
    assert_eq!(
        (&up["database"]["history"], &up["folder"]),
        (&"sqlx".into(), &"supabase/migrations".into())
    );
    assert_eq!(place.tables(), ["first", "second"]);

    let Some(place) = Place::postgres() else { return };
    for (name, text) in files {
        place.sandbox.write(name, text);
    }
    // The table as an older Supabase CLI left it, with the first migration applied.
    place.execute(
        "CREATE SCHEMA supabase_migrations;
         CREATE TABLE supabase_migrations.schema_migrations (version text NOT NULL PRIMARY KEY);
         INSERT INTO supabase_migrations.schema_migrations VALUES ('20240101000000');
         CREATE TABLE first (a INTEGER);",
    );
    let up = place.migrate("up --format json").expect(0).json();
    assert_eq!(up["database"]["history"], "supabase");
    assert_eq!(up["migrations"].as_array().unwrap().len(), 1);
    assert_eq!(
        place.column("SELECT concat_ws('|', version, name, array_to_string(statements, ';')) FROM supabase_migrations.schema_migrations ORDER BY version"),
        [
            "20240101000000",
            "20240102000000|second_one|CREATE TABLE second (a INTEGER);INSERT INTO second VALUES (1)"
        ]
    );
    assert_eq!(place.tables(), ["first", "second"]);
    place
        .sandbox
        .write(files[1].0, "CREATE TABLE second (b INTEGER);\n");
    assert_eq!(place.states()[&20_240_102_000_000], "edited");
    let new = place.migrate("new third thing --dry-run").expect(0);
    assert_eq!(new.stdout.lines().count(), 1, "{new:?}");
}

#[test]
fn an_edited_file_is_an_error_and_an_edited_comment_a_warning() {
    for place in Place::each() {
        place.write(PAIRS);
        place.migrate("up").expect(0);
        place.write(&[(
            "1_users.up.sql",
            "-- who\r\nCREATE TABLE users (\r\n  id INTEGER PRIMARY KEY\r\n);\r\n",
        )]);
        let run = place.migrate("up").expect(0);
        assert!(
            run.stderr.contains(
                "warning: `migrations/1_users.up.sql` was changed after it was applied, but only in comments"
            ),
            "{run:?}"
        );
        assert_eq!(place.states()[&1], "reformatted");
        place.write(&[("1_users.up.sql", "CREATE TABLE users (id BIGINT PRIMARY KEY);\n")]);
        let run = place.migrate("up").expect(2);
        insta::allow_duplicates! {
            insta::assert_snapshot!(run.stderr, @r#"
    error: `migrations/1_users.up.sql` was changed after it was applied, and not only in its comments
    hint: put the file back as it was, and write the change as a new migration: `packwright db migrate new NAME`
    hint: `db migrate repair` shows what was changed, and records the new text if the database has it already
    hint: on a database of your own you can also undo it, and apply the new text: `db migrate down`, then `db migrate up`
    "#);
        }
        assert_eq!(place.states()[&1], "edited");
    }
}

#[test]
fn duplicates_and_near_misses_stop_a_run_before_it_opens_the_database() {
    let place = Place::sqlite();
    place.write(PAIRS);
    place.write(&[
        ("2_more.sql", "SELECT 1;"),
        ("3-users.sql", "SELECT 1;"),
        ("4_big.SQL", "SELECT 1;"),
    ]);
    let run = place.migrate("up").expect(2);
    insta::assert_snapshot!(run.stderr, @r#"
    error: 3 files cannot be used as migrations as they stand
    caused by: `migrations/2_roles.up.sql`: version 2 is also that of `migrations/2_more.sql`
    caused by: `migrations/3-users.sql`: `3-users.sql` has no `_` and description after its version
    caused by: `migrations/4_big.SQL`: `4_big.SQL` does not end in `.sql` in small letters
    hint: `migrations/2_roles.up.sql`: give one of the two a version of its own: the one that was not applied anywhere yet
    hint: `migrations/3-users.sql`: rename it to `3_users.sql`
    hint: `migrations/4_big.SQL`: rename it to `4_big.sql`
    "#);
    assert!(!place.sandbox.path("store.db").exists());
    let status = place.migrate("status").expect(0);
    assert_eq!(status.stderr.matches("warning: ").count(), 4, "{status:?}");
}

#[test]
fn a_broken_statement_names_file_and_line_and_leaves_nothing() {
    let text = "CREATE TABLE one (a INTEGER);\n\n-- ä\nINSERT INTO one VALUES (1);\nINSERT INTO\n  nowhere VALUES (1);\n";
    for place in Place::each() {
        place.write(&[
            ("1_ok.sql", "CREATE TABLE ok (a INTEGER);"),
            ("2_broken.sql", text),
            ("3_after.sql", "SELECT 1;"),
        ]);
        let run = place.migrate("up").expect(2);
        assert!(run.stdout.contains(" 1  ok "), "{run:?}");
        // PostgreSQL says where in the statement the table is; SQLite does not, and the statement's first line stands for it.
        let line = if place.is_postgres() { 6 } else { 5 };
        assert!(
            run.stderr.contains(&format!(
                "`migrations/2_broken.sql` line {line} could not be applied"
            )),
            "{run:?}"
        );
        assert!(
            run.stderr
                .contains("caused by: in `INSERT INTO nowhere VALUES (1)`"),
            "{run:?}"
        );
        assert!(run.stderr.contains("nothing of this file was kept"), "{run:?}");
        assert_eq!(place.tables(), ["ok"]);
        assert_eq!(place.versions(), ["1"]);
        // An error without a position: the failing statement is found by counting.
        place.write(&[(
            "2_broken.sql",
            "CREATE TABLE one (a INTEGER);\nCREATE TABLE ok (a INTEGER);\n",
        )]);
        let run = place.migrate("up").expect(2);
        assert!(run.stderr.contains("2_broken.sql` line 2 "), "{run:?}");
        assert_eq!(place.tables(), ["ok"]);
    }
}

#[test]
fn late_and_lost_versions_are_refused_with_a_way_out() {
    for place in Place::each() {
        place.write(&[("1_a.sql", "SELECT 1;"), ("5_b.sql", "SELECT 1;")]);
        place.migrate("up").expect(0);
        place.write(&[("3_late.sql", "CREATE TABLE late (a INTEGER);")]);
        let run = place.migrate("up").expect(2);
        assert!(
            run.stderr
                .contains("error: `migrations/3_late.sql` comes too late: version 5 is applied already"),
            "{run:?}"
        );
        assert!(run.stderr.contains("--allow-out-of-order"), "{run:?}");
        place.migrate("up --allow-out-of-order").expect(0);
        assert_eq!(place.tables(), ["late"]);
        fs::remove_file(place.sandbox.path("migrations/1_a.sql")).unwrap();
        let run = place.migrate("up").expect(2);
        assert!(
            run.stderr
                .contains("error: version 1 is applied, but its file is gone"),
            "{run:?}"
        );
        let run = place.migrate("up --to 4").expect(2);
        assert!(run.stderr.contains("version 1"), "{run:?}");
        let run = place.migrate("down --steps 1").expect(2);
        assert!(
            run.stderr.contains("there is no `.down.sql` for version 5"),
            "{run:?}"
        );
    }
}

#[test]
fn a_file_without_transaction_goes_on_where_it_stopped() {
    for place in Place::each() {
        let concurrently = if place.is_postgres() { "CONCURRENTLY" } else { "" };
        let text = |last: &str| {
            format!(
                "-- no-transaction\nCREATE TABLE t (a INTEGER, b INTEGER);\nCREATE INDEX {concurrently} t_a ON t (a);\nCREATE INDEX {concurrently} t_b ON t (b);\nINSERT INTO t VALUES (1, 2);\n{last};\n"
            )
        };
        place.write(&[("1_index.up.sql", &text("INSERT INTO nowhere VALUES (1)"))]);
        let run = place.migrate("up").expect(2);
        assert!(
            run.stderr
                .contains("`migrations/1_index.up.sql` line 6 could not be applied"),
            "{run:?}"
        );
        assert!(
            run.stderr.contains("4 statements before this one took effect"),
            "{run:?}"
        );
        let status = place.migrate("status --format json").expect(0).json();
        let one = &status["migrations"][0];
        assert_eq!(
            (&one["state"], &one["statements_done"], &one["statements"]),
            (&"partial".into(), &4.into(), &5.into())
        );
        // Changing what is done is refused, mending what is not is the way on.
        let changed = text("INSERT INTO t VALUES (3, 4)").replace("VALUES (1, 2)", "VALUES (1, 9)");
        place.write(&[("1_index.up.sql", &changed)]);
        let run = place.migrate("up").expect(2);
        assert!(
            run.stderr
                .contains("was changed in its first 4 statements, which are run already"),
            "{run:?}"
        );
        place.write(&[("1_index.up.sql", &text("INSERT INTO t VALUES (3, 4)"))]);
        place.migrate("up").expect(0);
        assert_eq!(
            place.column("SELECT CAST(a AS text) FROM t ORDER BY a"),
            ["1", "3"]
        );
        assert_eq!(place.states()[&1], "applied");
        place.migrate("up").expect(0);
    }
}

#[test]
fn what_a_migration_sets_reaches_neither_the_history_nor_the_next_file() {
    let Some(place) = Place::postgres() else { return };
    place.write(&[
        ("1_dump.sql", "SELECT pg_catalog.set_config('search_path', '', false);\nCREATE TABLE public.one (a integer);\nSET statement_timeout = '1ms';\n"),
        ("2_wrapped.sql", "BEGIN;\nCREATE TABLE two (a integer);\nCOMMIT;\n"),
        ("3_body.sql", "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM 1; END; $$;\n"),
    ]);
    place.migrate("up").expect(0);
    assert_eq!(place.tables(), ["one", "two"]);
    assert_eq!(place.versions(), ["1", "2", "3"]);
}

#[test]
fn databases_that_cannot_be_had_are_told_without_their_password() {
    let mut sandbox = Sandbox::new();
    sandbox.write("migrations/1_a.sql", "SELECT 1;");
    sandbox.write("notes.db", "not a database, whatever its name says; ".repeat(40));
    sandbox.set("DATABASE_URL", "postgres://app:s3cret@127.0.0.1:1/shop");
    let run = sandbox.line("db migrate").expect(2);
    assert!(
        run.stderr
            .contains("`postgres://app@127.0.0.1:1/shop` cannot be opened"),
        "{run:?}"
    );
    assert!(run.stderr.contains("whether the server is running"), "{run:?}");
    assert!(!run.stderr.contains("s3cret"), "{run:?}");
    let run = sandbox
        .line("db migrate --database-url sqlite:notes.db")
        .expect(2);
    assert!(run.stderr.contains("is not a SQLite database"), "{run:?}");
    let run = sandbox
        .line("db migrate --database-url sqlite:gone.db?mode=rw status")
        .expect(0);
    assert!(run.stdout.contains("0 applied, 1 pending"), "{run:?}");
    let run = sandbox
        .line("db migrate --database-url postgress://app:s3cret@h/d")
        .expect(2);
    assert!(
        run.stderr.contains("did you mean `postgres`?") && !run.stderr.contains("s3cret"),
        "{run:?}"
    );
    if let Some(server) = TestDatabase::new() {
        let url = server.url.replace("packwright_test", "nowhere");
        let run = sandbox.run(["db", "migrate", "--database-url", &url]).expect(2);
        assert!(
            run.stderr.contains("does not exist") && run.stderr.contains("create the database first"),
            "{run:?}"
        );
    }
}

#[test]
fn a_fresh_repository_is_shown_the_way() {
    let sandbox = Sandbox::new();
    let run = sandbox.line("db migrate").expect(2);
    insta::assert_snapshot!(run.stderr, @r#"
    error: there are no migrations: `migrations` is not there
    hint: begin with `packwright db migrate new NAME`
    hint: or say where they are with `--dir FOLDER`, or `migrations` under `[database]` in packwright.toml
    "#);
    sandbox.line("db migrate new add users").expect(0);
    let listing = sandbox.listing();
    assert_eq!(listing.len(), 3, "{listing:?}");
    let run = sandbox.line("db migrate").expect(2);
    assert!(run.stderr.contains("has not been written yet"), "{run:?}");
    sandbox.write(
        "packwright.toml",
        "[database]\nurl = \"sqlite:data/app.db\"\nmigrations = \"sql\"\n",
    );
    sandbox.write("sql/1_a.sql", "CREATE TABLE a (b);");
    sandbox.write("deep/er/file", "");
    let output = sandbox
        .command(["db", "migrate"])
        .current_dir(sandbox.path("deep/er"))
        .output()
        .unwrap();
    sandbox.shown(&output).expect(0);
    assert!(sandbox.path("data/app.db").exists());
}
