use crate::document::tree::Node;
use crate::lint::{Report, rule};
use crate::manifest::head;
use crate::marketplace::fields::{MCP_PROGRAM, MCP_REMOTE, MCP_REMOTE_TYPES};
use crate::marketplace::plugin::Plugin;
use crate::marketplace::shape::is_url;
use crate::text::{nearest, printable};

use super::plugin_lsp_server_malformed::servers;

rule! {
    /// A server of `mcpServers` is not shaped as one: it has neither a `command` nor a `type` and a `url`, or a field of the wrong
    /// type.
    ///
    /// The plugin does not load. Inside a manifest the servers stand directly under `mcpServers`; the second `mcpServers` of a
    /// `.mcp.json` is not looked for there.
    ///
    /// ```json bad
    /// {
    ///   "name": "pdf-tools",
    ///   "description": "Reads PDF files",
    ///   "mcpServers": { "pdf": { "url": "https://example.com/mcp" } }
    /// }
    /// ```
    ///
    /// ```json bad
    /// {
    ///   "name": "pdf-tools",
    ///   "description": "Reads PDF files",
    ///   "mcpServers": { "mcpServers": { "pdf": { "command": "pdf-server" } } }
    /// }
    /// ```
    ///
    /// ```json good
    /// {
    ///   "name": "pdf-tools",
    ///   "description": "Reads PDF files",
    ///   "mcpServers": {
    ///     "pdf": { "command": "npx", "args": ["pdf-server"] },
    ///     "remote": { "type": "http", "url": "https://example.com/mcp" }
    ///   }
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Plugins reference", section "MCP servers", read 2026-08-22; `claude plugin validate`
    /// 2.1.329, run 2026-11.
    "plugin-mcp-server-malformed", Correctness, "0.1.0", Plugin, check, refused_by [ClaudeCode]
}

fn check(plugin: &Plugin, report: &mut Report<'_>) {
    if let Some(field) = plugin.get("mcpServers")
        && let Some((key, _)) = field.pair("mcpServers")
        && field.as_map().is_some_and(|pairs| pairs.len() == 1)
    {
        report
            .at(
                plugin.source(),
                key.span,
                "the servers stand under a second `mcpServers`",
            )
            .help("remove the inner one: in a manifest the servers stand directly under `mcpServers`");
        return;
    }
    for server in servers(plugin.get("mcpServers")) {
        judge(server, plugin, report);
    }
}

fn judge(server: &Node, plugin: &Plugin, report: &mut Report<'_>) {
    let source = plugin.source();
    let kind = server
        .get("type")
        .map(|node| (node, node.as_str().unwrap_or_default()));
    let record = match kind {
        None | Some((_, "stdio")) if server.get("command").is_none() && server.get("url").is_some() => {
            report
                .at(source, head(server), "an MCP server with a `url` needs a `type`")
                .help("add `\"type\": \"http\"`");
            return;
        }
        None | Some((_, "stdio")) => MCP_PROGRAM,
        Some((_, kind)) if MCP_REMOTE_TYPES.contains(&kind) => MCP_REMOTE,
        Some((node, kind)) => {
            let types = || MCP_REMOTE_TYPES.iter().copied().chain(["stdio"]);
            let finding = report.at(
                source,
                node.span,
                format!("there is no type of MCP server `{}`", printable(kind)),
            );
            match nearest(kind, types()) {
                Some(near) => finding.help(format!("did you mean `{near}`?")),
                None => finding.help(format!("one of {}", types().collect::<Vec<_>>().join(", "))),
            };
            return;
        }
    };
    for fault in record.judge(server, source.text()) {
        report.at(source, fault.span, fault.message).help(fault.help);
    }
    if let Some(node) = server
        .get("url")
        .filter(|_| record.noun == MCP_REMOTE.noun && record.field("url").is_some())
    {
        let url = node.as_str().unwrap_or_default();
        // Variables may stand for all of it.
        let is_whole = url.contains("://") && is_url(url);
        if !url.is_empty() && !url.contains("${") && !is_whole {
            report
                .at(source, node.span, format!("`{}` is no URL", printable(url)))
                .help("write a whole URL, as in `https://example.com/mcp`");
        }
    }
}
