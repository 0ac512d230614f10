use crate::document::tree::{Node, Value};
use crate::lint::{Report, rule};
use crate::marketplace::plugin::Plugin;

rule! {
    /// A server is configured with `$CLAUDE_PLUGIN_ROOT` without braces.
    ///
    /// Claude Code puts paths in for `${CLAUDE_PLUGIN_ROOT}` only, and no shell reads these fields. The server is looked for under
    /// the name as it is written.
    ///
    /// ```json bad
    /// {
    ///   "name": "pdf-tools",
    ///   "description": "Reads PDF files",
    ///   "mcpServers": { "pdf": { "command": "$CLAUDE_PLUGIN_ROOT/server" } }
    /// }
    /// ```
    ///
    /// ```json good
    /// {
    ///   "name": "pdf-tools",
    ///   "description": "Reads PDF files",
    ///   "mcpServers": { "pdf": { "command": "${CLAUDE_PLUGIN_ROOT}/server" } }
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Plugins reference", section "Environment variables", read 2026-08-22.
    "plugin-placeholder-unbraced", Suspicious, "0.1.0", Plugin, check
}

const NAMES: &[&str] = &[
    "$CLAUDE_PLUGIN_ROOT",
    "$CLAUDE_PLUGIN_DATA",
    "$CLAUDE_PROJECT_DIR",
];

fn check(plugin: &Plugin, report: &mut Report<'_>) {
    for field in ["mcpServers", "lspServers"] {
        if let Some(servers) = plugin.get(field) {
            visit(servers, plugin, report);
        }
    }
}

/// Nesting is bounded by the reader.
fn visit(node: &Node, plugin: &Plugin, report: &mut Report<'_>) {
    match &node.value {
        Value::List(items) => items.iter().for_each(|item| visit(item, plugin, report)),
        Value::Map(pairs) => pairs.iter().for_each(|(_, value)| visit(value, plugin, report)),
        Value::Scalar { text, .. } => {
            // In the line of a shell the variable is set.
            let is_line = text.contains([';', '|', '&', '\n']);
            for name in NAMES.iter().filter(|_| !is_line) {
                if let Some(at) = text.find(name) {
                    let span = node.span_inside(plugin.source().text(), at..at + name.len());
                    let braced = format!("${{{}}}", &name[1..]);
                    report
                        .at(
                            plugin.source(),
                            span,
                            format!("`{name}` is not put in without braces"),
                        )
                        .help(format!("write `{braced}`"));
                }
            }
        }
        Value::Alias => {}
    }
}
