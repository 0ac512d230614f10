//! Whether words in a text are meant, or only shown: the judgement that keeps a security rule from crying wolf.
//!
//! Documentation of security is full of what it warns of. What decides is where a place stands (a heading, a list under "Never
//! run:", a table of patterns, a fixture), what is said in its own sentence, and how it is set (quoted, in code, as a regular
//! expression). The judgement leans to "shown": a rule that is off by one warning in a hundred is not read any more.
//!
//! Long because of the cases that the judgement is held by.

use crate::text::Span;

use super::lexicon::{
    approves, blames, condemns, discusses, exemplifies, forbids, heads_denials, heads_examples, holds,
};
use super::surroundings::{self as around, Kind};
use super::{Form, Text};

/// What a place does to its reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Polarity {
    /// Prose that tells the reader what to do, or code to be run.
    Meant,
    /// Words that are there to be looked at.
    Shown(Why),
}

/// Why words are only shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The file is a test or made for one.
    Fixture,
    /// The text says not to do it.
    Forbidden,
    /// The text speaks of attacks, or of finding them.
    Discussed,
    /// It stands in quotes, in code, or in a block quote.
    Quoted,
    /// It is an entry of a list of patterns, or a regular expression.
    Listed,
    /// It stands in a comment of a program.
    Remark,
}

/// What kind of place is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// A phrase, which only prose means.
    Phrase,
    /// A command or a call, which code means as much as prose.
    Command,
    /// A value that does harm by standing there.
    Value,
}

/// How far back a list of patterns, or a function with a telling name, is looked for.
const MOST_LINES_UP: usize = 60;

/// Beginnings of the parts of names under which programs keep what they look for.
const LISTS: &[&str] = &[
    "pattern",
    "regex",
    "blocked",
    "blocklist",
    "block_",
    "deny",
    "denied",
    "forbid",
    "danger",
    "malicious",
    "suspicious",
    "signature",
    "inject",
    "attack",
    "unsafe",
    "threat",
    "jailbreak",
    "adversar",
    "poison",
    "detect",
    "exploit",
    "vuln",
    "test",
    "banned",
    "disallow",
    "redflag",
    "red_flag",
    "fixture",
];

/// Parts of paths below the folder where texts lie that are made for tests.
const FIXTURES: &[&str] = &[
    "test",
    "tests",
    "__tests__",
    "spec",
    "fixture",
    "fixtures",
    "testdata",
    "test-data",
    "test_data",
    "evals",
    "eval",
    "bad",
    "malicious",
    "vulnerable",
    "corpus",
    "attacks",
    "snapshots",
    "__snapshots__",
    "mocks",
    "__mocks__",
];

