use crate::lint::{Report, rule};
use crate::marketplace::catalog::Marketplace;

rule! {
    /// An entry has `headers` or `headersHelper`, and its source is no archive.
    ///
    /// Headers are sent when an archive is downloaded; with any other source they do nothing.
    ///
    /// ```json bad
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "plugins": [{ "name": "a", "source": { "source": "github", "repo": "team/a" }, "headersHelper": "team-token" }]
    /// }
    /// ```
    ///
    /// ```json good
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "plugins": [
    ///     { "name": "a", "source": { "source": "archive", "url": "https://example.com/a.zip" }, "headers": { "X-Team": "a" } }
    ///   ]
    /// }
    /// ```
    ///
    /// Source: `claude plugin validate` 2.1.329, run 2026-11.
    "marketplace-headers-ignored", Suspicious, "0.1.0", Marketplace, check
}

fn check(marketplace: &Marketplace, report: &mut Report<'_>) {
    for entry in marketplace
        .entries()
        .filter(|entry| entry.kind() != Some("archive"))
    {
        for name in ["headers", "headersHelper"] {
            if let Some((key, _)) = entry.node.pair(name) {
                report
                    .at(
                        marketplace.source(),
                        key.span,
                        format!("`{name}` does nothing: the source is no archive"),
                    )
                    .help("remove it");
            }
        }
    }
}
