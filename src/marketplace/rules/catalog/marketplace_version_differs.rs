use crate::diagnostic::Fix;
use crate::document::json;
use crate::document::tree::Node;
use crate::lint::{Report, rule};
use crate::marketplace::catalog::Marketplace;
use crate::text::{Edit, printable};

rule! {
    /// An entry has another version than the plugin's own `plugin.json`.
    ///
    /// The manifest's version counts; the entry's does nothing but mislead.
    ///
    /// ```json bad files=a/x.md at=a plugin={"name":"a","version":"2.0.0"}
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "plugins": [{ "name": "a", "source": "./a", "version": "1.0.0" }]
    /// }
    /// ```
    ///
    /// ```json good files=a/x.md at=a plugin={"name":"a","version":"2.0.0"}
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "plugins": [{ "name": "a", "source": "./a", "version": "2.0.0" }]
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Plugin marketplaces", section "Marketplace validation errors", read 2026-08-22; `claude
    /// plugin validate` 2.1.329, run 2026-11.
    "marketplace-version-differs", Suspicious, "0.1.0", Marketplace, check
}

fn check(marketplace: &Marketplace, report: &mut Report<'_>) {
    for entry in marketplace.entries() {
        let Some((node, listed)) = entry
            .node
            .get("version")
            .and_then(|node| Some((node, node.as_str()?)))
        else {
            continue;
        };
        let manifest = marketplace
            .folder(&entry)
            .and_then(|folder| marketplace.plugins.get(&folder));
        let own = manifest
            .and_then(|manifest| manifest.object()?.get("version"))
            .and_then(Node::as_str)
            .filter(|own| !own.is_empty() && *own != listed);
        if let Some(own) = own {
            let own = own.to_owned();
            let shown = printable(&own);
            report
                .at(
                    marketplace.source(),
                    node.span,
                    format!("the entry says `{}`, the plugin `{shown}`", printable(listed)),
                )
                .help("the plugin's own version counts: write it here too, or leave this one out")
                .fix(Fix::safe(
                    "write the plugin's version",
                    vec![Edit::replace(node.span, json::quoted(&own))],
                ));
        }
    }
}
