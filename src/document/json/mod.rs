//! JSON in, the tree of [`super::tree`] out: byte spans of keys and values, every duplicate key kept, strings decoded.
//!
//! Strict as `JSON.parse` is, which the clients read with: no comments, no trailing commas, one value and nothing behind it.
//! A byte order mark is passed over. The reader keeps its own stack, so that nesting costs no recursion.

mod scalar;

use crate::text::Span;

use super::tree::{Node, Refusal, RefusalKind, Value};

/// Longest text that is read; longer is refused before parsing.
pub const MAX_BYTES: usize = 4 * 1024 * 1024;
/// Deepest nesting of arrays and objects. Manifests have about eight levels.
pub const MAX_DEPTH: usize = 128;

/// Reads one value.
pub fn read(text: &str) -> Result<Node, Refusal> {
    read_within(text, MAX_BYTES)
}

/// Reads one value from a text of at most so many bytes.
pub fn read_within(text: &str, most: usize) -> Result<Node, Refusal> {
    if text.len() > most {
        return Err(Refusal {
            at: 0,
            message: format!("the file is {} bytes long, more than {most}", text.len()),
            remedy: "split the file",
            kind: RefusalKind::TooMuch,
        });
    }
    let start = if text.starts_with('\u{feff}') { 3 } else { 0 };
    Reader { text, at: start }.document()
}

/// An array or object that is being read.
struct Open {
    start: usize,
    is_object: bool,
    /// Elements, or keys and values by turns.
    nodes: Vec<Node>,
}

impl Open {
    fn new(start: usize, is_object: bool) -> Self {
        Self {
            start,
            is_object,
            nodes: Vec::new(),
        }
    }

