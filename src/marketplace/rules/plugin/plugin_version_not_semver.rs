use semver::Version;

use crate::lint::{Report, rule};
use crate::marketplace::plugin::Plugin;
use crate::text::printable;

rule! {
    /// The version of a plugin is not one of Semantic Versioning, such as `1.2.0`.
    ///
    /// Clients take any text and compare it letter by letter; but releases are tagged, and dependencies are resolved, by semantic
    /// versions only.
    ///
    /// ```json bad
    /// { "name": "pdf-tools", "description": "Reads PDF files", "version": "v1.2" }
    /// ```
    ///
    /// ```json good
    /// { "name": "pdf-tools", "description": "Reads PDF files", "version": "1.2.0" }
    /// ```
    ///
    /// Source: Claude Code documentation, "Plugins reference", section "Metadata fields", and "Plugin dependencies", read 2026-08-22.
    "plugin-version-not-semver", Suspicious, "0.1.0", Plugin, check
}

fn check(plugin: &Plugin, report: &mut Report<'_>) {
    let Some((node, version)) = plugin
        .get("version")
        .and_then(|node| Some((node, node.as_str()?)))
    else {
        return;
    };
    if Version::parse(version).is_err() {
        let shown = printable(version);
        report
            .at(
                plugin.source(),
                node.span,
                format!("`{shown}` is no semantic version"),
            )
            .help("write three numbers, as in `1.2.0`, or remove the field: the commit stands for it then");
    }
}
