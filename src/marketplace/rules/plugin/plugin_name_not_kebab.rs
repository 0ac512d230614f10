use crate::lint::{Report, rule};
use crate::marketplace::plugin::{Plugin, Written};
use crate::marketplace::tree::is_kebab_name;
use crate::text::printable;

use super::plugin_name_characters::is_identifier;

rule! {
    /// The name of a plugin is not in kebab case.
    ///
    /// Claude Code takes it, the marketplaces of claude.ai do not.
    ///
    /// ```json bad
    /// { "name": "pdf_tools", "description": "Reads PDF files" }
    /// ```
    ///
    /// ```json good
    /// { "name": "pdf-tools", "description": "Reads PDF files" }
    /// ```
    ///
    /// Source: Claude Code documentation, "Plugin marketplaces", section "Marketplace validation errors", read 2026-08-22.
    "plugin-name-not-kebab", Style, "0.1.0", Plugin, check
}

fn check(plugin: &Plugin, report: &mut Report<'_>) {
    let Some((node, name)) = plugin.get("name").and_then(|node| Some((node, node.as_str()?))) else {
        return;
    };
    let is_refused = name.trim().is_empty()
        || name.contains(' ')
        || (plugin.written == Written::Entry && !is_identifier(name));
    if !is_refused && !is_kebab_name(name) && name.len() <= 64 {
        report
            .at(
                plugin.source(),
                node.span,
                format!("`{}` is not in kebab case", printable(name)),
            )
            .help("use lowercase letters, digits and single hyphens between them");
    }
}
