//! YAML in, a tree with byte spans out: every key kept (duplicates too), no alias expanded, no recursion while reading.
//!
//! Reading goes through the event parser under `serde-saphyr`, because its deserialiser drops the spans of lists and maps and
//! the byte offsets of errors, both of which findings need. Writing goes through `serde-saphyr` itself.

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, StructureStyle};

use crate::text::Span;

use super::flat_yaml;
pub use super::tree::{Node, Refusal, RefusalKind, Style, Value};

/// Longest text that is read; longer is refused before parsing.
pub const MAX_BYTES: usize = 64 * 1024;
/// Most parser events that are read. A usual front matter has 25.
pub const MAX_EVENTS: usize = 5_000;
/// Longest text of data, as against front matter, and most events in it.
pub const MAX_DATA_BYTES: usize = 32 * 1024 * 1024;
const MAX_DATA_EVENTS: usize = 4_000_000;
/// Deepest nesting of lists and maps.
pub const MAX_DEPTH: usize = 32;
/// Deepest nesting where nothing is kept.
const MAX_SCANNED_DEPTH: usize = 256;

/// A list or map that is being read.
struct Open {
    start: usize,
    block: bool,
    map: bool,
    nodes: Vec<Node>,
}

impl Open {
    fn close(self, end: Span) -> Node {
        // Flow collections end at their bracket; the end of a block one is reported at the next token, so take its last child.
        let last = self.nodes.last().map_or(self.start, |node| node.span.end);
        let end = if self.block { last } else { end.end };
        let value = if self.map {
            Value::map_of(self.nodes)
        } else {
            Value::List(self.nodes)
        };
        Node {
            value,
            span: Span::new(self.start, end),
        }
    }
}

/// Reads one document; spans are moved `base` bytes to the right. `Ok(None)` when there is nothing but space and comments.
pub fn read(text: &str, base: usize) -> Result<Option<Node>, Refusal> {
    if text.len() > MAX_BYTES {
        let message = format!("front matter is {} bytes long, more than {MAX_BYTES}", text.len());
        return Err(too_much(base, message));
    }
    if let Some(node) = flat_yaml::read(text, base) {
        return Ok(Some(node));
    }
    parse(text, base)
}

/// Reads one document of data, which may be long.
pub fn read_data(text: &str) -> Result<Option<Node>, Refusal> {
    if text.len() > MAX_DATA_BYTES {
        return Err(Refusal {
            at: 0,
            message: format!(
                "the file is {} bytes long, more than {MAX_DATA_BYTES}",
                text.len()
            ),
            remedy: "split the file",
            kind: RefusalKind::TooMuch,
        });
    }
    parse_within(text, 0, MAX_DATA_EVENTS)
}

/// The same by a parser of all of YAML, however long the text is.
pub(super) fn parse(text: &str, base: usize) -> Result<Option<Node>, Refusal> {
    parse_within(text, base, MAX_EVENTS)
}

fn parse_within(text: &str, base: usize, most_events: usize) -> Result<Option<Node>, Refusal> {
    let options = granit_parser::options! {
        emit_comments: false,
        emit_unresolved_aliases: true,
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
    };
    let mut open: Vec<Open> = Vec::new();
    let mut root = None;
    let mut documents = 0;
    for (count, next) in Parser::new_from_str_with_options(text, options).enumerate() {
        let (event, span) = next.map_err(|error| refusal(text, base, &error))?;
        let span = Span::from(span.byte_range().unwrap_or_default());
        if count == most_events {
            return Err(too_much(
                base + span.start,
                format!("there are more than {most_events} parts"),
            ));
        }
        let node = match event {
            Event::DocumentStart(..) => {
                documents += 1;
                if documents > 1 {
                    return Err(too_much(
                        base + span.start,
                        "a second YAML document starts here".to_owned(),
                    ));
                }
                continue;
            }
            Event::SequenceStart(style, ..) | Event::MappingStart(style, ..) => {
                if open.len() == MAX_DEPTH {
                    return Err(too_much(
                        base + span.start,
                        format!("values are nested deeper than {MAX_DEPTH} levels"),
                    ));
                }
                let block = style == StructureStyle::Block;
                let map = matches!(event, Event::MappingStart(..));
                let mut start = span.start;
                if block && !map && !text[start..].starts_with('-') {
                    // A list that is not indented under its key is reported after its first dash.
                    start = text[..start].rfind('-').unwrap_or(start);
                }
                open.push(Open {
                    start: base + start,
                    block,
                    map,
                    nodes: Vec::new(),
                });
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some(done) => done.close(span.shifted(base)),
                None => continue,
            },
            Event::Scalar(text, style, _, tag) => Node {
                value: Value::Scalar {
                    text: text.into_owned(),
                    // `!!str 1` is a string, as `"1"` is.
                    style: match tag {
                        Some(tag) if tag.is_yaml_core_schema_tag("str") && style == ScalarStyle::Plain => {
                            Style::DoubleQuoted
                        }
                        _ => style_of(style),
                    },
                },
                span: span.shifted(base),
            },
            Event::Alias(_) | Event::UnresolvedAlias(_) => Node {
                value: Value::Alias,
                span: span.shifted(base),
            },
            _ => continue,
        };
        match open.last_mut() {
            Some(parent) => parent.nodes.push(node),
            None => root = Some(node),
        }
    }
    Ok(root)
}

