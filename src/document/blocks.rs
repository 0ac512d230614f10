//! The top-level blocks of a Markdown or plain text, with their places.
//!
//! Never fails: whatever is not a known block belongs to the paragraph or gap it
//! stands in. Spans are byte ranges of the source and ascend without overlap.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

/// How a text is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Markup {
    /// `CommonMark` with tables, footnotes and YAML or TOML front matter.
    Markdown,
    /// Paragraphs parted by blank lines.
    Plain,
}

/// A text cut into blocks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Blocks {
    /// Where front matter lies, its fences included. It is no block.
    pub front_matter: Option<Range<usize>>,
    /// All else, in order.
    pub blocks: Vec<Block>,
}

/// One block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// Its bytes in the source.
    pub span: Range<usize>,
}

/// The kinds of blocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlockKind {
    /// A heading: level 1 to 6 and its text without markup.
    Heading {
        /// 1 to 6.
        level: u8,
        /// As a reader sees it.
        text: String,
    },
    /// Running text.
    Paragraph,
    /// A list; where each of its own items (not those of inner lists) starts.
    List {
        /// Byte places, ascending.
        items: Vec<usize>,
    },
    /// A fenced or indented code block, with the fence's info string.
    Code {
        /// The info string; empty if there is none.
        info: String,
    },
    /// A table.
    Table,
    /// A block quote.
    Quote,
    /// An HTML block.
    Html,
    /// A thematic break.
    Rule,
    /// A footnote's text.
    Footnote,
}

impl Blocks {
    /// Reads `source`.
    pub fn read(source: &str, markup: Markup) -> Self {
        match markup {
            Markup::Markdown => markdown(source),
            Markup::Plain => Self {
                front_matter: None,
                blocks: paragraphs(source),
            },
        }
    }
}

fn markdown(source: &str) -> Blocks {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
        | Options::ENABLE_PLUSES_DELIMITED_METADATA_BLOCKS;
    let mut found = Blocks::default();
    let mut depth = 0_usize;
    let mut list_depth = 0_usize;
    for (event, span) in Parser::new_ext(source, options).into_offset_iter() {
        match event {
            Event::Start(tag) => {
                if depth == 0 {
                    match kind(&tag) {
                        Some(kind) => found.blocks.push(Block { kind, span }),
                        // Metadata further down is what someone wrote between two rules: text.
                        None if source[..span.start].trim().is_empty() => {
                            found.front_matter = Some(span);
                        }
                        None => found.blocks.push(Block {
                            kind: BlockKind::Paragraph,
                            span,
                        }),
                    }
                } else if matches!(tag, Tag::Item)
                    && list_depth == 1
                    && let Some(Block {
                        kind: BlockKind::List { items },
                        ..
                    }) = found.blocks.last_mut()
                {
                    items.push(span.start);
                }
                list_depth += usize::from(matches!(tag, Tag::List(_)));
                depth += 1;
            }
            Event::End(tag) => {
                list_depth -= usize::from(matches!(tag, TagEnd::List(_)));
                depth = depth.saturating_sub(1);
            }
            Event::Rule if depth == 0 => found.blocks.push(Block {
                kind: BlockKind::Rule,
                span,
            }),
            Event::Text(text) | Event::Code(text) => append(&mut found, &text),
            Event::SoftBreak | Event::HardBreak => append(&mut found, " "),
            _ => {}
        }
    }
    found
}

/// Adds `text` to the heading being read, if one is.
fn append(found: &mut Blocks, more: &str) {
    if let Some(Block {
        kind: BlockKind::Heading { text, .. },
        ..
    }) = found.blocks.last_mut()
    {
        text.push_str(more);
    }
}

