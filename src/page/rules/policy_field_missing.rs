use crate::document::yaml::{Node, Value};
use crate::lint::{Report, rule};
use crate::page::Page;

rule! {
    /// A field that the organisation requires is missing or empty.
    ///
    /// What is required is said in the settings, with a dot where a field is nested: `required = ["license", "metadata.owner"]`
    /// under `[[lint.policy]]`. It may hold for some paths only.
    ///
    /// ```markdown bad policy=required=["metadata.owner"]
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// license: MIT
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown good policy=required=["metadata.owner"]
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// metadata:
    ///   owner: documents-team
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// Source: the settings of the project, `lint.policy`.
    "policy-field-missing", Correctness, "0.1.0", Page, check
}

fn check(page: &Page, report: &mut Report<'_>) {
    if !page.has_fields() {
        return;
    }
    for policy in page.policies(report.options()) {
        for field in &policy.asked.required {
            let found = page.nested(field);
            if found.is_some_and(|(_, value)| !is_empty(value)) {
                continue;
            }
            let span = found.map_or(page.head(), |(key, _)| key.span);
            report
                .at(&page.source, span, format!("the policy asks for `{field}`"))
                .help(format!("add `{field}`"));
        }
    }
}

fn is_empty(value: &Node) -> bool {
    match &value.value {
        Value::Scalar { text, .. } => text.trim().is_empty() || value.type_name() == "null",
        Value::List(items) => items.is_empty(),
        Value::Map(pairs) => pairs.is_empty(),
        Value::Alias => false,
    }
}