fn too_much(at: usize, message: String) -> Refusal {
    Refusal {
        at,
        message,
        remedy: "front matter holds a few short fields: move the rest into the body or a reference file",
        kind: RefusalKind::TooMuch,
    }
}

/// Why a stream of documents is not YAML, if it is not. What is only too deep for this reader is no reason.
pub fn scan(text: &str) -> Option<Refusal> {
    let options = granit_parser::options! {
        emit_comments: false,
        emit_unresolved_aliases: true,
        flow_nesting_limit: MAX_SCANNED_DEPTH,
        block_nesting_limit: MAX_SCANNED_DEPTH,
    };
    for next in Parser::new_from_str_with_options(text, options) {
        match next {
            Ok((Event::UnresolvedAlias(_), span)) => {
                let span = Span::from(span.byte_range().unwrap_or_default());
                let name = text.get(span.start + 1..span.end).unwrap_or_default();
                // Its anchor may stand where the text is taken from, if it is a name at all.
                if !name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
                {
                    return Some(Refusal {
                        at: span.start,
                        message: format!("`*{name}` refers to an anchor that is not there"),
                        remedy: "put the value in quotes: `*` and `&` have a meaning in YAML",
                        kind: RefusalKind::Syntax,
                    });
                }
            }
            Ok(_) => {}
            Err(error) => {
                return Some(refusal(text, 0, &error)).filter(|refusal| refusal.kind != RefusalKind::TooMuch);
            }
        }
    }
    None
}

fn style_of(style: ScalarStyle) -> Style {
    match style {
        ScalarStyle::SingleQuoted => Style::SingleQuoted,
        ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
        ScalarStyle::Literal => Style::Literal,
        ScalarStyle::Folded => Style::Folded,
        ScalarStyle::Plain => Style::Plain,
    }
}

fn refusal(text: &str, base: usize, error: &granit_parser::ScanError) -> Refusal {
    let at = error.marker().byte_offset().unwrap_or(text.len()).min(text.len());
    let (kind, remedy) = match error.kind() {
        ErrorKind::MappingValueNotAllowed => (
            RefusalKind::UnquotedColon,
            "put the value in double quotes: a colon followed by a space begins a map",
        ),
        ErrorKind::TabInBlockIndentation | ErrorKind::TabInIndentation | ErrorKind::TabNotAllowed => (
            RefusalKind::Syntax,
            "indent with spaces: YAML does not allow tabs there",
        ),
        ErrorKind::UnclosedQuotedScalar | ErrorKind::InvalidQuotedScalarIndent => (
            RefusalKind::Syntax,
            "close the quote that is open here or on a line above",
        ),
        ErrorKind::UnclosedFlowCollection { .. } => (
            RefusalKind::Syntax,
            "close the bracket that is open here or on a line above",
        ),
        ErrorKind::MissingAnchorOrAliasName => (
            RefusalKind::Syntax,
            "put the value in quotes: `*` and `&` have a meaning in YAML",
        ),
        ErrorKind::RecursionLimitExceeded => (
            RefusalKind::TooMuch,
            "front matter holds a few short fields: flatten the value",
        ),
        _ => (
            RefusalKind::Syntax,
            "mend the YAML; values with special characters are safe in double quotes",
        ),
    };
    Refusal {
        at: base + text.floor_char_boundary(at),
        message: error.info(),
        remedy,
        kind,
    }
}

/// A string as a YAML scalar on one line, quoted where some reader would take it for something else.
pub fn quoted(text: &str) -> String {
    let options = serde_saphyr::ser_options! { prefer_block_scalars: false };
    match serde_saphyr::to_string_with_options(&text, options) {
        Ok(yaml) if yaml.trim_end().lines().count() <= 1 => yaml.trim_end().to_owned(),
        _ => double_quoted(text),
    }
}

