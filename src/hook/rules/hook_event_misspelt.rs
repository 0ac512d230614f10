use crate::diagnostic::Fix;
use crate::document::json;
use crate::hook::Hooks;
use crate::hook::events::{EVENTS, named};
use crate::lint::{Report, rule};
use crate::text::{Edit, nearest, printable};

rule! {
    /// An event is spelt almost like one that Claude Code has.
    ///
    /// Names of events are compared letter by letter; a hook under another name never runs, and a guard that never runs guards
    /// nothing.
    ///
    /// ```json bad as=hooks
    /// {
    ///   "hooks": {
    ///     "preToolUse": [{ "matcher": "Bash", "hooks": [{ "type": "command", "command": "date" }] }]
    ///   }
    /// }
    /// ```
    ///
    /// ```json good as=hooks
    /// {
    ///   "hooks": {
    ///     "PreToolUse": [{ "matcher": "Bash", "hooks": [{ "type": "command", "command": "date" }] }]
    ///   }
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Hooks reference", read 2026-08-22; `claude plugin validate` 2.1.329, run 2026-11.
    "hook-event-misspelt", Correctness, "0.1.0", Hooks, check
}

fn check(hooks: &Hooks, report: &mut Report<'_>) {
    for (key, event, _) in hooks.events() {
        if named(event).is_some() {
            continue;
        }
        let Some(near) = near(event) else {
            continue;
        };
        let finding = report
            .at(
                &hooks.source,
                key.span,
                format!("there is no event `{}`", printable(event)),
            )
            .help(format!("did you mean `{near}`?"));
        if hooks.node.get(near).is_none() {
            let is_quoted = hooks.source.slice(key.span).starts_with('"');
            let replacement = if is_quoted {
                json::quoted(near)
            } else {
                near.to_owned()
            };
            finding.fix(Fix::risky(
                format!("rename the event to `{near}`"),
                vec![Edit::replace(key.span, replacement)],
            ));
        }
    }
}

/// The event that was meant, if the spelling is near one.
pub(super) fn near(event: &str) -> Option<&'static str> {
    nearest(event, EVENTS.iter().map(|event| event.name))
}
