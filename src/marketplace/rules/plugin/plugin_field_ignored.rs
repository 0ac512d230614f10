use crate::lint::{Report, rule};
use crate::marketplace::fields::FREE;
use crate::marketplace::plugin::{Plugin, Written};

rule! {
    /// `metadata`, `experimental`, `engines` or `relevance` holds something other than an object.
    ///
    /// Claude Code passes over the field, and with it over what was meant.
    ///
    /// ```json bad
    /// { "name": "pdf-tools", "description": "Reads PDF files", "experimental": ["./themes"] }
    /// ```
    ///
    /// ```json good files=colours/dark.json
    /// { "name": "pdf-tools", "description": "Reads PDF files", "experimental": { "themes": "./colours" } }
    /// ```
    ///
    /// Source: Claude Code documentation, "Plugins reference", section "Unrecognized fields", read 2026-08-22; `claude plugin
    /// validate` 2.1.329, run 2026-11.
    "plugin-field-ignored", Suspicious, "0.1.0", Plugin, check
}

fn check(plugin: &Plugin, report: &mut Report<'_>) {
    let fields = FREE
        .iter()
        .filter(|field| plugin.written == Written::Entry || **field != "relevance");
    for field in fields {
        if let Some(value) = plugin.get(field).filter(|value| value.as_map().is_none()) {
            report
                .at(
                    plugin.source(),
                    value.span,
                    format!("`{field}` is a {}, and passed over", value.type_name()),
                )
                .help("write an object");
        }
    }
}
