use crate::lint::{Report, rule};
use crate::manifest::name_fault;
use crate::marketplace::catalog::Marketplace;

rule! {
    /// A marketplace has no name.
    ///
    /// Its plugins are installed as `plugin@marketplace`; without a name nothing of it is loaded.
    ///
    /// ```json bad
    /// { "owner": { "name": "Team" }, "description": "Tools", "plugins": [{ "name": "a", "source": "./a" }] }
    /// ```
    ///
    /// ```json good
    /// { "name": "team-tools", "owner": { "name": "Team" }, "description": "Tools", "plugins": [{ "name": "a", "source": "./a" }] }
    /// ```
    ///
    /// Source: Claude Code documentation, "Plugin marketplaces", section "Required fields", read 2026-08-22.
    "marketplace-name-missing", Correctness, "0.1.0", Marketplace, check, refused_by [ClaudeCode]
}

fn check(marketplace: &Marketplace, report: &mut Report<'_>) {
    let Some(object) = marketplace.object() else {
        return;
    };
    let Some((span, message)) = name_fault(object, "marketplace") else {
        return;
    };
    report
        .at(marketplace.source(), span, message)
        .help("name it in kebab case, as in `\"name\": \"team-tools\"`");
}
