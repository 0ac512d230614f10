//! Whether a migration file is still what was applied.
//!
//! The byte checksum is that of sqlx (SHA-384 of the file), so that either tool accepts what the other applied. The semantic
//! checksum (SHA-256 over the tokens that a database sees) does not change with comments, white space, line ends or a byte order
//! mark, and so tells an edit that matters from one that does not.

use sha2::{Digest, Sha256, Sha384};

use crate::document::sql::{Script, Statement};

/// SHA-384 of the bytes of a file, as in the column `checksum` of `_sqlx_migrations`.
pub fn of_bytes(bytes: &[u8]) -> Vec<u8> {
    Sha384::digest(bytes).to_vec()
}

/// SHA-256 over the code of `statements`, which belong to `script`.
pub fn of_statements(script: &Script<'_>, statements: &[Statement]) -> Vec<u8> {
    let mut digest = Sha256::new();
    for statement in statements {
        add(&mut digest, script, statement);
    }
    digest.finalize().to_vec()
}

/// The semantic checksum of several texts, one after the other.
pub fn of_scripts<'a>(scripts: impl IntoIterator<Item = &'a Script<'a>>) -> Vec<u8> {
    let mut digest = Sha256::new();
    for script in scripts {
        for statement in &script.statements {
            add(&mut digest, script, statement);
        }
    }
    digest.finalize().to_vec()
}

fn add(digest: &mut Sha256, script: &Script<'_>, statement: &Statement) {
    for (_, token) in script.code_of(statement) {
        // Line ends inside a string or a function body are those of the checkout.
        for (index, line) in token.split("\r\n").enumerate() {
            if index > 0 {
                digest.update(b"\n");
            }
            digest.update(line.as_bytes());
        }
        digest.update([0x1f]);
    }
    digest.update([0x1e]);
}

/// Whether `checksum` is that of the same text with other line ends or without its byte order mark: what a checkout does to a file.
pub fn is_of_other_checkout(text: &str, checksum: &[u8]) -> bool {
    let bare = text.trim_start_matches('\u{feff}');
    let unix = bare.replace("\r\n", "\n");
    let windows = unix.replace('\n', "\r\n");
    [bare, &unix, &windows].iter().any(|variant| {
        of_bytes(variant.as_bytes()) == checksum
            || of_bytes(format!("\u{feff}{variant}").as_bytes()) == checksum
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::sql::Dialect;
    use proptest::prelude::*;

    fn semantic(text: &str) -> Vec<u8> {
        of_scripts([&Script::read(text, Dialect::Postgres)])
    }

    #[test]
    fn comments_white_space_line_ends_and_marks_do_not_count() {
        let plain = "CREATE TABLE t (a int);\nSELECT 'x\ny';\n";
        for same in [
            "\u{feff}CREATE TABLE t (a int);\nSELECT 'x\ny';\n",
            "-- why\r\nCREATE  TABLE t(a int) ;\r\n\r\nSELECT /* ; */ 'x\r\ny'",
        ] {
            assert_eq!(semantic(same), semantic(plain), "{same:?}");
        }
        for other in [
            "CREATE TABLE t (b int);\nSELECT 'x\ny';",
            "CREATE TABLE t (a int);\nSELECT 'x \ny';",
            "CREATE TABLE t (a int)\nSELECT 'x\ny';",
            "CREATE TABLE t (a int);",
            "",
        ] {
            assert_ne!(semantic(other), semantic(plain), "{other:?}");
        }
    }

    #[test]
    fn the_byte_checksum_is_sha_384() {
        // FIPS 180-4 example: SHA-384("abc").
        let digest = of_bytes(b"abc");
        assert_eq!(digest.len(), 48);
        assert_eq!(digest[..8], [0xcb, 0x00, 0x75, 0x3f, 0x45, 0xa3, 0x5e, 0x8b]);
    }

    #[test]
    fn another_checkout_of_the_same_file_is_recognised() {
        let unix = "SELECT 1;\nSELECT 2;\n";
        let windows = unix.replace('\n', "\r\n");
        assert!(is_of_other_checkout(unix, &of_bytes(windows.as_bytes())));
        assert!(is_of_other_checkout(&windows, &of_bytes(unix.as_bytes())));
        assert!(is_of_other_checkout(
            unix,
            &of_bytes(format!("\u{feff}{unix}").as_bytes())
        ));
        assert!(!is_of_other_checkout(unix, &of_bytes(b"SELECT 1;\n")));
    }

    proptest! {
        #[test]
        fn a_prefix_of_the_statements_has_the_checksum_of_its_own_text(count in 0usize..4) {
            let parts = ["SELECT 1", "INSERT INTO t VALUES ('a;b')", "SELECT 2"];
            let text = parts.join(";\n");
            let script = Script::read(&text, Dialect::Sqlite);
            let count = count.min(parts.len());
            let prefix = of_statements(&script, &script.statements[..count]);
            prop_assert_eq!(prefix, of_scripts([&Script::read(&parts[..count].join("; "), Dialect::Sqlite)]));
        }
    }
}
