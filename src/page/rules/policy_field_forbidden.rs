use crate::lint::{Report, rule};
use crate::page::Page;

rule! {
    /// A field is there that the organisation forbids.
    ///
    /// What is forbidden is said in the settings: `forbidden = ["model", "metadata.draft"]` under `[[lint.policy]]`.
    ///
    /// ```markdown bad policy=forbidden=["model"]
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// model: opus
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown good policy=forbidden=["model"]
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// license: MIT
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// Source: the settings of the project, `lint.policy`.
    "policy-field-forbidden", Correctness, "0.1.0", Page, check
}

fn check(page: &Page, report: &mut Report<'_>) {
    for policy in page.policies(report.options()) {
        for field in &policy.asked.forbidden {
            if let Some((key, _)) = page.nested(field) {
                report
                    .at(&page.source, key.span, format!("the policy forbids `{field}`"))
                    .help("remove it");
            }
        }
    }
}
