use crate::hook::Hooks;
use crate::hook::events::Matches;
use crate::hook::matcher::{self, Matcher};
use crate::lint::{Report, rule};

rule! {
    /// A group has a `matcher` under an event that has none.
    ///
    /// It is passed over in silence: the hook runs every time, whatever the matcher says.
    ///
    /// ```json bad as=hooks
    /// {
    ///   "hooks": {
    ///     "Stop": [{ "matcher": "Bash", "hooks": [{ "type": "command", "command": "date" }] }]
    ///   }
    /// }
    /// ```
    ///
    /// ```json good as=hooks
    /// {
    ///   "hooks": {
    ///     "Stop": [{ "matcher": "*", "hooks": [{ "type": "command", "command": "date" }] }],
    ///     "PostToolUse": [{ "matcher": "Bash", "hooks": [{ "type": "command", "command": "date" }] }]
    ///   }
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Hooks reference", section "Matcher patterns", read 2026-08-22.
    "hook-matcher-ignored", Suspicious, "0.1.0", Hooks, check
}

fn check(hooks: &Hooks, report: &mut Report<'_>) {
    for group in hooks.groups() {
        let event = group.event;
        if event.matches != Matches::Nothing {
            continue;
        }
        if let Some((text, node)) = group.matcher()
            && matcher::read(text, event.name) != Matcher::All
            && !group.matches_all()
        {
            report
                .at(
                    &hooks.source,
                    node.span,
                    format!("`{}` has no matcher", event.name),
                )
                .help("remove it; let the command look at its input");
        }
    }
}
