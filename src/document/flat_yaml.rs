//! Most front matter is `key: value` on each line, values without quotes: that is read here, at a fraction of what a parser of all of
//! YAML costs. Whatever is not surely that is left to it.

use crate::text::Span;

use super::tree::{Node, Style, Value};

/// Most lines that are read: far fewer than there may be parts.
const MOST_LINES: usize = 500;

/// Longest key; a parser gives up on those over a thousand bytes.
const LONGEST_KEY: usize = 64;

/// The map that the text is, spans moved `base` bytes to the right; `None` when it is not surely one of plain pairs.
pub(super) fn read(text: &str, base: usize) -> Option<Node> {
    let mut pairs = Vec::new();
    let mut start = 0;
    let mut end = 0;
    for line_break in memchr::memchr_iter(b'\n', text.as_bytes()).chain([text.len()]) {
        let line = &text[start..line_break];
        if line.is_empty() && start == text.len() {
            break;
        }
        let (key, value) = line.split_once(": ")?;
        if !is_key(key) || !is_plain(value) || pairs.len() == MOST_LINES {
            return None;
        }
        let scalar = |text: &str, start: usize| Node {
            value: Value::Scalar {
                text: text.to_owned(),
                style: Style::Plain,
            },
            span: Span::new(base + start, base + start + text.len()),
        };
        pairs.push((scalar(key, start), scalar(value, start + key.len() + 2)));
        end = line_break;
        start = line_break + 1;
    }
    (!pairs.is_empty()).then(|| Node {
        value: Value::Map(pairs),
        span: Span::new(base, base + end),
    })
}

fn is_key(key: &str) -> bool {
    key.len() <= LONGEST_KEY
        && key.starts_with(|first: char| first.is_ascii_alphabetic())
        && key
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// Whether a value is a plain scalar that ends on its line: nothing in it opens a comment or a map, and no character is one that YAML
/// forbids or takes for a line break.
fn is_plain(value: &str) -> bool {
    let bytes = value.as_bytes();
    let is_text = |character: char| match character {
        ' '..='~' => true,
        '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => false,
        _ => character >= '\u{a0}',
    };
    bytes.first().is_some_and(u8::is_ascii_alphanumeric)
        && !matches!(bytes.last(), Some(b' ' | b':'))
        && !bytes.windows(2).any(|pair| matches!(pair, b": " | b" #"))
        && (value.bytes().all(|byte| matches!(byte, b' '..=b'~')) || value.chars().all(is_text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::yaml;
    use proptest::prelude::*;

    #[test]
    fn plain_pairs_are_read_and_others_are_left() {
        let text = "name: pdf-tools\ndescription: Reads a:b, \"c\" & é.\n";
        let node = read(text, 4).expect("it is plain");
        assert_eq!(node.span, Span::new(4, 4 + text.len() - 1));
        let pairs: Vec<(&str, &str)> = (node.as_map().unwrap_or_default().iter())
            .filter_map(|(key, value)| Some((key.as_text()?, value.as_text()?)))
            .collect();
        assert_eq!(
            pairs,
            [("name", "pdf-tools"), ("description", "Reads a:b, \"c\" & é.")]
        );
        for text in [
            "",
            "a",
            "a:",
            "a: b: c",
            "a: b #c",
            "a: 'b'",
            "a: b\n  c",
            "a: b\n\nc: d",
            "a: b\r\n",
            "- a: b",
            "a: b\n---\n",
            "a: |\n  b",
            "a: [b]",
            "a: &b c",
            "a: b\tc",
            "a: b ",
            "a: b\u{85}c",
        ] {
            assert_eq!(read(text, 0), None, "{text:?}");
        }
    }

    proptest! {
        /// What is read here is what the parser of all of YAML reads.
        #[test]
        fn what_is_read_equals_what_the_parser_reads(
            text in "((a|name|B-c_1|1|é|-|\\?)(: |:|:  | : )([a-zé1~\"'#&*!|>%@`,\\[\\]{}:?. \t—\u{a0}\u{85}\u{2028}\u{feff}-]{0,12}|x: y|a #b|a:|--- a)(\n|\r\n|\n  |\n\n| )){0,4}",
            base in 0_usize..9,
        ) {
            if let Some(node) = read(&text, base) {
                prop_assert_eq!(yaml::parse(&text, base), Ok(Some(node)));
            }
        }
    }
}
