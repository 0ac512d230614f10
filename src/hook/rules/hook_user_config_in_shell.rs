use crate::hook::Hooks;
use crate::lint::{Report, rule};

rule! {
    /// A plugin's hook puts `${user_config.…}` into a shell command.
    ///
    /// Claude Code refuses to run it, since the shell would run whatever the value holds. The values are there as environment
    /// variables `CLAUDE_PLUGIN_OPTION_<KEY>`, and with `args` they are put in as they are.
    ///
    /// ```json bad as=hooks
    /// {
    ///   "hooks": {
    ///     "Stop": [{ "hooks": [{ "type": "command", "command": "curl -d done ${user_config.webhook_url}" }] }]
    ///   }
    /// }
    /// ```
    ///
    /// ```json good as=hooks
    /// {
    ///   "hooks": {
    ///     "Stop": [
    ///       { "hooks": [{ "type": "command", "command": "curl", "args": ["-d", "done", "${user_config.webhook_url}"] }] },
    ///       { "hooks": [{ "type": "command", "command": "curl -d done \"$CLAUDE_PLUGIN_OPTION_WEBHOOK_URL\"" }] }
    ///     ]
    ///   }
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Hooks reference", section "Exec form and shell form", read 2026-08-22.
    "hook-user-config-in-shell", Correctness, "0.1.0", Hooks, check
}

fn check(hooks: &Hooks, report: &mut Report<'_>) {
    if !hooks.place.is_plugin() {
        return;
    }
    for handler in hooks.handlers() {
        let Some((text, node)) = handler.command().filter(|_| handler.arguments().is_none()) else {
            continue;
        };
        let Some(at) = text.find("${user_config.") else {
            continue;
        };
        let end = text[at..].find('}').map_or(text.len(), |length| at + length + 1);
        let key = text[at + "${user_config.".len()..end]
            .trim_end_matches('}')
            .to_uppercase();
        report
            .at(
                &hooks.source,
                node.span_inside(hooks.source.text(), at..end),
                "a shell command cannot hold `${user_config.…}`",
            )
            .help(format!(
                "read `$CLAUDE_PLUGIN_OPTION_{key}`, or name the arguments in `args`"
            ));
    }
}
