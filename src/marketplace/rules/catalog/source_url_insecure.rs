use crate::lint::{Report, rule};
use crate::marketplace::catalog::Marketplace;
use crate::marketplace::source::{Address, git_address, shown};

rule! {
    /// The address of a plugin is `http` or `file`, or its npm registry is `http`.
    ///
    /// Without encryption whoever is on the way can put in other code, which then runs with the user's rights; a `file` lies on one
    /// machine only.
    ///
    /// ```json bad
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "plugins": [{ "name": "a", "source": { "source": "url", "url": "http://example.com/a.git" } }]
    /// }
    /// ```
    ///
    /// ```json good
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "plugins": [{ "name": "a", "source": { "source": "url", "url": "https://example.com/a.git" } }]
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Plugin marketplaces", section "Git repositories", read 2026-08-22.
    "source-url-insecure", Suspicious, "0.1.0", Marketplace, check
}

fn check(marketplace: &Marketplace, report: &mut Report<'_>) {
    for entry in marketplace.entries() {
        let url = entry.text(&["url", "git-subdir"], "url");
        let registry = entry.text(&["npm"], "registry");
        for (address, node) in url.into_iter().chain(registry) {
            let (what, help) = match git_address(address) {
                Address::Insecure => ("is not encrypted", "write an `https` address"),
                Address::File => ("lies on one machine only", "write an `https` address"),
                _ => continue,
            };
            report
                .at(
                    marketplace.source(),
                    node.span,
                    format!("`{}` {what}", shown(address)),
                )
                .help(help);
        }
    }
}
