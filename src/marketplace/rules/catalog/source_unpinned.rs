use crate::lint::{Report, rule};
use crate::manifest::head;
use crate::marketplace::catalog::{GIT, Marketplace};

rule! {
    /// A plugin is fetched from elsewhere without being pinned: a git source has no `sha`, an archive no `sha256`.
    ///
    /// Whoever can write to the other place decides what your users run. A pin holds them at what you have looked at; it has to be
    /// raised by hand, so the rule is off.
    ///
    /// ```json bad
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "plugins": [{ "name": "a", "source": { "source": "github", "repo": "other/a", "ref": "v1" } }]
    /// }
    /// ```
    ///
    /// ```json good
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "plugins": [{ "name": "a", "source": { "source": "github", "repo": "other/a", "sha": "a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6e7f8a9b0" } }]
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Plugin marketplaces", section "Plugin sources", read 2026-08-22.
    "source-unpinned", Pedantic, "0.1.0", Marketplace, check
}

fn check(marketplace: &Marketplace, report: &mut Report<'_>) {
    for entry in marketplace.entries() {
        let Some((kind, source)) = entry.kind().zip(entry.source()) else {
            continue;
        };
        let pin = match kind {
            _ if GIT.contains(&kind) => "sha",
            "archive" => "sha256",
            _ => continue,
        };
        if source.get(pin).is_none() {
            report
                .at(
                    marketplace.source(),
                    head(source),
                    format!("the source is not pinned: it has no `{pin}`"),
                )
                .help(format!("add `{pin}`"));
        }
    }
}
