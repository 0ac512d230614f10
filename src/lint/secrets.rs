//! Where secrets stand, so that no report shows them: neither that of the finding itself nor one of its neighbours.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use crate::diagnostic::{Diagnostic, Fix};
use crate::text::{Source, Span};

use super::Linted;

/// The lines of each file that sensitive findings stand on.
#[derive(Debug, Clone)]
pub struct Secrets<'a> {
    lines: BTreeMap<&'a str, Vec<RangeInclusive<usize>>>,
}

impl<'a> Secrets<'a> {
    pub fn of(linted: &'a Linted) -> Self {
        let mut lines: BTreeMap<&str, Vec<_>> = BTreeMap::new();
        for finding in linted.findings.iter().filter(|finding| finding.sensitive) {
            let place = &finding.place;
            lines
                .entry(&place.path)
                .or_default()
                .push(place.start.line..=place.end.line);
        }
        Self { lines }
    }

    /// Whether the text around a finding must not be shown: a line of it, or of its labels, holds a secret.
    pub fn touch(&self, finding: &Diagnostic, source: &Source) -> bool {
        finding.sensitive
            || self.are_in(source, finding.place.span)
            || (finding.labels.iter()).any(|label| self.are_in(source, label.span))
    }

    /// Whether the edits of a fix must not be shown: what they write may hold the secret that they replace.
    pub fn touch_fix(&self, fix: &Fix, source: &Source) -> bool {
        fix.edits.iter().any(|edit| self.are_in(source, edit.span))
    }

    fn are_in(&self, source: &Source, span: Span) -> bool {
        self.lines.get(&**source.path()).is_some_and(|ranges| {
            let (first, last) = (source.locate(span.start).line, source.locate(span.end).line);
            (ranges.iter()).any(|range| first <= *range.end() && *range.start() <= last)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Place, Severity};
    use crate::text::Edit;

    #[test]
    fn a_secret_hides_its_lines_from_every_finding_of_its_file() {
        let source = Source::new("a", "one\nkey: s3cr3t\nthree\n");
        let at = |start, end, sensitive| Diagnostic {
            rule: "r",
            severity: Severity::Error,
            message: String::new(),
            place: Place::in_source(&source, Span::new(start, end)),
            labels: Vec::new(),
            help: None,
            fix: None,
            sensitive,
        };
        let linted = Linted {
            findings: vec![at(9, 15, true), at(4, 7, false), at(0, 3, false)],
            ..Linted::default()
        };
        let secrets = Secrets::of(&linted);
        let touched: Vec<bool> = (linted.findings.iter())
            .map(|finding| secrets.touch(finding, &source))
            .collect();
        assert_eq!(touched, [true, true, false]);
        let fix = |start, end| Fix::safe("x", vec![Edit::replace(Span::new(start, end), "key: s3cr3t")]);
        assert!(secrets.touch_fix(&fix(3, 6), &source));
        assert!(!secrets.touch_fix(&fix(16, 18), &source));
        assert!(!secrets.touch(&linted.findings[1], &Source::new("b", "one\nkey: x\n")));
    }
}
