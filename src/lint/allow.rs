//! Inline allows: a comment in the file that says a finding is meant.
//!
//! `<!-- packwright: allow(rule-a, rule-b) reason -->` in Markdown, `# packwright: allow(rule-a) reason` in front matter. It holds
//! for its own line and the next; `allow-file(…)` holds for the whole file.

use crate::diagnostic::Diagnostic;
use crate::text::Source;

/// The allows of one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Allows {
    /// Rule and line; no line for the whole file.
    entries: Vec<(String, Option<usize>)>,
}

impl Allows {
    pub fn read(source: &Source) -> Self {
        let mut entries = Vec::new();
        let text = source.text();
        for (at, marker) in text.match_indices("packwright: allow") {
            let line = source.locate(at).line;
            let before = source.slice(source.line_span(line)).trim_start();
            if !(before.starts_with('#') || before.contains("<!--")) {
                continue;
            }
            let rest = &text[at + marker.len()..];
            let (whole_file, rest) = match rest.strip_prefix("-file") {
                Some(rest) => (true, rest),
                None => (false, rest),
            };
            let Some(names) = rest
                .strip_prefix('(')
                .and_then(|rest| rest.split_once(')'))
                .map(|(names, _)| names)
            else {
                continue;
            };
            let names = names.split(',').map(str::trim).filter(|name| !name.is_empty());
            entries.extend(names.map(|name| (name.to_owned(), (!whole_file).then_some(line))));
        }
        Self { entries }
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether the finding is allowed.
    pub fn covers(&self, finding: &Diagnostic) -> bool {
        self.entries.iter().any(|(rule, line)| {
            rule == finding.rule
                && line.is_none_or(|line| {
                    (finding.place.start.line..=finding.place.end.line.max(finding.place.start.line))
                        .contains(&line)
                        || finding.place.start.line == line + 1
                })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn allows_are_read_from_comments_only() {
        let text = "---\n# packwright: allow(a, b) legacy\nname: x\n---\npackwright: allow(c)\n<!-- packwright: allow-file(d) -->\n";
        let allows = Allows::read(&Source::new("SKILL.md", text));
        let expected = [("a", Some(2)), ("b", Some(2)), ("d", None)];
        assert_eq!(
            allows.entries,
            expected.map(|(rule, line)| (rule.to_owned(), line))
        );
    }
}
