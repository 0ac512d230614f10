use std::collections::{BTreeMap, BTreeSet};

use crate::lint::{Report, rule};
use crate::marketplace::catalog::Marketplace;
use crate::text::printable;

rule! {
    /// An entry of `renames` leads to no plugin: its chain of names ends nowhere, or in a circle.
    ///
    /// Whoever has the old name installed is not moved to the new one. `null` says that a plugin is gone.
    ///
    /// ```json bad
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "renames": { "formatter": "code-formatter" },
    ///   "plugins": [{ "name": "a", "source": "./a" }]
    /// }
    /// ```
    ///
    /// ```json good
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "renames": { "formatter": "code-formatter", "code-formatter": "a", "linter": null },
    ///   "plugins": [{ "name": "a", "source": "./a" }]
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Plugin marketplaces", section "Rename or remove a plugin", read 2026-08-22; `claude plugin
    /// validate` 2.1.329, run 2026-11.
    "marketplace-rename-unresolved", Correctness, "0.1.0", Marketplace, check, refused_by [ClaudeCode]
}

fn check(marketplace: &Marketplace, report: &mut Report<'_>) {
    let Some(pairs) = marketplace.get("renames").and_then(|renames| renames.as_map()) else {
        return;
    };
    let source = marketplace.source();
    let plugins: BTreeSet<&str> = marketplace.entries().filter_map(|entry| entry.name()).collect();
    let targets: BTreeMap<&str, Option<&str>> = pairs
        .iter()
        .filter_map(|(key, value)| Some((key.as_str()?, value.as_str())))
        .collect();
    for (key, value) in pairs {
        if value.as_str().is_none() && value.type_name() != "null" {
            report
                .at(
                    source,
                    value.span,
                    format!("a plugin is renamed to a {}", value.type_name()),
                )
                .help("write the new name, or `null` for a plugin that is gone");
            continue;
        }
        let Some(fault) = key.as_str().and_then(|name| fault(name, &targets, &plugins)) else {
            continue;
        };
        report
            .at(source, value.span, fault)
            .help("end at the name of a plugin that is listed, or at `null`");
    }
}

/// What is wrong with the chain of names that begins at `name`.
fn fault(name: &str, targets: &BTreeMap<&str, Option<&str>>, plugins: &BTreeSet<&str>) -> Option<String> {
    let mut seen = BTreeSet::new();
    let mut at = name;
    while let Some(&next) = targets.get(at) {
        if !seen.insert(at) {
            return Some(format!(
                "the renames of `{}` go round in a circle",
                printable(name)
            ));
        }
        at = next?;
        if plugins.contains(at) && !targets.contains_key(at) {
            return None;
        }
    }
    Some(format!(
        "`{}` is renamed to `{}`, which is not listed",
        printable(name),
        printable(at)
    ))
}
