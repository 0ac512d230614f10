use crate::lint::{Report, rule};
use crate::marketplace::catalog::Marketplace;
use crate::marketplace::reserved;
use crate::text::printable;

rule! {
    /// A marketplace is called by a word that means something else to a client: a kind of source such as `npm` or `github`, or `org`,
    /// `org-provisioned` or `unknown`.
    ///
    /// Claude Code takes the name; Claude Desktop refuses the last three, and people cannot tell `tool@npm` from a package.
    ///
    /// ```json bad
    /// { "name": "npm", "owner": { "name": "Team" }, "description": "Tools", "plugins": [{ "name": "a", "source": "./a" }] }
    /// ```
    ///
    /// ```json good
    /// { "name": "team-tools", "owner": { "name": "Team" }, "description": "Tools", "plugins": [{ "name": "a", "source": "./a" }] }
    /// ```
    ///
    /// Source: Claude Code documentation, "Plugin marketplaces", section "Marketplace validation errors", read 2026-08-22.
    "marketplace-name-ambiguous", Suspicious, "0.1.0", Marketplace, check
}

fn check(marketplace: &Marketplace, report: &mut Report<'_>) {
    let Some((node, name)) = marketplace
        .get("name")
        .and_then(|node| Some((node, node.as_str()?)))
    else {
        return;
    };
    if reserved::is_ambiguous(name) {
        report
            .at(
                marketplace.source(),
                node.span,
                format!("`{}` means something else to clients", printable(name)),
            )
            .help("choose a name of your own, such as that of your team");
    }
}