    fn close(self, end: usize) -> Node {
        let value = if self.is_object {
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

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn document(mut self) -> Result<Node, Refusal> {
        let mut open: Vec<Open> = Vec::new();
        loop {
            self.skip_space();
            let node = match self.peek() {
                Some(bracket @ (b'{' | b'[')) => {
                    if open.len() == MAX_DEPTH {
                        return Err(Refusal {
                            at: self.at,
                            message: format!("values are nested deeper than {MAX_DEPTH} levels"),
                            remedy: "flatten the value",
                            kind: RefusalKind::TooMuch,
                        });
                    }
                    let mut opened = Open::new(self.at, bracket == b'{');
                    self.at += 1;
                    self.skip_space();
                    if self.peek() == Some(closing(opened.is_object)) {
                        self.at += 1;
                        opened.close(self.at)
                    } else {
                        if opened.is_object {
                            opened.nodes.push(self.key()?);
                        }
                        open.push(opened);
                        continue;
                    }
                }
                _ => self.scalar()?,
            };
            if let Some(root) = self.place(node, &mut open)? {
                self.skip_space();
                return match self.peek() {
                    None => Ok(root),
                    Some(_) => Err(self.fault(
                        "there is something after the value",
                        "a file of JSON holds one value: remove the rest",
                    )),
                };
            }
        }
    }

    /// Puts a value where it belongs and reads on to where the next one begins. The outermost value is handed back.
    fn place(&mut self, mut node: Node, open: &mut Vec<Open>) -> Result<Option<Node>, Refusal> {
        loop {
            let Some(parent) = open.last_mut() else {
                return Ok(Some(node));
            };
            parent.nodes.push(node);
            let is_object = parent.is_object;
            self.skip_space();
            match self.peek() {
                Some(b',') => {
                    let comma = self.at;
                    self.at += 1;
                    self.skip_space();
                    if matches!(self.peek(), Some(b'}' | b']')) {
                        self.at = comma;
                        return Err(self.fault(
                            "there is a comma after the last element",
                            "remove it: JSON allows none there",
                        ));
                    }
                    if is_object {
                        let key = self.key()?;
                        if let Some(parent) = open.last_mut() {
                            parent.nodes.push(key);
                        }
                    }
                    return Ok(None);
                }
                Some(bracket) if bracket == closing(is_object) => {
                    self.at += 1;
                    let Some(done) = open.pop() else {
                        return Ok(None);
                    };
                    node = done.close(self.at);
                }
                Some(b'}' | b']') => {
                    let (is, opened) = if is_object { (']', '{') } else { ('}', '[') };
                    return Err(self.fault(
                        format!("`{is}` closes what `{opened}` opened"),
                        "close it with the bracket that belongs to it",
                    ));
                }
                Some(_) if self.is_comment() => return Err(self.comment()),
                Some(_) => {
                    let remedy = "put a comma between the two values";
                    return Err(self.fault("a comma is missing before this", remedy));
                }
                None => return Err(self.ended(open)),
            }
        }
    }

    /// A key and the colon after it.
    fn key(&mut self) -> Result<Node, Refusal> {
        if self.peek() != Some(b'"') {
            if self.is_comment() {
                return Err(self.comment());
            }
            let message = match self.peek() {
                None => "the text ends inside an object",
                Some(_) => "a key in double quotes is expected here",
            };
            return Err(self.fault(message, "write `\"key\": value`"));
        }
        let key = self.string()?;
        self.skip_space();
        if self.peek() != Some(b':') {
            if self.is_comment() {
                return Err(self.comment());
            }
            return Err(self.fault("a colon is missing after the key", "write `\"key\": value`"));
        }
        self.at += 1;
        Ok(key)
    }

    fn is_comment(&self) -> bool {
        self.text
            .get(self.at..)
            .is_some_and(|rest| rest.starts_with("//") || rest.starts_with("/*") || rest.starts_with('#'))
    }

    fn comment(&self) -> Refusal {
        self.fault("a comment stands here", "remove it: JSON has no comments")
    }

    fn ended(&self, open: &[Open]) -> Refusal {
        let opened = open.last().map_or(0, |open| open.start);
        let bracket = self.text.get(opened..=opened).unwrap_or_default();
        Refusal {
            at: opened,
            message: format!("`{bracket}` is never closed"),
            remedy: "close it; the text ends before",
            kind: RefusalKind::Syntax,
        }
    }

    fn fault(&self, message: impl Into<String>, remedy: &'static str) -> Refusal {
        Refusal {
            at: self.text.floor_char_boundary(self.at),
            message: message.into(),
            remedy,
            kind: RefusalKind::Syntax,
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }
}

fn closing(is_object: bool) -> u8 {
    if is_object { b'}' } else { b']' }
}

/// A string as JSON.
pub fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::tree::Style;
    use proptest::prelude::*;

    /// The same value as `serde_json` has it, duplicate keys apart.
    fn value_of(node: &Node) -> serde_json::Value {
        match &node.value {
            Value::Map(pairs) => {
                let pairs = pairs
                    .iter()
                    .map(|(key, value)| (key.as_str().unwrap().to_owned(), value_of(value)));
                serde_json::Value::Object(pairs.collect())
            }
            Value::List(items) => items.iter().map(value_of).collect(),
            Value::Scalar {
                text,
                style: Style::DoubleQuoted,
            } => text.clone().into(),
            Value::Scalar { text, .. } => text.parse().unwrap(),
            Value::Alias => unreachable!(),
        }
    }

    fn message(text: &str) -> (usize, String) {
        let refusal = read(text).unwrap_err();
        (refusal.at, refusal.message)
    }

    #[test]
    fn spans_are_bytes_of_keys_and_values() {
        let text = "\u{feff}{\"é\": [1, true], \"a\": {\"a\": null, \"a\": \"x\"}}";
        let root = read(text).unwrap();
        let slice = |node: &Node| &text[node.span.start..node.span.end];
        let pairs = root.as_map().unwrap();
        assert_eq!(slice(&pairs[0].0), "\"é\"");
        assert_eq!(slice(&pairs[0].1), "[1, true]");
        assert_eq!(slice(&pairs[1].1), "{\"a\": null, \"a\": \"x\"}");
        assert_eq!(pairs[1].1.as_map().unwrap().len(), 2, "duplicate keys are kept");
        assert_eq!(
            pairs[1].1.get("a").and_then(Node::as_str),
            Some("x"),
            "and the last one counts"
        );
        let types: Vec<&str> = read("[1, -2.5e3, \"1\", true, null, [], {}]")
            .unwrap()
            .as_list()
            .unwrap()
            .iter()
            .map(Node::type_name)
            .collect();
        assert_eq!(
            types,
            ["number", "number", "string", "boolean", "null", "list", "map"]
        );
    }

    #[test]
    fn strings_are_decoded_and_can_be_pointed_into() {
        let text = r#"["a\/b\n\"c\" \ud83d\ude00 \ud800x \u0000 é"]"#;
        let root = read(text).unwrap();
        let node = &root.as_list().unwrap()[0];
        assert_eq!(node.as_str(), Some("a/b\n\"c\" \u{1f600} \u{fffd}x \0 é"));
        let decoded = node.as_str().unwrap();
        let at = decoded.find("\"c\"").unwrap();
        let span = node.span_inside(text, at..at + 3);
        assert_eq!(&text[span.start..span.end], "\\\"c\\\"");
        let at = decoded.find('é').unwrap();
        let span = node.span_inside(text, at..at + 'é'.len_utf8());
        assert_eq!(&text[span.start..span.end], "é");
    }

    #[test]
    fn faults_are_told_where_they_are() {
        for (text, at, part) in [
            ("", 0, "ends"),
            ("{\"a\":1,}", 6, "comma after"),
            ("[1,]", 2, "comma after"),
            ("{\"a\":1 // x\n}", 7, "comment"),
            ("/* x */ {}", 0, "comment"),
            ("{\"a\":1 \"b\":2}", 7, "comma is missing"),
            ("{'a':1}", 1, "double quotes"),
            ("{\"a\":'x'}", 5, "single quotes"),
            ("{\"a\" 1}", 5, "colon"),
            ("{\"a\":1", 0, "never closed"),
            ("{\"a\":[1}", 7, "closes"),
            ("{\"a\":\"x\n\"}", 7, "line ends"),
            ("{\"a\":\"x}", 5, "never closed"),
            ("{\"a\":\"\t\"}", 6, "U+0009"),
            ("{\"a\":\"\0\"}", 6, "U+0000"),
            ("{\"a\":\"\\x\"}", 6, "escape"),
            ("{\"a\":\"\\u12é\"}", 6, "four"),
            ("{} x", 3, "after the value"),
            ("[01]", 1, "number"),
            ("[+1]", 1, "begins no value"),
            ("[1.]", 1, "number"),
            ("[NaN]", 1, "NaN"),
            ("[True]", 1, "True"),
            ("\u{a0}{}", 0, "begins no value"),
            ("{\"a\":\u{b}1}", 5, "begins no value"),
        ] {
            let (found, words) = message(text);
            assert_eq!(found, at, "{text}: {words}");
            assert!(words.contains(part), "{text}: {words}");
        }
    }

    #[test]
    fn hostile_input_is_refused_fast() {
        for text in [
            "[".repeat(100_000),
            "{\"a\":".repeat(100_000),
            " ".repeat(MAX_BYTES + 1),
        ] {
            assert_eq!(read(&text).unwrap_err().kind, RefusalKind::TooMuch);
        }
        let deepest = format!("{}{}", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH));
        assert!(read(&deepest).is_ok());
    }

    proptest! {
        #[test]
        fn it_accepts_what_serde_accepts_and_reads_the_same(text in r#"[\[\]{},: \n01\-.eE"a\\/utn\u{e9}trulfs#]{0,24}"#) {
            let (own, serde) = (read(&text), serde_json::from_str::<serde_json::Value>(&text));
            match (own, serde) {
                (Ok(node), Ok(value)) => prop_assert_eq!(value_of(&node), value),
                (Err(refusal), Err(_)) => prop_assert!(text.is_char_boundary(refusal.at)),
                // Numbers beyond a double and half a surrogate pair are values to `JSON.parse`.
                (Ok(_), Err(error)) => prop_assert!(error.to_string().contains("out of range") || error.to_string().contains("surrogate"), "{error} in {text}"),
                (Err(refusal), Ok(_)) => prop_assert!(false, "{refusal:?} in {text}"),
            }
        }

        #[test]
        fn every_span_lies_inside_and_on_characters(text in r#"(\[|\]|\{|\}|,|:|"[aé\u{1f600}]{0,3}"|"\\\\u00e9\\\\n"|1|true| ){0,30}"#) {
            fn inside(text: &str, node: &Node) -> bool {
                let children: Vec<&Node> = match &node.value {
                    Value::List(items) => items.iter().collect(),
                    Value::Map(pairs) => pairs.iter().flat_map(|(key, value)| [key, value]).collect(),
                    _ => Vec::new(),
                };
                let decoded = node.as_str().unwrap_or_default();
                let whole = node.span_inside(text, 0..decoded.len());
                text.get(node.span.start..node.span.end).is_some()
                    && text.get(whole.start..whole.end).is_some()
                    && children.into_iter().all(|child| {
                        node.span.start <= child.span.start && child.span.end <= node.span.end && inside(text, child)
                    })
            }
            match read(&text) {
                Ok(node) => prop_assert!(inside(&text, &node), "{node:?}"),
                Err(refusal) => prop_assert!(text.is_char_boundary(refusal.at)),
            }
        }

        #[test]
        fn what_is_quoted_reads_back(text in any::<String>()) {
            let node = read(&quoted(&text)).unwrap();
            prop_assert_eq!(node.as_str(), Some(text.as_str()));
        }
    }
}
