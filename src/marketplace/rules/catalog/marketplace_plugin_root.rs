use crate::lint::{Report, rule};
use crate::marketplace::catalog::Marketplace;
use crate::text::printable;

rule! {
    /// `metadata.pluginRoot` leads out of the marketplace, or is an absolute path.
    ///
    /// It is the folder that bare names of sources are looked for in, and must lie in the marketplace.
    ///
    /// ```json bad
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "metadata": { "pluginRoot": "../plugins" },
    ///   "plugins": [{ "name": "a", "source": "./a" }]
    /// }
    /// ```
    ///
    /// ```json good
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "metadata": { "pluginRoot": "./plugins" },
    ///   "plugins": [{ "name": "a", "source": "a" }]
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Plugin marketplaces", section "Relative paths", read 2026-08-22.
    "marketplace-plugin-root", Correctness, "0.1.0", Marketplace, check
}

fn check(marketplace: &Marketplace, report: &mut Report<'_>) {
    let Some((root, node)) = marketplace.plugin_root() else {
        return;
    };
    let leaves = root.split(['/', '\\']).any(|part| part == "..");
    if leaves || root.starts_with(['/', '\\', '~']) || root.contains(':') {
        report
            .at(
                marketplace.source(),
                node.span,
                format!("`{}` lies outside the marketplace", printable(root)),
            )
            .help("name a folder of the marketplace, as in `./plugins`");
    }
}
