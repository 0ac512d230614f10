use crate::lint::{Report, rule};
use crate::marketplace::catalog::{GIT, Marketplace};
use crate::text::printable;

rule! {
    /// `ref`, `version`, `package` or `path` of a source begins with a hyphen.
    ///
    /// On the command line of git or npm it is an option, and options such as `--upload-pack` run programs. No branch, tag or package
    /// is called so. It passes `claude plugin validate`, and is refused at installation.
    ///
    /// ```json bad
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "plugins": [{ "name": "a", "source": { "source": "github", "repo": "team/a", "ref": "--upload-pack=id" } }]
    /// }
    /// ```
    ///
    /// ```json good
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "plugins": [{ "name": "a", "source": { "source": "github", "repo": "team/a", "ref": "v1.2.0" } }]
    /// }
    /// ```
    ///
    /// Source: git documentation, "git-check-ref-format"; `claude plugin validate` 2.1.329, run 2026-11.
    "source-ref-option", Security, "0.1.0", Marketplace, check
}

fn check(marketplace: &Marketplace, report: &mut Report<'_>) {
    for entry in marketplace.entries() {
        let of_npm: &[&str] = &["npm"];
        let of_folder: &[&str] = &["git-subdir"];
        for (kinds, field) in [
            (GIT, "ref"),
            (of_npm, "package"),
            (of_npm, "version"),
            (of_folder, "path"),
        ] {
            if let Some((text, node)) = entry.text(kinds, field)
                && text.trim_start().starts_with('-')
            {
                report
                    .at(
                        marketplace.source(),
                        node.span,
                        format!("`{field}` is taken for an option: `{}`", printable(text)),
                    )
                    .help("remove the hyphen");
            }
        }
    }
}
