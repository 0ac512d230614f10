//! `db backup`, `db verify-backup`, `db restore` on both engines.

mod damage;
mod jobs;
mod kill;
mod large;
mod retention;
mod tools;

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use super::Place;
use crate::sandbox::Run;

/// Tables of every kind, with names and rows that are hard to copy.
const SQLITE: &str = r#"
    CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, photo BLOB);
    INSERT INTO users VALUES (1, 'Ana', x'00ff'), (2, 'Bo
next line	tab \ backslash', NULL);
    CREATE TABLE "odd ""name""" (a TEXT);
    INSERT INTO "odd ""name""" VALUES ('\.'), (NULL);
    CREATE TABLE no_key (word TEXT);
    INSERT INTO no_key (rowid, word) VALUES (7, 'seven'), (40, 'forty');
    CREATE VIRTUAL TABLE found USING fts5(word, content='no_key', content_rowid='rowid');
    INSERT INTO found (rowid, word) SELECT rowid, word FROM no_key;
    CREATE INDEX by_name ON users (name);
    CREATE VIEW names AS SELECT name FROM users;
    CREATE TRIGGER shout AFTER INSERT ON users BEGIN UPDATE users SET name = upper(name) WHERE id = new.id; END;
    PRAGMA user_version = 5;
"#;
const POSTGRES: &str = r#"
    CREATE EXTENSION vector;
    CREATE TYPE mood AS ENUM ('good', 'bad');
    CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, photo bytea, mood mood, double bigint GENERATED ALWAYS AS (id * 2) STORED);
    INSERT INTO users (name, photo, mood) VALUES ('Ana', '\x00ff', 'good'), (E'Bo\nnext line\ttab \\ backslash', NULL, NULL);
    CREATE TABLE "odd ""name""" (a text);
    INSERT INTO "odd ""name""" VALUES ('\.'), (NULL), ('');
    CREATE TABLE "line
break" (a int);
    INSERT INTO "line
break" VALUES (1);
    CREATE TABLE nothing ();
    INSERT INTO nothing DEFAULT VALUES;
    CREATE TABLE events (at date NOT NULL, what text) PARTITION BY RANGE (at);
    CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
    INSERT INTO events VALUES ('2026-05-05', 'x');
    CREATE TABLE chunks (id int PRIMARY KEY, user_id bigint REFERENCES users, at vector(3));
    INSERT INTO chunks VALUES (1, 1, '[1,2,3]');
    CREATE INDEX ON chunks USING hnsw (at vector_l2_ops);
    CREATE FUNCTION copies() RETURNS text LANGUAGE plpgsql AS $body$
/*
COPY users FROM stdin;
\.
*/
BEGIN RETURN ';'; END $body$;
    CREATE FUNCTION one() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; END;
    CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.name := upper(NEW.name); RETURN NEW; END';
    CREATE TRIGGER shout BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION touch();
    CREATE VIEW names AS SELECT name FROM users;
    CREATE MATERIALIZED VIEW counted AS SELECT count(*) FROM users;
    ALTER TABLE users ENABLE ROW LEVEL SECURITY;
    CREATE POLICY mine ON users USING (name = current_user);
    COMMENT ON TABLE users IS 'who; "uses" it';
    SELECT lo_from_bytea(0, '\xdeadbeef');
    CREATE SCHEMA "Other One";
    CREATE TABLE "Other One".t (a int DEFAULT 3);
    REVOKE ALL ON SCHEMA public FROM PUBLIC;
    ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC;
"#;

/// The folder of `pg_dump` and `pg_restore`, where the tests are told of one.
pub fn programs() -> Option<String> {
    std::env::var("PACKWRIGHT_TEST_POSTGRES_BIN").ok()
}

/// A place whose database has something of everything.
fn filled(mut place: Place) -> Place {
    if let Some(folder) = programs() {
        place.sandbox.set("PACKWRIGHT_PG_BIN", &folder);
    }
    place.write(&[(
        "1_tables.sql",
        if place.is_postgres() { POSTGRES } else { SQLITE },
    )]);
    place.migrate("up").expect(0);
    place
}

/// One on each engine, for what takes its time.
fn one_of_each() -> Vec<Place> {
    let both = std::iter::once(Place::sqlite()).chain(Place::postgres());
    both.map(filled).collect()
}

