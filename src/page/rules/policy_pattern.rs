use crate::lint::{Report, rule};
use crate::page::Page;

rule! {
    /// A field's text does not match the expression that the organisation sets for it.
    ///
    /// The expression is said in the settings and holds for the whole text: `patterns = { "metadata.version" = '\d+\.\d+\.\d+' }`
    /// under `[[lint.policy]]`. Of a list each item must match. A field that is not there is not judged.
    ///
    /// ```markdown bad policy=patterns={"metadata.version"="[0-9.]+"}
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// metadata:
    ///   version: first
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown good policy=patterns={"metadata.version"="[0-9.]+"}
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// metadata:
    ///   version: "1.2.0"
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// Source: the settings of the project, `lint.policy`.
    "policy-pattern", Correctness, "0.1.0", Page, check
}

fn check(page: &Page, report: &mut Report<'_>) {
    for policy in page.policies(report.options()) {
        for pattern in &policy.patterns {
            for (text, span) in page.nested_texts(&pattern.field) {
                if !pattern.matches(text) {
                    report
                        .at(
                            &page.source,
                            span,
                            format!("`{}` does not have the form that the policy sets", pattern.field),
                        )
                        .help(format!("it must match `{}` as a whole", pattern.written));
                }
            }
        }
    }
}
