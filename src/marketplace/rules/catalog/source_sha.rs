use crate::diagnostic::Fix;
use crate::document::json;
use crate::lint::{Report, rule};
use crate::marketplace::catalog::{GIT, Marketplace};
use crate::text::{Edit, printable};

rule! {
    /// `sha` of a source is not a whole commit hash: 40 lowercase hexadecimal digits.
    ///
    /// The marketplace does not load.
    ///
    /// ```json bad
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "plugins": [{ "name": "a", "source": { "source": "github", "repo": "team/a", "sha": "A1B2C3D4E5F6A7B8C9D0E1F2A3B4C5D6E7F8A9B0" } }]
    /// }
    /// ```
    ///
    /// ```json good
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "plugins": [{ "name": "a", "source": { "source": "github", "repo": "team/a", "sha": "a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6e7f8a9b0" } }]
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Plugin marketplaces", section "GitHub repositories", read 2026-08-22; `claude plugin
    /// validate` 2.1.329, run 2026-11.
    "source-sha", Correctness, "0.1.0", Marketplace, check, refused_by [ClaudeCode]
}

fn check(marketplace: &Marketplace, report: &mut Report<'_>) {
    for entry in marketplace.entries() {
        let Some((sha, node)) = entry.text(GIT, "sha") else {
            continue;
        };
        let is_hash = |text: &str| {
            text.len() == 40
                && text
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
        };
        if is_hash(sha) {
            continue;
        }
        let finding = report
            .at(
                marketplace.source(),
                node.span,
                format!("`{}` is no whole commit hash", printable(sha)),
            )
            .help("write all 40 hexadecimal digits, in lowercase");
        let lower = sha.to_ascii_lowercase();
        if is_hash(&lower) {
            finding.fix(Fix::safe(
                "write it in lowercase",
                vec![Edit::replace(node.span, json::quoted(&lower))],
            ));
        }
    }
}
