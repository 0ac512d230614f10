//! The definitions that SQLite keeps are the texts people wrote. Here they are taken apart and brought to one form, so that another
//! case, other white space, a comment, needless quotes or the order of constraints are no difference.

use crate::document::sql::{Dialect, Script, TokenKind};

use super::{COLUMN_ORDER, Catalog};

type Token<'a> = (TokenKind, &'a str);

/// Adds one row of `sqlite_schema`.
pub(super) fn add(catalog: &mut Catalog, kind: &str, name: &str, table: &str, text: &str) {
    let script = Script::read(text, Dialect::Sqlite);
    let code: Vec<Token<'_>> = script
        .statements
        .iter()
        .flat_map(|statement| script.code_of(statement))
        .collect();
    match kind {
        "table" => match Definition::read(&code) {
            Some(definition) => definition.add_to(catalog, &format!("table {name}")),
            // Virtual tables have arguments of their own.
            None => catalog.add(format!("table {name}"), "definition", normal(&code)),
        },
        "view" => catalog.add(format!("view {name}"), "definition", normal(&code)),
        // Indexes and triggers hang on their table; a trigger may hang on a view.
        _ => {
            let owner = format!("table {table}");
            let view = format!("view {table}");
            let owner = if catalog.objects.contains_key(&view) {
                view
            } else {
                owner
            };
            catalog.add(owner, format!("{kind} {name}"), normal(&code));
        }
    }
}

/// The inside of `CREATE TABLE name ( … ) …`.
struct Definition<'a> {
    items: Vec<Vec<Token<'a>>>,
    options: Vec<Token<'a>>,
}

impl<'a> Definition<'a> {
    fn read(code: &[Token<'a>]) -> Option<Self> {
        let words = ["create", "table"];
        let is_table = words
            .iter()
            .zip(code)
            .all(|(word, (_, text))| text.eq_ignore_ascii_case(word));
        let open = code.iter().position(|(kind, _)| *kind == TokenKind::Open)?;
        if !is_table {
            return None;
        }
        let mut items = vec![Vec::new()];
        let mut depth = 1;
        let mut rest = code[open + 1..].iter();
        for &(kind, text) in rest.by_ref() {
            match kind {
                TokenKind::Open => depth += 1,
                TokenKind::Close => depth -= 1,
                _ => {}
            }
            match (depth, text) {
                (0, _) => break,
                (1, ",") => items.push(Vec::new()),
                _ => items.last_mut()?.push((kind, text)),
            }
        }
        items.retain(|item| !item.is_empty());
        Some(Self {
            items,
            options: rest.copied().collect(),
        })
    }

    fn add_to(&self, catalog: &mut Catalog, object: &str) {
        let mut columns = Vec::new();
        for item in &self.items {
            let (kind, first) = item[0];
            let constrains = ["constraint", "primary", "unique", "check", "foreign"];
            if kind == TokenKind::Word && constrains.iter().any(|word| first.eq_ignore_ascii_case(word)) {
                catalog.add(object, format!("constraint {}", normal(item)), "");
            } else {
                let name = normal(&item[..1]);
                catalog.add(object, format!("column {name}"), normal(&item[1..]));
                columns.push(name);
            }
        }
        if !self.options.is_empty() {
            catalog.add(object, "options", normal(&self.options));
        }
        catalog.add(object, COLUMN_ORDER, columns.join(", "));
    }
}

/// The tokens with one space between them, words in small letters, quotes around names only where they are needed.
fn normal(code: &[Token<'_>]) -> String {
    let mut text = String::new();
    let mut glue = true;
    for (kind, token) in code {
        let closes = matches!(kind, TokenKind::Close | TokenKind::Semicolon) || matches!(*token, "," | ".");
        if !(glue || closes) {
            text.push(' ');
        }
        match kind {
            TokenKind::Word => text.push_str(&token.to_ascii_lowercase()),
            TokenKind::Quoted => text.push_str(&unquoted(token)),
            _ => text.push_str(token),
        }
        glue = *kind == TokenKind::Open || *token == ".";
    }
    text
}

/// A quoted name without its quotes where it reads the same without; a string as it is.
fn unquoted(token: &str) -> String {
    let inner = [('"', '"'), ('`', '`'), ('[', ']')]
        .into_iter()
        .find_map(|(open, close)| token.strip_prefix(open)?.strip_suffix(close));
    match inner {
        Some(name)
            if name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
                && name
                    .chars()
                    .all(|letter| letter.is_ascii_alphanumeric() || letter == '_') =>
        {
            name.to_ascii_lowercase()
        }
        Some(name) => format!("\"{name}\""),
        None => token.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn catalog(text: &str) -> Catalog {
        let mut catalog = Catalog::default();
        add(&mut catalog, "table", "t", "t", text);
        catalog
    }

    #[test]
    fn how_a_table_is_written_is_no_difference() {
        let plain = catalog(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT DEFAULT 'A, b' CHECK (n <> ','), UNIQUE (n), FOREIGN KEY (id) REFERENCES u(id)) STRICT",
        );
        let other = catalog(
            "create table \"t\"(\n  [id] integer  primary key, -- the key\n  \"n\" text default 'A, b' check(n<>','),\n  foreign key(`id`) references \"u\" (id),\n  unique (n)\n) strict",
        );
        assert_eq!(plain.differences(&other), []);
        let changed = catalog(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT DEFAULT 'a, b' CHECK (n <> ','), UNIQUE (n), FOREIGN KEY (id) REFERENCES u(id))",
        );
        let lines: Vec<String> = plain
            .differences(&changed)
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            lines,
            [
                "table t: column n was `text default 'A, b' check (n <> ',')`, is `text default 'a, b' check (n <> ',')`",
                "table t: options is gone: `strict`"
            ]
        );
    }

    proptest! {
        #[test]
        fn any_text_is_taken(text in "(CREATE TABLE t ?)?[a-z(),'\"\\[\\];. \n-]{0,40}") {
            let mut catalog = Catalog::default();
            for kind in ["table", "view", "index", "trigger"] {
                add(&mut catalog, kind, "n", "t", &text);
            }
            prop_assert!(!catalog.is_empty());
        }
    }
}
