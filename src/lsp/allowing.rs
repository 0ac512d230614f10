//! Where the comment that allows a finding goes, so that it covers the finding and changes nothing else.
//!
//! An allow holds for its own line and the next. In front matter it stands above the line, in running text above a block or at
//! the end of the line; where no comment can stand beside the finding, as in code or in a text of many lines, it is one for the
//! whole file, in the front matter or at the top.

use std::path::Path;

use crate::diagnostic::Diagnostic;
use crate::document::front_matter::{Block, FrontMatter};
use crate::document::yaml::{Node, Style, Value};
use crate::lint::{ALLOW_RULES, Comment};
use crate::page::Page;
use crate::text::{Edit, Source, Span, slashed};

use super::position::{Encoding, Lines};

/// Stands where the reason goes.
const REASON: &str = "say why";

/// The edit that allows a finding in a text; nothing where the file has no comments.
pub fn edit(path: &Path, text: &str, finding: &Diagnostic) -> Option<Edit> {
    if ALLOW_RULES.iter().any(|rule| rule.about.name == finding.rule) {
        return None;
    }
    let place = Placing {
        text,
        lines: Lines::new(text, Encoding::Utf8),
        rule: finding.rule,
        start: finding.place.span.start.min(text.len()),
        line_break: if text.contains("\r\n") { "\r\n" } else { "\n" },
    };
    let name = slashed(path);
    let is_markdown = [".md", ".mdx"]
        .iter()
        .any(|end| name.to_lowercase().ends_with(end));
    if is_markdown {
        Some(place.in_page(&Page::read(Source::new("", text))))
    } else {
        Comment::in_file(&name).map(|comment| place.in_script(comment))
    }
}

/// A finding in a text.
struct Placing<'a> {
    text: &'a str,
    lines: Lines,
    rule: &'a str,
    /// Where the finding begins.
    start: usize,
    line_break: &'static str,
}

impl Placing<'_> {
    fn in_page(&self, page: &Page) -> Edit {
        let line = self.lines.line_at(self.text, self.start);
        match &page.parts.front_matter {
            FrontMatter::Block(block) if self.start < block.yaml.end => {
                if self.start >= block.yaml.start && may_stand_above(block, line) {
                    self.above(line, Comment::Hash)
                } else {
                    self.for_the_file(page)
                }
            }
            FrontMatter::Unclosed { .. } => self.for_the_file(page),
            _ if self.is_inside_something(page, line) => self.for_the_file(page),
            _ if self.begins_a_block(page, line) => self.above(line, Comment::Html),
            _ => {
                let comment = Comment::Html.allowing(self.rule, false, REASON);
                Edit::insert(line.end, format!(" {comment}"))
            }
        }
    }

    fn in_script(&self, comment: Comment) -> Edit {
        let line = self.lines.line_at(self.text, self.start);
        if line.start == 0 && self.text.starts_with("#!") {
            let next = self.lines.line(self.text, 1).start;
            let words = comment.allowing(self.rule, true, REASON);
            return Edit::insert(next, self.ended(&words));
        }
        self.above(line, comment)
    }

    /// A comment on a line of its own, as far to the right as the line below.
    fn above(&self, line: Span, comment: Comment) -> Edit {
        let below = &self.text[line.start..line.end];
        let margin = &below[..below.len() - below.trim_start_matches([' ', '\t']).len()];
        let words = comment.allowing(self.rule, false, REASON);
        Edit::insert(line.start, self.ended(&format!("{margin}{words}")))
    }

    fn ended(&self, words: &str) -> String {
        format!("{words}{}", self.line_break)
    }

    fn for_the_file(&self, page: &Page) -> Edit {
        let (at, comment) = match &page.parts.front_matter {
            FrontMatter::Block(block) => (block.yaml.start, Comment::Hash),
            FrontMatter::Unclosed { .. } => (self.lines.line(self.text, 1).start, Comment::Hash),
            FrontMatter::Missing { .. } => (page.parts.body.start, Comment::Html),
        };
        Edit::insert(at, self.ended(&comment.allowing(self.rule, true, REASON)))
    }

    /// Whether a comment at the line would be code, or part of another comment.
    fn is_inside_something(&self, page: &Page, line: Span) -> bool {
        let markdown = &page.markdown;
        let fences = markdown.fences.iter().map(|fence| fence.span);
        let is_inside = |span: Span| span.start <= line.end && line.end < span.end;
        let above = &self.text[page.parts.body.start.min(line.end)..line.end];
        let opened = above.rfind("<!--");
        self.start < page.parts.body.start
            || fences.chain(markdown.codes.iter().copied()).any(is_inside)
            || opened.is_some_and(|at| !above[at..].contains("-->"))
    }

    /// Whether the line is the first of a paragraph or heading, so that a comment above it parts nothing.
    fn begins_a_block(&self, page: &Page, line: Span) -> bool {
        let is_first = line.start <= page.parts.body.start;
        let before = self.text[..line.start].trim_end_matches([' ', '\t', '\r']);
        let before = before.strip_suffix('\n').unwrap_or(before);
        let follows_space = before.trim_end_matches([' ', '\t', '\r']).ends_with('\n');
        let words = self.text[line.start..line.end].trim_start();
        let is_item = words.starts_with(['-', '*', '+', '>', '|'])
            || words.starts_with(|first: char| first.is_ascii_digit());
        (is_first || follows_space) && !is_item && !words.is_empty() && !words.starts_with("```")
    }
}

/// Whether a line of the front matter begins outside every value, so that a comment above it is one.
fn may_stand_above(block: &Block, line: Span) -> bool {
    match &block.content {
        Ok(Some(node)) => !is_inside_value(node, line),
        Ok(None) => true,
        Err(_) => false,
    }
}

