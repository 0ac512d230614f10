use crate::lint::{Report, rule};
use crate::workspace::{Catalog, likeness};

use super::trigger_collision;

rule! {
    /// Two skills found together are described in other words and mean nearly the same.
    ///
    /// The model cannot tell which one is meant, and takes either. `trigger-collision` holds the words of descriptions against each
    /// other; this rule holds what the local embedding model makes of them, and reports a cosine of 0.8 or more. It is off
    /// unless it is asked for, since it needs the model (`packwright model pull`) and about twenty milliseconds for each description. Without
    /// the model it finds nothing, and a note says so.
    ///
    /// ```text bad
    /// skills/pdf/SKILL.md | name: pdf | description: Reads invoices and extracts their amounts.
    /// skills/bills/SKILL.md | name: bills | description: Parses bills and gets the totals in them.
    /// ```
    ///
    /// ```text good
    /// skills/pdf/SKILL.md | name: pdf | description: Reads invoices and extracts their amounts.
    /// skills/forms/SKILL.md | name: forms | description: Fills forms in documents and checks every field against its list.
    /// ```
    ///
    /// Source: our own judgement, on the descriptions of twelve public repositories.
    "trigger-alike", Pedantic, "0.1.0", Catalog, check
}

/// Cosine from which two descriptions are taken for the same.
const THRESHOLD: f32 = 0.8;

fn check(catalog: &Catalog, report: &mut Report<'_>) {
    for cards in catalog.neighbours() {
        for (at, b) in cards.iter().enumerate() {
            let Some(meaning) = catalog.meanings.get(&b.path) else {
                continue;
            };
            for a in &cards[..at] {
                let alike = catalog
                    .meanings
                    .get(&a.path)
                    .map_or(0.0, |other| cosine(meaning, other));
                let texts = [a.description.as_str(), b.description.as_str()];
                // Those are reported for their words already.
                let is_told = || !likeness::pairs(&texts, trigger_collision::THRESHOLD).is_empty();
                if alike < THRESHOLD || a.name == b.name || trigger_collision::are_family(a, b) || is_told() {
                    continue;
                }
                report
                    .place(
                        b.place(b.description_at),
                        format!(
                            "the description means nearly what that of `{}` does (cosine {alike:.2})",
                            a.name
                        ),
                    )
                    .help(format!(
                        "say what `{}` does that `{}` does not, or merge the two",
                        b.name, a.name
                    ));
            }
        }
    }
}

/// Of two unit vectors.
fn cosine(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
