use crate::lint::{Report, rule};
use crate::marketplace::catalog::Marketplace;
use crate::marketplace::rules::plugin::is_identifier;
use crate::text::printable;

rule! {
    /// The name of a marketplace has characters that it cannot have.
    ///
    /// Plugins are called `plugin@marketplace`, of which each part is ASCII letters, digits, `.`, `_` and `-`, and begins with a letter
    /// or digit. Claude Code cannot install from the marketplace, and some names it does not load.
    ///
    /// ```json bad
    /// { "name": "Team Tools", "owner": { "name": "Team" }, "description": "Tools", "plugins": [{ "name": "a", "source": "./a" }] }
    /// ```
    ///
    /// ```json good
    /// { "name": "team-tools", "owner": { "name": "Team" }, "description": "Tools", "plugins": [{ "name": "a", "source": "./a" }] }
    /// ```
    ///
    /// Source: `claude plugin validate` 2.1.329, run 2026-11.
    "marketplace-name-characters", Correctness, "0.1.0", Marketplace, check, refused_by [ClaudeCode]
}

fn check(marketplace: &Marketplace, report: &mut Report<'_>) {
    let Some((node, name)) = marketplace
        .get("name")
        .and_then(|node| Some((node, node.as_str()?)))
    else {
        return;
    };
    if !name.trim().is_empty() && !is_identifier(name) {
        let message = format!(
            "nothing can be installed from a marketplace called `{}`",
            printable(name)
        );
        report
            .at(marketplace.source(), node.span, message)
            .help("use lowercase letters, digits and hyphens");
    }
}
