//! Findings as SARIF 2.1.0, which code scanning services and viewers read.
//!
//! Written after the OASIS standard with Errata 01; a test holds the log against the published schema. Of the rules only those
//! that fired are listed: their documentation is long, and viewers look up nothing else. Messages keep their braces single,
//! though section 3.11.5 would double them: no consumer takes the doubling back where a message has no arguments.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use crate::cli::lint::Listed;
use crate::diagnostic::{Diagnostic, Fix, Safety};
use crate::lint::explained;
use crate::lint::{Level, Linted, Secrets, codes, fingerprints, summary};
use crate::text::{Location, Source, Span};

use super::checkout::Checkout;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Longest text of a place that goes into the log, in bytes.
const MOST_SNIPPET_BYTES: usize = 400;

/// Most edits of a fix that goes into the log: one that touches every line would outweigh the rest of it.
const MOST_EDITS: usize = 100;

const BYTE_ORDER_MARK: char = '\u{feff}';

/// The log of one run of a command.
#[derive(Debug, Serialize)]
pub struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Value,
    automation_details: Value,
    invocations: Value,
    original_uri_base_ids: Value,
    column_kind: &'static str,
    results: Results<'a>,
}

impl<'a> Log<'a> {
    pub fn new(linted: &'a Linted, rules: &[Listed], command: &str, checkout: &'a Checkout) -> Self {
        let mut fired: BTreeMap<&'static str, usize> = (linted.findings.iter())
            .map(|finding| (finding.rule, 0))
            .collect();
        for (at, index) in fired.values_mut().enumerate() {
            *index = at;
        }
        let descriptors = fired
            .keys()
            .map(|name| match rules.iter().find(|rule| rule.name == *name) {
                Some(rule) => descriptor(rule),
                None => json!({ "id": name }),
            });
        let run = Run {
            tool: json!({ "driver": {
                "name": "packwright",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": descriptors.collect::<Vec<Value>>(),
            }}),
            automation_details: json!({ "id": format!("packwright/{}/", command.replace(' ', "-")) }),
            invocations: json!([{ "executionSuccessful": true }]),
            original_uri_base_ids: json!({ "%SRCROOT%": {
                "description": { "text": "The root of the checkout that packwright ran in." },
            }}),
            column_kind: "utf16CodeUnits",
            results: Results {
                linted,
                secrets: Secrets::of(linted),
                checkout,
                fired,
            },
        };
        Self {
            schema: SCHEMA,
            version: "2.1.0",
            runs: [run],
        }
    }
}

fn descriptor(rule: &Listed) -> Value {
    let paragraph = summary(rule.docs);
    let sentence = paragraph.split_inclusive(". ").next().unwrap_or_default().trim();
    let docs = explained(rule.docs);
    let subjects = rule.subject.split(", ");
    let tags: Vec<&str> = std::iter::once(rule.group).chain(subjects).collect();
    json!({
        "id": rule.name,
        "shortDescription": { "text": sentence },
        "fullDescription": { "text": paragraph, "markdown": paragraph },
        "help": { "text": docs, "markdown": docs },
        "defaultConfiguration": {
            "enabled": rule.level != Level::Off,
            "level": if rule.level == Level::Deny { "error" } else { "warning" },
        },
        "properties": { "group": rule.group, "tags": tags, "codes": codes(rule.docs) },
    })
}

/// The results of a run, each made when it is written: together they outweigh everything else in memory.
#[derive(Debug)]
struct Results<'a> {
    linted: &'a Linted,
    secrets: Secrets<'a>,
    checkout: &'a Checkout,
    /// The rules that fired, each with its place in the list of rules.
    fired: BTreeMap<&'static str, usize>,
}

impl Serialize for Results<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let prints = fingerprints(self.linted, |path| self.checkout.path(path));
        let findings = self.linted.findings.iter().zip(&prints);
        serializer.collect_seq(findings.map(|(finding, print)| self.result(finding, print)))
    }
}

