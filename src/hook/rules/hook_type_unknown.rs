use crate::hook::Hooks;
use crate::hook::events::{KINDS, kind};
use crate::lint::{Report, rule};
use crate::manifest::head;
use crate::text::{nearest, printable};

rule! {
    /// A handler has no `type`, or one that Claude Code does not have.
    ///
    /// The handler is left out; under `PreToolUse` and `PermissionRequest` everything around it is refused too.
    ///
    /// ```json bad as=hooks
    /// {
    ///   "hooks": {
    ///     "Stop": [{ "hooks": [{ "type": "script", "command": "date" }] }]
    ///   }
    /// }
    /// ```
    ///
    /// ```json bad as=hooks
    /// {
    ///   "hooks": {
    ///     "Stop": [{ "hooks": [{ "command": "date" }] }]
    ///   }
    /// }
    /// ```
    ///
    /// ```json good as=hooks
    /// {
    ///   "hooks": {
    ///     "Stop": [{ "hooks": [{ "type": "command", "command": "date" }] }]
    ///   }
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Hooks reference", read 2026-08-22; `claude plugin validate` 2.1.329, run 2026-11.
    "hook-type-unknown", Correctness, "0.1.0", Hooks, check, refused_by [ClaudeCode]
}

fn check(hooks: &Hooks, report: &mut Report<'_>) {
    for handler in hooks.handlers() {
        let names = || KINDS.iter().map(|kind| kind.name);
        let one_of = || format!("one of {}", names().collect::<Vec<_>>().join(", "));
        match handler.node.get("type") {
            None => {
                let event = handler.group.event.name;
                report
                    .at(
                        &hooks.source,
                        head(handler.node),
                        format!("a handler of `{event}` has no `type`"),
                    )
                    .help(one_of());
            }
            Some(node) if handler.kind().and_then(kind).is_none() => {
                let written = printable(hooks.source.slice(node.span));
                let finding = report.at(
                    &hooks.source,
                    node.span,
                    format!("there is no type of handler {}", written.replace('"', "`")),
                );
                let near = handler.kind().and_then(|written| nearest(written, names()));
                match near {
                    Some(near) => finding.help(format!("did you mean `{near}`?")),
                    None => finding.help(one_of()),
                };
            }
            Some(_) => {}
        }
    }
}
