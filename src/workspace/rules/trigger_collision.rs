use crate::lint::{Report, rule};
use crate::workspace::{Catalog, likeness};

rule! {
    /// Two skills found together have nearly the same description.
    ///
    /// The model cannot tell which one is meant, and takes either. Descriptions are compared by the words they share, common words
    /// left out; seven in ten is too many. Only skills in the same folder of skills are compared: a client that installs a copy, or
    /// another plugin, is not a collision.
    ///
    /// ```text bad
    /// skills/pdf/SKILL.md | name: pdf | description: Extracts text and tables from PDF files, fills forms, merges documents.
    /// skills/forms/SKILL.md | name: forms | description: Fills forms and merges documents; extracts tables and text from PDF files.
    /// ```
    ///
    /// ```text good
    /// skills/pdf/SKILL.md | name: pdf | description: Extracts text and tables from PDF files.
    /// skills/forms/SKILL.md | name: forms | description: Fills forms in documents and checks every field against its list.
    /// ```
    ///
    /// Source: our own judgement; collisions are what `waza check-overlap` and routing issues of several skill collections are about.
    "trigger-collision", Suspicious, "0.1.0", Catalog, check
}

/// How alike two descriptions may be.
pub const THRESHOLD: f64 = 0.7;

fn check(catalog: &Catalog, report: &mut Report<'_>) {
    for cards in catalog.neighbours() {
        let texts: Vec<&str> = cards.iter().map(|card| card.description.as_str()).collect();
        for (a, b, alike) in likeness::pairs(&texts, THRESHOLD) {
            let (a, b) = (cards[a], cards[b]);
            if a.name == b.name {
                continue;
            }
            report
                .place(
                    b.place(b.description_at),
                    format!(
                        "the description shares {:.0}% of its words with that of `{}`",
                        alike * 100.0,
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
