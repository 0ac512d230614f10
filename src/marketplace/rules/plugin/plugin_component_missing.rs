use crate::io::listing::Lookup;
use crate::lint::{Report, rule};
use crate::marketplace::plugin::{Plugin, Target, components};
use crate::text::printable;

rule! {
    /// A path in a manifest leads to nothing, or to a file where a folder is expected.
    ///
    /// The component is not there when the plugin loads, and Claude Code reports the plugin as broken.
    ///
    /// ```json bad files=agents/reviewer.md
    /// { "name": "pdf-tools", "description": "Reads PDF files", "agents": ["./agents/Reviewer.md"] }
    /// ```
    ///
    /// ```json bad files=skills/pdf/SKILL.md
    /// { "name": "pdf-tools", "description": "Reads PDF files", "skills": ["./skills/pdf/SKILL.md"] }
    /// ```
    ///
    /// ```json good files=agents/reviewer.md,more/pdf/SKILL.md
    /// { "name": "pdf-tools", "description": "Reads PDF files", "agents": ["./agents/reviewer.md"], "skills": ["./more/pdf"] }
    /// ```
    ///
    /// Source: Claude Code documentation, "Plugin marketplaces", section "Read the validation results", read 2026-08-22; `claude plugin
    /// validate` 2.1.329, run 2026-11.
    "plugin-component-missing", Correctness, "0.1.0", Plugin, check, refused_by [ClaudeCode]
}

fn check(plugin: &Plugin, report: &mut Report<'_>) {
    for component in plugin.object().map(components).unwrap_or_default() {
        // A path that only lacks its `./` is looked for all the same.
        let is_sound = component.fault().is_none_or(|(_, meant)| meant.is_some());
        if !is_sound || component.is_remote() {
            continue;
        }
        let (field, path) = (component.field, printable(component.path));
        match plugin.files.look(&component.path.replace('\\', "/")) {
            Lookup::Missing { similar } => {
                let message = format!("`{}` names `{path}`, which is not there", field.name);
                let finding = report.at(plugin.source(), component.node.span, message);
                match similar {
                    Some(similar) => finding.help(format!(
                        "there is `./{}`: letter case counts",
                        printable(&similar)
                    )),
                    None => finding.help("paths begin at the plugin's folder, which holds `.claude-plugin`"),
                };
            }
            Lookup::File { .. } if field.target == Target::Folder => {
                let folder = path.rsplit_once('/').map_or(".", |(folder, _)| folder);
                report
                    .at(
                        plugin.source(),
                        component.node.span,
                        format!("`{}` names a file, `{path}`", field.name),
                    )
                    .help(format!("name the folder that holds it: `{folder}`"));
            }
            _ => {}
        }
    }
}
