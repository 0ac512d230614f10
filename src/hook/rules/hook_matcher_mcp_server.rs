use crate::hook::Hooks;
use crate::hook::events::Matches;
use crate::hook::matcher::{self, Matcher};
use crate::lint::{Report, rule};

rule! {
    /// A matcher names an MCP server where a tool is expected, as in `mcp__memory`.
    ///
    /// A matcher without special characters is compared with the whole name of the tool, which is `mcp__memory__create_entities`.
    /// The hook never runs.
    ///
    /// ```json bad as=settings
    /// {
    ///   "hooks": {
    ///     "PreToolUse": [{ "matcher": "mcp__memory", "hooks": [{ "type": "command", "command": "date" }] }]
    ///   }
    /// }
    /// ```
    ///
    /// ```json good as=settings
    /// {
    ///   "hooks": {
    ///     "PreToolUse": [
    ///       { "matcher": "mcp__memory__.*", "hooks": [{ "type": "command", "command": "date" }] },
    ///       { "matcher": "mcp__memory__create_entities", "hooks": [{ "type": "command", "command": "date" }] }
    ///     ]
    ///   }
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Hooks reference", section "Match MCP tools", read 2026-08-22.
    "hook-matcher-mcp-server", Correctness, "0.1.0", Hooks, check
}

fn check(hooks: &Hooks, report: &mut Report<'_>) {
    for group in hooks.groups() {
        let event = group.event;
        let Some((text, node)) = group.matcher() else {
            continue;
        };
        let Matcher::Names(names) = matcher::read(text, event.name) else {
            continue;
        };
        for name in names.into_iter().filter(|_| event.matches == Matches::Tool) {
            let Some(server) = name.strip_prefix("mcp__") else {
                continue;
            };
            let has_tool = server.split_once("__").is_some_and(|(_, tool)| !tool.is_empty());
            if !has_tool {
                let server = server.trim_end_matches('_');
                report
                    .at(
                        &hooks.source,
                        node.span,
                        format!("`{name}` is no tool: it names a server, and matches nothing"),
                    )
                    .help(format!("write `mcp__{server}__.*` for all its tools"));
            }
        }
    }
}