/// Whether a file below the folder is a test or made for one, by its path.
pub fn is_fixture(path: &str) -> bool {
    let lower = path.to_lowercase();
    let (folders, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    let stem = name.split('.').next().unwrap_or(name);
    folders.split('/').any(|part| FIXTURES.contains(&part))
        || stem.starts_with("test_")
        || stem.starts_with("test-")
        || stem.ends_with("_test")
        || stem.ends_with("-test")
        || [".test.", ".spec.", "_spec."]
            .iter()
            .any(|part| name.contains(part))
        || matches!(stem, "conftest" | "evals" | "eval")
}

impl Text {
    /// Whether the words at `span` are meant as what they are.
    pub fn means(&self, span: Span, manner: Manner) -> bool {
        self.polarity(span, manner) == Polarity::Meant
    }

    /// Judges the words at `span`.
    pub fn polarity(&self, span: Span, manner: Manner) -> Polarity {
        let why = self
            .is_fixture
            .then_some(Why::Fixture)
            .or_else(|| match &self.form {
                Form::Markdown(_) if self.code_at(span.start).is_some() => self.shown_in_code(span, manner),
                Form::Markdown(_) | Form::Prose => self.shown_in_prose(span, manner),
                Form::Script(_) | Form::Data => self.shown_in_script(span, manner),
            });
        why.map_or(Polarity::Meant, Polarity::Shown)
    }

    /// The fence or indented block that holds `at`.
    fn code_at(&self, at: usize) -> Option<Span> {
        let Form::Markdown(markdown) = &self.form else {
            return None;
        };
        let fences = markdown.fences.iter().map(|fence| fence.span);
        let blocks = markdown.codes.iter().copied();
        let blocks = blocks.filter(|span| !around::of(self.text(), *span).starts_with('`'));
        fences.chain(blocks).find(|span| span.contains(at))
    }

    /// The code span that holds `at`.
    pub fn code_span_at(&self, at: usize) -> Option<Span> {
        let Form::Markdown(markdown) = &self.form else {
            return None;
        };
        let next = markdown.codes.partition_point(|span| span.start <= at);
        let found = markdown.codes[..next].last().copied()?;
        (found.contains(at) && around::of(self.text(), found).starts_with('`')).then_some(found)
    }

    /// Whether this is the page that the theme was read from.
    fn is_main(&self) -> bool {
        self.source.path() == self.theme.page.path()
    }

    /// Why something in a fence is only shown.
    fn shown_in_code(&self, span: Span, manner: Manner) -> Option<Why> {
        let fence = self.code_at(span.start)?;
        if manner == Manner::Phrase {
            return Some(Why::Quoted);
        }
        let nearest = self.label_above(span.start, fence.start);
        if let Some(blamed) = nearest {
            return blamed.then_some(Why::Forbidden);
        }
        if self.theme.is_security || self.is_pattern(span) || self.is_in_named_list(span.start, fence.start) {
            return Some(Why::Listed);
        }
        let text = self.text();
        let first = around::of(text, around::line(text, fence.start)).to_lowercase();
        if first
            .split_whitespace()
            .any(|word| matches!(word, "bad" | "wrong" | "incorrect"))
        {
            return Some(Why::Forbidden);
        }
        let indent = around::indent(&first);
        self.led_by(fence.start, Kind::Paragraph, indent, manner)
            .or_else(|| self.under_heading(span.start, manner))
    }

    /// Why something in prose is only shown.
    fn shown_in_prose(&self, span: Span, manner: Manner) -> Option<Why> {
        let text = self.text();
        let block = around::block(text, span.start);
        if manner == Manner::Phrase {
            let is_set_apart = self.code_span_at(span.start).is_some()
                || matches!(block.kind, Kind::Quote | Kind::Row | Kind::Heading)
                || self.is_quoted(block.span, span);
            if is_set_apart {
                return Some(Why::Quoted);
            }
        }
        if self.theme.is_security
            && (block.kind != Kind::Paragraph || self.code_span_at(span.start).is_some())
        {
            return Some(Why::Discussed);
        }
        let (before, after) = around::sentence(text, block.span, span);
        let before = before.to_lowercase();
        if forbids(&before) {
            return Some(Why::Forbidden);
        }
        if discusses(&before) || (manner == Manner::Phrase && exemplifies(&before)) {
            return Some(Why::Discussed);
        }
        if condemns(&after.to_lowercase()) {
            return Some(Why::Discussed);
        }
        if block.kind == Kind::Row && forbids(&around::of(text, block.span).to_lowercase()) {
            return Some(Why::Forbidden);
        }
        if self.is_pattern(span) {
            return Some(Why::Listed);
        }
        let led = (block.kind != Kind::Paragraph)
            .then(|| self.led_by(block.span.start, block.kind, block.indent, manner))
            .flatten();
        led.or_else(|| self.under_heading(span.start, manner))
    }

    /// Why something in a program or in data is only shown.
    fn shown_in_script(&self, span: Span, manner: Manner) -> Option<Why> {
        if manner == Manner::Phrase {
            return Some(Why::Quoted);
        }
        if manner == Manner::Command && self.is_remark(span) {
            return Some(Why::Remark);
        }
        let nearest = self.label_above(span.start, 0);
        if let Some(blamed) = nearest {
            return blamed.then_some(Why::Forbidden);
        }
        (self.is_pattern(span) || self.is_in_named_list(span.start, 0)).then_some(Why::Listed)
    }

    /// Whether a script only speaks there: in a comment, in the documentation of a function, in what it prints.
    fn is_remark(&self, span: Span) -> bool {
        let Form::Script(script) = &self.form else {
            return false;
        };
        let line = around::of(self.text(), around::line(self.text(), span.start)).trim_start();
        let is_printed = || {
            let last = span.end.saturating_sub(1);
            let prints = [
                "echo ", "printf ", "print(", "console.", "log", "info", "warn", "error", "die ", "usage",
                "help", "cat ",
            ];
            script.is_string(span.start)
                && script.is_string(last)
                && prints.iter().any(|word| line.starts_with(word))
        };
        script.is_comment(span.start) || self.is_docstring(span.start) || is_printed()
    }

    /// Whether the words stand in quotation marks. The marks around a whole value in the front matter are those of YAML.
    fn is_quoted(&self, block: Span, span: Span) -> bool {
        let text = self.text();
        let mut from = block.start;
        if text.starts_with("---") && !text[..span.start].contains("\n---") {
            let line = around::line(text, span.start);
            let value = around::of(text, line).find(": ").map_or(0, |at| at + 2);
            let quotes = around::of(text, line).get(value..).unwrap_or_default();
            from = (line.start + value + usize::from(quotes.starts_with(['"', '\'']))).min(span.start);
        }
        around::is_quoted(
            around::of(text, Span::new(from, block.end)),
            span.start - from,
            span.end - from,
        )
    }

    /// Whether a string of Python that is no value holds `at`: it stands where a statement begins.
    fn is_docstring(&self, at: usize) -> bool {
        let Form::Script(script) = &self.form else {
            return false;
        };
        let text = self.text();
        let next = script.strings.partition_point(|span| span.start <= at);
        script.strings[..next].last().is_some_and(|string| {
            let line = around::line(text, string.start);
            let quotes = around::of(text, *string);
            string.contains(at)
                && text[line.start..string.start].trim().is_empty()
                && (quotes.starts_with("\"\"\"") || quotes.starts_with("'''"))
        })
    }

    /// What the comments on a line and right above it call it: wrong (`true`), right (`false`), or nothing.
    fn label_above(&self, at: usize, floor: usize) -> Option<bool> {
        let text = self.text();
        let own = around::line(text, at);
        if let Some(remark) = around::trailing_comment(around::of(text, own))
            && blames(&remark.to_lowercase())
        {
            return Some(true);
        }
        let mut line = own;
        for _ in 0..12 {
            line = around::line_before(text, line.start).filter(|line| line.start >= floor)?;
            let words = around::of(text, line).trim();
            if words.is_empty() || around::is_fence(words) {
                return None;
            }
            if let Some(remark) = around::comment(words) {
                let lower = remark.to_lowercase();
                if approves(&lower) {
                    return Some(false);
                }
                if blames(&lower) {
                    return Some(true);
                }
            }
        }
        None
    }

    /// Whether what leads to a list, table or fence makes its contents something shown.
    fn led_by(&self, start: usize, kind: Kind, indent: usize, manner: Manner) -> Option<Why> {
        let text = self.text();
        for lead in around::leading(text, start, kind, indent) {
            let words = around::of(text, lead).to_lowercase();
            // The last sentence leads; those before it are about something else.
            let last = words
                .trim_end()
                .rsplit(['.', '?', '!'])
                .find(|part| part.len() > 3)
                .unwrap_or(&words);
            if approves(last) {
                return None;
            }
            if forbids(last) || blames(last) {
                return Some(Why::Forbidden);
            }
            if discusses(last) || (manner == Manner::Phrase && exemplifies(last)) {
                return Some(Why::Discussed);
            }
        }
        None
    }

    /// Whether a heading above makes its section something shown.
    fn under_heading(&self, at: usize, manner: Manner) -> Option<Why> {
        let Form::Markdown(markdown) = &self.form else {
            return None;
        };
        let mut level = u8::MAX;
        let above = (markdown.headings.iter().rev()).filter(|heading| heading.span.start < at);
        for heading in above {
            if heading.level >= level {
                continue;
            }
            level = heading.level;
            let words = heading.text.to_lowercase();
            // The title of the main page says what the skill calls itself, unless it heads what is denied.
            let is_title = level == 1 && self.is_main() && markdown.headings.first() == Some(heading);
            if is_title && !heads_denials(&words) {
                break;
            }
            if forbids(&words) || blames(&words) || words.contains("don't") || words.contains("don’t") {
                return Some(Why::Forbidden);
            }
            if discusses(&words) || (manner == Manner::Phrase && heads_examples(&words)) {
                return Some(Why::Discussed);
            }
        }
        None
    }

    /// Whether the place is written as a regular expression.
    fn is_pattern(&self, span: Span) -> bool {
        let text = self.text();
        let line = around::line(text, span.start);
        let words = around::of(text, Span::new(span.start, span.end.min(line.end)));
        let marks = [
            "\\s", "\\b", "\\S", "\\w", ".*", ".+", "(?:", "(?i", "[^", "\\|", "\\.",
        ];
        let whole = around::of(text, line);
        let strong = [
            "(?i",
            "(?:",
            "\\s*",
            "\\s+",
            "\\b",
            "re.compile(",
            "RegExp(",
            "re.search(",
            "re.findall(",
        ];
        (marks.iter().any(|mark| words.contains(mark)) && !words.contains("[^ "))
            || strong.iter().any(|mark| whole.contains(mark))
    }

    /// Whether the line stands in a list, map or function whose name says that it holds what is looked for or tested.
    fn is_in_named_list(&self, at: usize, floor: usize) -> bool {
        let text = self.text();
        let mut line = around::line(text, at);
        let names = |words: &str| {
            let name = words
                .split(['=', '(', '[', '{', ':'])
                .next()
                .unwrap_or(words)
                .to_lowercase();
            LISTS
                .iter()
                .any(|part| holds(&name.replace('_', " "), &part.replace('_', " ")))
        };
        if names(around::of(text, line)) {
            return true;
        }
        let mut indent = around::indent(around::of(text, line));
        for _ in 0..MOST_LINES_UP {
            let Some(above) = around::line_before(text, line.start).filter(|line| line.start >= floor) else {
                return false;
            };
            line = above;
            let words = around::of(text, line);
            if words.trim().is_empty() {
                continue;
            }
            let here = around::indent(words);
            if here < indent {
                indent = here;
                if names(words) {
                    return true;
                }
            }
            if indent == 0 {
                return false;
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::markdown;
    use crate::security::{Subject, Theme};
    use crate::text::Source;
    use std::sync::Arc;

    /// How the words are judged where they stand in a page.
    fn judged(page: &str, words: &str, manner: Manner) -> Polarity {
        // Something to judge stands in every text that is looked at.
        let page = format!("{page}\n\nsystemctl x\n");
        let source = Source::new("a/SKILL.md", page.as_str());
        let markdown = markdown::read(&page, Span::new(0, page.len()));
        let theme = Arc::new(Theme::new("a", "Reads.", &source));
        let subject = Subject {
            source: &source,
            path: "SKILL.md",
            markdown: Some(&markdown),
            script: None,
        };
        let at = page.find(words).unwrap();
        let text = Text::look(subject, &theme).unwrap();
        text.polarity(Span::new(at, at + words.len()), manner)
    }

    #[test]
    fn a_command_is_meant_unless_what_leads_to_it_says_otherwise() {
        for page in [
            "Run `x y`.",
            "If you don't have it, run `x y`.",
            "Install it:\n\n```sh\nx y\n```",
            "- First `x y`\n- then z",
            "## Never\n\n## Setup\n\nx y",
            "```sh\n# ✅ Good\nx y\n```",
        ] {
            assert_eq!(judged(page, "x y", Manner::Command), Polarity::Meant, "{page}");
        }
        for (page, why) in [
            ("Never run `x y`.", Why::Forbidden),
            ("Never run:\n\n- a\n- `x y`", Why::Forbidden),
            ("Never run:\n\n```sh\nx y\n```", Why::Forbidden),
            ("```sh\n# Bad: unpinned\nx y\n```", Why::Forbidden),
            ("```sh\nx y  # never do this\n```", Why::Forbidden),
            ("# A\n\n## Anti-patterns\n\n### Shell\n\nx y", Why::Forbidden),
            ("## Attacks\n\n```sh\nx y\n```", Why::Discussed),
            ("An attacker runs `x y`.", Why::Discussed),
            ("```yaml\nblocked:\n  - x y\n```", Why::Listed),
            ("| x y | must be rejected |", Why::Discussed),
        ] {
            assert_eq!(
                judged(page, "x y", Manner::Command),
                Polarity::Shown(why),
                "{page}"
            );
        }
    }

    #[test]
    fn a_phrase_is_meant_only_where_prose_says_it() {
        for (page, expected) in [
            ("Then do it.", Polarity::Meant),
            ("- do it", Polarity::Meant),
            ("**Important:** do it.", Polarity::Meant),
            ("Say \"do it\".", Polarity::Shown(Why::Quoted)),
            ("Say `do it`.", Polarity::Shown(Why::Quoted)),
            ("> do it", Polarity::Shown(Why::Quoted)),
            ("```\ndo it\n```", Polarity::Shown(Why::Quoted)),
            ("Phrases such as do it.", Polarity::Shown(Why::Discussed)),
            ("To do it is an attack.", Polarity::Shown(Why::Discussed)),
            ("## Examples\n\n- do it", Polarity::Shown(Why::Discussed)),
        ] {
            assert_eq!(judged(page, "do it", Manner::Phrase), expected, "{page}");
        }
    }

    #[test]
    fn fixtures_are_known_by_their_paths() {
        for path in [
            "tests/a.py",
            "scripts/test_a.py",
            "a_test.go",
            "src/a.test.ts",
            "evals/evals.json",
            "x/fixtures/b.md",
        ] {
            assert!(is_fixture(path), "{path}");
        }
        for path in [
            "scripts/a.py",
            "SKILL.md",
            "references/testing-guide.md",
            "latest/a.sh",
            "contest.py",
        ] {
            assert!(!is_fixture(path), "{path}");
        }
    }
}
