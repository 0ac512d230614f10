use crate::diagnostic::Fix;
use crate::document::json;
use crate::lint::{Report, rule};
use crate::marketplace::plugin::{Plugin, components};
use crate::text::{Edit, printable};

rule! {
    /// A path in a manifest does not begin with `./`, leads out of the plugin, or has backslashes.
    ///
    /// Paths are taken from the plugin's folder and must stay in it. A plugin with another path does not load.
    ///
    /// ```json bad files=extra/deploy.md
    /// { "name": "pdf-tools", "description": "Reads PDF files", "commands": ["extra/deploy.md"] }
    /// ```
    ///
    /// ```json bad
    /// { "name": "pdf-tools", "description": "Reads PDF files", "skills": "../shared/skills" }
    /// ```
    ///
    /// ```json good files=extra/deploy.md,SKILL.md
    /// { "name": "pdf-tools", "description": "Reads PDF files", "commands": ["./extra/deploy.md"], "skills": "." }
    /// ```
    ///
    /// Source: Claude Code documentation, "Plugins reference", section "Path behavior rules", read 2026-08-22.
    "plugin-component-path", Correctness, "0.1.0", Plugin, check, refused_by [ClaudeCode]
}

fn check(plugin: &Plugin, report: &mut Report<'_>) {
    for component in plugin.object().map(components).unwrap_or_default() {
        let Some((fault, meant)) = component.fault() else {
            continue;
        };
        let path = printable(component.path);
        let finding = report.at(
            plugin.source(),
            component.node.span,
            format!("the path `{path}` of `{}` {fault}", component.field.name),
        );
        match meant {
            Some(meant) => finding
                .help(format!("write `{}`", printable(&meant)))
                .fix(Fix::safe(
                    "begin the path with `./`",
                    vec![Edit::replace(component.node.span, json::quoted(&meant))],
                )),
            None => finding.help("name a path inside the plugin's folder that begins with `./`"),
        };
    }
}
