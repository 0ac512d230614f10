use std::collections::BTreeSet;

use crate::document::tree::Node;
use crate::lint::{Report, rule};
use crate::marketplace::catalog::Marketplace;
use crate::text::printable;

rule! {
    /// An entry depends on a plugin that its marketplace does not list, or on another marketplace that is not allowed.
    ///
    /// A dependency is looked for in the same marketplace. One from another must be allowed in
    /// `allowCrossMarketplaceDependenciesOn`, or the installation ends with an error.
    ///
    /// ```json bad
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "plugins": [{ "name": "a", "source": "./a", "dependencies": [{ "name": "logger", "marketplace": "shared" }] }]
    /// }
    /// ```
    ///
    /// ```json good
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "allowCrossMarketplaceDependenciesOn": ["shared"],
    ///   "plugins": [
    ///     { "name": "a", "source": "./a", "dependencies": ["b", { "name": "logger", "marketplace": "shared" }] },
    ///     { "name": "b", "source": "./b" }
    ///   ]
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Plugin dependencies", read 2026-08-22.
    "marketplace-dependency-unresolved", Suspicious, "0.1.0", Marketplace, check
}

fn check(marketplace: &Marketplace, report: &mut Report<'_>) {
    let own = marketplace.get("name").and_then(Node::as_str).unwrap_or_default();
    let listed: BTreeSet<&str> = marketplace.entries().filter_map(|entry| entry.name()).collect();
    let allowed = marketplace
        .get("allowCrossMarketplaceDependenciesOn")
        .and_then(Node::as_list)
        .unwrap_or_default();
    let is_allowed = |name: &str| allowed.iter().any(|allowed| allowed.as_str() == Some(name));
    for entry in marketplace.entries() {
        for dependency in entry
            .node
            .get("dependencies")
            .and_then(Node::as_list)
            .unwrap_or_default()
        {
            let text = |field: &str| dependency.get(field).and_then(Node::as_str);
            // What stands behind an `@` may be a marketplace or a version.
            let (name, other) = match dependency.as_str() {
                Some(name) if name.contains('@') => continue,
                Some(name) => (name, None),
                None => (
                    text("name").unwrap_or_default(),
                    text("marketplace").filter(|other| *other != own),
                ),
            };
            match other {
                Some(other) if !is_allowed(other) => {
                    report
                        .at(
                            marketplace.source(),
                            dependency.span,
                            format!("plugins of `{}` are not allowed here", printable(other)),
                        )
                        .help(format!(
                            "add `{}` to `allowCrossMarketplaceDependenciesOn`",
                            printable(other)
                        ));
                }
                None if !name.is_empty() && !listed.contains(name) => {
                    report
                        .at(
                            marketplace.source(),
                            dependency.span,
                            format!("the marketplace lists no plugin `{}`", printable(name)),
                        )
                        .help("list it, or say in which `marketplace` it is");
                }
                _ => {}
            }
        }
    }
}
