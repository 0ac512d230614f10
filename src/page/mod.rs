//! A page: a Markdown file with front matter. What skills and agents have in common, and the rules that hold for both.

pub mod fields;
mod phrases;
mod prose;
pub mod rules;
pub mod tags;
pub mod tools;
pub mod values;

pub use phrases::Marker;
pub use prose::{Kind, Mark, Prose, Sentence};

use std::sync::OnceLock;

use crate::diagnostic::Diagnostic;
use crate::document::front_matter::{self, Block, FrontMatter, Parts};
use crate::document::markdown::{self, Markdown};
use crate::document::yaml::Node;
use crate::lint::{CompiledPolicy, Options};
use crate::text::{Source, Span};

/// A Markdown file, read.
#[derive(Debug, Clone)]
pub struct Page {
    pub source: Source,
    pub parts: Parts,
    pub markdown: Markdown,
    prose: OnceLock<Prose>,
}

impl Page {
    pub fn read(source: Source) -> Self {
        let parts = front_matter::split(source.text());
        let markdown = markdown::read(source.text(), parts.body);
        Self {
            source,
            parts,
            markdown,
            prose: OnceLock::new(),
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

    /// A field by its dotted name, `metadata.owner`: key and value.
    pub fn nested(&self, name: &str) -> Option<(&Node, &Node)> {
        let mut parts = name.split('.');
        let mut found = self.field(parts.next()?)?;
        for part in parts {
            let pairs = found.1.as_map()?;
            let (key, value) = pairs.iter().find(|(key, _)| key.as_text() == Some(part))?;
            found = (key, value);
        }
        Some(found)
    }

    /// The text of a field by its dotted name, or of each item where it is a list, with its place.
    pub fn nested_texts(&self, name: &str) -> impl Iterator<Item = (&str, Span)> {
        let value = self.nested(name).map(|(_, value)| value);
        let nodes = value.map_or(&[][..], |value| {
            value.as_list().unwrap_or(std::slice::from_ref(value))
        });
        nodes
            .iter()
            .filter_map(|node| Some((node.as_text()?.trim(), node.span)))
    }

    /// The policies that hold for the file.
    pub fn policies<'a>(&self, options: &'a Options) -> impl Iterator<Item = &'a CompiledPolicy> + use<'a> {
        // Most projects have none: their pages cost no path.
        let path = (!options.policies.is_empty()).then(|| options.home.from_root(self.source.path()));
        let policies = options.policies.iter();
        policies.filter(move |policy| path.as_ref().is_some_and(|path| policy.holds_for(path)))
    }

    /// Whether the front matter is to be filled in by a program before anyone reads it: its `name` or `description` begins with a
    /// placeholder such as `{{ name }}`.
    pub fn is_template(&self) -> bool {
        let FrontMatter::Block(block) = &self.parts.front_matter else {
            return false;
        };
        let yaml = self.source.slice(block.yaml);
        yaml.contains(['{', '<'])
            && yaml.lines().any(|line| {
                let value = line
                    .strip_prefix("name:")
                    .or_else(|| line.strip_prefix("description:"));
                let value = value
                    .unwrap_or_default()
                    .trim_start()
                    .trim_start_matches(['"', '\'']);
                ["{{", "{%", "<%", "${"]
                    .iter()
                    .any(|open| value.starts_with(open))
            })
    }

    /// Leaves out the findings in a front matter that is still to be filled in.
    pub fn leave_template_out(&self, findings: &mut Vec<Diagnostic>) {
        if self.is_template() {
            let body = self.parts.body.start;
            findings.retain(|finding| {
                finding.place.path != *self.source.path() || finding.place.span.start >= body
            });
        }
    }

    /// Where a finding about a missing field points: the opening fence.
    pub fn head(&self) -> Span {
        match &self.parts.front_matter {
            FrontMatter::Block(block) => block.fence,
            FrontMatter::Unclosed { fence } => *fence,
            FrontMatter::Missing { .. } => self.source.line_span(1),
        }
    }

    /// The sentences of the body; read when first asked for.
    pub fn prose(&self) -> &Prose {
        self.prose
            .get_or_init(|| Prose::read(self.source.text(), self.parts.body, &self.markdown))
    }

    /// The text after the front matter.
    pub fn body(&self) -> &str {
        self.source.slice(self.parts.body)
    }
}
