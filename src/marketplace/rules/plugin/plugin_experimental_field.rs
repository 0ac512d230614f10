use crate::lint::{Report, rule};
use crate::marketplace::plugin::Plugin;

rule! {
    /// `themes` or `monitors` stands at the top level of a manifest.
    ///
    /// Both are experimental and belong under `experimental`. They still load where they are; a later release will not take them.
    ///
    /// ```json bad files=themes/dark.json
    /// { "name": "pdf-tools", "description": "Reads PDF files", "themes": "./themes" }
    /// ```
    ///
    /// ```json good files=themes/dark.json
    /// { "name": "pdf-tools", "description": "Reads PDF files", "experimental": { "themes": "./themes" } }
    /// ```
    ///
    /// Source: Claude Code documentation, "Plugins reference", section "Experimental components", read 2026-08-22.
    "plugin-experimental-field", Style, "0.1.0", Plugin, check
}

fn check(plugin: &Plugin, report: &mut Report<'_>) {
    for name in ["themes", "monitors"] {
        if let Some((key, _)) = plugin.object().and_then(|object| object.pair(name)) {
            report
                .at(
                    plugin.source(),
                    key.span,
                    format!("`{name}` belongs under `experimental`"),
                )
                .help(format!("write `\"experimental\": {{ \"{name}\": … }}`"));
        }
    }
}
