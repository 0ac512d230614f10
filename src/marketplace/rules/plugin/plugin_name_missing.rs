use crate::lint::{Report, rule};
use crate::manifest::name_fault;
use crate::marketplace::plugin::Plugin;

rule! {
    /// A plugin has no name.
    ///
    /// `name` is the one field that a manifest or an entry of a marketplace must have; without it nothing of the plugin is loaded.
    ///
    /// ```json bad
    /// { "description": "Reads PDF files", "version": "1.0.0" }
    /// ```
    ///
    /// ```json good
    /// { "name": "pdf-tools", "description": "Reads PDF files", "version": "1.0.0" }
    /// ```
    ///
    /// Source: Claude Code documentation, "Plugins reference", section "Required fields", read 2026-08-22.
    "plugin-name-missing", Correctness, "0.1.0", Plugin, check, refused_by [ClaudeCode]
}

fn check(plugin: &Plugin, report: &mut Report<'_>) {
    let Some(object) = plugin.object() else {
        return;
    };
    let Some((span, message)) = name_fault(object, "plugin") else {
        return;
    };
    report
        .at(plugin.source(), span, message)
        .help("name it in kebab case, as in `\"name\": \"pdf-tools\"`");
}
