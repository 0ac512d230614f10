use std::collections::BTreeMap;

use crate::document::tokens;
use crate::lint::{Report, rule};
use crate::workspace::{Card, Catalog};

rule! {
    /// The descriptions of the agents of a folder take more than about 15,000 tokens together.
    ///
    /// All of them stand in the context from the start, and Claude Code warns of it. Tokens are estimated.
    ///
    /// ```text bad
    /// agents/a.md | name: a | description: (40000 characters)
    /// agents/b.md | name: b | description: (40000 characters)
    /// ```
    ///
    /// ```text good
    /// agents/a.md | name: a | description: (900 characters)
    /// agents/b.md | name: b | description: (900 characters)
    /// ```
    ///
    /// Source: Claude Code, `/doctor`, warning about large cumulative agent descriptions.
    "agents-over-budget", Style, "0.1.0", Catalog, check
}

/// Most tokens of all descriptions of a folder.
const MOST: usize = 15_000;

fn check(catalog: &Catalog, report: &mut Report<'_>) {
    let mut by_root: BTreeMap<&str, Vec<&Card>> = BTreeMap::new();
    for card in catalog.agents() {
        by_root.entry(card.root()).or_default().push(card);
    }
    for (root, cards) in by_root {
        let total: usize = cards.iter().map(|card| tokens::estimate(&card.description)).sum();
        if total > MOST {
            let message = format!(
                "the descriptions of the {} agents here have about {total} tokens, more than {MOST}",
                cards.len()
            );
            let folder = if root.is_empty() { "this folder" } else { root };
            report
                .file(folder, message)
                .help("move examples out of the descriptions into the bodies of the agents");
        }
    }
}
