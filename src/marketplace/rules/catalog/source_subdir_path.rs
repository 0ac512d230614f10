use crate::diagnostic::Fix;
use crate::document::json;
use crate::lint::{Report, rule};
use crate::marketplace::catalog::Marketplace;
use crate::text::{Edit, printable};

rule! {
    /// `path` of a `git-subdir` source is absolute, leads out of the repository, or has backslashes.
    ///
    /// It is a folder of the repository. An absolute path passes `claude plugin validate` and leads nowhere.
    ///
    /// ```json bad
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "plugins": [{ "name": "a", "source": { "source": "git-subdir", "url": "https://example.com/m.git", "path": "/tools/a" } }]
    /// }
    /// ```
    ///
    /// ```json good
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "plugins": [{ "name": "a", "source": { "source": "git-subdir", "url": "https://example.com/m.git", "path": "tools/a" } }]
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Plugin marketplaces", section "Git subdirectories", read 2026-08-22; `claude plugin
    /// validate` 2.1.329, run 2026-11.
    "source-subdir-path", Correctness, "0.1.0", Marketplace, check, refused_by [ClaudeCode]
}

fn check(marketplace: &Marketplace, report: &mut Report<'_>) {
    for entry in marketplace.entries() {
        let Some((path, node)) = entry.text(&["git-subdir"], "path") else {
            continue;
        };
        let is_drive = path.as_bytes().get(1) == Some(&b':');
        let (fault, meant) = if path.split(['/', '\\']).any(|part| part == "..") {
            ("leads out of the repository", None)
        } else if path.contains('\\') && !is_drive {
            ("has backslashes", Some(path.replace('\\', "/")))
        } else if path.starts_with(['/', '~']) || is_drive {
            (
                "is absolute",
                path.starts_with('/')
                    .then(|| path.trim_start_matches('/').to_owned()),
            )
        } else {
            continue;
        };
        let finding = report
            .at(
                marketplace.source(),
                node.span,
                format!("the path `{}` {fault}", printable(path)),
            )
            .help("name the folder from the root of the repository, as in `tools/a`");
        if let Some(meant) = meant.filter(|meant| !meant.is_empty() && !meant.starts_with('/')) {
            finding.fix(Fix::risky(
                "name it from the root of the repository",
                vec![Edit::replace(node.span, json::quoted(&meant))],
            ));
        }
    }
}
