use crate::hook::Hooks;
use crate::hook::events::Matches;
use crate::hook::matcher::{self, Matcher};
use crate::lint::{Report, rule};
use crate::text::nearest;

rule! {
    /// A matcher holds a word that its event never reports, such as `start` for `SessionStart`.
    ///
    /// The hook does not run for it.
    ///
    /// ```json bad as=hooks
    /// {
    ///   "hooks": {
    ///     "SessionStart": [{ "matcher": "start|resume", "hooks": [{ "type": "command", "command": "date" }] }]
    ///   }
    /// }
    /// ```
    ///
    /// ```json good as=hooks
    /// {
    ///   "hooks": {
    ///     "SessionStart": [{ "matcher": "startup|resume", "hooks": [{ "type": "command", "command": "date" }] }]
    ///   }
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Hooks reference", section "Matcher patterns", read 2026-08-22.
    "hook-matcher-unknown-value", Suspicious, "0.1.0", Hooks, check
}

fn check(hooks: &Hooks, report: &mut Report<'_>) {
    for group in hooks.groups() {
        let event = group.event;
        let Some((text, node)) = group.matcher() else {
            continue;
        };
        let (Matches::Words(words), Matcher::Names(names)) = (event.matches, matcher::read(text, event.name))
        else {
            continue;
        };
        for name in names.into_iter().filter(|name| !words.contains(name)) {
            let at = text.find(name).unwrap_or(0);
            let span = node.span_inside(hooks.source.text(), at..at + name.len());
            let finding = report.at(
                &hooks.source,
                span,
                format!("`{}` is never reported as `{name}`", event.name),
            );
            match nearest(name, words.iter().copied()) {
                Some(near) => finding.help(format!("did you mean `{near}`?")),
                None => finding.help(format!("one of {}", words.join(", "))),
            };
        }
    }
}
