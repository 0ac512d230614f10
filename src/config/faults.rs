//! What is wrong with `packwright.toml`: keys that are not known, and policies that nothing can meet, each at its place.

use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::lint::{Flaw, Policy};
use crate::text::{Source, Span, nearest};

/// A finding about the settings themselves.
pub(super) fn fault(
    source: &Source,
    span: Option<std::ops::Range<usize>>,
    message: String,
    help: Option<String>,
) -> Diagnostic {
    Diagnostic {
        rule: "settings",
        severity: Severity::Error,
        message,
        place: Place::in_source(source, span.map_or_else(Span::default, Span::from)),
        labels: Vec::new(),
        help,
        fix: None,
        sensitive: false,
    }
}

/// Reports keys that the schema does not know, with the nearest one it does.
pub(super) fn check_keys(
    source: &Source,
    table: &toml::de::DeTable<'_>,
    root: &schemars::Schema,
    schema: &serde_json::Value,
    faults: &mut Vec<Diagnostic>,
) {
    let Some(properties) = schema
        .get("properties")
        .and_then(|properties| properties.as_object())
    else {
        return;
    };
    for (key, value) in table {
        let name: &str = key.get_ref();
        let Some(inner) = properties.get(name) else {
            let known = properties.keys().map(String::as_str);
            faults.push(unknown_key(source, Span::from(key.span()), name, known));
            continue;
        };
        let inner = resolve(root, inner);
        // Where keys are free, such as names of rules, it is their values that have a known shape.
        let of_values = inner
            .get("additionalProperties")
            .filter(|_| inner.get("properties").is_none());
        for table in tables_in(value.get_ref()) {
            if let Some(of_values) = of_values {
                for table in table.iter().flat_map(|(_, value)| tables_in(value.get_ref())) {
                    check_keys(source, table, root, resolve(root, of_values), faults);
                }
            } else {
                check_keys(source, table, root, inner, faults);
            }
        }
    }
}

fn unknown_key<'a>(
    source: &Source,
    span: Span,
    name: &str,
    known: impl Iterator<Item = &'a str> + Clone,
) -> Diagnostic {
    let help = if let Some(near) = nearest(name, known.clone()) {
        format!("did you mean `{near}`?")
    } else {
        let known: Vec<String> = known.map(|key| format!("`{key}`")).collect();
        format!("known here: {}", known.join(", "))
    };
    fault(
        source,
        Some(span.start..span.end),
        format!("unknown key `{name}`"),
        Some(help),
    )
}

/// The tables that a value is or holds as a list.
fn tables_in<'a, 'i>(value: &'a toml::de::DeValue<'i>) -> Vec<&'a toml::de::DeTable<'i>> {
    match value {
        toml::de::DeValue::Table(table) => vec![table],
        toml::de::DeValue::Array(items) => items.iter().flat_map(|item| tables_in(item.get_ref())).collect(),
        _ => Vec::new(),
    }
}

/// Follows `$ref`, list items and the non-null branch of an optional.
fn resolve<'a>(root: &'a schemars::Schema, schema: &'a serde_json::Value) -> &'a serde_json::Value {
    let target = schema
        .get("$ref")
        .and_then(|reference| reference.as_str())
        .and_then(|reference| root.as_value().pointer(reference.trim_start_matches('#')));
    if let Some(target) = target {
        return resolve(root, target);
    }
    if let Some(items) = schema.get("items") {
        return resolve(root, items);
    }
    let branches = schema.get("anyOf").and_then(|branches| branches.as_array());
    match branches.and_then(|branches| branches.iter().find(|branch| branch.get("$ref").is_some())) {
        Some(branch) => resolve(root, branch),
        None => schema,
    }
}

/// What is wrong with the policies themselves, each at its own place.
pub(super) fn policy_faults(
    source: &Source,
    document: &toml::de::DeTable<'_>,
    policies: &[Policy],
) -> Vec<Diagnostic> {
    let written = document
        .get("lint")
        .map(|lint| tables_in(lint.get_ref()))
        .unwrap_or_default();
    let written = written.first().and_then(|lint| lint.get("policy"));
    let tables = written
        .map(|policy| tables_in(policy.get_ref()))
        .unwrap_or_default();
    let flaws = policies
        .iter()
        .enumerate()
        .filter_map(|(at, policy)| Some((at, policy.compile().err()?)));
    flaws
        .map(|(at, flaw)| {
            let span = tables.get(at).and_then(|table| span_of(table, &flaw));
            fault(source, span, flaw.message, Some(flaw.remedy.to_owned()))
        })
        .collect()
}

/// Where the key or item of a flaw stands; the whole value where it is not found.
fn span_of(table: &toml::de::DeTable<'_>, flaw: &Flaw) -> Option<std::ops::Range<usize>> {
    let value = table.get(flaw.key)?;
    let inner = match value.get_ref() {
        toml::de::DeValue::Array(items) => items
            .iter()
            .find(|item| item.get_ref().as_str() == Some(&flaw.item))
            .map(toml::Spanned::span),
        toml::de::DeValue::Table(map) => map.get(flaw.item.as_str()).map(toml::Spanned::span),
        _ => None,
    };
    Some(inner.unwrap_or_else(|| value.span()))
}
