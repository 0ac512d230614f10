//! The archive of `pg_dump` as SQL: `pg_restore` writes a script, which is read as it comes.
//!
//! The parts before and after the data are plain statements. The data are statements of one line each (sequences, large objects) and
//! `COPY`, with a line for each row and `\.` after the last.

use std::path::Path;

use crate::document::sql::{Dialect, Script};
use crate::failure::{Failure, Result};
use crate::io::pipe::{Pipe, Program};

use super::counts::{Counts, LARGE_OBJECTS, name_of};
use super::dump::MISLEADING;
use super::tools::Tool;

/// Bytes of rows handed on at once.
const BATCH: usize = 256 * 1024;

/// An archive and what reads it.
#[derive(Debug, Clone, Copy)]
pub struct Archive<'a> {
    pub path: &'a Path,
    pub tool: &'a Tool,
    /// Leave out owners and grants.
    pub no_owner: bool,
}

/// The next thing in the data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    Statement(String),
    /// Rows follow, to be read with [`Data::rows`].
    Copy {
        statement: String,
        table: String,
    },
}

impl Archive<'_> {
    fn open(&self, section: &str) -> Result<Pipe> {
        let mut arguments = vec![format!("--section={section}").into(), "--file=-".into()];
        if self.no_owner {
            arguments.extend(["--no-owner".into(), "--no-privileges".into()]);
        }
        arguments.push(self.path.into());
        Pipe::open(Program {
            program: &self.tool.program,
            arguments,
            variables: Vec::new(),
            without: MISLEADING,
        })
    }

    /// Reads the table of contents.
    pub async fn list(&self) -> Result<()> {
        let mut pipe = Pipe::open(Program {
            program: &self.tool.program,
            arguments: vec!["--list".into(), self.path.into()],
            variables: Vec::new(),
            without: MISLEADING,
        })?;
        pipe.rest().await?;
        pipe.close().await
    }

    /// The statements before or after the data, `pre-data` or `post-data`.
    pub async fn statements(&self, section: &str) -> Result<String> {
        let mut pipe = self.open(section)?;
        let bytes = pipe.rest().await?;
        pipe.close().await?;
        let text = String::from_utf8(bytes).map_err(|_| {
            Failure::user("the archive is in another encoding than UTF-8")
                .hint("restore it with pg_restore into a database of its encoding")
        })?;
        Ok(without_commands(&text))
    }

    pub fn data(&self) -> Result<Data> {
        Ok(Data {
            pipe: self.open("data")?,
            line: Vec::new(),
        })
    }

    /// The rows of each table, counted in the data.
    pub async fn count(&self, told: &mut dyn FnMut(u64)) -> Result<Counts> {
        let mut data = self.data()?;
        let mut counts = Counts::new();
        let mut batch = Vec::new();
        while let Some(item) = data.next().await? {
            match item {
                Item::Statement(statement) => {
                    if statement.contains("pg_catalog.lo_create(") {
                        *counts.entry(LARGE_OBJECTS.to_owned()).or_default() += 1;
                    }
                }
                Item::Copy { table, .. } => {
                    let mut rows = 0;
                    loop {
                        batch.clear();
                        let (read, is_end) = data.rows(&mut batch).await?;
                        rows += read;
                        told(read);
                        if is_end {
                            break;
                        }
                    }
                    counts.insert(table, rows);
                }
            }
        }
        data.pipe.close().await?;
        Ok(counts)
    }
}

/// The data under way.
#[derive(Debug)]
pub struct Data {
    pipe: Pipe,
    line: Vec<u8>,
}

impl Data {
    /// The next statement or `COPY`; nothing at the end.
    pub async fn next(&mut self) -> Result<Option<Item>> {
        let mut statement = String::new();
        loop {
            self.line.clear();
            if !self.pipe.line(&mut self.line).await? {
                return if statement.trim().is_empty() {
                    Ok(None)
                } else {
                    Err(broken())
                };
            }
            let line = std::str::from_utf8(&self.line).map_err(|_| broken())?;
            if statement.is_empty() && is_idle(line) {
                continue;
            }
            statement.push_str(line);
            let whole = statement.trim_end();
            if !whole.ends_with(';') || Script::read(whole, Dialect::Postgres).unclosed.is_some() {
                continue;
            }
            if whole.ends_with(" FROM stdin;") && whole.starts_with("COPY ") {
                let table = copied_table(whole).ok_or_else(broken)?;
                return Ok(Some(Item::Copy {
                    statement: whole.to_owned(),
                    table,
                }));
            }
            return Ok(Some(Item::Statement(whole.to_owned())));
        }
    }

