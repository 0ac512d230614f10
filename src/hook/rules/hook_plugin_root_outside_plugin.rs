use crate::document::tree::Node;
use crate::hook::{Hooks, Place};
use crate::lint::{Report, rule};

rule! {
    /// A hook in a project's settings uses `${CLAUDE_PLUGIN_ROOT}` or `${CLAUDE_PLUGIN_DATA}`.
    ///
    /// They are set for the hooks of plugins only; here the path begins at the root of the disk.
    ///
    /// ```json bad as=settings
    /// {
    ///   "hooks": {
    ///     "Stop": [{ "hooks": [{ "type": "command", "command": "\"${CLAUDE_PLUGIN_ROOT}/hooks/stop.sh\"" }] }]
    ///   }
    /// }
    /// ```
    ///
    /// ```json good as=settings files=.claude/hooks/stop.sh*
    /// {
    ///   "hooks": {
    ///     "Stop": [{ "hooks": [{ "type": "command", "command": "\"${CLAUDE_PROJECT_DIR}/.claude/hooks/stop.sh\"" }] }]
    ///   }
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Hooks reference", section "Reference scripts by path", read 2026-08-22.
    "hook-plugin-root-outside-plugin", Suspicious, "0.1.0", Hooks, check
}

fn check(hooks: &Hooks, report: &mut Report<'_>) {
    if hooks.place != Place::Settings {
        return;
    }
    for handler in hooks.handlers() {
        let command = handler.command().map(|(_, node)| node);
        let arguments = handler.arguments().unwrap_or_default();
        for node in command.into_iter().chain(arguments) {
            let text = node.as_str().unwrap_or_default();
            for name in ["CLAUDE_PLUGIN_ROOT", "CLAUDE_PLUGIN_DATA"] {
                if let Some(span) = place(hooks, node, text, name) {
                    report
                        .at(
                            &hooks.source,
                            span,
                            format!("`{name}` is not set for hooks in settings"),
                        )
                        .help("begin the path with `${CLAUDE_PROJECT_DIR}`");
                }
            }
        }
    }
}

/// Where the variable is used. One with a default is none of our business.
fn place(hooks: &Hooks, node: &Node, text: &str, name: &str) -> Option<crate::text::Span> {
    let used = [format!("${{{name}}}"), format!("${name}")];
    let (at, length) = used
        .iter()
        .find_map(|used| Some((text.find(used.as_str())?, used.len())))?;
    Some(node.span_inside(hooks.source.text(), at..at + length))
}
