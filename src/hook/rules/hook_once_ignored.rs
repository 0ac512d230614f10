use crate::hook::{Hooks, Place};
use crate::lint::{Report, rule};

rule! {
    /// `once` is set on a hook that does not stand in a skill's front matter.
    ///
    /// It is honoured there only; elsewhere the hook runs every time.
    ///
    /// ```json bad as=settings
    /// {
    ///   "hooks": {
    ///     "SessionStart": [{ "hooks": [{ "type": "command", "command": "date", "once": true }] }]
    ///   }
    /// }
    /// ```
    ///
    /// ```markdown good as=skill
    /// ---
    /// name: secure-operations
    /// description: Performs operations with checks. Use for deployments.
    /// hooks:
    ///   PreToolUse:
    ///     - matcher: Bash
    ///       hooks:
    ///         - type: command
    ///           command: date
    ///           once: true
    /// ---
    ///
    /// Deploy.
    /// ```
    ///
    /// Source: Claude Code documentation, "Hooks reference", read 2026-08-22.
    "hook-once-ignored", Suspicious, "0.1.0", Hooks, check
}

fn check(hooks: &Hooks, report: &mut Report<'_>) {
    if hooks.place == Place::SkillFrontMatter {
        return;
    }
    for handler in hooks.handlers() {
        if let Some((key, value)) = handler.node.pair("once")
            && value.as_bool() == Some(true)
        {
            report
                .at(
                    &hooks.source,
                    key.span,
                    "`once` is honoured in the front matter of skills only",
                )
                .help("remove it; the command can remember that it ran");
        }
    }
}
