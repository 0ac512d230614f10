use crate::lint::{Report, rule};
use crate::marketplace::catalog::Marketplace;
use crate::marketplace::reserved;
use crate::text::printable;

rule! {
    /// A marketplace has a name that is reserved, or that looks like one of Anthropic's.
    ///
    /// Claude Code refuses to add it, and stops loading it where it was added before. `claude plugin validate` lets many of these names
    /// pass, `agent-skills` among them. A marketplace whose owner is Anthropic may have them.
    ///
    /// ```json bad
    /// { "name": "agent-skills", "owner": { "name": "Team" }, "description": "Tools", "plugins": [{ "name": "a", "source": "./a" }] }
    /// ```
    ///
    /// ```json bad
    /// {
    ///   "name": "official-claude-plugins",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "plugins": [{ "name": "a", "source": "./a" }]
    /// }
    /// ```
    ///
    /// ```json good
    /// { "name": "team-skills", "owner": { "name": "Team" }, "description": "Tools", "plugins": [{ "name": "a", "source": "./a" }] }
    /// ```
    ///
    /// Source: Claude Code documentation, "Plugin marketplaces", section "Required fields", read 2026-08-22; `claude plugin validate`
    /// 2.1.329, run 2026-11.
    "marketplace-name-reserved", Correctness, "0.1.0", Marketplace, check, refused_by [ClaudeCode]
}

fn check(marketplace: &Marketplace, report: &mut Report<'_>) {
    let Some((node, name)) = marketplace
        .get("name")
        .and_then(|node| Some((node, node.as_str()?)))
    else {
        return;
    };
    if let Some(why) = reserved::marketplace(name)
        && !marketplace.is_official()
    {
        report
            .at(
                marketplace.source(),
                node.span,
                format!("`{}` {why}", printable(name)),
            )
            .help("choose a name of your own, such as that of your team");
    }
}
