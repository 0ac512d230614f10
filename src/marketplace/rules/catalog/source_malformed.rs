use crate::lint::{Report, rule};
use crate::manifest::head;
use crate::marketplace::catalog::Marketplace;
use crate::marketplace::fields::SOURCES;
use crate::text::{nearest, printable};

rule! {
    /// The source of a plugin is missing, of a kind that there is not, or lacks what its kind needs.
    ///
    /// The marketplace does not load. There are relative paths and the kinds `github`, `url`, `git-subdir`, `npm`, `archive` and
    /// `command`; there is no `pip` and no `oci`.
    ///
    /// ```json bad
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "plugins": [{ "name": "a", "source": { "source": "git", "url": "https://example.com/a.git" } }]
    /// }
    /// ```
    ///
    /// ```json bad
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "plugins": [{ "name": "a" }, { "name": "b", "source": { "source": "github", "url": "https://github.com/team/b" } }]
    /// }
    /// ```
    ///
    /// ```json good
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "plugins": [
    ///     { "name": "a", "source": { "source": "url", "url": "https://example.com/a.git" } },
    ///     { "name": "b", "source": { "source": "github", "repo": "team/b" } }
    ///   ]
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Plugin marketplaces", section "Plugin sources", read 2026-08-22; `claude plugin validate`
    /// 2.1.329, run 2026-11.
    "source-malformed", Correctness, "0.1.0", Marketplace, check, refused_by [ClaudeCode]
}

fn check(marketplace: &Marketplace, report: &mut Report<'_>) {
    let file = marketplace.source();
    for entry in marketplace.entries() {
        let Some(source) = entry.source() else {
            report
                .at(file, head(entry.node), "the entry has no `source`")
                .help("say where the plugin lies: `\"source\": \"./plugins/a\"`");
            continue;
        };
        if source.as_str().is_some() {
            continue;
        }
        if source.as_map().is_none() {
            report
                .at(file, source.span, format!("`source` is a {}", source.type_name()))
                .help("write a path that begins with `./`, or an object");
            continue;
        }
        let kinds = || SOURCES.iter().map(|(kind, _)| *kind);
        let known = entry
            .kind()
            .and_then(|kind| SOURCES.iter().find(|(known, _)| *known == kind));
        if let Some((_, record)) = known {
            for fault in record.judge(source, file.text()) {
                report.at(file, fault.span, fault.message).help(fault.help);
            }
            continue;
        }
        let one_of = || format!("one of {}", kinds().collect::<Vec<_>>().join(", "));
        match (source.get("source"), entry.kind()) {
            (Some(node), Some(kind)) => {
                let finding = report.at(
                    file,
                    node.span,
                    format!("there is no kind of source `{}`", printable(kind)),
                );
                match nearest(kind, kinds()) {
                    Some(near) => finding.help(format!("did you mean `{near}`?")),
                    None if matches!(kind, "git" | "gitlab" | "bitbucket") => {
                        finding.help("write `url` for a repository of git, and its address in `url`")
                    }
                    None if matches!(kind, "local" | "directory" | "file" | "path") => {
                        finding.help("write the path itself: `\"source\": \"./plugins/a\"`")
                    }
                    None => finding.help(one_of()),
                };
            }
            (Some(node), None) => {
                report
                    .at(file, node.span, "the kind of source is not a string")
                    .help(one_of());
            }
            (None, _) => {
                report
                    .at(file, head(source), "the source does not say of which kind it is")
                    .help(format!("add `source`, {}", one_of()));
            }
        }
    }
}
