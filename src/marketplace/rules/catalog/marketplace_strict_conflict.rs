use crate::document::tree::{Node, Value};
use crate::lint::{Report, rule};
use crate::marketplace::catalog::Marketplace;
use crate::marketplace::plugin::PLUGIN_FILE;

rule! {
    /// An entry with `strict: false` declares components, and so does the plugin's own `plugin.json`.
    ///
    /// With `strict: false` the entry is the whole definition. A manifest that declares components beside it is a conflict, and the
    /// plugin does not load. `claude plugin validate` does not say so.
    ///
    /// ```json bad files=a/x.md at=a plugin={"name":"a","commands":"./x.md"}
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "plugins": [{ "name": "a", "source": "./a", "strict": false, "commands": "./x.md" }]
    /// }
    /// ```
    ///
    /// ```json good files=a/x.md at=a plugin={"name":"a","version":"1.0.0"}
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "plugins": [{ "name": "a", "source": "./a", "strict": false, "commands": "./x.md" }]
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Plugin marketplaces", section "Strict mode", read 2026-08-22; `claude plugin
    /// install` 2.1.329, run 2026-11.
    "marketplace-strict-conflict", Correctness, "0.1.0", Marketplace, check
}

/// What counts as a component.
const COMPONENTS: &[&str] = &[
    "skills",
    "commands",
    "agents",
    "hooks",
    "mcpServers",
    "outputStyles",
];

fn check(marketplace: &Marketplace, report: &mut Report<'_>) {
    for entry in marketplace.entries() {
        let Some(strict) = entry
            .node
            .get("strict")
            .filter(|strict| strict.as_bool() == Some(false))
        else {
            continue;
        };
        let manifest = marketplace
            .folder(&entry)
            .and_then(|folder| marketplace.plugins.get(&folder));
        let Some(object) = manifest.and_then(|manifest| manifest.object()) else {
            continue;
        };
        let declared = COMPONENTS
            .iter()
            .find(|name| object.get(name).is_some_and(|value| !is_empty(value)));
        if let Some(name) = declared {
            report
                .at(
                    marketplace.source(),
                    strict.span,
                    format!("with `strict: false`, the plugin's manifest may not declare `{name}`"),
                )
                .help(format!(
                    "move `{name}` from `{PLUGIN_FILE}` into this entry, or remove `strict`"
                ));
        }
    }
}

fn is_empty(node: &Node) -> bool {
    match &node.value {
        Value::List(items) => items.is_empty(),
        Value::Map(pairs) => pairs.is_empty(),
        _ => node.type_name() == "null",
    }
}