/// A string in double quotes on one line.
pub fn double_quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn map(text: &str) -> Vec<(Node, Node)> {
        match read(text, 0).unwrap().unwrap().value {
            Value::Map(pairs) => pairs,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn spans_are_bytes_of_keys_and_values() {
        let text = "é: \"quoted\"\ntools:\n- a\n- bé\nflow: [x, y]\n";
        let pairs = map(text);
        let slices: Vec<(&str, &str)> = pairs
            .iter()
            .map(|(key, value)| {
                (
                    &text[key.span.start..key.span.end],
                    &text[value.span.start..value.span.end],
                )
            })
            .collect();
        assert_eq!(
            slices,
            [("é", "\"quoted\""), ("tools", "- a\n- bé"), ("flow", "[x, y]")]
        );
    }

    #[test]
    fn duplicate_keys_are_all_kept() {
        let names: Vec<Span> = map("name: a\nx: 1\nname: b\n")
            .iter()
            .map(|(key, _)| key.span)
            .collect();
        assert_eq!(names, [Span::new(0, 4), Span::new(8, 9), Span::new(13, 17)]);
    }

    #[test]
    fn types_follow_the_core_schema() {
        let pairs = map(
            "a: 1.5\nb: yes\nc: true\nd:\ne: '1'\nf: 1.2.3\ng: 0x1F\nh: -.5\ni: 2024-01-01\nj: !!str 1\n",
        );
        let types: Vec<&str> = pairs.iter().map(|(_, value)| value.type_name()).collect();
        assert_eq!(
            types,
            [
                "number", "string", "boolean", "null", "string", "string", "number", "number", "string",
                "string"
            ]
        );
    }

    #[test]
    fn hostile_input_is_refused_fast_and_in_words() {
        let bomb: String = std::iter::once("a: &a [x,x,x,x,x,x,x,x,x]\n".to_owned())
            .chain(('b'..='i').map(|name| {
                let before = (name as u8 - 1) as char;
                format!("{name}: &{name} [*{before},*{before},*{before},*{before},*{before},*{before},*{before},*{before}]\n")
            }))
            .collect();
        assert!(read(&bomb, 0).is_ok(), "aliases stay aliases");
        for text in [
            "[".repeat(5_000),
            "a: ".to_owned() + &"x".repeat(10_000_000),
            "- ".repeat(5_000),
        ] {
            assert_eq!(read(&text, 0).unwrap_err().kind, RefusalKind::TooMuch);
        }
        let refusal = read("description: Use when: x\n", 100).unwrap_err();
        assert_eq!((refusal.kind, refusal.at), (RefusalKind::UnquotedColon, 121));
        assert!(read("a: \0\n", 0).is_err());
        assert!(read("a: 1\n---\nb: 2\n", 0).is_err());
        assert_eq!(read("# only a comment\n", 0), Ok(None));
    }

    proptest! {
        #[test]
        fn any_text_gives_a_tree_or_a_refusal_inside_it(text in "[a-c:\\- \\[\\]{}\"'|>&*#é\n\t~,]{0,80}") {
            fn inside(text: &str, node: &Node) -> bool {
                let children = match &node.value {
                    Value::List(items) => items.iter().collect::<Vec<_>>(),
                    Value::Map(pairs) => pairs.iter().flat_map(|(key, value)| [key, value]).collect(),
                    _ => Vec::new(),
                };
                text.get(node.span.start..node.span.end).is_some()
                    && children.into_iter().all(|child| {
                        node.span.start <= child.span.start && child.span.end <= node.span.end && inside(text, child)
                    })
            }
            match read(&text, 0) {
                Ok(Some(node)) => prop_assert!(inside(&text, &node), "{node:?}"),
                Ok(None) => {}
                Err(refusal) => prop_assert!(text.is_char_boundary(refusal.at)),
            }
        }

        #[test]
        fn what_is_quoted_reads_back_and_stays_on_one_line(text in "[ -~é\u{4e00}]{0,200}") {
            for yaml in [format!("key: {}\n", quoted(&text)), format!("key: {}\n", double_quoted(&text))] {
                let pairs = map(&yaml);
                prop_assert_eq!(pairs[0].1.as_str(), Some(text.as_str()), "{}", yaml);
                prop_assert_eq!(yaml.lines().count(), 1, "{}", yaml);
            }
        }
    }
}
