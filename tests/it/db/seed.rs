//! `db seed` on both engines.

use std::fmt::Write as _;

use super::Place;
use crate::sandbox::Run;

impl Place {
    fn seed(&self, arguments: &str) -> Run {
        self.sandbox.line(&format!("db seed {arguments}"))
    }

    /// Tables with a foreign key, types of each kind, and defaults.
    fn with_shop(self) -> Self {
        self.execute(if self.is_postgres() {
            "CREATE TYPE mood AS ENUM ('fine', 'sad');
             CREATE TABLE authors (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL UNIQUE, name text, mood mood, active boolean NOT NULL DEFAULT true);
             CREATE TABLE books (isbn text PRIMARY KEY, author_id bigint NOT NULL REFERENCES authors, title text NOT NULL, tags text[], meta jsonb, raw json,
                cover bytea, price numeric(8,2) CHECK (price >= 0), seen timestamptz, words integer, upper_title text GENERATED ALWAYS AS (upper(title)) STORED);"
        } else {
            "CREATE TABLE authors (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, name TEXT, mood TEXT, active BOOLEAN NOT NULL DEFAULT 1);
             CREATE TABLE books (isbn TEXT PRIMARY KEY, author_id INTEGER NOT NULL REFERENCES authors, title TEXT NOT NULL, tags TEXT, meta TEXT, raw TEXT,
                cover BLOB, price NUMERIC CHECK (price >= 0), seen TEXT, words INTEGER, upper_title TEXT GENERATED ALWAYS AS (upper(title)) STORED);"
        });
        self
    }

    fn shops() -> Vec<Self> {
        Self::each().into_iter().map(Self::with_shop).collect()
    }
}

const BOOKS: &str = "isbn,author_id,title,tags,meta,cover,price,seen,words
a1,1,\"Notes, with commas\",\"[\"\"x\"\",\"\"y\"\"]\",\"{\"\"a\"\": [1, null]}\",\\x00ff,9.50,2026-01-02 03:04:05,007
a2,2,\"\"\"quoted\"\"
and broken\",,,,,,
";

const AUTHORS: &str = "authors:
  - {id: 1, email: ada@example.org, name: Ada, mood: fine}
  - {id: 2, email: bob@example.org, active: false}
";

fn counts(run: &Run) -> Vec<(String, [u64; 4])> {
    let answer = run.json();
    let tables = answer["tables"].as_array().unwrap().iter();
    tables
        .map(|one| {
            let number = |key: &str| one[key].as_u64().unwrap();
            (
                one["table"].as_str().unwrap().to_owned(),
                [
                    number("rows"),
                    number("inserted"),
                    number("updated"),
                    number("unchanged"),
                ],
            )
        })
        .collect()
}

#[test]
fn rows_are_inserted_in_the_order_of_foreign_keys_and_a_second_run_changes_nothing() {
    for place in Place::shops() {
        // By name the books come first.
        place.sandbox.write("seeds/01_books.csv", BOOKS);
        place.sandbox.write("seeds/02_people.yaml", AUTHORS);
        let dry = place.seed("--dry-run --format json").expect(0);
        assert_eq!(dry.json()["dry_run"], true);
        assert_eq!(place.column("SELECT CAST(count(*) AS text) FROM authors"), ["0"]);
        let first = place.seed("--format json").expect(0);
        let wanted = [
            ("authors".to_owned(), [2, 2, 0, 0]),
            ("books".to_owned(), [2, 2, 0, 0]),
        ];
        assert_eq!(counts(&first), wanted);
        assert_eq!(counts(&dry), wanted);
        let again = place.seed("--format json").expect(0);
        assert_eq!(
            counts(&again),
            [
                ("authors".to_owned(), [2, 0, 0, 2]),
                ("books".to_owned(), [2, 0, 0, 2])
            ]
        );
        let types = if place.is_postgres() {
            "SELECT concat_ws('|', title, tags, meta, encode(cover, 'hex'), price, seen AT TIME ZONE 'UTC', words, upper_title) FROM books ORDER BY isbn"
        } else {
            "SELECT concat_ws('|', title, tags, meta, lower(hex(cover)), price, seen, words, upper_title) FROM books ORDER BY isbn"
        };
        let rows = place.column(types);
        assert_eq!(
            rows[0],
            if place.is_postgres() {
                "Notes, with commas|{x,y}|{\"a\": [1, null]}|00ff|9.50|2026-01-02 03:04:05|7|NOTES, WITH COMMAS"
            } else {
                "Notes, with commas|[\"x\",\"y\"]|{\"a\": [1, null]}|00ff|9.5|2026-01-02 03:04:05|7|NOTES, WITH COMMAS"
            }
        );
        assert!(rows[1].starts_with("\"quoted\"\nand broken|"), "{rows:?}");
        // What a row of the file does not name keeps its default, and what it has.
        assert_eq!(
            place.column("SELECT name FROM authors WHERE id = 1 AND active"),
            ["Ada"]
        );
        assert_eq!(
            place.column("SELECT email FROM authors WHERE id = 2 AND NOT active AND name IS NULL"),
            ["bob@example.org"]
        );
        place.execute("UPDATE authors SET name = 'Bob' WHERE id = 2");
        place.sandbox.write(
            "seeds/02_people.yaml",
            AUTHORS.replace("name: Ada", "name: Ada L."),
        );
        let third = place.seed("--only authors --format json").expect(0);
        assert_eq!(counts(&third), [("authors".to_owned(), [2, 0, 1, 1])]);
        assert_eq!(
            place.column("SELECT name FROM authors ORDER BY id"),
            ["Ada L.", "Bob"]
        );
        // The sequence goes on behind the keys that were given.
        place.execute("INSERT INTO authors (email) VALUES ('new@example.org')");
        assert_eq!(place.column("SELECT CAST(max(id) AS text) FROM authors"), ["3"]);
    }
}

