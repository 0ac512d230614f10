use crate::document::json;
use crate::document::tree::Node;
use crate::hook::{Hooks, Place};
use crate::lint::{Report, rule};
use crate::text::printable;

rule! {
    /// A hook prints JSON that Claude Code does not take as meant: `hookSpecificOutput` without the right `hookEventName`, or its
    /// fields outside of it.
    ///
    /// Output that does not fit is an error, and what it says is lost. Only JSON that stands in the command itself is looked at.
    ///
    /// ```json bad as=settings
    /// {
    ///   "hooks": {
    ///     "SessionStart": [
    ///       { "hooks": [{ "type": "command", "command": "echo '{\"additionalContext\":\"Use pnpm here.\"}'" }] }
    ///     ]
    ///   }
    /// }
    /// ```
    ///
    /// ```json bad as=settings
    /// {
    ///   "hooks": {
    ///     "PreToolUse": [
    ///       {
    ///         "matcher": "WebFetch",
    ///         "hooks": [{ "type": "command", "command": "echo '{\"hookSpecificOutput\":{\"permissionDecision\":\"deny\"}}'" }]
    ///       }
    ///     ]
    ///   }
    /// }
    /// ```
    ///
    /// ```json good as=settings
    /// {
    ///   "hooks": {
    ///     "SessionStart": [
    ///       {
    ///         "hooks": [
    ///           {
    ///             "type": "command",
    ///             "command": "echo '{\"hookSpecificOutput\":{\"hookEventName\":\"SessionStart\",\"additionalContext\":\"Use pnpm here.\"}}'"
    ///           }
    ///         ]
    ///       }
    ///     ]
    ///   }
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Hooks reference", section "JSON output", read 2026-08-22.
    "hook-output-shape", Correctness, "0.1.0", Hooks, check
}

/// Fields that count inside `hookSpecificOutput` only.
const INNER: &[&str] = &[
    "additionalContext",
    "initialUserMessage",
    "permissionDecision",
    "permissionDecisionReason",
    "updatedInput",
    "updatedToolOutput",
    "updatedMCPToolOutput",
];

fn check(hooks: &Hooks, report: &mut Report<'_>) {
    for handler in hooks.handlers() {
        let Some((_, node)) = handler.shell_command().filter(|(text, _)| text.contains('{')) else {
            continue;
        };
        let event = handler.group.event.name;
        for command in handler.shell_commands() {
            if !matches!(command.name(), "echo" | "printf") {
                continue;
            }
            for word in command
                .words
                .iter()
                .filter(|word| word.text.trim_start().starts_with('{'))
            {
                let Ok(output) = json::read(word.text.trim()) else {
                    continue;
                };
                let Some((message, help)) = fault(&output, event, hooks.place) else {
                    continue;
                };
                let span = node.span_inside(hooks.source.text(), word.span.clone());
                report.at(&hooks.source, span, message).help(help);
            }
        }
    }
}

/// What is wrong with an output, and what to do about it.
fn fault(output: &Node, event: &str, place: Place) -> Option<(String, String)> {
    if let Some(specific) = output
        .get("hookSpecificOutput")
        .filter(|specific| specific.as_map().is_some())
    {
        let named = specific.get("hookEventName").and_then(Node::as_str);
        // A `Stop` of a subagent is one of its own when it is run.
        let is_same =
            |named: &str| named == event || (place == Place::AgentFrontMatter && named == "SubagentStop");
        return match named {
            None => Some((
                "`hookSpecificOutput` has no `hookEventName`".to_owned(),
                format!("add `\"hookEventName\": \"{}\"`", printable(event)),
            )),
            Some(named) if !is_same(named) => Some((
                format!(
                    "the output is for `{}`, and the hook runs at `{}`",
                    printable(named),
                    printable(event)
                ),
                format!("write `\"hookEventName\": \"{}\"`", printable(event)),
            )),
            Some(_) => None,
        };
    }
    let stray = INNER.iter().find(|field| output.get(field).is_some())?;
    Some((
        format!("`{stray}` stands outside `hookSpecificOutput`"),
        format!(
            "write `{{\"hookSpecificOutput\": {{\"hookEventName\": \"{}\", \"{stray}\": …}}}}`",
            printable(event)
        ),
    ))
}
