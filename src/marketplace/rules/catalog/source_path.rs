use crate::diagnostic::Fix;
use crate::document::json;
use crate::io::listing::Lookup;
use crate::lint::{Report, rule};
use crate::marketplace::catalog::Marketplace;
use crate::text::{Edit, printable};

rule! {
    /// The path of a plugin does not begin with `./`, leads out of the marketplace, or has backslashes.
    ///
    /// Paths are taken from the folder that holds `.claude-plugin`. The marketplace does not load with another. A bare name is allowed
    /// where `metadata.pluginRoot` says what it lies under.
    ///
    /// ```json bad files=plugins/a/x
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "plugins": [{ "name": "a", "source": "plugins/a" }, { "name": "b", "source": "../b" }]
    /// }
    /// ```
    ///
    /// ```json good files=plugins/a/x
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "plugins": [{ "name": "a", "source": "./plugins/a" }, { "name": "b", "source": "./" }]
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Plugin marketplaces", section "Relative paths", read 2026-08-22; `claude plugin validate`
    /// 2.1.329, run 2026-11.
    "source-path", Correctness, "0.1.0", Marketplace, check, refused_by [ClaudeCode]
}

fn check(marketplace: &Marketplace, report: &mut Report<'_>) {
    for entry in marketplace.entries() {
        let Some((path, node)) = entry.local() else {
            continue;
        };
        let is_bare = !path.contains(['/', '\\']) && !path.is_empty() && path != "..";
        let (fault, meant) = if path.split(['/', '\\']).any(|part| part == "..") {
            ("leads out of the marketplace", None)
        } else if path.contains('\\') {
            let slashed = path.replace('\\', "/");
            let slashed = slashed.trim_start_matches("./");
            ("has backslashes", Some(format!("./{slashed}")))
        } else if path.starts_with("./") || path == "." || (is_bare && marketplace.plugin_root().is_some()) {
            continue;
        } else {
            // Text that is no path here is none with `./` before it either.
            let prefixed = format!("./{path}");
            let is_there = marketplace.files.look(&prefixed) == Lookup::Folder
                && !path.starts_with('/')
                && !path.trim().is_empty();
            ("does not begin with `./`", is_there.then_some(prefixed))
        };
        let finding = report.at(
            marketplace.source(),
            node.span,
            format!("the path `{}` {fault}", printable(path)),
        );
        match meant {
            Some(meant) => finding
                .help(format!("write `{}`", printable(&meant)))
                .fix(Fix::safe(
                    "begin the path with `./`",
                    vec![Edit::replace(node.span, json::quoted(&meant))],
                )),
            None => {
                finding.help("name a folder below the one that holds `.claude-plugin`, as in `./plugins/a`")
            }
        };
    }
}