fn is_inside_value(node: &Node, line: Span) -> bool {
    match &node.value {
        // The margin of its first line lies before the span.
        Value::Scalar {
            style: Style::Literal | Style::Folded,
            ..
        } => node.span.start <= line.end && line.start <= node.span.end,
        Value::Scalar { .. } => node.span.start < line.start && line.start <= node.span.end,
        Value::List(items) => items.iter().any(|item| is_inside_value(item, line)),
        Value::Map(pairs) => {
            let mut nodes = pairs.iter().flat_map(|(key, value)| [key, value]);
            nodes.any(|node| is_inside_value(node, line))
        }
        Value::Alias => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::{Level, Levels, cases};
    use crate::skill::{Skill, lint};
    use crate::text::apply_edits;
    use proptest::prelude::*;

    fn skill(text: &str) -> Skill {
        Skill::from_text("pdf-tools", text, &[])
    }

    /// The text after a finding was allowed, and how often its rule fires before and after.
    fn allowed(text: &str, finding: &Diagnostic, levels: &Levels) -> Option<(String, usize, usize)> {
        let edit = edit(Path::new("/x/SKILL.md"), text, finding)?;
        let after = apply_edits(text, &[edit]).unwrap();
        let count = |text: &str| {
            let findings = lint::check(&skill(text), levels);
            findings.iter().filter(|other| other.rule == finding.rule).count()
        };
        let counts = (count(text), count(&after));
        Some((after, counts.0, counts.1))
    }

    fn allowed_everywhere(text: &str, levels: &Levels) {
        for finding in lint::check(&skill(text), levels) {
            // What a whole file is about is allowed in that file.
            if &*finding.place.path != "pdf-tools/SKILL.md" {
                continue;
            }
            if let Some((after, before, left)) = allowed(text, &finding, levels) {
                assert!(left < before, "{} is not allowed in\n{after}", finding.rule);
            }
        }
    }

    #[test]
    fn every_finding_of_every_example_can_be_allowed() {
        for about in lint::abouts() {
            let mut levels = Levels::default();
            levels.set(about.name, Level::Warn);
            for case in cases(about.docs).iter().filter(|case| case.bad) {
                allowed_everywhere(&case.text, &levels);
                allowed_everywhere(&case.text.replace('\n', "\r\n"), &levels);
            }
        }
    }

    /// A page on whose body one word is found, wherever it stands.
    fn placed(text: &str, word: &str) -> String {
        let at = text.find(word).unwrap();
        let source = Source::new("SKILL.md", text);
        let finding = Diagnostic {
            rule: "a-rule",
            severity: crate::diagnostic::Severity::Warning,
            message: String::new(),
            place: crate::diagnostic::Place::in_source(&source, Span::new(at, at + word.len())),
            labels: Vec::new(),
            help: None,
            fix: None,
            sensitive: false,
        };
        let edit = edit(Path::new("/x/SKILL.md"), text, &finding).unwrap();
        apply_edits(text, &[edit]).unwrap()
    }

    #[test]
    fn the_comment_stands_where_it_changes_nothing_else() {
        let head = "---\nname: a\ndescription: |\n  some text\nmetadata:\n  b: here\n---\n";
        let in_front = "# packwright: allow-file(a-rule) say why\n";
        let whole_file = |body: &str| format!("---\n{in_front}{}{body}", &head[4..]);
        for (word, body, expected) in [
            (
                "here",
                "",
                head.replace("  b:", "  # packwright: allow(a-rule) say why\n  b:"),
            ),
            ("some", "", whole_file("")),
            (
                "WORD",
                "\nThe WORD.\n",
                format!("{head}\n<!-- packwright: allow(a-rule) say why -->\nThe WORD.\n"),
            ),
            (
                "WORD",
                "\nThe\nWORD.\n",
                format!("{head}\nThe\nWORD. <!-- packwright: allow(a-rule) say why -->\n"),
            ),
            (
                "WORD",
                "\n- an item\n- WORD\n",
                format!("{head}\n- an item\n- WORD <!-- packwright: allow(a-rule) say why -->\n"),
            ),
            ("WORD", "\n```sh\nWORD\n```\n", whole_file("\n```sh\nWORD\n```\n")),
            ("WORD", "\n<!--\nWORD\n-->\n", whole_file("\n<!--\nWORD\n-->\n")),
            (
                "WORD",
                "\nA `span of\ncode WORD\nthat` runs on.\n",
                whole_file("\nA `span of\ncode WORD\nthat` runs on.\n"),
            ),
        ] {
            assert_eq!(placed(&format!("{head}{body}"), word), expected);
        }
        assert_eq!(
            placed("# WORD\n", "WORD"),
            "<!-- packwright: allow(a-rule) say why -->\n# WORD\n"
        );
    }

    proptest! {
        #[test]
        fn the_place_is_inside_any_text(text in "(---\n|\r|\n|a: b|é|- |```\n|<!--|-->|\\||`){0,14}", at in 0usize..60) {
            let source = Source::new("SKILL.md", text.as_str());
            let finding = Diagnostic {
                rule: "a-rule",
                severity: crate::diagnostic::Severity::Warning,
                message: String::new(),
                place: crate::diagnostic::Place::in_source(&source, Span::at(text.floor_char_boundary(at.min(text.len())))),
                labels: Vec::new(),
                help: None,
                fix: None,
                sensitive: false,
            };
            for name in ["/x/SKILL.md", "/x/run.py", "/x/run.js"] {
                let edit = edit(Path::new(name), &text, &finding).unwrap();
                prop_assert!(apply_edits(&text, &[edit]).is_some());
            }
            prop_assert_eq!(edit(Path::new("/x/a.json"), &text, &finding), None);
        }
    }
}
