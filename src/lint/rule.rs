//! A lint rule is a value: a name, a group, its documentation, and a plain function over a subject.

use std::fmt;

use crate::diagnostic::{Diagnostic, Fix, Label, Place, Severity};
use crate::text::{Source, Span};

use super::levels::Group;
use super::options::Options;
use super::profile::Reader;

/// What is known of a rule without its check.
#[derive(Debug, Clone, Copy)]
pub struct About {
    /// The smell, in kebab case; also the name of its file. It never changes.
    pub name: &'static str,
    pub group: Group,
    /// Version of packwright that brought it.
    pub since: &'static str,
    /// Readers that do not load what the rule finds. Under the profile of one of them the rule is an error.
    pub refused_by: &'static [Reader],
    /// Markdown: what it does, why it matters, a `bad` fence, a `good` fence, the source of the requirement.
    pub docs: &'static str,
}

impl About {
    /// Whether this is the rule's name or that of its group.
    pub fn is_called(&self, name: &str) -> bool {
        self.name == name || self.group.name() == name
    }
}

/// A rule over subjects of type `S`. Made by the `rule!` macro.
pub struct Rule<S: 'static> {
    pub about: About,
    pub check: fn(&S, &mut Report<'_>),
}

impl<S> fmt::Debug for Rule<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Rule")
            .field("name", &self.about.name)
            .field("group", &self.about.group)
            .finish_non_exhaustive()
    }
}

/// Reads the doc comment above it into a [`Rule`] named `RULE`:
///
/// ```text
/// rule! {
///     /// What it does, why it matters …
///     "description-too-long", Correctness, "0.1.0", Skill, check, refused_by [Spec, Client]
/// }
/// ```
macro_rules! rule {
    ($(#[doc = $doc:expr])* $name:literal, $group:ident, $since:literal, $subject:ty, $check:path $(, refused_by [$($reader:ident),+])?) => {
        // The words stay in the value: rustdoc cannot read what tells the tests how to set up an example.
        pub const RULE: $crate::lint::Rule<$subject> = $crate::lint::Rule {
            about: $crate::lint::About {
                name: $name,
                group: $crate::lint::Group::$group,
                since: $since,
                refused_by: &[$($($crate::lint::Reader::$reader),+)?],
                docs: concat!($($doc, "\n"),*),
            },
            check: $check,
        };
    };
}
pub(crate) use rule;

/// Where a rule puts what it finds. It carries the rule's name and severity, so that rules speak of places and words only.
#[derive(Debug)]
pub struct Report<'a> {
    rule: &'static str,
    severity: Severity,
    options: &'a Options,
    findings: &'a mut Vec<Diagnostic>,
}

impl<'a> Report<'a> {
    pub fn new(
        rule: &'static str,
        severity: Severity,
        options: &'a Options,
        findings: &'a mut Vec<Diagnostic>,
    ) -> Self {
        Self {
            rule,
            severity,
            options,
            findings,
        }
    }

    /// Limits, policies and the profile of the run.
    pub fn options(&self) -> &'a Options {
        self.options
    }

    /// Reports a span of a source. The returned finding takes labels, help and a fix.
    pub fn at(&mut self, source: &Source, span: Span, message: impl Into<String>) -> Finding<'_> {
        self.push(Place::in_source(source, span), message.into())
    }

    /// Reports a file or folder as a whole.
    pub fn file(&mut self, path: &str, message: impl Into<String>) -> Finding<'_> {
        self.push(Place::of_file(path), message.into())
    }

    /// Reports a place that is known already.
    pub fn place(&mut self, place: Place, message: impl Into<String>) -> Finding<'_> {
        self.push(place, message.into())
    }

    fn push(&mut self, place: Place, message: String) -> Finding<'_> {
        let at = self.findings.len();
        self.findings.push(Diagnostic {
            rule: self.rule,
            severity: self.severity,
            message,
            place,
            labels: Vec::new(),
            help: None,
            fix: None,
            sensitive: false,
        });
        Finding {
            finding: &mut self.findings[at],
        }
    }
}

/// A finding just reported, to be completed.
#[derive(Debug)]
pub struct Finding<'a> {
    finding: &'a mut Diagnostic,
}

