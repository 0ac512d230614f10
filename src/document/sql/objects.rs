//! What a script makes and removes, by the first words of its statements.

use super::{Script, TokenKind, name};

/// Something that a `CREATE` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// `table`, `view`, `index`, `function`, `type`, `trigger`, `policy`, `extension`, …
    pub kind: String,
    /// Without quotes; with its schema, unless that is `public` or `main`. Policies and triggers: `name on table`.
    pub name: String,
    /// Whether it is made only where it is not there, or replaces what is there.
    pub is_shared: bool,
    /// Byte of the script where the statement begins.
    pub at: usize,
}

impl Object {
    /// What shares one list of names: tables, views, indexes and sequences cannot be called the same.
    fn namespace(&self) -> &str {
        match self.kind.as_str() {
            "table" | "view" | "materialized view" | "index" | "sequence" | "foreign table" => "relation",
            "function" | "procedure" | "aggregate" => "routine",
            other => other,
        }
    }

    /// Whether both cannot be there at once.
    pub fn clashes(&self, other: &Self) -> bool {
        self.namespace() == other.namespace() && self.name.to_lowercase() == other.name.to_lowercase()
    }
}

/// What a script does to the list of objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    Make(Object),
    Remove(Object),
}

/// What the statements make, in order.
pub fn made(script: &Script<'_>) -> Vec<Object> {
    let deeds = deeds(script).into_iter();
    deeds
        .filter_map(|deed| match deed {
            Deed::Make(object) => Some(object),
            Deed::Remove(_) => None,
        })
        .collect()
}

/// What the statements make and remove, in order. A table that is renamed is removed and made.
pub fn deeds(script: &Script<'_>) -> Vec<Deed> {
    let mut deeds = Vec::new();
    for statement in &script.statements {
        let words = Words {
            list: script.code_of(statement).collect(),
            next: 0,
            start: statement.span.start,
        };
        words.read(&mut deeds);
    }
    deeds
}

/// The tokens of one statement.
struct Words<'a> {
    list: Vec<(TokenKind, &'a str)>,
    next: usize,
    start: usize,
}

impl Words<'_> {
    fn eat(&mut self, keyword: &str) -> bool {
        let is = self
            .list
            .get(self.next)
            .is_some_and(|(kind, word)| *kind == TokenKind::Word && word.eq_ignore_ascii_case(keyword));
        self.next += usize::from(is);
        is
    }

    fn eat_all(&mut self, keywords: &[&str]) -> bool {
        let before = self.next;
        let all = keywords.iter().all(|keyword| self.eat(keyword));
        if !all {
            self.next = before;
        }
        all
    }

    fn read(mut self, deeds: &mut Vec<Deed>) {
        if self.eat("create") {
            self.created(deeds);
        } else if self.eat("drop") {
            self.dropped(deeds);
        } else if self.eat_all(&["alter", "table"]) {
            self.renamed(deeds);
        }
    }

    fn kind(&mut self) -> Option<&'static str> {
        const KINDS: &[(&[&str], &str)] = &[
            (&["materialized", "view"], "materialized view"),
            (&["virtual", "table"], "table"),
            (&["foreign", "table"], "foreign table"),
            (&["event", "trigger"], "event trigger"),
            (&["constraint", "trigger"], "trigger"),
            (&["table"], "table"),
            (&["view"], "view"),
            (&["index"], "index"),
            (&["sequence"], "sequence"),
            (&["function"], "function"),
            (&["procedure"], "procedure"),
            (&["aggregate"], "aggregate"),
            (&["type"], "type"),
            (&["domain"], "domain"),
            (&["trigger"], "trigger"),
            (&["policy"], "policy"),
            (&["extension"], "extension"),
            (&["schema"], "schema"),
            (&["role"], "role"),
        ];
        KINDS
            .iter()
            .find(|(words, _)| self.eat_all(words))
            .map(|(_, kind)| *kind)
    }

    fn created(&mut self, deeds: &mut Vec<Deed>) {
        let replaces = self.eat_all(&["or", "replace"]);
        while ["temp", "temporary", "unlogged", "unique", "recursive"]
            .iter()
            .any(|word| self.eat(word))
        {}
        let Some(kind) = self.kind() else { return };
        self.eat("concurrently");
        let if_missing = self.eat_all(&["if", "not", "exists"]);
        if kind == "index" && self.eat("on") {
            return;
        }
        if let Some(name) = self.name(kind) {
            deeds.push(Deed::Make(Object {
                kind: kind.to_owned(),
                name,
                is_shared: replaces || if_missing,
                at: self.start,
            }));
        }
    }

    fn dropped(&mut self, deeds: &mut Vec<Deed>) {
        let Some(kind) = self.kind() else { return };
        self.eat("concurrently");
        self.eat_all(&["if", "exists"]);
        while let Some(name) = self.name(kind) {
            deeds.push(Deed::Remove(Object {
                kind: kind.to_owned(),
                name,
                is_shared: false,
                at: self.start,
            }));
            // The arguments of a routine.
            let mut depth = 0_usize;
            while let Some((token, word)) = self.list.get(self.next) {
                match token {
                    TokenKind::Open => depth += 1,
                    TokenKind::Close => depth = depth.saturating_sub(1),
                    _ if depth == 0 && *word == "," => break,
                    _ => {}
                }
                self.next += 1;
            }
            self.next += 1;
        }
    }

    fn renamed(&mut self, deeds: &mut Vec<Deed>) {
        self.eat_all(&["if", "exists"]);
        self.eat("only");
        let Some(before) = self.name("table") else { return };
        if !self.eat_all(&["rename", "to"]) {
            return;
        }
        let Some(after) = self.name("table") else { return };
        let object = |name| Object {
            kind: "table".to_owned(),
            name,
            is_shared: false,
            at: self.start,
        };
        deeds.push(Deed::Remove(object(before)));
        deeds.push(Deed::Make(object(after)));
    }

    /// `a`, `"A".b`; of a policy or trigger with its table.
    fn name(&mut self, kind: &str) -> Option<String> {
        let name = self.qualified()?;
        if !matches!(kind, "policy" | "trigger") {
            return Some(name);
        }
        let from = self.list[self.next..]
            .iter()
            .position(|(kind, word)| *kind == TokenKind::Word && word.eq_ignore_ascii_case("on"));
        match from {
            Some(at) => {
                self.next += at + 1;
                let table = self.qualified()?;
                Some(format!("{name} on {table}"))
            }
            None => Some(name),
        }
    }

    fn qualified(&mut self) -> Option<String> {
        let mut parts = Vec::new();
        loop {
            let (kind, word) = *self.list.get(self.next)?;
            if !matches!(kind, TokenKind::Word | TokenKind::Quoted) || word.starts_with('\'') {
                return None;
            }
            self.next += 1;
            parts.push(name::unquoted(word));
            match self.list.get(self.next) {
                Some((TokenKind::Other, ".")) => self.next += 1,
                _ => break,
            }
        }
        if parts.len() > 1 && matches!(parts[0].as_str(), "public" | "main") {
            parts.remove(0);
        }
        Some(parts.join("."))
    }
}

