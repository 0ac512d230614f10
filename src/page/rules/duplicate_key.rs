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
    /// Source: YAML 1.2.2 section 3.2.1.3; `skills-ref` 0.1.1 and the YAML reader of `gh skill publish` refuse it, seen 2026-11.
    "duplicate-key", Correctness, "0.1.0", Page, check, refused_by [Spec, Gh]
}

fn check(page: &Page, report: &mut Report<'_>) {
    let mut maps = vec![page.parts.fields()];
    while let Some(pairs) = maps.pop() {
        let mut first = HashMap::new();
        for (key, value) in pairs {
            maps.extend(value.as_map());
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
}
