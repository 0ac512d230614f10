use crate::diagnostic::Fix;
use crate::document::json;
use crate::lint::{Report, rule};
use crate::marketplace::catalog::Marketplace;
use crate::marketplace::source::{Address, git_address, is_repository, shown};
use crate::text::Edit;

rule! {
    /// `repo` of a `github` source is not `owner/repo`.
    ///
    /// The plugin cannot be fetched. A whole URL belongs in the kind `url`.
    ///
    /// ```json bad
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "plugins": [{ "name": "a", "source": { "source": "github", "repo": "https://github.com/team/a" } }]
    /// }
    /// ```
    ///
    /// ```json good
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "plugins": [{ "name": "a", "source": { "source": "github", "repo": "team/a" } }]
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Plugin marketplaces", section "GitHub repositories", read 2026-08-22.
    "source-github-repo", Correctness, "0.1.0", Marketplace, check
}

fn check(marketplace: &Marketplace, report: &mut Report<'_>) {
    for entry in marketplace.entries() {
        let Some((repo, node)) = entry.text(&["github"], "repo") else {
            continue;
        };
        let is_other = repo.trim().is_empty() || matches!(git_address(repo), Address::Flag | Address::Helper);
        if is_other || is_repository(repo) {
            continue;
        }
        let finding = report
            .at(
                marketplace.source(),
                node.span,
                format!("`{}` is not `owner/repo`", shown(repo)),
            )
            .help("write the owner and the repository, with one slash between them");
        let short = ["https://github.com/", "git@github.com:"]
            .iter()
            .find_map(|prefix| repo.strip_prefix(prefix))
            .map(|rest| rest.trim_end_matches('/').trim_end_matches(".git"));
        if let Some(short) = short.filter(|short| is_repository(short)) {
            finding.fix(Fix::risky(
                format!("write `{short}`"),
                vec![Edit::replace(node.span, json::quoted(short))],
            ));
        }
    }
}