    /// Adds rows to `to`, some hundred kilobytes of them: how many, and whether they were the last.
    pub async fn rows(&mut self, to: &mut Vec<u8>) -> Result<(u64, bool)> {
        let mut count = 0;
        while to.len() < BATCH {
            let start = to.len();
            if !self.pipe.line(to).await? {
                return Err(broken());
            }
            if &to[start..] == b"\\.\n" || &to[start..] == b"\\.\r\n" {
                to.truncate(start);
                return Ok((count, true));
            }
            count += 1;
        }
        Ok((count, false))
    }

    /// Waits for the end of `pg_restore`.
    pub async fn close(self) -> Result<()> {
        self.pipe.close().await
    }
}

fn broken() -> Failure {
    Failure::user("the archive ends in the middle, or pg_restore writes what is not known here")
        .hint("check it with `packwright db verify-backup`")
}

/// Lines between the statements: nothing, comments, commands of psql, and the transactions around large objects, for ours is open.
fn is_idle(line: &str) -> bool {
    let line = line.trim_end();
    line.is_empty()
        || line.starts_with("--")
        || line.starts_with('\\')
        || matches!(line, "BEGIN;" | "COMMIT;")
}

/// A script without `\restrict KEY` and `\unrestrict KEY`, which guard psql against scripts that hold other commands of its.
fn without_commands(text: &str) -> String {
    let Some(key) = text.lines().find_map(|line| line.strip_prefix("\\restrict ")) else {
        return text.to_owned();
    };
    let is_command = |line: &str| {
        let named = line
            .strip_prefix("\\restrict ")
            .or_else(|| line.strip_prefix("\\unrestrict "));
        named.is_some_and(|named| named.trim_end() == key.trim_end())
    };
    text.split_inclusive('\n')
        .filter(|line| !is_command(line))
        .collect()
}

/// The table of `COPY schema."table" (a, b) FROM stdin;`, written as in manifests.
fn copied_table(statement: &str) -> Option<String> {
    let mut rest = statement.strip_prefix("COPY ")?;
    let mut parts = Vec::new();
    loop {
        let (name, after) = identifier(rest)?;
        parts.push(name);
        match after.strip_prefix('.') {
            Some(after) => rest = after,
            None => break,
        }
    }
    match <[String; 2]>::try_from(parts) {
        Ok([schema, table]) => Some(name_of(&(schema, table))),
        Err(_) => None,
    }
}

/// An identifier without its quotes, and what follows it.
fn identifier(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(['.', ' ', '(']).unwrap_or(text.len());
        return (end > 0).then(|| (text[..end].to_owned(), &text[end..]));
    };
    let mut name = String::new();
    let mut letters = quoted.char_indices();
    while let Some((at, letter)) = letters.next() {
        if letter != '"' {
            name.push(letter);
        } else if quoted[at + 1..].starts_with('"') {
            name.push('"');
            letters.next();
        } else {
            return Some((name, &quoted[at + 1..]));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn tables_of_copy_are_named_as_in_manifests() {
        for (statement, table) in [
            ("COPY public.users (id, name) FROM stdin;", "public.users"),
            ("COPY public.empty  FROM stdin;", "public.empty"),
            (
                "COPY \"My Schema\".\"a\"\"b.c\" (x) FROM stdin;",
                "\"My Schema\".\"a\"\"b.c\"",
            ),
            (
                "COPY public.\"odd\nname\" (a) FROM stdin;",
                "public.\"odd\nname\"",
            ),
            ("COPY public.\"user\" (a) FROM stdin;", "public.user"),
        ] {
            assert_eq!(copied_table(statement).as_deref(), Some(table), "{statement}");
        }
        assert_eq!(copied_table("COPY x FROM stdin;"), None);
    }

    #[test]
    fn only_the_guards_of_psql_are_left_out() {
        let text = "--\n\\restrict k\nSELECT '\n\\restrict other\n';\n\\unrestrict k\n";
        assert_eq!(without_commands(text), "--\nSELECT '\n\\restrict other\n';\n");
        assert_eq!(without_commands("SELECT 1;\n"), "SELECT 1;\n");
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "(COPY )?[\\PC\"\n.\\\\]{0,40}") {
            let _ = copied_table(&text);
            let _ = without_commands(&text);
            let _ = is_idle(&text);
        }
    }
}
