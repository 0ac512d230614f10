use crate::lint::{Report, rule};
use crate::manifest::head;
use crate::marketplace::plugin::{Plugin, Written};

rule! {
    /// The manifest of a plugin has no description.
    ///
    /// People who browse see the name alone.
    ///
    /// ```json bad
    /// { "name": "pdf-tools", "version": "1.0.0" }
    /// ```
    ///
    /// ```json good
    /// { "name": "pdf-tools", "version": "1.0.0", "description": "Reads PDF files" }
    /// ```
    ///
    /// Source: `claude plugin validate` 2.1.329, run 2026-11.
    "plugin-description-missing", Style, "0.1.0", Plugin, check
}

fn check(plugin: &Plugin, report: &mut Report<'_>) {
    let Some(object) = plugin.object().filter(|_| plugin.written == Written::Manifest) else {
        return;
    };
    let is_empty = match object.get("description") {
        None => true,
        Some(description) => description.as_str().is_some_and(|text| text.trim().is_empty()),
    };
    if is_empty {
        report
            .at(plugin.source(), head(object), "the plugin has no description")
            .help("add one sentence: `\"description\": \"…\"`");
    }
}
