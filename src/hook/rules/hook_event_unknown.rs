use crate::hook::Hooks;
use crate::hook::events::named;
use crate::lint::{Report, rule};
use crate::text::printable;

use super::hook_event_misspelt::near;

rule! {
    /// An event is not one that is known.
    ///
    /// Claude Code passes over events it does not know, so the hook never runs. The event may be another client's, or newer than
    /// the list, which is of 2026-08-22.
    ///
    /// ```json bad as=hooks
    /// {
    ///   "hooks": {
    ///     "BeforeEverything": [{ "hooks": [{ "type": "command", "command": "date" }] }]
    ///   }
    /// }
    /// ```
    ///
    /// ```json good as=hooks
    /// {
    ///   "hooks": {
    ///     "SessionStart": [{ "hooks": [{ "type": "command", "command": "date" }] }]
    ///   }
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Hooks reference", read 2026-08-22; `claude plugin validate` 2.1.329, run 2026-11.
    "hook-event-unknown", Suspicious, "0.1.0", Hooks, check
}

fn check(hooks: &Hooks, report: &mut Report<'_>) {
    for (key, event, _) in hooks.events() {
        // A second `hooks` around the events is the usual reason for an unknown name in a manifest.
        if named(event).is_none() && near(event).is_none() {
            let finding = report.at(
                &hooks.source,
                key.span,
                format!("there is no event `{}` in Claude Code", printable(event)),
            );
            if event == "hooks" {
                finding.help("remove the inner `hooks`: events stand directly in the outer one");
            } else {
                finding.help("the events are named in the documentation of Claude Code, \"Hooks reference\"");
            }
        }
    }
}