#[test]
fn a_unique_key_tells_rows_apart_where_there_is_no_primary_key() {
    for place in Place::shops() {
        place.sandbox.write(
            "authors.json",
            r#"[{"email": "ada@example.org", "name": "Ada"}, {"email": "bob@example.org", "name": ""}]"#,
        );
        let run = place.seed("authors.json --format json").expect(0);
        assert_eq!(run.json()["tables"][0]["key"][0], "email");
        place.sandbox.write(
            "authors.json",
            r#"[{"id": 9, "email": "ada@example.org", "name": "A."}]"#,
        );
        let run = place.seed("authors.json --key authors=nothing").expect(2);
        assert!(run.stderr.contains("has no unique key `nothing`"), "{run:?}");
        place
            .sandbox
            .write("authors.json", r#"[{"email": "ada@example.org", "name": "A."}]"#);
        let run = place
            .seed("authors.json --key authors=email --format json")
            .expect(0);
        assert_eq!(counts(&run), [("authors".to_owned(), [1, 0, 1, 0])]);
        assert_eq!(
            place.column("SELECT '<' || name || '>' FROM authors ORDER BY email"),
            ["<A.>", "<>"]
        );
    }
}

/// File name, text, and what the error must say.
const FAULTS: &[(&str, &str, &[&str])] = &[
    (
        "authors.csv",
        "id,email\n1,a\n2\n",
        &["`authors.csv` line 3: the row has 1 values", "2 columns"],
    ),
    (
        "authors.csv",
        "id,emial\n1,a\n",
        &[
            "`authors.csv` line 1: the table `authors` has no column `emial`",
            "did you mean `email`?",
        ],
    ),
    (
        "author.csv",
        "id\n1\n",
        &["has no table `author`", "did you mean `authors`?"],
    ),
    (
        "authors.csv",
        "id;email\n1;a\n",
        &["the columns are divided by `;`"],
    ),
    ("authors.csv", "id,id\n", &["the column `id` is there twice"]),
    (
        "authors.csv",
        "id,email\n1,\"a\n",
        &["`authors.csv` line 2: a quote is never closed"],
    ),
    ("authors.csv", "", &["no line that names the columns"]),
    (
        "authors.csv",
        "name\nx\n",
        &["nothing tells the rows of `authors` apart", "its keys:"],
    ),
    (
        "authors.csv",
        "id,email\n1,a\n,b\n",
        &["`authors.csv` line 3: `authors.id` has no value, and belongs to the key"],
    ),
    (
        "authors.csv",
        "id,email\n1,a\nx,b\n3,c\n",
        &[
            "`authors.csv` line 3: `authors.id` cannot be `x`",
            "the column is of the type `",
        ],
    ),
    (
        "authors.csv",
        "id,email\n1,a\n2,b\n1,c\n",
        &["`authors.csv` line 4: the row of `authors` has the same key as that of line 2"],
    ),
    (
        "authors.csv",
        "id,email\n1,a\n2,a\n3,c\n",
        &["`authors.csv` line 3: the row cannot be put into `authors`"],
    ),
    (
        "authors.csv",
        "id,email\n1,a\n2,\n3,c\n",
        &["`authors.csv` line 3: the row cannot be put into `authors`"],
    ),
    (
        "authors.yaml",
        "- {id: 1, email: a}\n- {id: 2, email: b, active: maybe}\n",
        &["`authors.yaml` line 2: `authors.active` cannot be `maybe`"],
    ),
    (
        "books.yaml",
        "- {isbn: x, author_id: 77, title: t}\n",
        &["`books.yaml` line 1: the row cannot be put into `books`"],
    ),
    (
        "books.yaml",
        "- {isbn: x, title: t, upper_title: T}\n",
        &["the database computes `books.upper_title` itself"],
    ),
    (
        "books.yaml",
        "- {isbn: x, author_id: {email: a}, title: t}\n",
        &["`books.yaml` line 1: `books.author_id` cannot be"],
    ),
    ("books.toml", "x = 1\n", &["is of no kind that seeds are"]),
    ("books.yaml", "- {isbn: x\n", &["`books.yaml` line "]),
    (
        "books.json",
        "[{\"isbn\": 1},]\n",
        &["`books.json` line 1: there is a comma after the last element"],
    ),
];

#[test]
fn a_fault_names_its_place_and_nothing_is_kept() {
    for place in Place::shops() {
        place
            .sandbox
            .write("first.yaml", "authors: [{id: 50, email: first}]\n");
        for (name, text, words) in FAULTS {
            place.sandbox.write(name, text);
            let run = place.seed(&format!("first.yaml {name}")).expect(2);
            for word in *words {
                assert!(
                    run.stderr.contains(word),
                    "{name} {text:?}: `{word}` is not in\n{}",
                    run.stderr
                );
            }
            assert_eq!(
                place.column("SELECT CAST(count(*) AS text) FROM authors"),
                ["0"],
                "{name}"
            );
        }
        place.seed("").expect(2);
        place.seed("missing.csv").expect(2);
    }
}

#[test]
fn circles_are_deferred_or_named() {
    for place in Place::each() {
        let deferrable = if place.is_postgres() { "DEFERRABLE" } else { "" };
        place.execute("CREATE TABLE a (id integer PRIMARY KEY, b integer, parent integer REFERENCES a); CREATE TABLE b (id integer PRIMARY KEY, a integer REFERENCES a);");
        if place.is_postgres() {
            place.execute("ALTER TABLE a ADD CONSTRAINT a_b FOREIGN KEY (b) REFERENCES b");
        } else {
            place.execute("DROP TABLE b; DROP TABLE a; CREATE TABLE a (id integer PRIMARY KEY, b integer REFERENCES b, parent integer REFERENCES a); CREATE TABLE b (id integer PRIMARY KEY, a integer REFERENCES a);");
        }
        place.sandbox.write("all.yaml", "a:\n- {id: 1, b: 1, parent: 2}\n- {id: 2, b: 2, parent: null}\nb:\n- {id: 1, a: 1}\n- {id: 2, a: 1}\n");
        if place.is_postgres() {
            let run = place.seed("all.yaml").expect(2);
            assert!(run.stderr.contains("`a` refers to b (`a_b`)"), "{run:?}");
            place.execute(&format!("ALTER TABLE a ALTER CONSTRAINT a_b {deferrable}"));
        }
        let run = place.seed("all.yaml --format json").expect(0);
        assert_eq!(counts(&run).iter().map(|(_, counts)| counts[1]).sum::<u64>(), 4);
        place.sandbox.write(
            "all.yaml",
            "a:\n- {id: 3, b: 9, parent: null}\nb:\n- {id: 3, a: 3}\n",
        );
        let run = place.seed("all.yaml").expect(2);
        assert!(
            run.stderr.contains("nothing was kept") || run.stderr.contains("cannot be put"),
            "{run:?}"
        );
        assert_eq!(place.column("SELECT CAST(count(*) AS text) FROM a"), ["2"]);
    }
}

#[test]
fn odd_names_and_long_files_are_no_trouble() {
    for place in Place::each() {
        place.execute("CREATE TABLE \"the_table \"\"x\"\"\" (\"the_key\" integer PRIMARY KEY, \"the_value; drop\" text, \"order\" text)");
        let mut text = String::from("the_key,\"the_value; drop\",order\n");
        for row in 0..12_000 {
            writeln!(text, "{row},value {row},\"it's \"\"{row}\"\"\"").unwrap();
        }
        place.sandbox.write("seeds/the_table \"x\".csv", &text);
        let run = place.seed("--format json").expect(0);
        assert_eq!(counts(&run)[0].1, [12_000, 12_000, 0, 0]);
        place.sandbox.write(
            "seeds/the_table \"x\".csv",
            text.replace(",value 11999,", ",other,"),
        );
        let run = place.seed("--format json").expect(0);
        assert_eq!(counts(&run)[0].1, [12_000, 0, 1, 11_999]);
        // The one bad row of many is found.
        place
            .sandbox
            .write("seeds/the_table \"x\".csv", text.replace("\n7777,", "\nbad,"));
        let run = place.seed("").expect(2);
        assert!(
            run.stderr
                .contains("line 7779: `the_table \"x\".the_key` cannot be `bad`"),
            "{run:?}"
        );
    }
}

#[test]
fn a_protected_environment_asks() {
    let place = Place::sqlite().with_shop();
    place
        .sandbox
        .write("packwright.toml", "[env.production]\nurl = \"sqlite:store.db\"\n");
    place.sandbox.write("seeds/authors.csv", "id,email\n1,a\n");
    let run = place.seed("--env production").expect(2);
    assert!(run.stderr.contains("add `--confirm production`"), "{run:?}");
    place.seed("--env production --dry-run").expect(0);
    place.seed("--env production --confirm production").expect(0);
    let missing = Place::sqlite();
    missing.sandbox.write("seeds/authors.csv", "id,email\n1,a\n");
    let run = missing.seed("").expect(2);
    assert!(run.stderr.contains("make it: `packwright db migrate`"), "{run:?}");
    assert!(!missing.sandbox.path("store.db").exists());
}
