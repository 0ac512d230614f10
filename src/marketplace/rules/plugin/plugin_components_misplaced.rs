use std::collections::BTreeSet;

use crate::lint::{Report, rule};
use crate::marketplace::plugin::{Plugin, Written, components};

rule! {
    /// Components of a plugin lie inside `.claude-plugin`.
    ///
    /// That folder holds the manifest only. Skills, agents, commands and hooks are looked for beside it, in the plugin's own folder,
    /// and are not found.
    ///
    /// ```json bad files=.claude-plugin/skills/pdf/SKILL.md
    /// { "name": "pdf-tools", "description": "Reads PDF files" }
    /// ```
    ///
    /// ```json good files=skills/pdf/SKILL.md,.claude-plugin/icon.png
    /// { "name": "pdf-tools", "description": "Reads PDF files" }
    /// ```
    ///
    /// Source: Claude Code documentation, "Plugins reference", section "Plugin directory structure", read 2026-08-22.
    "plugin-components-misplaced", Correctness, "0.1.0", Plugin, check
}

const FOLDERS: &[&str] = &[
    "agents",
    "commands",
    "hooks",
    "monitors",
    "output-styles",
    "skills",
    "themes",
    "workflows",
];

fn check(plugin: &Plugin, report: &mut Report<'_>) {
    if plugin.written != Written::Manifest || !plugin.files.is_known() {
        return;
    }
    let inside = plugin.files.below(".claude-plugin");
    let folders: BTreeSet<&str> = inside
        .entries()
        .filter_map(|(path, _)| path.split_once('/').map(|(folder, _)| folder))
        .filter(|folder| FOLDERS.contains(folder))
        .collect();
    let named = plugin.object().map(components).unwrap_or_default();
    for folder in folders {
        let is_named = named.iter().any(|component| {
            let path = component.path.trim_start_matches("./");
            path.starts_with(&format!(".claude-plugin/{folder}"))
        });
        if !is_named {
            let path = plugin.source().path().to_string();
            report
                .file(
                    &path,
                    format!("the folder `.claude-plugin/{folder}` is not looked in"),
                )
                .help(format!("move it up, to `{folder}` beside `.claude-plugin`"));
        }
    }
}