fn each() -> Vec<Place> {
    Place::each().into_iter().map(filled).collect()
}

fn db(place: &Place, line: &str) -> Run {
    place.sandbox.line(&format!("db {line}"))
}

/// Takes a backup and gives its folder.
fn back_up(place: &Place, options: &str) -> PathBuf {
    let run = db(place, &format!("backup --format json {options}")).expect(0);
    place.sandbox.path(run.json()["backup"]["path"].as_str().unwrap())
}

fn manifest(folder: &std::path::Path) -> Value {
    serde_json::from_slice(&fs::read(folder.join("manifest.json")).unwrap()).unwrap()
}

/// The name that `--confirm` wants.
fn name_of(place: &Place) -> String {
    if place.is_postgres() {
        let path = place.url.rsplit('/').next().unwrap();
        path.split('?').next().unwrap().to_owned()
    } else {
        "store.db".to_owned()
    }
}

/// Everything that can be asked of the database, to be the same before and after.
fn everything(place: &Place) -> Vec<String> {
    let queries: &[&str] = if place.is_postgres() {
        &[
            "SELECT t::text FROM users AS t ORDER BY 1",
            "SELECT t::text FROM \"odd \"\"name\"\"\" AS t ORDER BY 1",
            "SELECT t::text FROM chunks AS t ORDER BY 1",
            "SELECT t::text FROM events AS t ORDER BY 1",
            "SELECT count(*)::text FROM nothing",
            "SELECT counted::text FROM counted",
            "SELECT encode(lo_get(oid), 'hex') FROM pg_largeobject_metadata",
            "SELECT last_value::text FROM users_id_seq",
            "SELECT prosrc FROM pg_proc WHERE proname = 'copies'",
        ]
    } else {
        &[
            "SELECT id || name || coalesce(hex(photo), '-') FROM users ORDER BY id",
            "SELECT coalesce(a, '-') FROM \"odd \"\"name\"\"\" ORDER BY 1",
            "SELECT rowid || word FROM no_key ORDER BY 1",
            "SELECT rowid || word FROM found WHERE found MATCH 'seven'",
            "SELECT coalesce(sql, name) FROM sqlite_schema ORDER BY name",
            "SELECT CAST(user_version AS text) FROM pragma_user_version",
        ]
    };
    queries.iter().flat_map(|query| place.column(query)).collect()
}

fn destroy(place: &Place) {
    if place.is_postgres() {
        place.execute(
            "DROP TABLE chunks; DELETE FROM users; CREATE TABLE intruder (a int); ALTER TABLE events ADD COLUMN b int;
             GRANT ALL ON SCHEMA public TO PUBLIC; SELECT lo_unlink(oid) FROM pg_largeobject_metadata; DROP FUNCTION one;
             ALTER DEFAULT PRIVILEGES GRANT INSERT ON TABLES TO PUBLIC; CREATE PUBLICATION p; DROP SCHEMA \"Other One\" CASCADE",
        );
    } else {
        place.execute(
            "DROP TABLE users; CREATE TABLE intruder (a); DELETE FROM no_key; PRAGMA user_version = 6",
        );
    }
}

#[test]
fn what_was_destroyed_is_as_it_was() {
    for place in each() {
        let before = everything(&place);
        let folder = back_up(&place, "");
        let shown = db(&place, "verify-backup").expect(0);
        assert!(shown.stdout.contains(": good"), "{shown:?}");
        destroy(&place);
        assert_ne!(place.tables(), Vec::<String>::new());
        let name = name_of(&place);
        let run = db(&place, &format!("restore latest --confirm {name} --format json")).expect(0);
        let answer = run.json();
        assert_eq!(answer["same"], true, "{answer}");
        assert_eq!(answer["differences"].as_array().unwrap().len(), 0);
        assert_eq!(everything(&place), before);
        assert!(!place.tables().contains(&"intruder".to_owned()));
        place.migrate("verify").expect(0);
        // Once more, now that the log has lines that the backup has not.
        db(&place, &format!("restore latest --confirm {name}")).expect(0);
        let kept = manifest(&folder);
        assert_eq!(kept["migrations"], serde_json::json!([1]));
        let users = if place.is_postgres() {
            "public.users"
        } else {
            "users"
        };
        assert_eq!(kept["tables"][users], 2);
    }
}

