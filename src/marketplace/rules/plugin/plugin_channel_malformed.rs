use crate::document::tree::Node;
use crate::io::listing::Lookup;
use crate::lint::{Report, rule};
use crate::marketplace::fields::CHANNEL;
use crate::marketplace::plugin::Plugin;
use crate::text::printable;

rule! {
    /// A channel is not shaped as one, or its `server` is none of the plugin's `mcpServers`.
    ///
    /// The plugin does not load, or the channel stays silent.
    ///
    /// ```json bad
    /// {
    ///   "name": "chat-bridge",
    ///   "description": "Brings messages in",
    ///   "mcpServers": { "telegram": { "command": "bridge" } },
    ///   "channels": [{ "server": "telegramm" }]
    /// }
    /// ```
    ///
    /// ```json good
    /// {
    ///   "name": "chat-bridge",
    ///   "description": "Brings messages in",
    ///   "mcpServers": { "telegram": { "command": "bridge" } },
    ///   "channels": [{ "server": "telegram", "displayName": "Telegram" }]
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Plugins reference", section "Channels", read 2026-08-22; `claude plugin validate` 2.1.329,
    /// run 2026-11.
    "plugin-channel-malformed", Correctness, "0.1.0", Plugin, check, refused_by [ClaudeCode]
}

fn check(plugin: &Plugin, report: &mut Report<'_>) {
    let channels = plugin.get("channels").and_then(Node::as_list).unwrap_or_default();
    // Servers can stand in `.mcp.json` too.
    let has_file =
        !matches!(plugin.files.look(".mcp.json"), Lookup::Missing { .. }) && plugin.files.is_known();
    let servers = plugin
        .get("mcpServers")
        .and_then(Node::as_map)
        .filter(|_| !has_file);
    for channel in channels {
        for fault in CHANNEL.judge(channel, plugin.source().text()) {
            report
                .at(plugin.source(), fault.span, fault.message)
                .help(fault.help);
        }
        let (Some(servers), Some(server)) = (servers, channel.get("server")) else {
            continue;
        };
        let name = server.as_str().unwrap_or_default();
        if !name.is_empty() && servers.iter().all(|(key, _)| key.as_str() != Some(name)) {
            report
                .at(
                    plugin.source(),
                    server.span,
                    format!("there is no server `{}` in `mcpServers`", printable(name)),
                )
                .help("name one of the plugin's own servers");
        }
    }
}
