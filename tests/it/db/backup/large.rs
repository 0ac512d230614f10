//! A hundred megabytes: backed up, destroyed, restored, the same.

use super::{back_up, db, name_of, programs};
use crate::db::Place;

const SQLITE: &str = "
    CREATE TABLE big (id INTEGER PRIMARY KEY, word TEXT NOT NULL, body BLOB NOT NULL);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
    INSERT INTO big SELECT i, 'word ' || (i * 7919 % 100003), randomblob(1000) FROM n;
    CREATE INDEX by_word ON big (word);
";
const POSTGRES: &str = "
    CREATE TABLE big (id bigint PRIMARY KEY, word text NOT NULL, body text NOT NULL);
    ALTER TABLE big ALTER COLUMN body SET STORAGE EXTERNAL;
    INSERT INTO big SELECT i, 'word ' || (i * 7919 % 100003), repeat(md5(i::text), 31) FROM generate_series(1, 100000) AS i;
    CREATE INDEX by_word ON big (word);
";

#[test]
fn a_hundred_megabytes_come_back_equal() {
    for mut place in std::iter::once(Place::sqlite()).chain(Place::postgres()) {
        if let Some(folder) = programs() {
            place.sandbox.set("PACKWRIGHT_PG_BIN", &folder);
        }
        place.write(&[("1_big.sql", if place.is_postgres() { POSTGRES } else { SQLITE })]);
        place.migrate("up").expect(0);
        let (size, digest) = if place.is_postgres() {
            (
                "SELECT pg_database_size(current_database())::text",
                "SELECT md5(string_agg(md5(big::text), '' ORDER BY id)) FROM big",
            )
        } else {
            (
                "SELECT CAST(page_count * page_size AS text) FROM pragma_page_count, pragma_page_size",
                "SELECT CAST(sum(id * (unicode(word) + length(word)) + unicode(substr(hex(substr(body, 1 + id % 990, 4)), 1, 8))) AS text) FROM big",
            )
        };
        let size: u64 = place.column(size)[0].parse().unwrap();
        assert!(size > 100_000_000, "{size}");
        let before = place.column(digest);
        let first = back_up(&place, "");
        place.execute("DROP TABLE big; CREATE TABLE something_else (a INTEGER);");
        let answer = db(
            &place,
            &format!("restore latest --confirm {} --format json", name_of(&place)),
        )
        .expect(0)
        .json();
        assert_eq!(answer["same"], true, "{answer}");
        assert_eq!(place.column(digest), before);
        // Catalog and counts of what was restored, in the words of a second backup.
        let second = back_up(&place, "");
        let (first, second) = (super::manifest(&first), super::manifest(&second));
        assert_eq!(first["catalog"], second["catalog"]);
        let rows = |manifest: &serde_json::Value| {
            let mut tables = manifest["tables"].as_object().unwrap().clone();
            tables.retain(|table, _| !table.contains("packwright_migration_log"));
            tables
        };
        assert_eq!(rows(&first), rows(&second));
    }
}