impl Results<'_> {
    fn result(&self, finding: &Diagnostic, fingerprint: &str) -> Value {
        let source = self.linted.sources.get(&finding.place.path);
        let is_secret = source.is_some_and(|source| self.secrets.touch(finding, source));
        let place = |span| match source {
            Some(source) => self.place(&finding.place.path, &region(source, span, !is_secret)),
            None => self.place(&finding.place.path, &json!({ "startLine": 1 })),
        };
        let words = match &finding.help {
            Some(help) => format!("{}\nhelp: {help}", finding.message),
            None => finding.message.clone(),
        };
        let mut result = json!({
            "ruleId": finding.rule,
            "ruleIndex": self.fired.get(finding.rule),
            "level": finding.severity.name(),
            "message": message(&words),
            "locations": [{ "physicalLocation": place(finding.place.span) }],
            "partialFingerprints": { "packwright/v1": fingerprint },
        });
        if !finding.labels.is_empty() {
            let labels = finding.labels.iter().enumerate().map(|(at, label)| {
                json!({
                    "id": at + 1,
                    "physicalLocation": place(label.span),
                    "message": message(&label.message),
                })
            });
            result["relatedLocations"] = labels.collect();
        }
        if let (Some(fix), Some(source)) = (&finding.fix, source)
            && fix.edits.len() <= MOST_EDITS
            && !self.secrets.touch_fix(fix, source)
        {
            result["fixes"] = json!([self.fix(fix, source)]);
        }
        result
    }

    fn place(&self, path: &str, region: &Value) -> Value {
        json!({ "artifactLocation": self.artifact(path), "region": region })
    }

    fn artifact(&self, path: &str) -> Value {
        let path = self.checkout.path(path);
        if Path::new(&*path).is_absolute() {
            json!({ "uri": format!("file:///{}", encoded(path.trim_start_matches('/'))) })
        } else {
            json!({ "uri": encoded(&path), "uriBaseId": "%SRCROOT%" })
        }
    }

    fn fix(&self, fix: &Fix, source: &Source) -> Value {
        let replacements = fix.edits.iter().map(|edit| {
            let mut replacement = json!({ "deletedRegion": deleted(source, edit.span) });
            if !edit.replacement.is_empty() {
                replacement["insertedContent"] = json!({ "text": edit.replacement });
            }
            replacement
        });
        json!({
            "description": message(&fix.title),
            "artifactChanges": [{
                "artifactLocation": self.artifact(source.path()),
                "replacements": replacements.collect::<Vec<Value>>(),
            }],
            "properties": { "safety": match fix.safety {
                Safety::Safe => "safe",
                Safety::Unsafe => "unsafe",
            }},
        })
    }
}

/// A message. Text of a skill must not turn into a link: `[text](target)` is one, `[text\](target)` is not.
fn message(text: &str) -> Value {
    json!({ "text": text.replace("](", "\\](") })
}

/// A place in a text, in lines and columns and, where they say the same, in bytes.
fn region(source: &Source, span: Span, may_show_text: bool) -> Value {
    let (start, end) = (position(source, span.start), position(source, span.end));
    let mut region = Map::new();
    region.insert("startLine".to_owned(), start.line.into());
    region.insert("startColumn".to_owned(), start.column.into());
    region.insert("endLine".to_owned(), end.line.into());
    region.insert("endColumn".to_owned(), end.column.into());
    let is_exact = source.invalid_at().is_none_or(|at| span.end <= at);
    if is_exact && span.start >= mark_length(source) {
        region.insert("byteOffset".to_owned(), span.start.into());
        region.insert("byteLength".to_owned(), span.len().into());
    }
    if may_show_text && (1..=MOST_SNIPPET_BYTES).contains(&span.len()) {
        region.insert("snippet".to_owned(), json!({ "text": source.slice(span) }));
    }
    region.into()
}

/// The region that an edit takes away. A byte order mark has no column, so that its region is one of bytes.
fn deleted(source: &Source, span: Span) -> Value {
    if span.start < mark_length(source) {
        json!({ "byteOffset": span.start, "byteLength": span.len() })
    } else {
        region(source, span, false)
    }
}

