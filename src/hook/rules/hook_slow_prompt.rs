use crate::hook::Hooks;
use crate::lint::{Report, rule};

rule! {
    /// A handler of `UserPromptSubmit` may hold a prompt back for more than 30 seconds.
    ///
    /// The prompt waits for the hook. The default there is 30 seconds, shorter than elsewhere, for that reason; a longer `timeout` is
    /// allowed, and felt by everyone who types.
    ///
    /// ```json bad as=hooks
    /// {
    ///   "hooks": {
    ///     "UserPromptSubmit": [{ "hooks": [{ "type": "command", "command": "date", "timeout": 120 }] }]
    ///   }
    /// }
    /// ```
    ///
    /// ```json good as=hooks
    /// {
    ///   "hooks": {
    ///     "UserPromptSubmit": [{ "hooks": [{ "type": "command", "command": "date", "timeout": 5 }] }]
    ///   }
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Hooks reference", read 2026-08-22.
    "hook-slow-prompt", Pedantic, "0.1.0", Hooks, check
}

fn check(hooks: &Hooks, report: &mut Report<'_>) {
    for handler in hooks.handlers() {
        let Some(node) = handler.node.get("timeout") else {
            continue;
        };
        let seconds = node.as_number().unwrap_or(0.0);
        if handler.group.event.name == "UserPromptSubmit" && seconds > 30.0 {
            report
                .at(
                    &hooks.source,
                    node.span,
                    format!("a prompt may wait {seconds} seconds for this hook"),
                )
                .help("keep it at 30 or below");
        }
    }
}
