use crate::lint::{Report, rule};
use crate::marketplace::catalog::Marketplace;
use crate::marketplace::source::{archive_fault, other_archive, shown};
use crate::text::printable;

rule! {
    /// An archive cannot be fetched or unpacked: its URL is not `https` or leads to the user's own machine, it is no zip file, or its
    /// `sha256` is none.
    ///
    /// Claude Code refuses it when the marketplace loads, or when the plugin is installed: a `.tar.gz` passes `claude plugin validate`
    /// and cannot be unpacked.
    ///
    /// ```json bad
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "plugins": [
    ///     { "name": "a", "source": { "source": "archive", "url": "http://example.com/a.zip" } },
    ///     { "name": "b", "source": { "source": "archive", "url": "https://example.com/b.tar.gz" } },
    ///     { "name": "c", "source": { "source": "archive", "url": "https://example.com/c.zip", "sha256": "sha256:6bfa50e3" } }
    ///   ]
    /// }
    /// ```
    ///
    /// ```json good
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "plugins": [{ "name": "a", "source": { "source": "archive", "url": "https://example.com/a.zip" } }]
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Plugin marketplaces", section "Zip archives", read 2026-08-22; `claude plugin validate`
    /// 2.1.329, run 2026-11.
    "source-archive", Correctness, "0.1.0", Marketplace, check, refused_by [ClaudeCode]
}

fn check(marketplace: &Marketplace, report: &mut Report<'_>) {
    for entry in marketplace.entries() {
        if let Some((url, node)) = entry
            .text(&["archive"], "url")
            .filter(|(url, _)| !url.trim().is_empty())
        {
            let shown = shown(url);
            if let Some(fault) = archive_fault(url) {
                report
                    .at(
                        marketplace.source(),
                        node.span,
                        format!("the archive `{shown}` {fault}"),
                    )
                    .help("write an `https` URL of a public or internal host");
            } else if let Some(ending) = other_archive(url) {
                report
                    .at(
                        marketplace.source(),
                        node.span,
                        format!("the archive `{shown}` is a `{ending}` file"),
                    )
                    .help("pack the plugin as a zip file");
            }
        }
        if let Some((digest, node)) = entry.text(&["archive"], "sha256") {
            let is_digest = digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
            if !is_digest {
                report
                    .at(
                        marketplace.source(),
                        node.span,
                        format!("`{}` is no SHA-256 digest", printable(digest)),
                    )
                    .help("write 64 hexadecimal digits and nothing before them");
            }
        }
    }
}
