use crate::io::files::EntryKind;
use crate::lint::{Report, rule};
use crate::marketplace::plugin::{PATHS, Plugin, Written, components, field};

rule! {
    /// A plugin has a default folder such as `agents`, and a manifest field that takes its place.
    ///
    /// With the field set, the folder is not looked in any more. Only `skills` adds to its folder; `commands`, `agents`,
    /// `workflows` and `outputStyles` replace theirs.
    ///
    /// ```json bad files=agents/reviewer.md,more/writer.md
    /// { "name": "pdf-tools", "description": "Reads PDF files", "agents": ["./more/writer.md"] }
    /// ```
    ///
    /// ```json good files=agents/reviewer.md,more/writer.md
    /// { "name": "pdf-tools", "description": "Reads PDF files", "agents": ["./agents/reviewer.md", "./more/writer.md"] }
    /// ```
    ///
    /// Source: Claude Code documentation, "Plugins reference", section "Path behavior rules", read 2026-08-22.
    "plugin-default-folder-shadowed", Suspicious, "0.1.0", Plugin, check
}

fn check(plugin: &Plugin, report: &mut Report<'_>) {
    let Some(object) = plugin.object().filter(|_| plugin.written == Written::Manifest) else {
        return;
    };
    let named = components(object);
    for path_field in PATHS {
        let Some(folder) = path_field.replaces else {
            continue;
        };
        let Some(node) = field(object, path_field.name) else {
            continue;
        };
        let own: Vec<&str> = named
            .iter()
            .filter(|component| component.field.name == path_field.name)
            .map(|component| component.path.trim_start_matches("./").trim_end_matches('/'))
            .collect();
        let names_folder =
            |path: &&str| path.is_empty() || *path == folder || path.starts_with(&format!("{folder}/"));
        let inside = plugin.files.below(folder);
        let has_files = inside.entries().any(|(_, kind)| *kind != EntryKind::Folder);
        if has_files && !own.is_empty() && !own.iter().any(names_folder) {
            report
                .at(
                    plugin.source(),
                    node.span,
                    format!(
                        "with `{}` set, the folder `{folder}` is not looked in",
                        path_field.name
                    ),
                )
                .help(format!(
                    "name what lies in `{folder}` here too, or remove the folder"
                ));
        }
    }
}
