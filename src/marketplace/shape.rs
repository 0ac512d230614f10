//! What a value of a manifest must look like, as data, and how a value is held against it.

use crate::document::tree::Node;
use crate::manifest::head;
use crate::text::{Span, nearest, printable};

/// What a value must be.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    Any,
    Text,
    /// A string with something in it.
    SomeText,
    Boolean,
    Number,
    /// A whole number from the first to the second.
    Whole(u32, u32),
    /// A string that is an absolute URL.
    Url,
    OneOf(&'static [&'static str]),
    Texts,
    /// A list of at most so many strings.
    FewTexts(usize),
    Map,
    MapOfTexts,
    List,
    Record(&'static Record),
    /// A string or a list of strings.
    Paths,
    /// A string, a map, or a list of both.
    PathsOrMaps,
    /// A string or a list.
    PathOrList,
}

/// A field of a record.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    pub name: &'static str,
    pub shape: Shape,
    pub is_required: bool,
}

/// A field that may be left out.
pub const fn may(name: &'static str, shape: Shape) -> Field {
    Field {
        name,
        shape,
        is_required: false,
    }
}

/// A field that must be there.
pub const fn must(name: &'static str, shape: Shape) -> Field {
    Field {
        name,
        shape,
        is_required: true,
    }
}

/// An object with known fields.
#[derive(Debug, Clone, Copy)]
pub struct Record {
    /// What it is called in messages, with its article.
    pub noun: &'static str,
    pub fields: &'static [Field],
    /// Whether an unknown field is a fault.
    pub is_closed: bool,
}

/// What does not fit, where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub span: Span,
    pub message: String,
    pub help: String,
}

impl Record {
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// Holds a value against the record.
    pub fn judge(&self, node: &Node, source: &str) -> Vec<Fault> {
        let Some(pairs) = node.as_map() else {
            return vec![Fault {
                span: node.span,
                message: format!("{} is a {}, not an object", self.noun, node.type_name()),
                help: format!("write {}", listed(self.fields.iter().map(|field| field.name))),
            }];
        };
        let mut faults = Vec::new();
        for field in self.fields.iter().filter(|field| field.is_required) {
            if node.get(field.name).is_none() {
                faults.push(Fault {
                    span: head(node),
                    message: format!("{} has no `{}`", self.noun, field.name),
                    help: format!("add `{}`", field.name),
                });
            }
        }
        for (key, value) in pairs {
            let name = key.as_text().unwrap_or_default();
            match self.field(name) {
                Some(field) => faults.extend(field.judge(value, source)),
                None if self.is_closed => {
                    let near = nearest(name, self.fields.iter().map(|field| field.name));
                    faults.push(Fault {
                        span: key.span,
                        message: format!("{} has no field `{}`", self.noun, printable(name)),
                        help: match near {
                            Some(near) => format!("did you mean `{near}`?"),
                            None => format!("one of {}", listed(self.fields.iter().map(|field| field.name))),
                        },
                    });
                }
                None => {}
            }
        }
        faults
    }
}

impl Field {
    /// Holds a value of the field against its shape.
    pub fn judge(&self, value: &Node, source: &str) -> Vec<Fault> {
        if let Shape::Record(record) = self.shape {
            return record.judge(value, source);
        }
        if self.shape.admits(value) {
            return Vec::new();
        }
        let written: String = source
            .get(value.span.start..value.span.end)
            .unwrap_or_default()
            .chars()
            .take(40)
            .collect();
        let shown = match value.type_name() {
            "list" => "a list".to_owned(),
            "map" => "an object".to_owned(),
            _ => format!("`{}`", printable(&written)),
        };
        vec![Fault {
            span: value.span,
            message: format!("`{}` cannot be {}", self.name, shown),
            help: self.shape.remedy(),
        }]
    }
}

impl Shape {
    fn admits(self, node: &Node) -> bool {
        let is_text = |node: &Node| node.as_str().is_some();
        let texts = |node: &Node| node.as_list().is_some_and(|items| items.iter().all(is_text));
        match self {
            Self::Any => true,
            Self::Text => is_text(node),
            Self::SomeText => node.as_str().is_some_and(|text| !text.trim().is_empty()),
            Self::Boolean => node.as_bool().is_some(),
            Self::Number => node.as_number().is_some(),
            Self::Whole(least, most) => node.as_number().is_some_and(|number| {
                number.fract() == 0.0 && number >= f64::from(least) && number <= f64::from(most)
            }),
            Self::Url => node.as_str().is_some_and(is_url),
            Self::OneOf(values) => node.as_str().is_some_and(|text| values.contains(&text)),
            Self::Texts => texts(node),
            Self::FewTexts(most) => texts(node) && node.as_list().is_some_and(|items| items.len() <= most),
            Self::Map | Self::Record(_) => node.as_map().is_some(),
            Self::MapOfTexts => node
                .as_map()
                .is_some_and(|pairs| pairs.iter().all(|(_, value)| is_text(value))),
            Self::List => node.as_list().is_some(),
            Self::Paths => is_text(node) || texts(node),
            Self::PathsOrMaps => {
                let one = |node: &Node| is_text(node) || node.as_map().is_some();
                one(node) || node.as_list().is_some_and(|items| items.iter().all(one))
            }
            Self::PathOrList => is_text(node) || node.as_list().is_some(),
        }
    }

    fn remedy(self) -> String {
        let words = match self {
            Self::Any => "",
            Self::Text => "write a string",
            Self::SomeText => "write a string that is not empty",
            Self::Boolean => "write `true` or `false`, without quotes",
            Self::Number => "write a number, without quotes",
            Self::Whole(least, most) if most == u32::MAX => {
                return format!("write a whole number, {least} or more");
            }
            Self::Whole(least, most) => return format!("write a whole number from {least} to {most}"),
            Self::Url => "write a whole URL, as in `https://example.com`",
            Self::OneOf(values) => return format!("one of {}", values.join(", ")),
            Self::Texts => "write a list of strings",
            Self::FewTexts(most) => return format!("write a list of at most {most} strings"),
            Self::Map | Self::Record(_) => "write an object",
            Self::MapOfTexts => "write an object whose values are strings",
            Self::List => "write a list",
            Self::Paths => "write a path, or a list of paths",
            Self::PathsOrMaps => "write a path, an object, or a list of them",
            Self::PathOrList => "write a path, or a list",
        };
        words.to_owned()
    }
}

/// A scheme, `:`, and something behind it.
pub fn is_url(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, rest)| {
        let is_scheme = scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
        // A single letter is a drive.
        let is_whole = !matches!(scheme, "http" | "https")
            || rest
                .trim_start_matches('/')
                .starts_with(|c: char| !c.is_whitespace());
        scheme.len() > 1
            && is_scheme
            && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && !rest.is_empty()
            && is_whole
    })
}

fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ")
}
