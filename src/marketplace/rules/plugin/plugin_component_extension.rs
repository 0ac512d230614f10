use crate::io::listing::Lookup;
use crate::lint::{Report, rule};
use crate::marketplace::plugin::{Component, Plugin, components};
use crate::text::printable;

rule! {
    /// A path in a manifest has the wrong ending: agents are `.md` files, hooks, MCP and language servers `.json` files.
    ///
    /// The usual case is a folder of agents. A folder cannot be named; the plugin does not load.
    ///
    /// ```json bad files=agents/reviewer.md
    /// { "name": "pdf-tools", "description": "Reads PDF files", "agents": "./agents/" }
    /// ```
    ///
    /// ```json good files=agents/reviewer.md
    /// { "name": "pdf-tools", "description": "Reads PDF files", "agents": ["./agents/reviewer.md"] }
    /// ```
    ///
    /// Source: Claude Code documentation, "Plugins reference", section "Component path fields", read 2026-08-22; `claude plugin
    /// validate` 2.1.329, run 2026-11.
    "plugin-component-extension", Correctness, "0.1.0", Plugin, check, refused_by [ClaudeCode]
}

fn check(plugin: &Plugin, report: &mut Report<'_>) {
    for component in plugin.object().map(components).unwrap_or_default() {
        let endings = component.field.endings;
        let is_sound = component.fault().is_none_or(|(_, meant)| meant.is_some());
        if endings.is_empty() || !is_sound || endings.iter().any(|ending| component.path.ends_with(ending)) {
            continue;
        }
        // What is not there needs no other ending.
        if matches!(plugin.files.look(component.path), Lookup::Missing { .. }) {
            continue;
        }
        let one_of: Vec<String> = endings.iter().map(|ending| format!("`{ending}`")).collect();
        let message = format!(
            "`{}` names `{}`, which does not end in {}",
            component.field.name,
            printable(component.path),
            one_of.join(" or ")
        );
        report
            .at(plugin.source(), component.node.span, message)
            .help(remedy(plugin, &component));
    }
}

fn remedy(plugin: &Plugin, component: &Component<'_>) -> String {
    if component.field.name != "agents" || plugin.files.look(component.path) != Lookup::Folder {
        return "name the file itself".to_owned();
    }
    let folder = component.path.trim_start_matches("./").trim_end_matches('/');
    if folder == "agents" {
        return "remove the field: the folder `agents` is read without it; or name each file".to_owned();
    }
    let inside = plugin.files.below(folder);
    let files = inside
        .entries()
        .filter(|(path, _)| path.strip_suffix(".md").is_some_and(|stem| !stem.contains('/')));
    let mut names: Vec<String> = files.map(|(path, _)| format!("`./{folder}/{path}`")).collect();
    let more = names.len().saturating_sub(3);
    names.truncate(3);
    match (names.is_empty(), more) {
        (true, _) => "name each file".to_owned(),
        (_, 0) => format!("name each file: {}", names.join(", ")),
        _ => format!("name each file: {} and {more} more", names.join(", ")),
    }
}
