use std::collections::BTreeMap;

use crate::lint::{Report, rule};
use crate::workspace::{Card, Catalog, listing};

rule! {
    /// The skills of a folder take more characters than Claude Code has for its listing of skills.
    ///
    /// A model chooses a skill by its description. Claude Code gives the listing 1% of the context window (8,000 characters at
    /// 200,000 tokens, `lint.limits.window_tokens`); beyond that it drops whole descriptions, the least used skills first, and a
    /// skill without a description is hardly ever chosen. Whoever installs only some of the skills is not concerned.
    /// `packwright skill listing` shows who is dropped at which window, and what Codex does.
    ///
    /// ```text bad
    /// skills/a/SKILL.md | name: a | description: (1500 characters)
    /// skills/b/SKILL.md | name: b | description: (1500 characters)
    /// skills/c/SKILL.md | name: c | description: (1500 characters)
    /// skills/d/SKILL.md | name: d | description: (1500 characters)
    /// skills/e/SKILL.md | name: e | description: (1500 characters)
    /// skills/f/SKILL.md | name: f | description: (1500 characters)
    /// ```
    ///
    /// ```text good
    /// skills/a/SKILL.md | name: a | description: (1500 characters)
    /// skills/b/SKILL.md | name: b | description: (1500 characters)
    /// ```
    ///
    /// Source: Claude Code documentation, "Skills", "Skill descriptions are cut short"; read 2026-11.
    "listing-over-budget", Style, "0.1.0", Catalog, check
}

fn check(catalog: &Catalog, report: &mut Report<'_>) {
    let window = report.options().limits.window_tokens;
    let budget = &listing::BUDGETS[0];
    let mut by_root: BTreeMap<&str, Vec<&Card>> = BTreeMap::new();
    for card in catalog.skills().filter(|card| card.is_listed) {
        by_root.entry(card.root()).or_default().push(card);
    }
    for (root, cards) in by_root {
        let listing = budget.list(&cards, window);
        if listing.wanted <= listing.budget {
            continue;
        }
        let folder = if root.is_empty() { "this folder" } else { root };
        report
            .file(
                folder,
                format!(
                    "the {} skills here take {} characters of a listing that has {} at {window} tokens",
                    cards.len(),
                    listing.wanted,
                    listing.budget
                ),
            )
            .help("shorten descriptions, or set `disable-model-invocation: true` where a person calls the skill; `packwright skill listing` shows each");
    }
}