/// The kind of block a top-level tag opens; `None` for front matter.
fn kind(tag: &Tag) -> Option<BlockKind> {
    Some(match tag {
        Tag::MetadataBlock(_) => return None,
        Tag::Heading { level, .. } => BlockKind::Heading {
            level: *level as u8,
            text: String::new(),
        },
        Tag::List(_) => BlockKind::List { items: Vec::new() },
        Tag::CodeBlock(CodeBlockKind::Fenced(info)) => BlockKind::Code {
            info: info.to_string(),
        },
        Tag::CodeBlock(CodeBlockKind::Indented) => BlockKind::Code { info: String::new() },
        Tag::Table(_) => BlockKind::Table,
        Tag::BlockQuote(_) => BlockKind::Quote,
        Tag::HtmlBlock => BlockKind::Html,
        Tag::FootnoteDefinition(_) => BlockKind::Footnote,
        _ => BlockKind::Paragraph,
    })
}

/// Runs of lines that are not blank.
fn paragraphs(source: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Range<usize>> = None;
    let mut at = 0;
    for line in source.split_inclusive('\n') {
        let end = at + line.len();
        if line.trim().is_empty() {
            blocks.extend(open.take());
        } else {
            open = Some(open.map_or(at, |open| open.start)..end);
        }
        at = end;
    }
    blocks.extend(open);
    blocks
        .into_iter()
        .map(|span| Block {
            kind: BlockKind::Paragraph,
            span,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TEXT: &str = "---\nname: x\n---\n# One *two* `three`\n\nText\nmore.\n\n- a\n  - b\n- c\n\n```rust ignore\n# no heading\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n> said\n\n---\n\n<div>\nx\n</div>\n\nSetext\n------\n";

    #[test]
    fn every_kind_is_found_where_it_stands() {
        let found = Blocks::read(TEXT, Markup::Markdown);
        assert_eq!(&TEXT[found.front_matter.unwrap()], "---\nname: x\n---");
        let seen: Vec<(BlockKind, &str)> = found
            .blocks
            .into_iter()
            .map(|block| (block.kind, TEXT[block.span].trim_end()))
            .collect();
        let heading = |level, text: &str| BlockKind::Heading {
            level,
            text: text.to_owned(),
        };
        let list = TEXT.find("- a").unwrap();
        let code = BlockKind::Code {
            info: "rust ignore".to_owned(),
        };
        assert_eq!(
            seen,
            [
                (heading(1, "One two three"), "# One *two* `three`"),
                (BlockKind::Paragraph, "Text\nmore."),
                (
                    BlockKind::List {
                        items: vec![list, list + 10]
                    },
                    "- a\n  - b\n- c"
                ),
                (code, "```rust ignore\n# no heading\n```"),
                (BlockKind::Table, "| a | b |\n|---|---|\n| 1 | 2 |"),
                (BlockKind::Quote, "> said"),
                (BlockKind::Rule, "---"),
                (BlockKind::Html, "<div>\nx\n</div>"),
                (heading(2, "Setext"), "Setext\n------"),
            ]
        );
    }

    #[test]
    fn plain_text_has_paragraphs_only() {
        let text = "# a\nb\n \n\nc\r\n\r\nd";
        let found = Blocks::read(text, Markup::Plain);
        let seen: Vec<&str> = found
            .blocks
            .iter()
            .map(|block| &text[block.span.clone()])
            .collect();
        assert_eq!(seen, ["# a\nb\n", "c\r\n", "d"]);
    }

    proptest! {
        #[test]
        fn spans_ascend_inside_the_source(text in "([-+#>|`*~<_\\[\\]() \n\ta-cé:0-9.]|\n\n|---\n|```\n|\r\n|- |\u{0}){0,80}") {
            for markup in [Markup::Markdown, Markup::Plain] {
                let found = Blocks::read(&text, markup);
                let mut end = found.front_matter.map_or(0, |span| span.end);
                for block in found.blocks {
                    prop_assert!(end <= block.span.start && block.span.start <= block.span.end);
                    prop_assert!(text.get(block.span.clone()).is_some());
                    end = block.span.end;
                }
            }
        }
    }
}
