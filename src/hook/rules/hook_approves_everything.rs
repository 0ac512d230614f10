use crate::document::shell;
use crate::hook::Hooks;
use crate::lint::{Report, rule};

rule! {
    /// A hook approves whatever is asked: it prints `allow` without looking, and its matcher lets everything through.
    ///
    /// Every tool call is permitted, shell commands and writes among them, and nobody is asked any more.
    ///
    /// ```json bad as=settings
    /// {
    ///   "hooks": {
    ///     "PermissionRequest": [
    ///       {
    ///         "hooks": [
    ///           {
    ///             "type": "command",
    ///             "command": "echo '{\"hookSpecificOutput\":{\"hookEventName\":\"PermissionRequest\",\"decision\":{\"behavior\":\"allow\"}}}'"
    ///           }
    ///         ]
    ///       }
    ///     ]
    ///   }
    /// }
    /// ```
    ///
    /// ```json good as=settings
    /// {
    ///   "hooks": {
    ///     "PermissionRequest": [
    ///       {
    ///         "matcher": "ExitPlanMode",
    ///         "hooks": [
    ///           {
    ///             "type": "command",
    ///             "command": "echo '{\"hookSpecificOutput\":{\"hookEventName\":\"PermissionRequest\",\"decision\":{\"behavior\":\"allow\"}}}'"
    ///           }
    ///         ]
    ///       }
    ///     ]
    ///   }
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Automate actions with hooks", read 2026-08-22.
    "hook-approves-everything", Security, "0.1.0", Hooks, check
}

fn check(hooks: &Hooks, report: &mut Report<'_>) {
    for handler in hooks.handlers() {
        let key = match handler.group.event.name {
            "PermissionRequest" => "behavior",
            "PreToolUse" => "permissionDecision",
            _ => continue,
        };
        let Some((text, node)) = handler.shell_command().filter(|_| handler.group.matches_all()) else {
            continue;
        };
        // A condition anywhere makes it a decision.
        let is_unconditional = handler.node.get("if").is_none()
            && matches!(shell::commands(text).as_slice(), [only] if matches!(only.name(), "echo" | "printf" | "cat" | "jq"));
        if is_unconditional && says_allow(text, key) {
            report
                .at(
                    &hooks.source,
                    node.span,
                    format!("this hook allows every {}", what(handler.group.event.name)),
                )
                .help("name the tools in `matcher`, as narrowly as you can");
        }
    }
}

/// Whether the text has `"key": "allow"`, in whatever quotes.
fn says_allow(text: &str, key: &str) -> bool {
    text.match_indices(key).any(|(at, key)| {
        let rest = text[at + key.len()..].trim_start_matches(['"', '\'', '\\', ' ', ':']);
        rest.starts_with("allow")
    })
}

fn what(event: &str) -> &'static str {
    if event == "PreToolUse" {
        "tool call"
    } else {
        "permission request"
    }
}
