use crate::lint::{Report, rule};
use crate::manifest::head;
use crate::marketplace::catalog::Marketplace;
use crate::marketplace::fields::PERSON;

rule! {
    /// A marketplace has no owner, or its owner has no name.
    ///
    /// Nothing of the marketplace is loaded.
    ///
    /// ```json bad
    /// { "name": "team-tools", "owner": "Team", "description": "Tools", "plugins": [{ "name": "a", "source": "./a" }] }
    /// ```
    ///
    /// ```json bad
    /// { "name": "team-tools", "description": "Tools", "plugins": [{ "name": "a", "source": "./a" }] }
    /// ```
    ///
    /// ```json good
    /// { "name": "team-tools", "owner": { "name": "Team" }, "description": "Tools", "plugins": [{ "name": "a", "source": "./a" }] }
    /// ```
    ///
    /// Source: Claude Code documentation, "Plugin marketplaces", section "Owner fields", read 2026-08-22.
    "marketplace-owner-missing", Correctness, "0.1.0", Marketplace, check, refused_by [ClaudeCode]
}

fn check(marketplace: &Marketplace, report: &mut Report<'_>) {
    let Some(object) = marketplace.object() else {
        return;
    };
    let help = "write `\"owner\": { \"name\": \"…\" }`";
    match object.get("owner") {
        None => {
            report
                .at(
                    marketplace.source(),
                    head(object),
                    "the marketplace has no `owner`",
                )
                .help(help);
        }
        Some(owner) => {
            for fault in PERSON.judge(owner, marketplace.source().text()) {
                let message = fault.message.replace("a person", "`owner`");
                report.at(marketplace.source(), fault.span, message).help(help);
            }
        }
    }
}