#[test]
fn a_database_that_is_gone_comes_back() {
    for place in each() {
        let before = everything(&place);
        let folder = back_up(&place, "");
        if place.is_postgres() {
            place.execute("DROP SCHEMA public CASCADE; DROP SCHEMA \"Other One\" CASCADE; CREATE SCHEMA public; SELECT lo_unlink(oid) FROM pg_largeobject_metadata");
        } else {
            for end in ["", "-wal", "-shm"] {
                let _ = fs::remove_file(place.sandbox.path(format!("store.db{end}")));
            }
        }
        // Default privileges alone make the server's database not empty.
        let confirm = if place.is_postgres() {
            format!("--confirm {}", name_of(&place))
        } else {
            String::new()
        };
        let path = folder
            .strip_prefix(place.sandbox.path(""))
            .unwrap()
            .display()
            .to_string();
        db(&place, &format!("restore {path} {confirm}")).expect(0);
        assert_eq!(everything(&place), before);
        if !place.is_postgres() {
            assert_eq!(
                place.column("SELECT journal_mode FROM pragma_journal_mode"),
                ["wal"]
            );
        }
    }
}

#[test]
fn a_drill_compares_and_leaves_everything_as_it_is() {
    for place in each() {
        back_up(&place, "");
        destroy(&place);
        let tables = place.tables();
        let run = db(&place, "restore latest --drill --format json")
            .expect(0)
            .json();
        assert_eq!(
            (&run["mode"], &run["same"]),
            (&Value::from("drill"), &Value::from(true)),
            "{run}"
        );
        assert!(run["milliseconds"].as_f64().unwrap() > 0.0);
        assert_eq!(place.tables(), tables);
        let human = db(&place, "restore latest --drill").expect(0);
        assert!(
            human.stdout.contains(
                "into a scratch database, which is gone again: schema and rows are what the manifest says"
            ),
            "{human:?}"
        );
    }
}

#[test]
fn what_is_not_empty_is_replaced_only_when_it_is_named() {
    for place in each() {
        back_up(&place, "");
        let before = everything(&place);
        let name = name_of(&place);
        let run = db(&place, "restore latest").expect(2);
        assert!(run.stderr.contains("is not empty: table "), "{run:?}");
        assert!(run.stderr.contains(&format!("`--confirm {name}`")), "{run:?}");
        let run = db(&place, "restore latest --confirm other").expect(2);
        assert!(
            run.stderr
                .contains(&format!("that is not `{name}`: nothing was changed")),
            "{run:?}"
        );
        let run = db(&place, "restore latest --dry-run").expect(0);
        assert!(
            run.stdout.contains("and replace what is in it: table "),
            "{run:?}"
        );
        let json = db(&place, "restore latest --dry-run --format json")
            .expect(0)
            .json();
        assert!(
            json["same"].is_null() && !json["replaces"].as_array().unwrap().is_empty(),
            "{json}"
        );
        assert_eq!(everything(&place), before);
        let logged = db(&place, "history --format json").expect(0).json();
        assert_eq!(logged["entries"][0]["action"], "backup", "{logged}");
        db(&place, &format!("restore latest --confirm {name}")).expect(0);
        let logged = db(&place, "history --format json").expect(0).json();
        assert_eq!(logged["entries"][0]["action"], "restore", "{logged}");
        assert_eq!(logged["entries"][0]["version"], 1, "{logged}");
    }
}

#[test]
fn an_environment_is_named_like_itself() {
    for mut place in each() {
        back_up(&place, "");
        place.sandbox.set("PRODUCTION_URL", &place.url.clone());
        place.sandbox.write(
            "packwright.toml",
            "[env.production]\nurl_variable = \"PRODUCTION_URL\"\n",
        );
        let run = db(&place, "restore latest --env production").expect(2);
        assert!(run.stderr.contains("`--confirm production`"), "{run:?}");
        db(
            &place,
            &format!("restore latest --env production --confirm {}", name_of(&place)),
        )
        .expect(2);
        db(&place, "restore latest --env production --confirm production").expect(0);
    }
}

