use crate::lint::{Report, rule};
use crate::marketplace::catalog::Marketplace;

rule! {
    /// An entry has a `headersHelper` and is not `strict: false`.
    ///
    /// The helper is a command that runs on the user's machine. Claude Code runs it only for an entry that tells the whole plugin
    /// itself, so that people can see what they install before it runs.
    ///
    /// ```json bad
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "plugins": [
    ///     { "name": "a", "source": { "source": "archive", "url": "https://example.com/a.zip" }, "headersHelper": "team-token" }
    ///   ]
    /// }
    /// ```
    ///
    /// ```json good
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "plugins": [
    ///     {
    ///       "name": "a",
    ///       "source": { "source": "archive", "url": "https://example.com/a.zip" },
    ///       "headersHelper": "team-token",
    ///       "strict": false,
    ///       "commands": ["./commands/deploy.md"]
    ///     }
    ///   ]
    /// }
    /// ```
    ///
    /// Source: `claude plugin validate` 2.1.329, run 2026-11.
    "marketplace-headers-helper", Correctness, "0.1.0", Marketplace, check, refused_by [ClaudeCode]
}

fn check(marketplace: &Marketplace, report: &mut Report<'_>) {
    for entry in marketplace
        .entries()
        .filter(|entry| entry.kind() == Some("archive"))
    {
        let is_strict = entry.node.get("strict").and_then(|strict| strict.as_bool()) != Some(false);
        if let Some((key, _)) = entry.node.pair("headersHelper").filter(|_| is_strict) {
            report
                .at(
                    marketplace.source(),
                    key.span,
                    "the helper is not run: the entry is not `strict: false`",
                )
                .help("add `\"strict\": false` and name the plugin's components in the entry");
        }
    }
}
