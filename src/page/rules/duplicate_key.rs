use std::collections::HashMap;

use crate::lint::{Report, rule};
use crate::page::Page;

rule! {
    /// The front matter has the same key twice.
    ///
    /// YAML forbids it. Some readers refuse the file, others take the first value, most the last, so that two clients see two
    /// different skills.
    ///
    /// ```markdown bad folder=pdf-tools
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// name: pdf-tools
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// Source: YAML 1.2.2 section 3.2.1.3.
    "duplicate-key", Correctness, "0.1.0", Page, check, refused_by [Spec]
}

fn check(page: &Page, report: &mut Report<'_>) {
    let mut first = HashMap::new();
    for (key, _) in page.parts.fields() {
        let Some(name) = key.as_text() else {
            continue;
        };
        if let Some(&earlier) = first.get(name) {
            report
                .at(&page.source, key.span, format!("key `{name}` is written twice"))
                .label(earlier, "first written here")
                .help("keep one of them");
        } else {
            first.insert(name, key.span);
        }
    }
}
