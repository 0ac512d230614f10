use crate::hook::Hooks;
use crate::hook::events::kind;
use crate::lint::{Report, rule};

rule! {
    /// `async` or `asyncRewake` is set on a handler that is no command.
    ///
    /// Only commands run in the background; the field is passed over and the session waits.
    ///
    /// ```json bad as=hooks
    /// {
    ///   "hooks": {
    ///     "Stop": [{ "hooks": [{ "type": "agent", "prompt": "Run the tests. $ARGUMENTS", "async": true }] }]
    ///   }
    /// }
    /// ```
    ///
    /// ```json good as=hooks
    /// {
    ///   "hooks": {
    ///     "Stop": [{ "hooks": [{ "type": "command", "command": "npm test", "async": true }] }]
    ///   }
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Hooks reference", section "Run hooks in the background", read 2026-08-22.
    "hook-async-ignored", Suspicious, "0.1.0", Hooks, check
}

fn check(hooks: &Hooks, report: &mut Report<'_>) {
    for handler in hooks.handlers() {
        let Some(kind) = handler
            .kind()
            .and_then(kind)
            .filter(|kind| kind.name != "command")
        else {
            continue;
        };
        for field in ["async", "asyncRewake"] {
            if let Some((key, value)) = handler.node.pair(field)
                && value.as_bool() == Some(true)
            {
                report
                    .at(
                        &hooks.source,
                        key.span,
                        format!("`{field}` does nothing on a handler of type `{}`", kind.name),
                    )
                    .help("remove it, or run a command");
            }
        }
    }
}
