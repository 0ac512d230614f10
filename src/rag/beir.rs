//! Corpora and queries in the JSON Lines form of the BEIR collections.
//!
//! `corpus.jsonl`: `{"_id", "title", "text"}` per line; `queries.jsonl`: `{"_id", "text"}`.
//! Ids may be strings or whole numbers; other fields are ignored. Judgements are read by
//! [`super::trec::Qrels`].

use std::collections::HashSet;

use serde::Deserialize;

use super::trec::at;
use crate::failure::Result;

/// A document of a corpus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// As in the judgements.
    pub id: String,
    /// May be empty.
    pub title: String,
    /// May be empty.
    pub text: String,
}

/// A question put to a corpus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// As in the judgements.
    pub id: String,
    /// The question.
    pub text: String,
}

#[derive(Deserialize)]
struct Record {
    #[serde(rename = "_id", alias = "id")]
    id: Id,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    text: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Id {
    Text(String),
    Number(i64),
}

/// Reads the text of a `corpus.jsonl`; `name` is how errors call it.
///
/// # Errors
/// File and line of what is not such a record, or of an id seen before.
pub fn documents(text: &str, name: &str) -> Result<Vec<Document>> {
    records(text, name, |id, record| Document {
        id,
        title: record.title.unwrap_or_default(),
        text: record.text.unwrap_or_default(),
    })
}

/// Reads the text of a `queries.jsonl`; `name` is how errors call it.
///
/// # Errors
/// File and line of what is not such a record, or of an id seen before.
pub fn queries(text: &str, name: &str) -> Result<Vec<Query>> {
    records(text, name, |id, record| Query {
        id,
        text: record.text.unwrap_or_default(),
    })
}

fn records<T>(text: &str, name: &str, make: impl Fn(String, Record) -> T) -> Result<Vec<T>> {
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for (number, line) in (1..).zip(text.strip_prefix('\u{feff}').unwrap_or(text).split('\n')) {
        if line.trim().is_empty() {
            continue;
        }
        let record: Record = serde_json::from_str(line).map_err(|error| {
            at(
                name,
                number,
                &format!("not a record with `_id` and `text`: {error}"),
            )
        })?;
        let id = match &record.id {
            Id::Text(id) => id.clone(),
            Id::Number(id) => id.to_string(),
        };
        if !seen.insert(id.clone()) {
            return Err(at(name, number, &format!("the id `{id}` appears twice")));
        }
        found.push(make(id, record));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_read_with_what_they_have() {
        let text = "{\"_id\": \"a\", \"title\": \"T\", \"text\": \"x\", \"metadata\": {}}\n\n{\"_id\": 7, \"text\": null}\r\n";
        let found = documents(text, "corpus.jsonl").unwrap();
        assert_eq!(
            found[0],
            Document {
                id: "a".into(),
                title: "T".into(),
                text: "x".into()
            }
        );
        assert_eq!(
            found[1],
            Document {
                id: "7".into(),
                title: String::new(),
                text: String::new()
            }
        );
        let query = Query {
            id: "1".into(),
            text: "why".into(),
        };
        assert_eq!(
            queries("{\"_id\": \"1\", \"text\": \"why\"}", "q").unwrap(),
            [query]
        );
    }

    #[test]
    fn errors_name_file_and_line() {
        let twice = "{\"_id\": \"a\"}\n{\"_id\": \"a\"}\n";
        let error = documents(twice, "c.jsonl").unwrap_err();
        assert_eq!(error.message, "c.jsonl:2: the id `a` appears twice");
        for wrong in ["{\"text\": \"x\"}", "[]", "{", "{\"_id\": null}"] {
            let error = documents(wrong, "c.jsonl").unwrap_err();
            assert!(
                error.message.starts_with("c.jsonl:1: not a record"),
                "{}",
                error.message
            );
        }
    }
}
