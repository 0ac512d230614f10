use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::lint::{Report, rule};
use crate::workspace::{Card, Catalog, likeness};

rule! {
    /// Two skills found together have nearly the same description.
    ///
    /// The model cannot tell which one is meant, and takes either. Descriptions are compared by the words they share, common words
    /// left out; seven in ten is too many. Only skills in the same folder of skills are compared: a client that installs a copy, or
    /// another plugin, is not a collision. Nor are skills of a family, one for each language or product: each has in its description
    /// a word of its own name that the other's description lacks, such as `XUnit` and `NUnit`, and a model goes by that word. In
    /// public repositories two of three alike pairs are of this kind.
    ///
    /// A skill is told of the one before it that it is most like.
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
    /// ```text good
    /// skills/csharp-xunit/SKILL.md | name: csharp-xunit | description: Get best practices for XUnit unit testing, including data-driven tests.
    /// skills/csharp-nunit/SKILL.md | name: csharp-nunit | description: Get best practices for NUnit unit testing, including data-driven tests.
    /// ```
    ///
    /// Source: our own judgement; collisions are what `waza check-overlap` and routing issues of several skill collections are about.
    "trigger-collision", Suspicious, "0.1.0", Catalog, check
}

/// How alike two descriptions may be.
pub const THRESHOLD: f64 = 0.7;

/// Whether two skills are of one family, told apart by their names: each description holds what only its own name says.
pub fn are_family(a: &Card, b: &Card) -> bool {
    Marks::of(a).are_of_family(&Marks::of(b))
}

/// What tells a skill from those of its family.
struct Marks {
    /// Of the description.
    words: BTreeSet<String>,
    /// Those of them that are of the skill's own name.
    of_name: Vec<String>,
}

impl Marks {
    fn of(card: &Card) -> Self {
        let words: BTreeSet<String> = words(&card.description).collect();
        let name: Vec<String> = self::words(&card.name).collect();
        let is_of_name = |word: &&String| {
            let short = word.len() < 3;
            name.iter().any(|part| {
                part == *word
                    || (part.len() > 1 && word.starts_with(part))
                    || (!short && part.contains(&***word))
            })
        };
        Self {
            of_name: words.iter().filter(is_of_name).cloned().collect(),
            words,
        }
    }

    fn are_of_family(&self, other: &Self) -> bool {
        self.are_told_from(other) && other.are_told_from(self)
    }

    fn are_told_from(&self, other: &Self) -> bool {
        self.of_name.iter().any(|word| !other.words.contains(word))
    }
}

/// The words of a text in lower case; `C#` is `csharp`, as in names.
fn words(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|character: char| !character.is_alphanumeric() && character != '#');
    words
        .filter(|word| !word.is_empty())
        .map(|word| word.to_lowercase().replace('#', "sharp"))
}

fn check(catalog: &Catalog, report: &mut Report<'_>) {
    for cards in catalog.neighbours() {
        let texts: Vec<&str> = cards.iter().map(|card| card.description.as_str()).collect();
        // Each skill is told of the one that it is most like: where many are alike, their pairs are legion.
        let mut nearest: BTreeMap<usize, (usize, f64)> = BTreeMap::new();
        let marks: Vec<OnceCell<Marks>> = cards.iter().map(|_| OnceCell::new()).collect();
        let marks = |at: usize| marks[at].get_or_init(|| Marks::of(cards[at]));
        for (a, b, alike) in likeness::pairs(&texts, THRESHOLD) {
            let is_nearer = nearest.get(&b).is_none_or(|known| alike > known.1);
            if is_nearer && cards[a].name != cards[b].name && !marks(a).are_of_family(marks(b)) {
                nearest.insert(b, (a, alike));
            }
        }
        for (b, (a, alike)) in nearest {
            let (a, b) = (cards[a], cards[b]);
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
