use std::collections::HashMap;

use crate::lint::{Report, rule};
use crate::marketplace::catalog::Marketplace;
use crate::text::printable;

rule! {
    /// Two entries of a marketplace have the same name.
    ///
    /// Claude Code does not load such a marketplace.
    ///
    /// ```json bad
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "plugins": [{ "name": "a", "source": "./a" }, { "name": "a", "source": "./b" }]
    /// }
    /// ```
    ///
    /// ```json good
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "plugins": [{ "name": "a", "source": "./a" }, { "name": "b", "source": "./b" }]
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Plugin marketplaces", section "Marketplace validation errors", read 2026-08-22.
    "marketplace-duplicate-plugin", Correctness, "0.1.0", Marketplace, check, refused_by [ClaudeCode]
}

fn check(marketplace: &Marketplace, report: &mut Report<'_>) {
    let mut first = HashMap::new();
    for entry in marketplace.entries() {
        let Some((name, node)) = entry.name().zip(entry.node.get("name")) else {
            continue;
        };
        if let Some(&earlier) = first.get(name) {
            report
                .at(
                    marketplace.source(),
                    node.span,
                    format!("there is another plugin `{}`", printable(name)),
                )
                .label(earlier, "first listed here")
                .help("give each plugin a name of its own");
        } else {
            first.insert(name, node.span);
        }
    }
}
