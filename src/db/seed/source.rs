//! What is in the files: for each table its columns and rows.
//!
//! CSV: the name of the file is the table, the first record names the columns. YAML and JSON: a map from tables to lists of rows, or
//! a list of rows of the table that the file is named after. Digits in front of a file name (`01_users.csv`) are for people.
//!
//! CSV is read a record at a time when its turn comes; YAML and JSON are held in memory, so their length is limited.

use std::path::{Path, PathBuf};

use crate::document::csv::{Field, Records};
use crate::document::tree::{Node, Refusal, Value};
use crate::document::{json, yaml};
use crate::failure::{Failure, Result};
use crate::io::files;
use crate::text::{Source, slashed};

use super::value::Cell;

/// Longest file of JSON.
const MAX_JSON: usize = 64 * 1024 * 1024;

/// Rows of one table with the same columns.
#[derive(Debug)]
pub struct Part {
    /// As the file says it: `users`, `app.users`.
    pub table: String,
    pub file: String,
    pub columns: Vec<String>,
    /// Line that names the columns or begins the first row.
    pub line: usize,
    pub rows: Rows,
}

#[derive(Debug)]
pub enum Rows {
    Held(Vec<Row>),
    /// To be read from the file.
    Csv(PathBuf),
}

#[derive(Debug)]
pub struct Row {
    pub line: usize,
    pub cells: Vec<Cell>,
}

/// The files of a folder that hold rows, by name.
pub fn in_folder(folder: &Path) -> Vec<PathBuf> {
    let mut names = files::names_in(folder);
    names.sort();
    names
        .into_iter()
        .filter(|name| !name.starts_with('.') && ending(Path::new(name)).is_some())
        .map(|name| folder.join(name))
        .collect()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    Csv,
    Json,
    Yaml,
}

fn ending(path: &Path) -> Option<Ending> {
    match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "csv" => Some(Ending::Csv),
        "json" => Some(Ending::Json),
        "yaml" | "yml" => Some(Ending::Yaml),
        _ => None,
    }
}

/// Table of a file: its name without digits in front and without its ending.
fn table_of(path: &Path) -> String {
    let stem = path
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let rest = stem.trim_start_matches(|first: char| first.is_ascii_digit());
    match rest.strip_prefix(['_', '-']) {
        Some(name) if rest.len() < stem.len() && !name.is_empty() => name.to_owned(),
        _ => stem,
    }
}

pub(super) fn fault(file: &str, line: usize, message: &str) -> Failure {
    Failure::user(format!("`{file}` line {line}: {message}"))
}

/// Reads a file, of CSV its first record.
pub fn read(path: &Path) -> Result<Vec<Part>> {
    let file = slashed(path);
    match ending(path) {
        Some(Ending::Csv) => Ok(vec![head_of_csv(path, file)?]),
        Some(kind) => {
            let source = Source::from_bytes(file.as_str(), files::read(path)?);
            if let Some(at) = source.invalid_at() {
                return Err(fault(&file, source.locate(at).line, "the text is not UTF-8")
                    .hint("save the file as UTF-8"));
            }
            let read = match kind {
                Ending::Json => json::read_within(source.text(), MAX_JSON).map(Some),
                _ => yaml::read_data(source.text()),
            };
            let tree = read.map_err(|refusal| refused(&source, &refusal))?;
            match tree {
                Some(tree) => parts(&source, &tree, &table_of(path)),
                None => Ok(Vec::new()),
            }
        }
        None => Err(Failure::user(format!("`{file}` is of no kind that seeds are"))
            .hint("rows are read from `.yaml`, `.yml`, `.json` and `.csv`")),
    }
}

fn refused(source: &Source, refusal: &Refusal) -> Failure {
    let line = source.locate(refusal.at).line;
    let failure = fault(source.path(), line, &refusal.message).hint(refusal.remedy);
    if refusal.message.contains("more than") {
        failure.hint("CSV may be of any length: it is read row by row")
    } else {
        failure
    }
}

/// The records of a CSV file behind the first.
pub fn records(path: &Path) -> Result<Records<impl std::io::BufRead + use<>>> {
    Ok(Records::new(files::reader(path)?))
}

