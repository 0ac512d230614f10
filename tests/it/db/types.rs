//! `db types`: the live schema as code.

use super::Place;

fn tables(place: &Place) {
    place.execute(if place.is_postgres() {
        "CREATE SCHEMA app;
         CREATE TYPE app.mood AS ENUM ('good', 'bad day');
         CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
         CREATE TYPE point3 AS (x float8, y float8);
         CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, role text NOT NULL CHECK (role IN ('admin', 'member')), type positive, at timestamptz NOT NULL DEFAULT now(), twice int GENERATED ALWAYS AS (2) STORED, spot point3, tags text[]);
         COMMENT ON TABLE users IS 'Who logs in';
         CREATE TABLE app.posts (id serial PRIMARY KEY, author bigint NOT NULL UNIQUE REFERENCES users, mood app.mood, parent int REFERENCES app.posts);
         CREATE VIEW names AS SELECT id, name FROM users;
         CREATE TABLE logs (at date) PARTITION BY RANGE (at);
         CREATE TABLE logs_1 PARTITION OF logs DEFAULT;
         CREATE TABLE packwright_own (id int);
         CREATE FUNCTION find_users(q text, most int DEFAULT 5) RETURNS SETOF users LANGUAGE sql AS 'SELECT * FROM users';"
    } else {
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL, role TEXT NOT NULL CHECK (role IN ('admin', 'member')), type REAL, raw BLOB, twice INT GENERATED ALWAYS AS (2), any_of, on_since BOOLEAN) ;
         CREATE TABLE posts (id INTEGER PRIMARY KEY, author INT NOT NULL UNIQUE REFERENCES USERS, parent INT REFERENCES posts (id)) STRICT;
         CREATE VIEW names AS SELECT id, name FROM users;
         CREATE TABLE packwright_own (id int);"
    });
}

fn typescript(place: &Place) -> String {
    let run = place.sandbox.line("db types --lang typescript").expect(0);
    let same = place.sandbox.line("db types --lang ts");
    assert_eq!(same.stdout, run.stdout);
    run.stdout
}

#[test]
fn typescript_has_rows_inserts_and_relationships() {
    for place in Place::each() {
        tables(&place);
        let code = typescript(&place);
        let (id, insert) = if place.is_postgres() {
            ("id: number", "id?: never")
        } else {
            ("id: number", "id?: number | null")
        };
        for line in [
            id,
            insert,
            "twice?: never",
            "role: \"admin\" | \"member\"",
            "name: string",
        ] {
            assert!(code.contains(&format!("{line}\n")), "`{line}` is not in\n{code}");
        }
        assert!(
            !code.contains("packwright_own") && !code.contains("logs_1"),
            "{code}"
        );
        if place.is_postgres() {
            for part in [
                "mood: \"good\" | \"bad day\"\n",
                "mood: Database[\"app\"][\"Enums\"][\"mood\"] | null\n",
                "/** Who logs in */",
                "find_users: { Args: { q: string; most?: number }; Returns: Database[\"public\"][\"Tables\"][\"users\"][\"Row\"][] }\n",
                "spot: Database[\"public\"][\"CompositeTypes\"][\"point3\"] | null\n",
                "type: number | null\n",
                "type Home = \"public\"\n",
            ] {
                assert!(code.contains(part), "`{part}` is not in\n{code}");
            }
            // The client joins within a schema only.
            assert!(code.contains("isOneToOne: false\n") && !code.contains("isOneToOne: true\n"));
        } else {
            assert!(code.contains("isOneToOne: true\n"));
            assert!(code.contains("raw: Uint8Array | null\n") && code.contains("on_since: number | null\n"));
            assert!(
                code.contains("referencedRelation: \"users\""),
                "a name in other case is found"
            );
        }
    }
}