/// Line and column after sections 3.30.2 and 3.30.8 of the standard: a byte order mark does not count, and the end of a text
/// that ends in a line break is a column of its last line.
fn position(source: &Source, offset: usize) -> Location {
    let text = source.text();
    let mut location = source.locate_utf16(offset);
    if offset >= text.len() && text.ends_with('\n') {
        let before = source.locate_utf16(text.len() - 1);
        location = Location {
            line: before.line,
            column: before.column + 1,
        };
    }
    if location.line == 1 && text.starts_with(BYTE_ORDER_MARK) {
        location.column = location.column.saturating_sub(1).max(1);
    }
    location
}

/// Length of the byte order mark that a text begins with, in bytes.
fn mark_length(source: &Source) -> usize {
    let has_mark = source.text().starts_with(BYTE_ORDER_MARK);
    if has_mark { BYTE_ORDER_MARK.len_utf8() } else { 0 }
}

/// A path as a URI reference: what RFC 3986 does not let stand for itself in every segment becomes `%XX`.
fn encoded(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn region_of(text: &str, start: usize, end: usize) -> Value {
        region(&Source::new("a.md", text), Span::new(start, end), true)
    }

    #[test]
    fn columns_count_utf16_units_and_no_byte_order_mark() {
        assert_eq!(
            region_of("a\u{1f600}b\n", 5, 6),
            json!({
                "startLine": 1, "startColumn": 4, "endLine": 1, "endColumn": 5,
                "byteOffset": 5, "byteLength": 1, "snippet": { "text": "b" },
            })
        );
        let marked = region_of("\u{feff}ab\n", 3, 4);
        assert_eq!(
            (&marked["startColumn"], &marked["byteOffset"]),
            (&json!(1), &json!(3))
        );
        let source = Source::new("a.md", "\u{feff}ab\n");
        assert_eq!(
            deleted(&source, Span::new(0, 3)),
            json!({ "byteOffset": 0, "byteLength": 3 })
        );
    }

    #[test]
    fn the_end_of_a_text_is_on_its_last_line() {
        let end = region_of("lmn\r\n", 5, 5);
        assert_eq!((&end["startLine"], &end["startColumn"]), (&json!(1), &json!(6)));
        let end = region_of("", 0, 0);
        assert_eq!((&end["startLine"], &end["startColumn"]), (&json!(1), &json!(1)));
    }

    #[test]
    fn paths_become_references_that_name_no_scheme() {
        assert_eq!(encoded("a b/c:d/é%.md"), "a%20b/c%3Ad/%C3%A9%25.md");
    }

    #[test]
    fn quoted_text_is_no_link() {
        assert_eq!(
            message("see [x](http://a.example)")["text"],
            "see [x\\](http://a.example)"
        );
    }

    /// The byte that a line and a column mean, read as the standard has it.
    fn byte_at(text: &str, line: u64, column: u64) -> usize {
        let mut place = (1, 1);
        for (at, character) in text.char_indices() {
            let is_mark = at == 0 && character == BYTE_ORDER_MARK;
            if !is_mark && place == (line, column) {
                return at;
            }
            place = match character {
                _ if is_mark => place,
                '\n' if at + 1 < text.len() => (place.0 + 1, 1),
                other => (place.0, place.1 + other.len_utf16() as u64),
            };
        }
        text.len()
    }

    proptest! {
        #[test]
        fn lines_and_columns_mean_the_bytes_beside_them(
            text in "\u{feff}?[a\u{1f600}é\r\n]{0,20}",
            start in 0usize..60,
            length in 0usize..9,
        ) {
            let boundary = |at: usize| text.floor_char_boundary(at.min(text.len()));
            let (start, end) = (boundary(start), boundary(start + length));
            let region = region_of(&text, start, end);
            let number = |name: &str| region[name].as_u64().unwrap_or_default();
            prop_assert!(number("startLine") >= 1 && number("startColumn") >= 1);
            if !region["byteOffset"].is_null() {
                prop_assert_eq!(byte_at(&text, number("startLine"), number("startColumn")), start);
                prop_assert_eq!(byte_at(&text, number("endLine"), number("endColumn")), end);
            }
        }
    }
}
