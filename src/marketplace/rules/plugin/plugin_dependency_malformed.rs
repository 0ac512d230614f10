use crate::document::tree::Node;
use crate::lint::{Report, rule};
use crate::marketplace::fields::DEPENDENCY;
use crate::marketplace::plugin::Plugin;
use crate::marketplace::range::is_range;
use crate::text::printable;

use super::plugin_name_characters::is_identifier;

rule! {
    /// A dependency is neither a name nor an object with one, or its version is no range.
    ///
    /// The plugin does not load. A range that is none is satisfied by no version, so that the plugin cannot be installed.
    ///
    /// ```json bad
    /// { "name": "deploy-kit", "description": "Deploys", "dependencies": ["audit logger"] }
    /// ```
    ///
    /// ```json bad
    /// { "name": "deploy-kit", "description": "Deploys", "dependencies": [{ "name": "audit-logger", "version": "latest" }] }
    /// ```
    ///
    /// ```json good
    /// { "name": "deploy-kit", "description": "Deploys", "dependencies": ["vault", { "name": "audit-logger", "version": "^1.0" }] }
    /// ```
    ///
    /// Source: Claude Code documentation, "Plugin dependencies", read 2026-08-22; `claude plugin validate` 2.1.329, run 2026-11.
    "plugin-dependency-malformed", Correctness, "0.1.0", Plugin, check, refused_by [ClaudeCode]
}

fn check(plugin: &Plugin, report: &mut Report<'_>) {
    let source = plugin.source();
    for dependency in plugin
        .get("dependencies")
        .and_then(Node::as_list)
        .unwrap_or_default()
    {
        if let Some(text) = dependency.as_str() {
            // `name`, or `name@` and what is meant of it.
            let (name, rest) = text.split_once('@').unwrap_or((text, "-"));
            if !is_identifier(name) || rest.is_empty() || rest.contains(['@', ' ']) {
                report
                    .at(
                        source,
                        dependency.span,
                        format!("`{}` is no name of a plugin", printable(text)),
                    )
                    .help("write the name alone, or an object with `name` and `version`");
            }
            continue;
        }
        for fault in DEPENDENCY.judge(dependency, source.text()) {
            report.at(source, fault.span, fault.message).help(fault.help);
        }
        let text = |field: &str| {
            dependency
                .get(field)
                .and_then(|node| Some((node, node.as_str()?)))
        };
        if let Some((node, name)) = text("name")
            && !name.trim().is_empty()
            && !is_identifier(name)
        {
            report
                .at(
                    source,
                    node.span,
                    format!("`{}` is no name of a plugin", printable(name)),
                )
                .help("write the name alone; `marketplace` says where it is listed");
        }
        if let Some((node, version)) = text("version")
            && !is_range(version)
        {
            report
                .at(
                    source,
                    node.span,
                    format!("`{}` is no range of versions", printable(version)),
                )
                .help("write a range such as `^1.2`, `~2.1.0` or `>=1.4`");
        }
    }
}
