use crate::document::tree::Node;
use crate::hook::Hooks;
use crate::hook::events::kind;
use crate::lint::{Report, rule};
use crate::text::{nearest, printable};

rule! {
    /// A field of a group or handler is spelt almost like a known one, or stands at the wrong level.
    ///
    /// Unknown fields are passed over: a `Timeout` limits nothing, and a `matcher` inside a handler filters nothing. Other unknown
    /// fields are left alone, since hooks are shared with other clients.
    ///
    /// ```json bad as=hooks
    /// {
    ///   "hooks": {
    ///     "PreToolUse": [{ "hooks": [{ "type": "command", "command": "date", "matcher": "Bash" }] }]
    ///   }
    /// }
    /// ```
    ///
    /// ```json bad as=hooks
    /// {
    ///   "hooks": {
    ///     "PreToolUse": [{ "matchers": "Bash", "hooks": [{ "type": "command", "command": "date" }] }]
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
    "hook-field-unknown", Suspicious, "0.1.0", Hooks, check
}

const OF_GROUPS: &[&str] = &["matcher", "hooks"];
const OF_HANDLERS: &[&str] = &[
    "type",
    "if",
    "timeout",
    "statusMessage",
    "once",
    "command",
    "args",
    "async",
    "asyncRewake",
    "shell",
    "onFailure",
    "url",
    "headers",
    "allowedEnvVars",
    "server",
    "tool",
    "input",
    "prompt",
    "model",
    "continueOnBlock",
];

fn check(hooks: &Hooks, report: &mut Report<'_>) {
    for group in hooks.groups() {
        // A handler in the place of a group is another rule's.
        if group.node.get("hooks").is_some() || group.node.get("type").is_none() {
            judge(
                hooks,
                group.node,
                OF_GROUPS,
                "a group",
                OF_HANDLERS,
                "a handler",
                report,
            );
        }
    }
    for handler in hooks.handlers() {
        if handler.kind().and_then(kind).is_some() {
            judge(
                hooks,
                handler.node,
                OF_HANDLERS,
                "a handler",
                OF_GROUPS,
                "a group",
                report,
            );
        }
    }
}

fn judge(
    hooks: &Hooks,
    node: &Node,
    known: &[&'static str],
    here: &str,
    elsewhere: &[&'static str],
    there: &str,
    report: &mut Report<'_>,
) {
    for (key, _) in node.as_map().unwrap_or_default() {
        let Some(name) = key.as_text().filter(|name| !known.contains(name)) else {
            continue;
        };
        let help = if elsewhere.contains(&name) {
            format!("it is a field of {there}: move it there")
        } else if let Some(near) =
            nearest(name, known.iter().copied()).filter(|near| name.len() > 2 && near.len() > 2)
        {
            format!("did you mean `{near}`?")
        } else {
            continue;
        };
        report
            .at(
                &hooks.source,
                key.span,
                format!("{here} has no field `{}`", printable(name)),
            )
            .help(help);
    }
}
