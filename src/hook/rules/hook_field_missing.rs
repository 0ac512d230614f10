use crate::hook::Hooks;
use crate::hook::events::kind;
use crate::lint::{Report, rule};
use crate::manifest::head;

rule! {
    /// A handler lacks the field that its type needs: `command`, `url`, `prompt`, or `server` and `tool`.
    ///
    /// Claude Code leaves the handler out, or runs nothing where the field is empty.
    ///
    /// ```json bad as=hooks
    /// {
    ///   "hooks": {
    ///     "Stop": [{ "hooks": [{ "type": "prompt", "command": "Are all tasks done?" }] }]
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
    /// Source: Claude Code documentation, "Hooks reference", read 2026-08-22; `claude plugin validate` 2.1.329, run 2026-11.
    "hook-field-missing", Correctness, "0.1.0", Hooks, check, refused_by [ClaudeCode]
}

fn check(hooks: &Hooks, report: &mut Report<'_>) {
    for handler in hooks.handlers() {
        let Some(kind) = handler.kind().and_then(kind) else {
            continue;
        };
        for field in kind.required {
            let is_empty = match handler.node.pair(field) {
                None => None,
                Some((_, node)) => {
                    Some(node).filter(|node| node.as_str().is_some_and(|text| text.trim().is_empty()))
                }
            };
            let missing = handler.node.get(field).is_none();
            if missing || is_empty.is_some() {
                let span = is_empty.map_or_else(|| head(handler.node), |node| node.span);
                let what = if missing { "has no" } else { "has an empty" };
                report
                    .at(
                        &hooks.source,
                        span,
                        format!("a handler of type `{}` {what} `{field}`", kind.name),
                    )
                    .help(format!("write `{field}`"));
            }
        }
    }
}
