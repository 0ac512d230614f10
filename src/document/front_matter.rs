//! The YAML block between two `---` lines at the head of a Markdown file.

use memchr::memmem;

use crate::text::Span;

use super::yaml::{self, Node, Refusal};

/// What stands at the head of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FrontMatter {
    /// The file does not begin with `---`. `later` is the first `---` line that could have been meant.
    Missing { later: Option<Span> },
    /// `---` begins it and nothing ends it.
    Unclosed { fence: Span },
    /// Both fences are there.
    Block(Block),
}

/// A front matter with both its fences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The opening `---`.
    pub fence: Span,
    /// The YAML between the fences, without them.
    pub yaml: Span,
    /// `None` when there is nothing but space and comments.
    pub content: Result<Option<Node>, Refusal>,
}

/// A file cut into front matter and body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts {
    pub front_matter: FrontMatter,
    /// From the line after the closing fence to the end; the whole text when there is no front matter.
    pub body: Span,
}

impl Parts {
    /// The pairs of the front matter when it is a map; empty otherwise.
    pub fn fields(&self) -> &[(Node, Node)] {
        match &self.front_matter {
            FrontMatter::Block(Block {
                content: Ok(Some(node)),
                ..
            }) => node.as_map().unwrap_or_default(),
            _ => &[],
        }
    }

    /// The first field of that name: key and value.
    pub fn field(&self, name: &str) -> Option<(&Node, &Node)> {
        self.fields()
            .iter()
            .find(|(key, _)| key.as_text() == Some(name))
            .map(|(key, value)| (key, value))
    }
}

/// Cuts a text. A byte order mark before the fence is passed over.
pub fn split(text: &str) -> Parts {
    let start = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut lines = Lines { text, at: start };
    let whole = Span::new(start, text.len());
    let Some(first) = lines.next().filter(|line| is_fence(&text[line.start..line.end])) else {
        return Parts {
            front_matter: FrontMatter::Missing {
                later: first_fence(text, start),
            },
            body: whole,
        };
    };
    let yaml_start = lines.at;
    let Some(last) = first_fence(text, yaml_start) else {
        return Parts {
            front_matter: FrontMatter::Unclosed { fence: first },
            body: Span::at(text.len()),
        };
    };
    let yaml = Span::new(yaml_start, last.start);
    lines.at = last.start;
    lines.next();
    Parts {
        front_matter: FrontMatter::Block(Block {
            fence: first,
            yaml,
            content: yaml::read(&text[yaml.start..yaml.end], yaml.start),
        }),
        body: Span::new(lines.at, text.len()),
    }
}

/// The first `---` line from `start` on, which begins a line.
fn first_fence(text: &str, start: usize) -> Option<Span> {
    let marks = memmem::find_iter(&text.as_bytes()[start..], "---").map(|at| start + at);
    marks
        .filter(|&at| at == start || text[..at].ends_with('\n'))
        .filter_map(|at| Lines { text, at }.next())
        .find(|line| is_fence(&text[line.start..line.end]))
}

fn is_fence(line: &str) -> bool {
    line.strip_prefix("---")
        .is_some_and(|rest| rest.trim_end().is_empty())
}

/// The lines of a text without their breaks.
struct Lines<'a> {
    text: &'a str,
    at: usize,
}

impl Iterator for Lines<'_> {
    type Item = Span;

    fn next(&mut self) -> Option<Span> {
        if self.at >= self.text.len() {
            return None;
        }
        let start = self.at;
        let rest = &self.text[start..];
        let length = rest.find('\n').unwrap_or(rest.len());
        self.at = (start + length + 1).min(self.text.len());
        Some(Span::new(
            start,
            start + rest[..length].trim_end_matches('\r').len(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn body(text: &str) -> &str {
        let parts = split(text);
        &text[parts.body.start..parts.body.end]
    }

    #[test]
    fn a_usual_file_is_cut_at_its_fences() {
        let text = "---\nname: pdf\n---\n\n# PDF\n";
        let parts = split(text);
        assert_eq!(
            parts.field("name").and_then(|(_, value)| value.as_str()),
            Some("pdf")
        );
        assert_eq!(body(text), "\n# PDF\n");
    }

    #[test]
    fn crlf_and_a_byte_order_mark_are_passed_over() {
        let text = "\u{feff}---\r\nname: pdf\r\n---\r\nbody";
        let parts = split(text);
        let (key, value) = parts.field("name").unwrap();
        assert_eq!(&text[key.span.start..key.span.end], "name");
        assert_eq!(value.as_str(), Some("pdf"));
        assert_eq!(body(text), "body");
    }

    #[test]
    fn missing_late_and_unclosed_fences_are_told_apart() {
        assert!(matches!(
            split("# Title\n").front_matter,
            FrontMatter::Missing { later: None }
        ));
        assert!(matches!(
            split("\n---\nname: a\n---\n").front_matter,
            FrontMatter::Missing {
                later: Some(Span { start: 1, end: 4 })
            }
        ));
        assert!(matches!(
            split("---\nname: a\n").front_matter,
            FrontMatter::Unclosed { .. }
        ));
        assert!(matches!(
            split("").front_matter,
            FrontMatter::Missing { later: None }
        ));
        assert!(matches!(
            split("----\n").front_matter,
            FrontMatter::Missing { later: None }
        ));
    }

    proptest! {
        #[test]
        fn any_text_is_cut_on_character_boundaries(text in "(---|\r|\n|a: b|é|\u{feff}| |\\[){0,12}") {
            let parts = split(&text);
            prop_assert!(text.get(parts.body.start..parts.body.end).is_some());
        }
    }
}
