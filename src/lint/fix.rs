//! Fixes applied until nothing moves: apply what does not overlap, look again, repeat.

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Fix, Safety};
use crate::text::{Edit, Source, apply_edits};

/// Rounds before giving up on fixes that keep undoing each other. A fault that hides the next one takes a round each.
const MOST_ROUNDS: usize = 64;

/// Texts after their fixes.
#[derive(Debug, Clone)]
pub struct Settled {
    /// In the order they were given.
    pub sources: Vec<Source>,
    /// Names of the rules whose fixes were applied, in order, one entry per fix.
    pub applied: Vec<&'static str>,
}

/// What the fixes of one subject come to.
#[derive(Debug, Clone, Default)]
pub struct Fixed {
    /// Fixes that were applied.
    pub count: usize,
    /// The texts that changed: before and after.
    pub changed: Vec<(Source, Source)>,
}

impl Settled {
    /// What changed against the texts as they were.
    pub fn against<'a>(self, before: impl Iterator<Item = &'a Source>) -> Fixed {
        let pairs = before.cloned().zip(self.sources);
        Fixed {
            count: self.applied.len(),
            changed: pairs
                .filter(|(before, after)| before.text() != after.text())
                .collect(),
        }
    }
}

/// Applies safe fixes (risky ones too when `risky`) of the findings that `lint` reports for some texts, until it reports none
/// that can be applied. A text that was not UTF-8 is left as it is: what was read is not what lies on disk.
pub fn settle(sources: Vec<Source>, risky: bool, lint: impl Fn(&[Source]) -> Vec<Diagnostic>) -> Settled {
    let mut settled = Settled {
        sources,
        applied: Vec::new(),
    };
    for _ in 0..MOST_ROUNDS {
        let findings = lint(&settled.sources);
        let mut has_moved = false;
        for source in &mut settled.sources {
            let (edits, names) = edits_of(source, &findings, risky);
            let next = apply_edits(source.text(), &edits).filter(|next| next != source.text());
            if let Some(next) = next {
                *source = Source::new(Arc::clone(source.path()), next);
                settled.applied.extend(names);
                has_moved = true;
            }
        }
        if !has_moved {
            break;
        }
    }
    settled
}

/// The edits of one file that do not touch each other, first come first served, and the rules they are of.
fn edits_of(source: &Source, findings: &[Diagnostic], risky: bool) -> (Vec<Edit>, Vec<&'static str>) {
    let mut edits: Vec<Edit> = Vec::new();
    let mut names = Vec::new();
    if source.invalid_at().is_some() {
        return (edits, names);
    }
    for finding in findings
        .iter()
        .filter(|finding| finding.place.path == *source.path())
    {
        let wanted = |fix: &&Fix| risky || fix.safety == Safety::Safe;
        let Some(fix) = finding.fix.as_ref().filter(wanted) else {
            continue;
        };
        let clashes = |edit: &Edit| edits.iter().any(|other| touches(edit, other));
        if !fix.edits.iter().any(clashes) {
            edits.extend(fix.edits.iter().cloned());
            names.push(finding.rule);
        }
    }
    (edits, names)
}

fn touches(a: &Edit, b: &Edit) -> bool {
    a.span.start <= b.span.end && b.span.start <= a.span.end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Place, Severity};
    use crate::text::Span;

    /// Wants every `a` to be a `b`, one fix each.
    fn no_a(sources: &[Source]) -> Vec<Diagnostic> {
        sources.iter().flat_map(no_a_in).collect()
    }

    fn no_a_in(source: &Source) -> Vec<Diagnostic> {
        let text = source.text();
        text.match_indices('a')
            .map(|(at, _)| Diagnostic {
                rule: "no-a",
                severity: Severity::Error,
                message: String::new(),
                place: Place::in_source(source, Span::new(at, at + 1)),
                labels: Vec::new(),
                help: None,
                fix: Some(Fix::safe("b", vec![Edit::replace(Span::new(at, at + 1), "b")])),
                sensitive: false,
            })
            .collect()
    }

    #[test]
    fn touching_fixes_wait_for_the_next_round() {
        let settled = settle(
            vec![Source::new("x", "aaxa"), Source::new("y", "ca")],
            false,
            no_a,
        );
        let texts: Vec<&str> = settled.sources.iter().map(Source::text).collect();
        assert_eq!((texts, settled.applied.len()), (vec!["bbxb", "cb"], 4));
    }

    #[test]
    fn fixes_that_chase_each_other_end() {
        let settled = settle(vec![Source::new("x", "a")], false, |sources| {
            let other = if sources[0].text() == "a" { "b" } else { "a" };
            let mut findings = no_a_in(&Source::new("x", "a"));
            findings[0].fix = Some(Fix::safe("flip", vec![Edit::replace(Span::new(0, 1), other)]));
            findings
        });
        assert_eq!(settled.applied.len(), MOST_ROUNDS);
    }
}
