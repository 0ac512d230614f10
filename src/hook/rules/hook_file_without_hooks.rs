use crate::hook::events;
use crate::hook::{HookFile, Place};
use crate::lint::{Report, rule};
use crate::manifest::head;

rule! {
    /// A plugin's hook file has no object `hooks`, or has events beside it.
    ///
    /// Events are looked for inside `hooks` only. A file without it keeps the plugin from loading; an event that stands at the top
    /// level never fires.
    ///
    /// ```json bad as=hooks
    /// {
    ///   "Stop": [{ "hooks": [{ "type": "command", "command": "date" }] }]
    /// }
    /// ```
    ///
    /// ```json good as=hooks
    /// {
    ///   "description": "Says when a turn ends",
    ///   "hooks": {
    ///     "Stop": [{ "hooks": [{ "type": "command", "command": "date" }] }]
    ///   }
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Hooks reference", read 2026-08-22; `claude plugin validate` 2.1.329, run 2026-11.
    "hook-file-without-hooks", Correctness, "0.1.0", HookFile, check, refused_by [ClaudeCode]
}

fn check(file: &HookFile, report: &mut Report<'_>) {
    let Some(object) = file.manifest.object() else {
        return;
    };
    let source = &file.manifest.source;
    let pairs = object.as_map().unwrap_or_default();
    let stray = pairs
        .iter()
        .filter(|(key, _)| key.as_str().is_some_and(|key| events::named(key).is_some()));
    let mut has_stray = false;
    for (key, _) in stray {
        has_stray = true;
        let event = key.as_str().unwrap_or_default();
        report
            .at(
                source,
                key.span,
                format!("the event `{event}` stands outside `hooks`"),
            )
            .help("move it into `\"hooks\": { … }`");
    }
    match object.get("hooks") {
        // Hooks can be modules of JavaScript instead.
        None if file.place == Place::PluginFile && !has_stray && object.get("modules").is_none() => {
            report
                .at(source, head(object), "the file has no object `hooks`")
                .help("write `\"hooks\": { … }` around the events");
        }
        Some(hooks) if hooks.as_map().is_none() => {
            let message = format!("`hooks` is a {}, not an object", hooks.type_name());
            report
                .at(source, hooks.span, message)
                .help("write events and their groups: `\"Stop\": [ … ]`");
        }
        _ => {}
    }
}
