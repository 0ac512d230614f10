use crate::lint::{Report, rule};
use crate::marketplace::catalog::Marketplace;
use crate::marketplace::source::credentials;

rule! {
    /// The address of a plugin holds a password or a token.
    ///
    /// Everybody who can read the catalogue has it, and it stays in the history of the repository. It passes `claude plugin
    /// validate`.
    ///
    /// ```json bad
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "plugins": [{ "name": "a", "source": { "source": "url", "url": "https://ci:s3cret@example.com/a.git" } }]
    /// }
    /// ```
    ///
    /// ```json good
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "plugins": [{ "name": "a", "source": { "source": "url", "url": "https://example.com/a.git" } }]
    /// }
    /// ```
    ///
    /// Source: RFC 3986 section 3.2.1; `claude plugin validate` 2.1.329, run 2026-11.
    "source-url-credentials", Security, "0.1.0", Marketplace, check
}

fn check(marketplace: &Marketplace, report: &mut Report<'_>) {
    for entry in marketplace.entries() {
        let url = entry.text(&["url", "git-subdir", "archive"], "url");
        let registry = entry.text(&["npm"], "registry");
        for (address, node) in url.into_iter().chain(registry) {
            if let Some(range) = credentials(address) {
                let span = node.span_inside(marketplace.source().text(), range);
                report
                    .at(marketplace.source(), span, "the address holds a secret")
                    .sensitive()
                    .help("revoke it, and let git's credential helper or `ssh` sign users in");
            }
        }
    }
}
