use crate::lint::{Report, rule};
use crate::marketplace::catalog::Marketplace;

rule! {
    /// A command that makes a plugin is longer than 500 characters, or not of printable ASCII with at most three spaces in a row.
    ///
    /// Users accept the exact line before it runs, so it must be shown whole. The marketplace does not load with another.
    ///
    /// ```json bad
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "plugins": [{ "name": "a", "source": { "source": "command", "command": "my-tool     plugin-path" } }]
    /// }
    /// ```
    ///
    /// ```json good
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "plugins": [{ "name": "a", "source": { "source": "command", "command": "my-tool plugin-path", "mode": "copy" } }]
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Plugin marketplaces", section "Command sources", read 2026-08-22; `claude plugin validate`
    /// 2.1.329, run 2026-11.
    "source-command", Correctness, "0.1.0", Marketplace, check, refused_by [ClaudeCode]
}

const LONGEST: usize = 500;

fn check(marketplace: &Marketplace, report: &mut Report<'_>) {
    for entry in marketplace.entries() {
        let Some((command, node)) = entry.text(&["command"], "command") else {
            continue;
        };
        let fault = if command.len() > LONGEST {
            "the command is longer than 500 characters"
        } else if !command.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
            "the command has characters that are not printable ASCII"
        } else if command.contains("    ") {
            "the command has four spaces in a row"
        } else {
            continue;
        };
        report
            .at(marketplace.source(), node.span, fault)
            .help("put what is long into the tool, and write a short line that can be read whole");
    }
}
