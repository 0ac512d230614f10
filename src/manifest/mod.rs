//! A manifest: a JSON file that a client reads. What the files of hooks, plugins and marketplaces have in common, and the rules
//! for all of them.

pub mod rules;

use crate::document::json;
use crate::document::tree::{Node, Refusal, RefusalKind};
use crate::text::{Source, Span};

/// A JSON file, read.
#[derive(Debug, Clone)]
pub struct Manifest {
    pub source: Source,
    pub content: Result<Node, Refusal>,
}

impl Manifest {
    pub fn read(source: Source) -> Self {
        let content = match source.why_unreadable() {
            None => json::read(source.text()),
            Some(reason) => Err(Refusal {
                at: 0,
                message: reason.to_owned(),
                remedy: "mend the file or its permissions",
                kind: RefusalKind::Unreadable,
            }),
        };
        Self { source, content }
    }

    /// The outermost value when it is an object, so that its fields can be judged.
    pub fn object(&self) -> Option<&Node> {
        self.content.as_ref().ok().filter(|node| node.as_map().is_some())
    }
}

/// Where a finding about something missing in an object points: its opening bracket.
pub fn head(object: &Node) -> Span {
    Span::new(object.span.start, object.span.end.min(object.span.start + 1))
}

/// What is wrong with the `name` that an object must have, and where; `noun` says what the object is.
pub fn name_fault(object: &Node, noun: &str) -> Option<(Span, String)> {
    let Some(name) = object.get("name") else {
        return Some((head(object), format!("the {noun} has no `name`")));
    };
    let message = match name.as_str() {
        None => format!("`name` is a {}, not a string", name.type_name()),
        Some(text) if text.trim().is_empty() => "`name` is empty".to_owned(),
        Some(_) => return None,
    };
    Some((name.span, message))
}
