use crate::hook::Hooks;
use crate::lint::{Report, rule};

rule! {
    /// `timeout` of a handler looks like milliseconds: it is a multiple of 1000.
    ///
    /// It counts seconds: `30000` is more than eight hours, in which a stuck hook blocks the session.
    ///
    /// ```json bad as=hooks
    /// {
    ///   "hooks": {
    ///     "Stop": [{ "hooks": [{ "type": "command", "command": "date", "timeout": 30000 }] }]
    ///   }
    /// }
    /// ```
    ///
    /// ```json good as=hooks
    /// {
    ///   "hooks": {
    ///     "Stop": [{ "hooks": [{ "type": "command", "command": "date", "timeout": 30 }] }]
    ///   }
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Hooks reference", read 2026-08-22.
    "hook-timeout-milliseconds", Suspicious, "0.1.0", Hooks, check
}

fn check(hooks: &Hooks, report: &mut Report<'_>) {
    for handler in hooks.handlers() {
        let Some(node) = handler.node.get("timeout") else {
            continue;
        };
        let seconds = node.as_number().unwrap_or(0.0);
        if seconds >= 1000.0 && seconds % 1000.0 == 0.0 {
            let meant = seconds / 1000.0;
            report
                .at(
                    &hooks.source,
                    node.span,
                    format!("`timeout` is {seconds} seconds"),
                )
                .help(format!("it counts seconds, not milliseconds: write `{meant}`"));
        }
    }
}
