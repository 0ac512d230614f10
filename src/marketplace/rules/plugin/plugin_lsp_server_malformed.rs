use crate::document::tree::{Node, Value};
use crate::lint::{Report, rule};
use crate::marketplace::fields::LSP_SERVER;
use crate::marketplace::plugin::Plugin;
use crate::text::printable;

rule! {
    /// A server of `lspServers` is not shaped as one: it lacks `command` or `extensionToLanguage`, an extension lacks its dot, the
    /// command holds arguments, or there is a field that there is not.
    ///
    /// The plugin does not load, or the server is skipped without a word.
    ///
    /// ```json bad
    /// {
    ///   "name": "go-lsp",
    ///   "description": "Runs gopls",
    ///   "lspServers": { "go": { "command": "gopls serve", "extensionToLanguage": { "go": "go" } } }
    /// }
    /// ```
    ///
    /// ```json good
    /// {
    ///   "name": "go-lsp",
    ///   "description": "Runs gopls",
    ///   "lspServers": { "go": { "command": "gopls", "args": ["serve"], "extensionToLanguage": { ".go": "go" } } }
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Plugins reference", section "LSP servers", read 2026-08-22; `claude plugin validate` 2.1.329,
    /// run 2026-11.
    "plugin-lsp-server-malformed", Correctness, "0.1.0", Plugin, check, refused_by [ClaudeCode]
}

fn check(plugin: &Plugin, report: &mut Report<'_>) {
    for server in servers(plugin.get("lspServers")) {
        for fault in LSP_SERVER.judge(server, plugin.source().text()) {
            report
                .at(plugin.source(), fault.span, fault.message)
                .help(fault.help);
        }
        if let Some(node) = server.get("command")
            && let Some(command) = node.as_str()
            && command.contains(' ')
            && !command.starts_with('/')
        {
            report
                .at(
                    plugin.source(),
                    node.span,
                    format!("there is no program called `{}`", printable(command)),
                )
                .help("move what comes after the program into `args`");
        }
        if let Some(extensions) = server.get("extensionToLanguage")
            && let Some(pairs) = extensions.as_map()
        {
            if pairs.is_empty() {
                report
                    .at(
                        plugin.source(),
                        extensions.span,
                        "no extension is given a language",
                    )
                    .help("write `{ \".go\": \"go\" }`");
            }
            for (key, _) in pairs {
                let extension = key.as_str().unwrap_or_default();
                if !extension.starts_with('.') || extension.len() < 2 {
                    report
                        .at(
                            plugin.source(),
                            key.span,
                            format!("`{}` is no extension", printable(extension)),
                        )
                        .help("begin it with a dot, as in `.go`");
                }
            }
        }
    }
}

/// The servers in a field that holds them by name, alone or in a list with paths.
pub fn servers(field: Option<&Node>) -> Vec<&Node> {
    let maps: Vec<&Node> = match field.map(|field| &field.value) {
        Some(Value::Map(_)) => field.into_iter().collect(),
        Some(Value::List(items)) => items.iter().collect(),
        _ => Vec::new(),
    };
    let pairs = maps.into_iter().filter_map(Node::as_map).flatten();
    pairs.map(|(_, server)| server).collect()
}
