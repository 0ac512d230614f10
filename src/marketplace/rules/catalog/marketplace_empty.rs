use crate::document::tree::Node;
use crate::lint::{Report, rule};
use crate::marketplace::catalog::Marketplace;

rule! {
    /// A marketplace lists no plugin.
    ///
    /// Nothing can be installed from it.
    ///
    /// ```json bad
    /// { "name": "team-tools", "owner": { "name": "Team" }, "description": "Tools", "plugins": [] }
    /// ```
    ///
    /// ```json good
    /// { "name": "team-tools", "owner": { "name": "Team" }, "description": "Tools", "plugins": [{ "name": "a", "source": "./a" }] }
    /// ```
    ///
    /// Source: Claude Code documentation, "Plugin marketplaces", section "Marketplace validation errors", read 2026-08-22.
    "marketplace-empty", Suspicious, "0.1.0", Marketplace, check
}

fn check(marketplace: &Marketplace, report: &mut Report<'_>) {
    if let Some(plugins) = marketplace.get("plugins")
        && plugins.as_list().is_some_and(<[Node]>::is_empty)
    {
        report
            .at(
                marketplace.source(),
                plugins.span,
                "the marketplace lists no plugin",
            )
            .help("add one, with `name` and `source`");
    }
}
