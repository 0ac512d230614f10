use crate::lint::{Report, rule};
use crate::page::Page;
use crate::text::nearest;

rule! {
    /// A field has a value that the organisation does not allow.
    ///
    /// The values are said in the settings: `values = { "metadata.tier" = ["gold", "silver"] }` under `[[lint.policy]]`. Of a list
    /// each item is held against them. A field that is not there is not judged.
    ///
    /// ```markdown bad policy=values={"metadata.tier"=["gold","silver"]}
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// metadata:
    ///   tier: bronze
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown good policy=values={"metadata.tier"=["gold","silver"]}
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// metadata:
    ///   tier: gold
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// Source: the settings of the project, `lint.policy`.
    "policy-value", Correctness, "0.1.0", Page, check
}

fn check(page: &Page, report: &mut Report<'_>) {
    for policy in page.policies(report.options()) {
        for (field, allowed) in &policy.asked.values {
            for (text, span) in page.nested_texts(field) {
                if allowed.iter().any(|value| value == text) {
                    continue;
                }
                let finding = report.at(
                    &page.source,
                    span,
                    format!("the policy does not allow `{text}` for `{field}`"),
                );
                match nearest(text, allowed.iter().map(String::as_str)) {
                    Some(near) => finding.help(format!("did you mean `{near}`?")),
                    None => finding.help(format!("one of {}", allowed.join(", "))),
                };
            }
        }
    }
}