fn head_of_csv(path: &Path, file: String) -> Result<Part> {
    let first = records(path)?.next();
    let head = match first {
        Some(Ok(head)) => head,
        Some(Err(wrong)) => return Err(fault(&file, wrong.line, &wrong.message).hint(wrong.remedy)),
        None => {
            return Err(
                fault(&file, 1, "there is no line that names the columns").hint("write it: `id,name,…`")
            );
        }
    };
    let columns: Vec<String> = head
        .fields
        .iter()
        .map(|field| field.text.trim().to_owned())
        .collect();
    if let [only] = columns.as_slice()
        && let Some(other) = [';', '\t', '|'].iter().find(|other| only.contains(**other))
    {
        return Err(fault(
            &file,
            head.line,
            &format!("the columns are divided by `{}`", other.escape_default()),
        )
        .hint("divide them by commas"));
    }
    if let Some(at) = columns.iter().position(String::is_empty) {
        return Err(
            fault(&file, head.line, &format!("column {} has no name", at + 1)).hint("name it, or remove it")
        );
    }
    check_twice(&file, head.line, &columns)?;
    Ok(Part {
        table: table_of(path),
        file,
        columns,
        line: head.line,
        rows: Rows::Csv(path.to_path_buf()),
    })
}

fn check_twice(file: &str, line: usize, columns: &[String]) -> Result<()> {
    let twice = columns
        .iter()
        .enumerate()
        .find(|(at, name)| columns[..*at].contains(name));
    match twice {
        Some((_, name)) => {
            Err(fault(file, line, &format!("the column `{name}` is there twice")).hint("remove one"))
        }
        None => Ok(()),
    }
}

/// The cells of a record.
pub fn cells(fields: Vec<Field>) -> Vec<Cell> {
    let cell = |field: Field| {
        if field.text.is_empty() && !field.is_quoted {
            Cell::Null
        } else {
            Cell::Text {
                text: field.text,
                is_csv: true,
            }
        }
    };
    fields.into_iter().map(cell).collect()
}

/// A file and where its lines end: a row's column within its line, which takes long to count in a long line, is not asked for.
struct Text<'a> {
    source: &'a Source,
    ends: Vec<usize>,
}

impl<'a> Text<'a> {
    fn new(source: &'a Source) -> Self {
        let ends = source.text().match_indices('\n').map(|(at, _)| at);
        Self {
            source,
            ends: ends.collect(),
        }
    }

    fn path(&self) -> &str {
        self.source.path()
    }

    /// Number of the line that a byte is in, from 1.
    fn line(&self, offset: usize) -> usize {
        self.ends.partition_point(|end| *end < offset) + 1
    }
}

fn parts(source: &Source, tree: &Node, table: &str) -> Result<Vec<Part>> {
    let source = &Text::new(source);
    let mut parts = Vec::new();
    match &tree.value {
        Value::List(rows) => add_rows(source, table, rows, &mut parts)?,
        Value::Map(tables) => {
            for (key, value) in tables {
                let line = source.line(key.span.start);
                let Some(name) = key.as_text() else {
                    return Err(fault(source.path(), line, "a table without a name"));
                };
                match &value.value {
                    Value::List(rows) => add_rows(source, name, rows, &mut parts)?,
                    _ if value.type_name() == "null" => {}
                    _ => {
                        return Err(
                            fault(source.path(), line, &format!("`{name}` holds a {}, not a list of rows", value.type_name()))
                                .hint("write a map from tables to lists of rows, or a list of rows in a file named like its table"),
                        );
                    }
                }
            }
        }
        _ => {
            return Err(fault(source.path(), 1, "there are no tables").hint(
                "write a map from tables to lists of rows, or a list of rows in a file named like its table",
            ));
        }
    }
    Ok(parts)
}