/// What is left of a token when its text may differ: names, quoted or not, are all alike, and so are strings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    NameOrString,
    Token(TokenKind),
}

/// The shape of every statement, so that two scripts that differ in names alone have the same one.
pub fn shape(script: &Script<'_>) -> Vec<Shape> {
    let mut shapes = Vec::new();
    for statement in &script.statements {
        for (kind, _) in script.code_of(statement) {
            shapes.push(match kind {
                TokenKind::Word | TokenKind::Quoted => Shape::NameOrString,
                other => Shape::Token(other),
            });
        }
        shapes.push(Shape::Token(TokenKind::Semicolon));
    }
    shapes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::sql::Dialect;
    use proptest::prelude::*;

    fn shown(text: &str) -> Vec<String> {
        deeds(&Script::read(text, Dialect::Postgres))
            .into_iter()
            .map(|deed| match deed {
                Deed::Make(one) => format!(
                    "+{} {}{}",
                    one.kind,
                    one.name,
                    if one.is_shared { " ?" } else { "" }
                ),
                Deed::Remove(one) => format!("-{} {}", one.kind, one.name),
            })
            .collect()
    }

    #[test]
    fn what_is_made_and_removed_is_told() {
        assert_eq!(
            shown(
                "CREATE TABLE public.\"Order\" (id int); CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS a_b ON t (x);
                 CREATE OR REPLACE FUNCTION app.f(a int, b text) RETURNS int LANGUAGE sql RETURN 1;
                 CREATE POLICY p ON public.t USING (true); CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
                 CREATE INDEX ON t (x); CREATE EXTENSION IF NOT EXISTS vector WITH SCHEMA extensions;
                 DROP FUNCTION app.f(int, text), g(int); DROP TABLE IF EXISTS a, b CASCADE; ALTER TABLE t RENAME TO u; SELECT 1"
            ),
            [
                "+table Order",
                "+index a_b ?",
                "+function app.f ?",
                "+policy p on t",
                "+trigger g on t",
                "+extension vector ?",
                "-function app.f",
                "-function g",
                "-table a",
                "-table b",
                "-table t",
                "+table u",
            ]
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "(CREATE |DROP |TABLE |INDEX |ON |IF |\"a\"|\\.|,|\\(|\\)|;|x |POLICY |ALTER |RENAME TO ){0,12}") {
            for dialect in [Dialect::Sqlite, Dialect::Postgres] {
                let script = Script::read(&text, dialect);
                for object in made(&script) {
                    prop_assert!(object.at <= text.len());
                }
                shape(&script);
            }
        }
    }
}
