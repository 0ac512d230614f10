use crate::document::tree::Node;
use crate::lint::{Report, rule};
use crate::manifest::head;
use crate::marketplace::plugin::Plugin;
use crate::text::printable;

rule! {
    /// A command in a map of `commands` has neither a `source` nor a `content`, or both.
    ///
    /// The plugin does not load.
    ///
    /// ```json bad
    /// { "name": "pdf-tools", "description": "Reads PDF files", "commands": { "read": { "description": "Reads a file" } } }
    /// ```
    ///
    /// ```json good
    /// { "name": "pdf-tools", "description": "Reads PDF files", "commands": { "read": { "content": "Read $ARGUMENTS." } } }
    /// ```
    ///
    /// Source: `claude plugin validate` 2.1.329, run 2026-11.
    "plugin-command-malformed", Correctness, "0.1.0", Plugin, check, refused_by [ClaudeCode]
}

fn check(plugin: &Plugin, report: &mut Report<'_>) {
    for (key, command) in plugin.get("commands").and_then(Node::as_map).unwrap_or_default() {
        let name = printable(key.as_text().unwrap_or_default());
        if command.as_map().is_none() {
            report
                .at(
                    plugin.source(),
                    command.span,
                    format!("the command `{name}` is a {}, not an object", command.type_name()),
                )
                .help("write `{ \"source\": \"./commands/x.md\" }` or `{ \"content\": \"…\" }`");
        } else if command.get("source").is_some() == command.get("content").is_some() {
            report
                .at(
                    plugin.source(),
                    head(command),
                    format!("the command `{name}` needs either `source` or `content`"),
                )
                .help("name a file in `source`, or write the text into `content`");
        }
    }
}