fn add_rows(source: &Text<'_>, table: &str, rows: &[Node], parts: &mut Vec<Part>) -> Result<()> {
    let first = parts.len();
    for row in rows {
        let line = source.line(row.span.start);
        let Some(pairs) = row.as_map() else {
            return Err(fault(
                source.path(),
                line,
                &format!("a row of `{table}` is a {}", row.type_name()),
            )
            .hint("a row is a map from columns to values"));
        };
        let mut named: Vec<(String, Cell)> = Vec::with_capacity(pairs.len());
        for (key, value) in pairs {
            let line = source.line(key.span.start);
            let Some(name) = key.as_text() else {
                return Err(fault(
                    source.path(),
                    line,
                    &format!("a column of `{table}` has no name"),
                ));
            };
            check_aliases(source, value)?;
            if named.iter().any(|(before, _)| before == name) {
                return Err(fault(
                    source.path(),
                    line,
                    &format!("the column `{name}` is there twice"),
                )
                .hint("remove one"));
            }
            named.push((name.to_owned(), Cell::of_node(value)));
        }
        if named.is_empty() {
            return Err(
                fault(source.path(), line, &format!("a row of `{table}` is empty")).hint("remove it"),
            );
        }
        named.sort_by(|one, other| one.0.cmp(&other.0));
        let (columns, cells): (Vec<String>, Vec<Cell>) = named.into_iter().unzip();
        let row = Row { line, cells };
        let same = parts[first..].iter_mut().find(|part| part.columns == columns);
        match same.map(|part| &mut part.rows) {
            Some(Rows::Held(rows)) => rows.push(row),
            _ => parts.push(Part {
                table: table.to_owned(),
                file: source.path().to_string(),
                columns,
                line,
                rows: Rows::Held(vec![row]),
            }),
        }
    }
    Ok(())
}

/// An alias would be read as nothing, in silence.
fn check_aliases(source: &Text<'_>, node: &Node) -> Result<()> {
    match &node.value {
        Value::Alias => {
            let line = source.line(node.span.start);
            Err(fault(source.path(), line, "an alias stands here")
                .hint("write the value out: aliases are not followed"))
        }
        Value::List(items) => items.iter().try_for_each(|item| check_aliases(source, item)),
        Value::Map(pairs) => pairs
            .iter()
            .try_for_each(|(_, value)| check_aliases(source, value)),
        Value::Scalar { .. } => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read_yaml(text: &str) -> Result<Vec<Part>> {
        let source = Source::new("seeds/users.yaml", text);
        match yaml::read_data(source.text()) {
            Ok(Some(tree)) => parts(&source, &tree, "users"),
            Ok(None) => Ok(Vec::new()),
            Err(refusal) => Err(refused(&source, &refusal)),
        }
    }

    #[test]
    fn rows_with_the_same_columns_belong_together() {
        let parts =
            read_yaml("users:\n- {id: 1, name: a}\n- {name: b, id: 2}\n- {id: 3}\nroles: []\n").unwrap();
        let shown: Vec<_> = parts
            .iter()
            .map(|part| match &part.rows {
                Rows::Held(rows) => (
                    part.columns.join(","),
                    rows.iter().map(|row| row.line).collect::<Vec<_>>(),
                ),
                Rows::Csv(_) => panic!("{part:?}"),
            })
            .collect();
        assert_eq!(
            shown,
            [("id,name".to_owned(), vec![2, 3]), ("id".to_owned(), vec![4])]
        );
    }

    #[test]
    fn faults_name_file_and_line() {
        for (text, words) in [
            (
                "users:\n- 1\n",
                "`seeds/users.yaml` line 2: a row of `users` is a number",
            ),
            (
                "- id: 1\n  id: 2\n",
                "`seeds/users.yaml` line 2: the column `id` is there twice",
            ),
            (
                "- id: &a 1\n- id: *a\n",
                "`seeds/users.yaml` line 2: an alias stands here",
            ),
            (
                "users: 1\n",
                "`seeds/users.yaml` line 1: `users` holds a number, not a list of rows",
            ),
            ("just words\n", "`seeds/users.yaml` line 1: there are no tables"),
        ] {
            assert_eq!(read_yaml(text).unwrap_err().message, words);
        }
    }

    #[test]
    fn digits_in_front_of_a_file_are_for_people() {
        for (path, table) in [
            ("seeds/01_users.csv", "users"),
            ("02-app.users.yaml", "app.users"),
            ("2026.csv", "2026"),
            ("users_2.csv", "users_2"),
        ] {
            assert_eq!(table_of(Path::new(path)), table);
        }
    }

    proptest! {
        #[test]
        fn any_yaml_gives_rows_or_a_fault(text in "[a-c:\\- \\[\\]{}\"'|>&*#é\n,1]{0,60}") {
            if let Ok(parts) = read_yaml(&text) {
                let lines = text.split('\n').count();
                for part in parts {
                    prop_assert!(part.line >= 1 && part.line <= lines);
                }
            }
        }
    }
}
