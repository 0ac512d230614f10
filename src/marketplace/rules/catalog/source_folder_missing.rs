use crate::io::listing::Lookup;
use crate::lint::{Report, rule};
use crate::marketplace::catalog::Marketplace;
use crate::text::printable;

rule! {
    /// The folder of a plugin is not there.
    ///
    /// The plugin is listed and cannot be installed. `claude plugin validate` does not say so.
    ///
    /// ```json bad files=plugins/A/x
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "plugins": [{ "name": "a", "source": "./plugins/a" }]
    /// }
    /// ```
    ///
    /// ```json good files=plugins/a/x
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "plugins": [{ "name": "a", "source": "./plugins/a" }]
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Plugin marketplaces", section "Relative paths", read 2026-08-22.
    "source-folder-missing", Correctness, "0.1.0", Marketplace, check
}

fn check(marketplace: &Marketplace, report: &mut Report<'_>) {
    for entry in marketplace.entries() {
        let Some(((path, node), folder)) = entry.local().zip(marketplace.folder(&entry)) else {
            continue;
        };
        let path = printable(path);
        match marketplace.files.look(&folder) {
            Lookup::Missing { similar } => {
                let finding = report.at(
                    marketplace.source(),
                    node.span,
                    format!("there is no folder `{path}`"),
                );
                match similar {
                    Some(similar) => finding.help(format!(
                        "there is `./{}`: letter case counts",
                        printable(&similar)
                    )),
                    None => finding.help("paths begin at the folder that holds `.claude-plugin`"),
                };
            }
            Lookup::File { .. } => {
                report
                    .at(marketplace.source(), node.span, format!("`{path}` is a file"))
                    .help("name the folder of the plugin");
            }
            Lookup::Folder | Lookup::Unknown => {}
        }
    }
}
