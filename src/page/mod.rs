//! A page: a Markdown file with front matter. What skills and agents have in common, and the rules that hold for both.

pub mod fields;
pub mod rules;
pub mod tools;

use crate::document::front_matter::{self, Block, FrontMatter, Parts};
use crate::document::markdown::{self, Markdown};
use crate::document::yaml::Node;
use crate::text::{Source, Span};

/// A Markdown file, read.
#[derive(Debug, Clone)]
pub struct Page {
    pub source: Source,
    pub parts: Parts,
    pub markdown: Markdown,
}

impl Page {
    pub fn read(source: Source) -> Self {
        let parts = front_matter::split(source.text());
        let markdown = markdown::read(source.text(), parts.body);
        Self {
            source,
            parts,
            markdown,
        }
    }

    /// Whether the front matter is a map, so that its fields can be judged.
    pub fn has_fields(&self) -> bool {
        matches!(
            &self.parts.front_matter,
            FrontMatter::Block(Block { content: Ok(Some(node)), .. }) if node.as_map().is_some()
        )
    }

    /// The first field of that name: key and value.
    pub fn field(&self, name: &str) -> Option<(&Node, &Node)> {
        self.parts.field(name)
    }

    /// A field that is a string with something in it: its value, trimmed, and the value's span.
    pub fn text_field(&self, name: &str) -> Option<(&str, Span)> {
        let (_, value) = self.field(name)?;
        let text = value.as_str()?.trim();
        (!text.is_empty()).then_some((text, value.span))
    }

    /// Where a finding about a missing field points: the opening fence.
    pub fn head(&self) -> Span {
        match &self.parts.front_matter {
            FrontMatter::Block(block) => block.fence,
            FrontMatter::Unclosed { fence } => *fence,
            FrontMatter::Missing { .. } => self.source.line_span(1),
        }
    }

    /// The text after the front matter.
    pub fn body(&self) -> &str {
        self.source.slice(self.parts.body)
    }
}
