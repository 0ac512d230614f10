use crate::lint::{Report, rule};
use crate::marketplace::plugin::Plugin;
use crate::marketplace::reserved;
use crate::text::printable;

rule! {
    /// A plugin has a name that passes as one of Anthropic's own.
    ///
    /// Names that begin with `claude-`, `anthropic-`, `anthropics-` or `cc-plugin-`, that are the vendor's or the client's name, or
    /// have `official` beside it are an error to `claude plugin validate`, though 2.1.329 still installs such a plugin. A plugin
    /// whose author is Anthropic may have them.
    ///
    /// ```json bad
    /// { "name": "claude-pdf-tools", "description": "Reads PDF files" }
    /// ```
    ///
    /// ```json good
    /// { "name": "pdf-tools", "description": "Reads PDF files" }
    /// ```
    ///
    /// Source: `claude plugin validate` 2.1.329, run 2026-11.
    "plugin-name-reserved", Suspicious, "0.1.0", Plugin, check, refused_by [ClaudeCode]
}

fn check(plugin: &Plugin, report: &mut Report<'_>) {
    let Some((node, name)) = plugin.get("name").and_then(|node| Some((node, node.as_str()?))) else {
        return;
    };
    if let Some(why) = reserved::plugin(name)
        && !plugin.is_official()
    {
        report
            .at(plugin.source(), node.span, format!("`{}` {why}", printable(name)))
            .help("name the plugin for what it does");
    }
}
