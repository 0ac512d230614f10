use crate::lint::{Report, rule};
use crate::manifest::head;
use crate::marketplace::catalog::Marketplace;

rule! {
    /// A marketplace has no description.
    ///
    /// People who browse see the name alone. `metadata.description` counts too.
    ///
    /// ```json bad
    /// { "name": "team-tools", "owner": { "name": "Team" }, "plugins": [{ "name": "a", "source": "./a" }] }
    /// ```
    ///
    /// ```json good
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "metadata": { "description": "Tools" },
    ///   "plugins": [{ "name": "a", "source": "./a" }]
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Plugin marketplaces", section "Marketplace validation errors", read 2026-08-22.
    "marketplace-description-missing", Style, "0.1.0", Marketplace, check
}

fn check(marketplace: &Marketplace, report: &mut Report<'_>) {
    let Some(object) = marketplace.object() else {
        return;
    };
    let metadata = object
        .get("metadata")
        .and_then(|metadata| metadata.get("description"));
    if object.get("description").or(metadata).is_none() {
        report
            .at(
                marketplace.source(),
                head(object),
                "the marketplace has no description",
            )
            .help("add one sentence: `\"description\": \"…\"`");
    }
}
