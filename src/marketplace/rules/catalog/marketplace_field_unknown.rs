use crate::diagnostic::Fix;
use crate::document::json;
use crate::document::tree::Node;
use crate::lint::{Report, rule};
use crate::marketplace::catalog::Marketplace;
use crate::marketplace::fields::{MARKETPLACE, METADATA};
use crate::marketplace::rules::plugin::is_note;
use crate::marketplace::shape::Record;
use crate::text::{Edit, nearest, printable};

rule! {
    /// A field of a marketplace, or of its `metadata`, is not one that Claude Code knows.
    ///
    /// It is passed over: a misspelt field does nothing. Names that begin with `_`, `$`, `#`, `//` or `x-` are taken for notes.
    ///
    /// ```json bad
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "rename": { "b": "a" },
    ///   "plugins": [{ "name": "a", "source": "./a" }]
    /// }
    /// ```
    ///
    /// ```json good
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "renames": { "b": "a" },
    ///   "plugins": [{ "name": "a", "source": "./a" }]
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Plugin marketplaces", section "Optional fields", read 2026-08-22; `claude plugin validate`
    /// 2.1.329, run 2026-11.
    "marketplace-field-unknown", Suspicious, "0.1.0", Marketplace, check
}

fn check(marketplace: &Marketplace, report: &mut Report<'_>) {
    if let Some(object) = marketplace.object() {
        judge(object, &MARKETPLACE, marketplace, report);
        if let Some(metadata) = object.get("metadata") {
            judge(metadata, &METADATA, marketplace, report);
        }
    }
}

fn judge(object: &Node, record: &Record, marketplace: &Marketplace, report: &mut Report<'_>) {
    for (key, _) in object.as_map().unwrap_or_default() {
        let name = key.as_text().unwrap_or_default();
        if record.field(name).is_some() || is_note(name) {
            continue;
        }
        let finding = report.at(
            marketplace.source(),
            key.span,
            format!("{} has no field `{}`", record.noun, printable(name)),
        );
        let near = nearest(name, record.fields.iter().map(|field| field.name));
        match near {
            Some(near) if object.get(near).is_none() => {
                finding.help(format!("did you mean `{near}`?")).fix(Fix::risky(
                    format!("rename it to `{near}`"),
                    vec![Edit::replace(key.span, json::quoted(near))],
                ))
            }
            Some(near) => finding.help(format!("did you mean `{near}`, which is there?")),
            None => finding.help("remove it"),
        };
    }
}
