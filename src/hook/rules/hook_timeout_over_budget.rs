use crate::hook::Hooks;
use crate::lint::{Report, rule};

rule! {
    /// A handler of `SessionEnd` asks for more than 60 seconds.
    ///
    /// Hooks at the end of a session share 1.5 seconds; a longer `timeout` raises that, but never beyond 60.
    ///
    /// ```json bad as=settings
    /// {
    ///   "hooks": {
    ///     "SessionEnd": [{ "hooks": [{ "type": "command", "command": "date", "timeout": 300 }] }]
    ///   }
    /// }
    /// ```
    ///
    /// ```json good as=settings
    /// {
    ///   "hooks": {
    ///     "SessionEnd": [{ "hooks": [{ "type": "command", "command": "date", "timeout": 10 }] }]
    ///   }
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Hooks reference", read 2026-08-22.
    "hook-timeout-over-budget", Suspicious, "0.1.0", Hooks, check
}

fn check(hooks: &Hooks, report: &mut Report<'_>) {
    for handler in hooks.handlers() {
        let Some(node) = handler.node.get("timeout") else {
            continue;
        };
        let seconds = node.as_number().unwrap_or(0.0);
        let is_milliseconds = seconds >= 1000.0 && seconds % 1000.0 == 0.0;
        if handler.group.event.name == "SessionEnd" && seconds > 60.0 && !is_milliseconds {
            report
                .at(
                    &hooks.source,
                    node.span,
                    format!("`timeout` is {seconds} seconds, and `SessionEnd` ends after 60"),
                )
                .help("start a detached process for what takes longer");
        }
    }
}
