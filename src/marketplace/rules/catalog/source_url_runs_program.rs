use crate::lint::{Report, rule};
use crate::marketplace::catalog::Marketplace;
use crate::marketplace::source::{Address, git_address, shown};

rule! {
    /// The address of a plugin makes git run a program: it names a transport with `::`, such as `ext::`, or begins with a hyphen.
    ///
    /// `ext::sh -c …` is a command line, and `--upload-pack=…` an option that holds one. Both pass `claude plugin validate`; Claude Code
    /// 2.1.329 refuses them at installation, other clients may not.
    ///
    /// ```json bad
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "plugins": [{ "name": "a", "source": { "source": "url", "url": "ext::sh -c id" } }]
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
    /// Source: git documentation, "gitremote-helpers" and "git-remote-ext"; `claude plugin validate` 2.1.329, run 2026-11.
    "source-url-runs-program", Security, "0.1.0", Marketplace, check
}

fn check(marketplace: &Marketplace, report: &mut Report<'_>) {
    for entry in marketplace.entries() {
        let url = entry.text(&["url", "git-subdir"], "url");
        let repository = entry.text(&["github"], "repo");
        for (address, node) in url.into_iter().chain(repository) {
            let what = match git_address(address) {
                Address::Helper => "makes git run a program",
                Address::Flag => "is taken for an option of git",
                _ => continue,
            };
            report
                .at(
                    marketplace.source(),
                    node.span,
                    format!("the address `{}` {what}", shown(address)),
                )
                .help("write an `https` or `ssh` address");
        }
    }
}
