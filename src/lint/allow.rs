//! Inline allows: a comment in the file that says a finding is meant.
//!
//! `<!-- packwright: allow(rule-a, rule-b) reason -->` in Markdown, `# packwright: allow(rule-a) reason` in front matter and
//! scripts. It holds for its own line and the next; `allow-file(…)` holds for the whole file.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::diagnostic::Diagnostic;
use crate::text::{Source, Span};

use super::levels::{Level, Levels};
use super::rule::About;
use super::rules;

const MARKER: &str = "packwright: allow";

static FINDER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(MARKER));

/// How comments are written in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comment {
    /// `# …` in front matter and many scripts.
    Hash,
    /// `// …`
    Slashes,
    /// `<!-- … -->`
    Html,
}

impl Comment {
    /// The comments of a file that is no Markdown, by its name; nothing where it has none, or none is known.
    pub fn in_file(path: &str) -> Option<Self> {
        let name = path.rsplit('/').next().unwrap_or(path);
        match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
            "py" | "sh" | "bash" | "zsh" | "fish" | "rb" | "pl" | "r" | "R" | "jl" | "ps1" | "yaml"
            | "yml" | "toml" | "tf" | "mk" => Some(Self::Hash),
            "js" | "mjs" | "cjs" | "jsx" | "ts" | "mts" | "tsx" | "rs" | "go" | "java" | "kt" | "swift"
            | "c" | "h" | "cc" | "cpp" | "hpp" | "cs" | "php" | "scala" | "dart" => Some(Self::Slashes),
            _ => None,
        }
    }

    /// The comment that allows a rule, with the reason.
    pub fn allowing(self, rule: &str, whole_file: bool, reason: &str) -> String {
        let file = if whole_file { "-file" } else { "" };
        let words = format!("{MARKER}{file}({rule}) {reason}");
        match self {
            Self::Hash => format!("# {words}"),
            Self::Slashes => format!("// {words}"),
            Self::Html => format!("<!-- {words} -->"),
        }
    }
}

/// The allows of one file, and what became of them.
#[derive(Debug, Clone)]
pub struct Allows {
    pub source: Source,
    pub entries: Vec<Allow>,
}

/// One rule that one comment allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allow {
    /// As it is written.
    pub rule: String,
    /// Where the name stands.
    pub span: Span,
    /// The line the comment stands on; none when it holds for the whole file.
    pub line: Option<usize>,
    /// Whether the comment says why.
    pub has_reason: bool,
    pub state: State,
}

/// What became of an allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It silenced something.
    Used,
    /// Its rule looked and found nothing there.
    Unused,
    /// No rule of that name looks at the file.
    Unknown,
    /// Its rule is off.
    Idle,
}

impl Allows {
    /// Reads the comments of a text; `None` when there is none, which is cheap to find out.
    pub fn read(source: &Source) -> Option<Self> {
        let mut entries = Vec::new();
        let text = source.text();
        for at in FINDER.find_iter(text.as_bytes()) {
            let line = source.locate(at).line;
            let line_span = source.line_span(line);
            let before = text[line_span.start..at].trim_end();
            if !(before.ends_with('#') || before.ends_with("<!--") || before.ends_with("//")) {
                continue;
            }
            let rest = &text[at + MARKER.len()..line_span.end.max(at + MARKER.len())];
            let (whole_file, rest) = match rest.strip_prefix("-file") {
                Some(rest) => (true, rest),
                None => (false, rest),
            };
            let Some((names, reason)) = rest.strip_prefix('(').and_then(|rest| rest.split_once(')')) else {
                continue;
            };
            let has_reason = !reason.trim().trim_end_matches("-->").trim().is_empty();
            let mut start = line_span.end - rest.len() + 1;
            for name in names.split(',') {
                let trimmed = name.trim();
                let first = start + (name.len() - name.trim_start().len());
                start += name.len() + 1;
                if !trimmed.is_empty() {
                    entries.push(Allow {
                        rule: trimmed.to_owned(),
                        span: Span::new(first, first + trimmed.len()),
                        line: (!whole_file).then_some(line),
                        has_reason,
                        state: State::Unused,
                    });
                }
            }
        }
        (!entries.is_empty()).then(|| Self {
            source: source.clone(),
            entries,
        })
    }

    /// Takes out the findings in this file that are allowed, and adds those about the allows themselves. `rules` are the rules
    /// that looked at the file.
    pub fn apply(mut self, findings: &mut Vec<Diagnostic>, rules: &[&About], levels: &Levels) {
        findings.retain(|finding| finding.place.path != *self.source.path() || !self.covers(finding));
        for allow in &mut self.entries {
            if allow.state == State::Unused {
                match rules.iter().find(|rule| rule.name == allow.rule) {
                    None => allow.state = State::Unknown,
                    Some(rule) if levels.of(rule, self.source.path()) == Level::Off => {
                        allow.state = State::Idle;
                    }
                    Some(_) => {}
                }
            }
        }
        findings.extend(super::run(rules::RULES, &self, levels));
    }

    fn covers(&mut self, finding: &Diagnostic) -> bool {
        let start = finding.place.start.line;
        let lines = start..=finding.place.end.line.max(start);
        let mut covered = false;
        for allow in self.entries.iter_mut().filter(|allow| allow.rule == finding.rule) {
            let is_here = allow
                .line
                .is_none_or(|line| lines.contains(&line) || start == line + 1);
            if is_here {
                allow.state = State::Used;
                covered = true;
            }
        }
        covered
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for comment in [Comment::Hash, Comment::Slashes, Comment::Html] {
            for whole_file in [false, true] {
                let text = comment.allowing("a-rule", whole_file, "say why");
                let allows = Allows::read(&Source::new("x", text.as_str())).unwrap();
                let allow = &allows.entries[0];
                assert_eq!(
                    (allow.rule.as_str(), allow.line.is_none(), allow.has_reason),
                    ("a-rule", whole_file, true),
                    "{text}"
                );
            }
        }
        assert_eq!(Comment::in_file("scripts/run.py"), Some(Comment::Hash));
        assert_eq!(Comment::in_file("data.json"), None);
    }

    #[test]
    fn allows_are_read_from_comments_only() {
        let text = "---\n# packwright: allow(a, b) legacy\nname: x\n---\npackwright: allow(c)\n<!-- packwright: allow-file(d) -->\n";
        let allows = Allows::read(&Source::new("SKILL.md", text)).unwrap();
        let seen: Vec<_> = (allows.entries.iter())
            .map(|allow| {
                let written = &text[allow.span.start..allow.span.end];
                (written, allow.line, allow.has_reason)
            })
            .collect();
        let expected = [("a", Some(2), true), ("b", Some(2), true), ("d", None, false)];
        assert_eq!(seen, expected);
        assert!(Allows::read(&Source::new("SKILL.md", "no comment")).is_none());
    }
}