impl Finding<'_> {
    /// What to do about it.
    #[expect(
        clippy::return_self_not_must_use,
        reason = "the finding is reported whether or not it is completed"
    )]
    pub fn help(self, help: impl Into<String>) -> Self {
        self.finding.help = Some(help.into());
        self
    }

    /// A second place that explains the first.
    #[expect(
        clippy::return_self_not_must_use,
        reason = "the finding is reported whether or not it is completed"
    )]
    pub fn label(self, span: Span, message: impl Into<String>) -> Self {
        self.finding.labels.push(Label {
            span,
            message: message.into(),
        });
        self
    }

    #[expect(
        clippy::return_self_not_must_use,
        reason = "the finding is reported whether or not it is completed"
    )]
    pub fn fix(self, fix: Fix) -> Self {
        self.finding.fix = Some(fix);
        self
    }

    /// Says that the place holds a secret: reports leave its lines out. The message and the help must not name it either.
    #[expect(
        clippy::return_self_not_must_use,
        reason = "the finding is reported whether or not it is completed"
    )]
    pub fn sensitive(self) -> Self {
        self.finding.sensitive = true;
        self
    }
}

/// First paragraph of a rule's documentation, on one line.
pub fn summary(docs: &str) -> String {
    let lines = docs.lines().map(str::trim).skip_while(|line| line.is_empty());
    lines
        .take_while(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Codes of other vendors for what a rule finds, from the line `Codes: snyk W008; cisco A, B.` of its documentation: each with
/// its vendor, `cisco A`.
pub fn codes(docs: &str) -> Vec<String> {
    let Some(line) = docs.lines().find_map(|line| line.trim().strip_prefix("Codes: ")) else {
        return Vec::new();
    };
    let vendors = line
        .trim_end_matches('.')
        .split(';')
        .filter_map(|part| part.trim().split_once(' '));
    vendors
        .flat_map(|(vendor, codes)| {
            codes
                .split(',')
                .map(move |code| format!("{vendor} {}", code.trim()))
        })
        .collect()
}

/// The documentation of a rule as people read it.
pub fn explained(docs: &str) -> String {
    let lines = docs.lines().map(|line| line.strip_prefix(' ').unwrap_or(line));
    lines.map(without_setup).collect::<Vec<_>>().join("\n")
}

/// A line of documentation without the words that tell the tests how to set up an example: `bad folder=x` is `bad` to people.
fn without_setup(line: &str) -> &str {
    let is_fence = line.starts_with("```");
    match line.find(" bad").or_else(|| line.find(" good")) {
        Some(at) if is_fence => line[at + 1..]
            .find(' ')
            .map_or(line, |length| &line[..at + 1 + length]),
        _ => line,
    }
}

/// An example in a rule's documentation: a fence whose info string begins with a language and holds `bad` or `good`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Whether the rule must fire.
    pub bad: bool,
    /// `key=value` words of the info string, such as `folder=pdf-tools`.
    pub settings: Vec<(String, String)>,
    pub text: String,
}

/// The examples in a rule's documentation, in order.
pub fn cases(docs: &str) -> Vec<Case> {
    let mut found = Vec::new();
    let mut lines = docs.lines().map(|line| line.strip_prefix(' ').unwrap_or(line));
    while let Some(line) = lines.next() {
        let ticks = line.len() - line.trim_start_matches('`').len();
        let words: Vec<&str> = line[ticks..].split_whitespace().collect();
        let bad = words.contains(&"bad");
        if ticks < 3 {
            continue;
        }
        let closing = "`".repeat(ticks);
        let body: Vec<&str> = lines.by_ref().take_while(|line| *line != closing).collect();
        if bad || words.contains(&"good") {
            let settings = words.iter().filter_map(|word| word.split_once('='));
            found.push(Case {
                bad,
                settings: settings
                    .map(|(key, value)| (key.to_owned(), value.to_owned()))
                    .collect(),
                text: body.iter().flat_map(|line| [line, "\n"]).collect(),
            });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_with_their_vendors() {
        let docs = " Finds.\n\n Source: x.\n Codes: snyk W008; cisco A_B, C.\n";
        assert_eq!(codes(docs), ["snyk W008", "cisco A_B", "cisco C"]);
        assert_eq!(codes(" Finds.\n"), Vec::<String>::new());
    }

    #[test]
    fn cases_are_read_from_fences_of_any_length() {
        let docs = " Intro\n of two lines.\n\n ```markdown bad folder=a\n ---\n ---\n ```\n ````markdown good\n ```\n````\n ````\n";
        assert_eq!(summary(docs), "Intro of two lines.");
        let found = cases(docs);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].settings, [("folder".to_owned(), "a".to_owned())]);
        assert_eq!((found[0].bad, found[0].text.as_str()), (true, "---\n---\n"));
        assert_eq!((found[1].bad, found[1].text.as_str()), (false, "```\n"));
    }
}
