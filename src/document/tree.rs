//! What structured text reads into, YAML and JSON alike: a tree with byte spans, every key kept.

use crate::text::Span;

/// A value and the bytes it stands in. Quotes and brackets are inside the span; the `|` or `>` of a block scalar is not, its
/// final line breaks are. A missing value is empty, at the end of its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    pub value: Value,
    pub span: Span,
}

/// How a scalar was written. A string of JSON is [`Style::DoubleQuoted`], anything else of it plain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    Plain,
    SingleQuoted,
    DoubleQuoted,
    /// `|`
    Literal,
    /// `>`
    Folded,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Decoded text. A missing value is plain `~`.
    Scalar {
        text: String,
        style: Style,
    },
    List(Vec<Node>),
    /// Pairs in the order of the source, duplicate keys included.
    Map(Vec<(Node, Node)>),
    /// `*name`, whether or not the name was anchored.
    Alias,
}

/// Why a text gave no tree, and the byte where reading stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub at: usize,
    /// One clause, lower case.
    pub message: String,
    pub remedy: &'static str,
    pub kind: RefusalKind,
}

/// What a rule may want to tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalKind {
    /// A colon and a space inside a plain value.
    UnquotedColon,
    /// Over one of the limits of this reader.
    TooMuch,
    /// There is no text: its file cannot be read.
    Unreadable,
    Syntax,
}

impl Value {
    /// A map of keys and values that stand in turns, as readers meet them.
    pub fn map_of(nodes: Vec<Node>) -> Self {
        let mut pairs = Vec::with_capacity(nodes.len() / 2);
        let mut nodes = nodes.into_iter();
        while let (Some(key), Some(value)) = (nodes.next(), nodes.next()) {
            pairs.push((key, value));
        }
        Self::Map(pairs)
    }
}

impl Node {
    /// Text of a scalar that YAML's core schema takes for a string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar { text, style } if *style != Style::Plain || plain_type(text) == "string" => {
                Some(text)
            }
            _ => None,
        }
    }

    /// Text of any scalar but null, whatever its type.
    pub fn as_text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar { text, .. } if self.type_name() != "null" => Some(text),
            _ => None,
        }
    }

    pub fn as_map(&self) -> Option<&[(Node, Node)]> {
        match &self.value {
            Value::Map(pairs) => Some(pairs),
            _ => None,
        }
    }

    pub fn as_list(&self) -> Option<&[Node]> {
        match &self.value {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// The value of a key of a map: the last one where the key is there twice, as JSON's readers take it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.pair(key).map(|(_, value)| value)
    }

    /// A pair of a map by its key, the last one of that name.
    pub fn pair(&self, key: &str) -> Option<(&Node, &Node)> {
        let pairs = self.as_map()?.iter().rev();
        pairs
            .map(|(name, value)| (name, value))
            .find(|(name, _)| name.as_text() == Some(key))
    }

    /// `true` or `false` of a boolean.
    pub fn as_bool(&self) -> Option<bool> {
        match &self.value {
            Value::Scalar { text, .. } if self.type_name() == "boolean" => {
                Some(text.eq_ignore_ascii_case("true"))
            }
            _ => None,
        }
    }

    /// A number as it is written, as far as a double holds it.
    pub fn as_number(&self) -> Option<f64> {
        match &self.value {
            Value::Scalar { text, .. } if self.type_name() == "number" => text.parse().ok(),
            _ => None,
        }
    }

    /// Where `range` of the decoded text of this scalar stands in `source`: exact where the writing lets it be followed, else
    /// the whole scalar.
    pub fn span_inside(&self, source: &str, range: std::ops::Range<usize>) -> Span {
        let Value::Scalar { text, style } = &self.value else {
            return self.span;
        };
        let Some(written) = source.get(self.span.start..self.span.end) else {
            return self.span;
        };
        let quoted = |quote: char| Some((1, written.strip_prefix(quote)?.strip_suffix(quote)?));
        let inner = match style {
            Style::Plain => Some((0, written)),
            Style::SingleQuoted => quoted('\''),
            Style::DoubleQuoted => quoted('"'),
            Style::Literal | Style::Folded => None,
        };
        let Some((before, inner)) = inner else {
            return self.span;
        };
        let start = self.span.start + before;
        if inner == text {
            return Span::from(range).shifted(start);
        }
        let places = if *style == Style::DoubleQuoted {
            unescaped(inner, text)
        } else {
            None
        };
        match places {
            Some(places) => {
                let at = |offset: usize| {
                    let found = places.partition_point(|(decoded, _)| *decoded < offset);
                    places.get(found).map_or(inner.len(), |(_, written)| *written)
                };
                Span::new(start + at(range.start), start + at(range.end))
            }
            None => self.span,
        }
    }

    /// `string`, `number`, `boolean`, `null`, `list`, `map` or `alias`.
    pub fn type_name(&self) -> &'static str {
        match &self.value {
            Value::Scalar {
                text,
                style: Style::Plain,
            } => plain_type(text),
            Value::Scalar { .. } => "string",
            Value::List(_) => "list",
            Value::Map(_) => "map",
            Value::Alias => "alias",
        }
    }
}

/// Offsets of each character, decoded and as written between double quotes; `None` when the two cannot be matched.
fn unescaped(written: &str, decoded: &str) -> Option<Vec<(usize, usize)>> {
    let mut places = Vec::with_capacity(decoded.len());
    let mut rest = written.char_indices().peekable();
    for (offset, character) in decoded.char_indices() {
        let (at, first) = rest.next()?;
        places.push((offset, at));
        if first != '\\' {
            if first != character {
                return None;
            }
            continue;
        }
        let (_, kind) = rest.next()?;
        let digits = match kind {
            'u' => 4,
            'x' => 2,
            'U' => 8,
            _ => 0,
        };
        for _ in 0..digits {
            rest.next()?;
        }
        // A character outside the first plane is a pair of escapes in JSON.
        let is_pair = kind == 'u' && character as u32 > 0xffff;
        for _ in 0..if is_pair { 6 } else { 0 } {
            rest.next()?;
        }
    }
    rest.next().is_none().then_some(places)
}

/// Type of a plain scalar by the core schema of YAML 1.2 (section 10.3.2).
fn plain_type(text: &str) -> &'static str {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => "null",
        "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => "boolean",
        ".inf" | ".Inf" | ".INF" | "-.inf" | "+.inf" | ".nan" | ".NaN" | ".NAN" => "number",
        _ if is_number(text) => "number",
        _ => "string",
    }
}

fn is_number(text: &str) -> bool {
    let body = text.strip_prefix(['-', '+']).unwrap_or(text);
    if let Some(digits) = text.strip_prefix("0x") {
        return !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return !digits.is_empty() && digits.bytes().all(|byte| (b'0'..=b'7').contains(&byte));
    }
    let starts_right = body.starts_with(|first: char| first.is_ascii_digit())
        || body
            .strip_prefix('.')
            .is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()));
    starts_right
        && body
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-'))
        && body.parse::<f64>().is_ok()
}
