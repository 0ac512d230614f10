use crate::document::tree::{Node, Value};
use crate::hook::events::named;
use crate::hook::{Hooks, Place};
use crate::lint::{Report, rule};

rule! {
    /// Hooks are not shaped as events, groups and handlers.
    ///
    /// An event holds a list of groups, a group an optional string `matcher` and a list `hooks`, and that list objects. Claude Code
    /// leaves out what is shaped otherwise; under `PreToolUse` and `PermissionRequest` it refuses everything around it, since the
    /// hook may have been a guard.
    ///
    /// ```json bad as=hooks
    /// {
    ///   "hooks": {
    ///     "PostToolUse": [{ "type": "command", "command": "date" }]
    ///   }
    /// }
    /// ```
    ///
    /// ```json bad as=hooks
    /// {
    ///   "hooks": {
    ///     "Stop": { "hooks": [{ "type": "command", "command": "date" }] }
    ///   }
    /// }
    /// ```
    ///
    /// ```json good as=hooks
    /// {
    ///   "hooks": {
    ///     "PostToolUse": [
    ///       { "matcher": "Edit|Write", "hooks": [{ "type": "command", "command": "date" }] }
    ///     ]
    ///   }
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Hooks reference", read 2026-08-22; `claude plugin validate` 2.1.329, run 2026-11.
    "hook-malformed", Correctness, "0.1.0", Hooks, check, refused_by [ClaudeCode]
}

fn check(hooks: &Hooks, report: &mut Report<'_>) {
    let mut say = |node: &Node, message: String, help: &str| {
        report.at(&hooks.source, node.span, message).help(help);
    };
    // In a file of its own that is said by the rule about the file.
    if hooks.node.as_map().is_none() && !is_alias(&hooks.node) {
        if !matches!(hooks.place, Place::PluginFile | Place::Settings) {
            let message = format!("`hooks` is a {}, not a map of events", hooks.node.type_name());
            say(&hooks.node, message, "write events and their groups");
        }
        return;
    }
    for (key, event, groups) in hooks.events() {
        if named(event).is_none() || is_alias(groups) {
            continue;
        }
        let Some(groups) = groups.as_list() else {
            let message = format!("`{event}` holds a {}, not a list of groups", groups.type_name());
            say(key, message, "put the group in a list: `[{ \"hooks\": [ … ] }]`");
            continue;
        };
        for group in groups.iter().filter(|group| !is_alias(group)) {
            if group.as_map().is_none() {
                let message = format!("a group of `{event}` is a {}, not an object", group.type_name());
                say(group, message, "write `{ \"hooks\": [ … ] }`");
                continue;
            }
            if let Some(matcher) = group.get("matcher")
                && matcher.as_str().is_none()
                && !is_alias(matcher)
            {
                let message = format!("the matcher is a {}, not a string", matcher.type_name());
                say(
                    matcher,
                    message,
                    "write names separated by `|`, as in `\"Edit|Write\"`",
                );
            }
            match group.get("hooks") {
                None => {
                    let help = if group.get("type").is_some() || group.get("command").is_some() {
                        "this is a handler: put it in a group, `{ \"hooks\": [ … ] }`"
                    } else {
                        "give the group a list `hooks` of handlers"
                    };
                    say(group, format!("a group of `{event}` has no list `hooks`"), help);
                }
                Some(handlers) if is_alias(handlers) => {}
                Some(handlers) => match handlers.as_list() {
                    None => {
                        let message = format!("`hooks` of a group is a {}, not a list", handlers.type_name());
                        say(handlers, message, "put the handler in a list");
                    }
                    Some(handlers) => {
                        for handler in handlers
                            .iter()
                            .filter(|node| node.as_map().is_none() && !is_alias(node))
                        {
                            let message = format!("a handler is a {}, not an object", handler.type_name());
                            say(
                                handler,
                                message,
                                "write `{ \"type\": \"command\", \"command\": \"…\" }`",
                            );
                        }
                    }
                },
            }
        }
    }
}

fn is_alias(node: &Node) -> bool {
    node.value == Value::Alias
}
