use crate::lint::{Report, rule};
use crate::marketplace::plugin::{Plugin, Written};
use crate::text::printable;

rule! {
    /// The name of a plugin has characters that the name of an installed plugin cannot have.
    ///
    /// Installed plugins are called `plugin@marketplace`, of which each part is ASCII letters, digits, `.`, `_` and `-`, and begins
    /// with a letter or digit. Claude Code cannot install the plugin under another name. In a manifest only spaces are refused, since
    /// the name of the marketplace's entry is what counts.
    ///
    /// ```json bad
    /// { "name": "PDF Tools", "description": "Reads PDF files" }
    /// ```
    ///
    /// ```json good
    /// { "name": "pdf-tools", "displayName": "PDF Tools", "description": "Reads PDF files" }
    /// ```
    ///
    /// Source: `claude plugin validate` and `claude plugin install` 2.1.329, run 2026-11.
    "plugin-name-characters", Correctness, "0.1.0", Plugin, check, refused_by [ClaudeCode]
}

fn check(plugin: &Plugin, report: &mut Report<'_>) {
    let Some((node, name)) = plugin.get("name").and_then(|node| Some((node, node.as_str()?))) else {
        return;
    };
    let is_refused = match plugin.written {
        Written::Entry => !is_identifier(name),
        Written::Manifest => name.contains(' '),
    };
    if !name.trim().is_empty() && is_refused {
        report
            .at(
                plugin.source(),
                node.span,
                format!("a plugin called `{}` cannot be installed", printable(name)),
            )
            .help("use lowercase letters, digits and hyphens; `displayName` may hold anything");
    }
}

/// Whether a name can be a part of `plugin@marketplace`.
pub fn is_identifier(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphanumeric())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
        && !name.contains("..")
}
