use crate::lint::{Report, rule};
use crate::marketplace::catalog::Marketplace;
use crate::marketplace::source::{Address, git_address, shown};

rule! {
    /// The address of a plugin is no address of a git repository.
    ///
    /// A whole address is needed, with `https://` or `git@`. `owner/repo` is understood by the kinds `github` and `git-subdir` only, and
    /// `git://` is refused because it is not encrypted.
    ///
    /// ```json bad
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "plugins": [{ "name": "a", "source": { "source": "url", "url": "team/a" } }]
    /// }
    /// ```
    ///
    /// ```json good
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "plugins": [
    ///     { "name": "a", "source": { "source": "url", "url": "git@example.com:team/a.git" } },
    ///     { "name": "b", "source": { "source": "git-subdir", "url": "team/monorepo", "path": "tools/b" } }
    ///   ]
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Plugin marketplaces", sections "Git repositories" and "Git subdirectories", read 2026-08-22;
    /// `claude plugin install` 2.1.329, run 2026-11.
    "source-url-unusable", Correctness, "0.1.0", Marketplace, check
}

fn check(marketplace: &Marketplace, report: &mut Report<'_>) {
    for entry in marketplace.entries() {
        let Some((address, node)) = entry.text(&["url", "git-subdir"], "url") else {
            continue;
        };
        let kind = git_address(address);
        let is_short = kind == Address::Shorthand && entry.kind() == Some("url");
        if address.trim().is_empty() || !(is_short || matches!(kind, Address::Other | Address::Unencrypted)) {
            continue;
        }
        let finding = report.at(
            marketplace.source(),
            node.span,
            format!("`{}` is no address of a repository", shown(address)),
        );
        if is_short {
            finding.help(format!(
                "write `{{ \"source\": \"github\", \"repo\": \"{}\" }}`, or the whole URL",
                shown(address)
            ));
        } else {
            finding.help("write an encrypted address, as in `https://example.com/team/a.git`");
        }
    }
}
