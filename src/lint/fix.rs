//! Fixes applied until nothing moves: apply what does not overlap, look again, repeat.

use crate::diagnostic::{Diagnostic, Safety};
use crate::text::{Edit, apply_edits};

/// Rounds before giving up on fixes that keep undoing each other.
const MOST_ROUNDS: usize = 16;

/// A text after its fixes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    pub text: String,
    /// Names of the rules whose fixes were applied, in order, one entry per fix.
    pub applied: Vec<&'static str>,
}

/// Applies safe fixes (risky ones too when `risky`) of the findings that `lint` reports for a text, until it reports none that
/// can be applied. `lint` is given the text of one file and answers with findings in that file.
pub fn settle(text: &str, risky: bool, lint: impl Fn(&str) -> Vec<Diagnostic>) -> Settled {
    let mut settled = Settled {
        text: text.to_owned(),
        applied: Vec::new(),
    };
    for _ in 0..MOST_ROUNDS {
        let findings = lint(&settled.text);
        let mut edits: Vec<Edit> = Vec::new();
        let mut names = Vec::new();
        for finding in &findings {
            let Some(fix) = finding
                .fix
                .as_ref()
                .filter(|fix| risky || fix.safety == Safety::Safe)
            else {
                continue;
            };
            let clashes = fix
                .edits
                .iter()
                .any(|edit| edits.iter().any(|other| touches(edit, other)));
            if !clashes {
                edits.extend(fix.edits.iter().cloned());
                names.push(finding.rule);
            }
        }
        let Some(next) = apply_edits(&settled.text, &edits).filter(|next| *next != settled.text) else {
            break;
        };
        settled.text = next;
        settled.applied.extend(names);
    }
    settled
}

fn touches(a: &Edit, b: &Edit) -> bool {
    a.span.start <= b.span.end && b.span.start <= a.span.end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Fix, Place, Severity};
    use crate::text::{Source, Span};

    /// Wants every `a` to be a `b`, one fix each.
    fn no_a(text: &str) -> Vec<Diagnostic> {
        let source = Source::new("x", text);
        text.match_indices('a')
            .map(|(at, _)| Diagnostic {
                rule: "no-a",
                severity: Severity::Error,
                message: String::new(),
                place: Place::in_source(&source, Span::new(at, at + 1)),
                labels: Vec::new(),
                help: None,
                fix: Some(Fix::safe("b", vec![Edit::replace(Span::new(at, at + 1), "b")])),
            })
            .collect()
    }

    #[test]
    fn touching_fixes_wait_for_the_next_round() {
        let settled = settle("aaxa", false, no_a);
        assert_eq!((settled.text.as_str(), settled.applied.len()), ("bbxb", 3));
    }

    #[test]
    fn fixes_that_chase_each_other_end() {
        let settled = settle("a", false, |text| {
            let other = if text == "a" { "b" } else { "a" };
            let mut findings = no_a("a");
            findings[0].fix = Some(Fix::safe("flip", vec![Edit::replace(Span::new(0, 1), other)]));
            findings
        });
        assert_eq!(settled.applied.len(), MOST_ROUNDS);
    }
}
