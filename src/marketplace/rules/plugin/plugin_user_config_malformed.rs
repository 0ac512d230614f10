use crate::document::tree::Node;
use crate::lint::{Report, rule};
use crate::marketplace::fields::USER_OPTION;
use crate::marketplace::plugin::Plugin;
use crate::text::printable;

rule! {
    /// An option of `userConfig` is not shaped as one: its key is no identifier, or it lacks `type`, `title` or `description`, or has
    /// a field that there is not.
    ///
    /// The plugin does not load.
    ///
    /// ```json bad
    /// {
    ///   "name": "pdf-tools",
    ///   "description": "Reads PDF files",
    ///   "userConfig": { "api-token": { "type": "string", "title": "Token", "description": "Where to get it" } }
    /// }
    /// ```
    ///
    /// ```json bad
    /// {
    ///   "name": "pdf-tools",
    ///   "description": "Reads PDF files",
    ///   "userConfig": { "token": { "description": "Where to get it", "secret": true } }
    /// }
    /// ```
    ///
    /// ```json good
    /// {
    ///   "name": "pdf-tools",
    ///   "description": "Reads PDF files",
    ///   "userConfig": {
    ///     "token": { "type": "string", "title": "Token", "description": "Where to get it", "sensitive": true }
    ///   }
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Plugins reference", section "User configuration", read 2026-08-22; `claude plugin
    /// validate` 2.1.329, run 2026-11.
    "plugin-user-config-malformed", Correctness, "0.1.0", Plugin, check, refused_by [ClaudeCode]
}

fn check(plugin: &Plugin, report: &mut Report<'_>) {
    let channels = plugin.get("channels").and_then(Node::as_list).unwrap_or_default();
    let of_channels = channels.iter().filter_map(|channel| channel.get("userConfig"));
    for config in plugin.get("userConfig").into_iter().chain(of_channels) {
        for (key, option) in config.as_map().unwrap_or_default() {
            let name = key.as_text().unwrap_or_default();
            if !is_key(name) {
                report
                    .at(
                        plugin.source(),
                        key.span,
                        format!("`{}` cannot be the key of an option", printable(name)),
                    )
                    .help("use letters, digits and `_`, and begin with a letter or `_`");
            }
            for fault in USER_OPTION.judge(option, plugin.source().text()) {
                report
                    .at(plugin.source(), fault.span, fault.message)
                    .help(fault.help);
            }
        }
    }
}

fn is_key(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
