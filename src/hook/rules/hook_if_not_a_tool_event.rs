use crate::hook::Hooks;
use crate::hook::events::Matches;
use crate::lint::{Report, rule};

rule! {
    /// A handler has `if` under an event that is not about a tool.
    ///
    /// `if` is held against a tool call. Where there is none, the hook never runs.
    ///
    /// ```json bad as=hooks
    /// {
    ///   "hooks": {
    ///     "Stop": [{ "hooks": [{ "type": "command", "command": "date", "if": "Bash(git *)" }] }]
    ///   }
    /// }
    /// ```
    ///
    /// ```json good as=hooks
    /// {
    ///   "hooks": {
    ///     "PostToolUse": [{ "matcher": "Bash", "hooks": [{ "type": "command", "command": "date", "if": "Bash(git *)" }] }]
    ///   }
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Hooks reference", section "Common fields", read 2026-08-22.
    "hook-if-not-a-tool-event", Correctness, "0.1.0", Hooks, check
}

fn check(hooks: &Hooks, report: &mut Report<'_>) {
    for handler in hooks.handlers() {
        // What the two events known to the validator only are about is not written down.
        let event = handler.group.event;
        if event.matches == Matches::Tool || event.name.ends_with("ModelSwitch") {
            continue;
        }
        if let Some((key, _)) = handler.node.pair("if") {
            report
                .at(
                    &hooks.source,
                    key.span,
                    format!("with `if`, a hook of `{}` never runs", event.name),
                )
                .help("remove it; let the command look at its input");
        }
    }
}
