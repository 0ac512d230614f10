use crate::lint::{Report, rule};
use crate::marketplace::catalog::Marketplace;
use crate::marketplace::rules::plugin::is_identifier;
use crate::marketplace::tree::is_kebab_name;
use crate::text::printable;

rule! {
    /// The name of a marketplace is not in kebab case.
    ///
    /// Claude Code takes other names; the documentation asks for kebab case, and people type the name.
    ///
    /// ```json bad
    /// { "name": "TeamTools", "owner": { "name": "Team" }, "description": "Tools", "plugins": [{ "name": "a", "source": "./a" }] }
    /// ```
    ///
    /// ```json good
    /// { "name": "team-tools", "owner": { "name": "Team" }, "description": "Tools", "plugins": [{ "name": "a", "source": "./a" }] }
    /// ```
    ///
    /// Source: Claude Code documentation, "Plugin marketplaces", section "Required fields", read 2026-08-22.
    "marketplace-name-not-kebab", Style, "0.1.0", Marketplace, check
}

fn check(marketplace: &Marketplace, report: &mut Report<'_>) {
    let Some((node, name)) = marketplace
        .get("name")
        .and_then(|node| Some((node, node.as_str()?)))
    else {
        return;
    };
    if is_identifier(name) && !is_kebab_name(name) {
        report
            .at(
                marketplace.source(),
                node.span,
                format!("`{}` is not in kebab case", printable(name)),
            )
            .help("use at most 64 lowercase letters, digits and single hyphens between them");
    }
}
