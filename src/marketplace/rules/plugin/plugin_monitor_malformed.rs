use std::collections::BTreeSet;

use crate::document::tree::Node;
use crate::lint::{Report, rule};
use crate::marketplace::fields::MONITOR;
use crate::marketplace::plugin::{Plugin, field};
use crate::text::printable;

rule! {
    /// A monitor is not shaped as one, has the name of another, or puts `${user_config.…}` into its command.
    ///
    /// The plugin does not load, or the monitor is refused: its command runs in a shell, which would run whatever the value holds.
    ///
    /// ```json bad
    /// {
    ///   "name": "log-watch",
    ///   "description": "Watches a log",
    ///   "experimental": { "monitors": [{ "name": "log", "command": "tail -F app.log" }] }
    /// }
    /// ```
    ///
    /// ```json bad
    /// {
    ///   "name": "log-watch",
    ///   "description": "Watches a log",
    ///   "experimental": {
    ///     "monitors": [{ "name": "log", "command": "tail -F ${user_config.file}", "description": "Errors", "when": "sometimes" }]
    ///   }
    /// }
    /// ```
    ///
    /// ```json good
    /// {
    ///   "name": "log-watch",
    ///   "description": "Watches a log",
    ///   "experimental": {
    ///     "monitors": [{ "name": "log", "command": "tail -F app.log", "description": "Errors", "when": "on-skill-invoke:debug" }]
    ///   }
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Plugins reference", section "Monitors", read 2026-08-22; `claude plugin validate` 2.1.329,
    /// run 2026-11.
    "plugin-monitor-malformed", Correctness, "0.1.0", Plugin, check, refused_by [ClaudeCode]
}

fn check(plugin: &Plugin, report: &mut Report<'_>) {
    let Some(object) = plugin.object() else {
        return;
    };
    let source = plugin.source();
    let mut names = BTreeSet::new();
    for place in ["experimental.monitors", "monitors"] {
        for monitor in field(object, place).and_then(Node::as_list).unwrap_or_default() {
            for fault in MONITOR.judge(monitor, source.text()) {
                report.at(source, fault.span, fault.message).help(fault.help);
            }
            let text = |name: &str| monitor.get(name).and_then(|node| Some((node, node.as_str()?)));
            if let Some((node, name)) = text("name")
                && !names.insert(name)
            {
                report
                    .at(
                        source,
                        node.span,
                        format!("there is another monitor `{}`", printable(name)),
                    )
                    .help("give each a name of its own");
            }
            if let Some((node, when)) = text("when")
                && when != "always"
                && when.strip_prefix("on-skill-invoke:").is_none_or(str::is_empty)
            {
                report
                    .at(
                        source,
                        node.span,
                        format!("`when` cannot be `{}`", printable(when)),
                    )
                    .help("write `always`, or `on-skill-invoke:` and the name of a skill");
            }
            if let Some((node, command)) = text("command")
                && command.contains("${user_config.")
            {
                report
                    .at(
                        source,
                        node.span,
                        "the command of a monitor cannot hold `${user_config.…}`",
                    )
                    .help("let the script read the value from a file of its own");
            }
        }
    }
}
