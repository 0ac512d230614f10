use crate::lint::{Report, rule};
use crate::marketplace::fields::{ENTRY, PLUGIN};
use crate::marketplace::plugin::{Plugin, Written};

rule! {
    /// A field of a plugin holds a value of the wrong type.
    ///
    /// `claude plugin validate` refuses it, and an entry of a marketplace cannot be installed. A manifest is loaded all the same where
    /// only a describing field such as `keywords` is wrong, and not where it is `version` or a component. `metadata`,
    /// `experimental` and `engines` are passed over; they have a rule of their own.
    ///
    /// ```json bad
    /// { "name": "pdf-tools", "description": "Reads PDF files", "keywords": "pdf" }
    /// ```
    ///
    /// ```json bad
    /// { "name": "pdf-tools", "description": "Reads PDF files", "author": "Ada", "homepage": "example.com" }
    /// ```
    ///
    /// ```json good
    /// {
    ///   "name": "pdf-tools",
    ///   "description": "Reads PDF files",
    ///   "author": { "name": "Ada", "email": "ada@example.com" },
    ///   "homepage": "https://example.com",
    ///   "keywords": ["pdf"]
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Plugins reference", section "Unrecognized fields", read 2026-08-22; `claude plugin
    /// validate` and `install` 2.1.329, run 2026-11.
    "plugin-field-type", Correctness, "0.1.0", Plugin, check, refused_by [ClaudeCode]
}

fn check(plugin: &Plugin, report: &mut Report<'_>) {
    let Some(pairs) = plugin.object().and_then(|object| object.as_map()) else {
        return;
    };
    for (key, value) in pairs {
        let name = key.as_text().unwrap_or_default();
        let of_entry = ENTRY.iter().filter(|_| plugin.written == Written::Entry);
        let Some(field) = PLUGIN
            .fields
            .iter()
            .chain(of_entry)
            .find(|field| field.name == name)
        else {
            continue;
        };
        for fault in field.judge(value, plugin.source().text()) {
            let message = if fault.message.starts_with("a person") {
                fault.message.replace("a person", &format!("`{name}`"))
            } else {
                fault.message
            };
            report.at(plugin.source(), fault.span, message).help(fault.help);
        }
    }
}