#[test]
fn rust_and_python_name_things_as_they_do() {
    for place in Place::each() {
        tables(&place);
        let rust = place.sandbox.line("db types --lang rust --sqlx").expect(0).stdout;
        for part in [
            "pub r#type: Option<",
            "pub enum UsersRole {",
            "    #[serde(rename = \"admin\")]\n    #[sqlx(rename = \"admin\")]\n    Admin,",
            "sqlx::FromRow",
            "pub struct Names {\n    pub id: Option<i64>,",
        ] {
            assert!(rust.contains(part), "`{part}` is not in\n{rust}");
        }
        let python = place.sandbox.line("db types --lang python").expect(0).stdout;
        for part in [
            "class Users:",
            "type_: ",
            "field(metadata={\"column\": \"type\"})",
            "role: _typing.Literal[\"admin\", \"member\"]",
        ] {
            assert!(python.contains(part), "`{part}` is not in\n{python}");
        }
        let only = place
            .sandbox
            .line("db types --lang rust --table n?mes")
            .expect(0)
            .stdout;
        assert!(
            only.contains("pub struct Names") && !only.contains("Users"),
            "{only}"
        );
        if place.is_postgres() {
            let only = place
                .sandbox
                .line("db types --lang rust --schema app")
                .expect(0)
                .stdout;
            assert!(
                only.contains("pub struct AppPosts") && only.contains("pub enum AppMood"),
                "{only}"
            );
            assert!(!only.contains("struct Users"));
        }
    }
}

#[test]
fn a_file_is_written_once_and_checked() {
    for place in Place::each() {
        tables(&place);
        let line = "db types --lang rust --out src/types.rs";
        let stale = place
            .sandbox
            .line(&format!("{line} --check --format json"))
            .expect(1)
            .json();
        assert_eq!(stale["state"], "stale");
        let written = place
            .sandbox
            .line(&format!("{line} --format json"))
            .expect(0)
            .json();
        assert_eq!(written["state"], "written");
        let unchanged = place
            .sandbox
            .line(&format!("{line} --format json"))
            .expect(0)
            .json();
        assert_eq!(unchanged["state"], "unchanged");
        let text = place.sandbox.read("src/types.rs");
        place.sandbox.write("src/types.rs", text.replace('\n', "\r\n"));
        place.sandbox.line(&format!("{line} --check")).expect(0);
        place.execute("ALTER TABLE users ADD COLUMN more text");
        let stale = place.sandbox.line(&format!("{line} --check")).expect(1);
        assert!(
            stale.stdout.contains("+    pub more: Option<String>,"),
            "{}",
            stale.stdout
        );
        assert_eq!(place.sandbox.read("src/types.rs").replace("\r\n", "\n"), text);
    }
}

#[test]
fn what_cannot_be_meant_is_said() {
    for place in Place::each() {
        tables(&place);
        let failed = |line: &str, words: &str| {
            let run = place.sandbox.line(line).expect(2);
            assert!(run.stderr.contains(words), "{}", run.stderr);
        };
        failed(
            "db types --lang ts --schema nope",
            "there is no table in the schema `nope`",
        );
        failed("db types --lang ts --table user", "did you mean `users`?");
        failed(
            "db types --lang ts --sqlx",
            "`--sqlx` says nothing about typescript",
        );
        failed(
            "db types --lang rust --sqlx --dates jiff",
            "sqlx does not read the types of jiff",
        );
        failed("db types --lang ts --check", "--out");
    }
    let sandbox = crate::sandbox::Sandbox::new();
    let run = sandbox
        .line("db types --lang ts --database-url sqlite:none.db")
        .expect(2);
    assert!(run.stderr.contains("is not there") && !sandbox.path("none.db").exists());
}

/// Two thousand tables are read with as many queries as two.
#[test]
fn many_tables_are_read_at_once() {
    for place in Place::each() {
        use std::fmt::Write as _;
        let mut script = String::from("BEGIN;");
        for number in 0..600 {
            let _ = write!(
                script,
                "CREATE TABLE t{number} (id int PRIMARY KEY, a text, b text UNIQUE);"
            );
        }
        place.execute(&(script + "COMMIT;"));
        let answer = place
            .sandbox
            .line("db types --lang python --format json")
            .expect(0)
            .json();
        assert_eq!(answer["relations"], 600);
    }
}
