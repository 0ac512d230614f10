use crate::lint::{Report, rule};
use crate::page::Page;

use super::yaml_alias::marks_of_yaml;

rule! {
    /// A value in the front matter begins with `!`, which YAML takes for a tag, not for text.
    ///
    /// The first word of the value is lost: `!Important note` is read as `note`. `skills-ref` refuses the file.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// license: !MIT terms apply
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// license: "!MIT terms apply"
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// Source: YAML 1.2.2, section 6.8.2; behaviour of `skills-ref` 0.1.1, seen 2026-11-21.
    "yaml-tag", Suspicious, "0.1.0", Page, check, refused_by [Spec]
}

fn check(page: &Page, report: &mut Report<'_>) {
    for place in marks_of_yaml(page, '!') {
        report
            .at(&page.source, place, "YAML takes this for a tag and not for text")
            .help("put the whole value in quotes");
    }
}
