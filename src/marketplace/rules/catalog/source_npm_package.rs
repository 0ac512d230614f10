use crate::lint::{Report, rule};
use crate::marketplace::catalog::Marketplace;
use crate::text::printable;

rule! {
    /// `package` of an npm source is no name of a package.
    ///
    /// npm takes an address or a path for a package too, and runs its install scripts. A name is `package` or `@scope/package`, in
    /// lowercase.
    ///
    /// ```json bad
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "plugins": [{ "name": "a", "source": { "source": "npm", "package": "git+https://example.com/a" } }]
    /// }
    /// ```
    ///
    /// ```json good
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "plugins": [{ "name": "a", "source": { "source": "npm", "package": "@team/a", "version": "^2.0.0" } }]
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Plugin marketplaces", section "npm packages", read 2026-08-22; npm documentation,
    /// "package.json", section "name".
    "source-npm-package", Correctness, "0.1.0", Marketplace, check
}

fn check(marketplace: &Marketplace, report: &mut Report<'_>) {
    for entry in marketplace.entries() {
        let Some((package, node)) = entry.text(&["npm"], "package") else {
            continue;
        };
        let name = match package.strip_prefix('@') {
            Some(scoped) => scoped
                .split_once('/')
                .filter(|(scope, _)| is_name(scope))
                .map(|(_, name)| name),
            None => Some(package),
        };
        // An empty one is missing, and one with a hyphen an option; others say so.
        let is_other = package.trim().is_empty() || package.trim_start().starts_with('-');
        if !is_other && !name.is_some_and(is_name) {
            report
                .at(
                    marketplace.source(),
                    node.span,
                    format!("`{}` is no name of a package", printable(package)),
                )
                .help("write `package` or `@scope/package`; the version stands in `version`");
        }
    }
}

/// Old packages may have uppercase letters.
fn is_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(['.', '_', '-'])
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~'))
}
