use crate::diagnostic::Fix;
use crate::document::json;
use crate::lint::{Report, rule};
use crate::marketplace::fields::{ENTRY, PLUGIN};
use crate::marketplace::plugin::{Plugin, Written};
use crate::text::{Edit, nearest, printable};

rule! {
    /// A field of a plugin is not one that Claude Code knows.
    ///
    /// It is passed over. That is as it should be for the fields of another tool, and a mistake where the field is misspelt or
    /// belongs in the marketplace's entry. Names that begin with `_`, `$`, `#`, `//` or `x-` are taken for notes.
    ///
    /// ```json bad
    /// { "name": "pdf-tools", "descripton": "Reads PDF files", "description": "Reads PDF files" }
    /// ```
    ///
    /// ```json bad
    /// { "name": "pdf-tools", "description": "Reads PDF files", "category": "documents" }
    /// ```
    ///
    /// ```json good
    /// { "name": "pdf-tools", "description": "Reads PDF files", "_note": "released by CI", "metadata": { "tier": 1 } }
    /// ```
    ///
    /// Source: Claude Code documentation, "Plugins reference", section "Unrecognized fields", read 2026-08-22.
    "plugin-field-unknown", Suspicious, "0.1.0", Plugin, check
}

fn check(plugin: &Plugin, report: &mut Report<'_>) {
    let Some(object) = plugin.object() else {
        return;
    };
    let is_entry = plugin.written == Written::Entry;
    let of_entry = || ENTRY.iter().map(|field| field.name);
    let known = || {
        PLUGIN
            .fields
            .iter()
            .map(|field| field.name)
            .chain(of_entry().filter(|_| is_entry))
    };
    for (key, _) in object.as_map().unwrap_or_default() {
        let name = key.as_text().unwrap_or_default();
        if known().any(|known| known == name) || is_note(name) {
            continue;
        }
        let shown = printable(name);
        if !is_entry && of_entry().any(|of_entry| of_entry == name) {
            report
                .at(
                    plugin.source(),
                    key.span,
                    format!("`{shown}` belongs in the entry of `marketplace.json`"),
                )
                .help("move it there; in a manifest it does nothing");
            continue;
        }
        let finding = report.at(plugin.source(), key.span, format!("there is no field `{shown}`"));
        let near = nearest(name, known()).filter(|near| near.len() > 3);
        match near {
            Some(near) if object.get(near).is_none() => {
                finding.help(format!("did you mean `{near}`?")).fix(Fix::risky(
                    format!("rename it to `{near}`"),
                    vec![Edit::replace(key.span, json::quoted(near))],
                ))
            }
            Some(near) => finding.help(format!("did you mean `{near}`, which is there?")),
            None => finding.help("remove it, or keep it under `metadata`"),
        };
    }
}

/// Whether a key is a note to people, or another tool's by its form.
pub fn is_note(name: &str) -> bool {
    name.starts_with(['_', '$', '#'])
        || name.starts_with("//")
        || name.starts_with("x-")
        || name.starts_with("com.")
}
