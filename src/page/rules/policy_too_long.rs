use crate::lint::{Report, rule};
use crate::page::Page;

rule! {
    /// A field's text is longer than the organisation allows.
    ///
    /// The limit is said in the settings, in characters: `max_characters = { description = 300 }` under `[[lint.policy]]`.
    ///
    /// ```markdown bad policy=max_characters={description=40}
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown good policy=max_characters={description=300}
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// Source: the settings of the project, `lint.policy`.
    "policy-too-long", Correctness, "0.1.0", Page, check
}

fn check(page: &Page, report: &mut Report<'_>) {
    for policy in page.policies(report.options()) {
        for (field, most) in &policy.asked.max_characters {
            for (text, span) in page.nested_texts(field) {
                let length = text.chars().count();
                if length > *most {
                    report
                        .at(
                            &page.source,
                            span,
                            format!("`{field}` has {length} characters, more than the policy's {most}"),
                        )
                        .help("shorten it");
                }
            }
        }
    }
}
