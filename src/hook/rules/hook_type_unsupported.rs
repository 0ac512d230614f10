use crate::hook::Hooks;
use crate::hook::events::{Takes, kind};
use crate::lint::{Report, rule};

rule! {
    /// A handler is of a type that its event does not run, such as `prompt` on `SessionStart`.
    ///
    /// Only events that wait for a decision take `prompt` and `agent`; `SessionStart` and `Setup` take `command` and `mcp_tool` only.
    ///
    /// ```json bad as=hooks
    /// {
    ///   "hooks": {
    ///     "SessionStart": [{ "hooks": [{ "type": "prompt", "prompt": "Is this project set up?" }] }]
    ///   }
    /// }
    /// ```
    ///
    /// ```json good as=hooks
    /// {
    ///   "hooks": {
    ///     "Stop": [{ "hooks": [{ "type": "prompt", "prompt": "Are all tasks done? $ARGUMENTS" }] }]
    ///   }
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Hooks reference", section "Prompt-based hooks", read 2026-08-22.
    "hook-type-unsupported", Correctness, "0.1.0", Hooks, check
}

fn check(hooks: &Hooks, report: &mut Report<'_>) {
    for handler in hooks.handlers() {
        let event = handler.group.event;
        let Some(kind) = handler.kind().and_then(kind) else {
            continue;
        };
        if event.takes.allows(kind.name) {
            continue;
        }
        let Some(node) = handler.node.get("type") else {
            continue;
        };
        let help = match event.takes {
            Takes::LocalOnly => "it runs `command` and `mcp_tool`",
            Takes::NoModel | Takes::All => "it runs `command`, `http` and `mcp_tool`",
        };
        report
            .at(
                &hooks.source,
                node.span,
                format!("`{}` does not run handlers of type `{}`", event.name, kind.name),
            )
            .help(help);
    }
}