#[test]
fn what_is_not_there_is_said_to_be_missing() {
    let place = filled(Place::sqlite());
    let run = db(&place, "restore latest").expect(2);
    assert!(
        run.stderr
            .contains("there is no backup of `sqlite:store.db` in `.packwright/backups`"),
        "{run:?}"
    );
    assert!(
        db(&place, "restore nowhere")
            .expect(2)
            .stderr
            .contains("there is no backup `nowhere`")
    );
    let run = db(&place, "verify-backup migrations").expect(1);
    assert!(
        run.stdout.contains("migrations/manifest.json: is missing"),
        "{run:?}"
    );
    db(&place, "verify-backup --all").expect(0);
    let run = db(&place, "backup --database-url sqlite:other.db").expect(2);
    assert!(
        run.stderr
            .contains("there is nothing to back up: `sqlite:other.db` is not there"),
        "{run:?}"
    );
    db(&place, "backup --database-url sqlite::memory:").expect(2);
    let run = db(&place, "backup --keep soon").expect(2);
    assert!(
        run.stderr.contains("is no time and no number") || run.stderr.contains("no unit of time"),
        "{run:?}"
    );
    back_up(&place, "");
    let run = db(&place, "restore latest --database-url sqlite:other.db").expect(2);
    assert!(run.stderr.contains("there are 1 of other databases"), "{run:?}");
}

#[test]
fn a_damaged_file_is_put_aside() {
    let place = filled(Place::sqlite());
    let before = everything(&place);
    back_up(&place, "");
    fs::write(place.sandbox.path("store.db"), "no database ".repeat(1000)).unwrap();
    let run = db(&place, "restore latest").expect(2);
    assert!(run.stderr.contains("is damaged"), "{run:?}");
    let answer = db(&place, "restore latest --confirm store.db --format json")
        .expect(0)
        .json();
    let aside = answer["set_aside"].as_str().unwrap();
    assert!(
        fs::read_to_string(place.sandbox.path(aside))
            .unwrap()
            .starts_with("no database ")
    );
    assert_eq!(everything(&place), before);
}

#[test]
fn pages_of_another_size_and_other_journals_are_restored() {
    for journal in ["wal", "delete"] {
        let place = filled(Place::sqlite());
        let before = everything(&place);
        back_up(&place, "");
        place.execute(&format!("PRAGMA journal_mode = DELETE; PRAGMA page_size = 16384; VACUUM; PRAGMA journal_mode = {journal}; DELETE FROM users"));
        db(&place, "restore latest --confirm store.db").expect(0);
        assert_eq!(everything(&place), before);
        assert_eq!(
            place.column("SELECT journal_mode FROM pragma_journal_mode"),
            [journal]
        );
    }
}

/// The server writes this constraint in other words once it was restored. That is told, and is no reason to refuse a backup.
#[test]
fn a_definition_in_other_words_is_only_remarked_upon() {
    let Some(place) = Place::postgres().map(filled) else {
        return;
    };
    place.execute(
        "CREATE TABLE orders (state varchar(9) CHECK (state IN ('new', 'old')), total int DEFAULT 1 + 1)",
    );
    back_up(&place, "");
    let name = name_of(&place);
    for line in [
        "restore latest --drill --format json".to_owned(),
        format!("restore latest --confirm {name} --format json"),
    ] {
        let answer = db(&place, &line).expect(0).json();
        assert_eq!(answer["same"], true, "{answer}");
        let remark = answer["remarks"][0].as_str().unwrap();
        assert!(remark.starts_with("table public.orders: constraint "), "{answer}");
    }
    back_up(&place, "");
    let again = db(&place, "restore latest --drill --format json")
        .expect(0)
        .json();
    assert_eq!(again["remarks"].as_array().unwrap().len(), 0, "{again}");
}

#[test]
fn an_archive_of_one_engine_is_not_for_the_other() {
    let Some(postgres) = Place::postgres().map(filled) else {
        return;
    };
    let sqlite = filled(Place::sqlite());
    let folder = back_up(&sqlite, "");
    let run = db(
        &postgres,
        &format!("restore {} --confirm {}", folder.display(), name_of(&postgres)),
    )
    .expect(2);
    assert!(run.stderr.contains("is a backup of sqlite, and"), "{run:?}");
}
