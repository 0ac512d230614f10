use crate::lint::{Report, rule};
use crate::page::Page;
use crate::page::tags::{self, Tag};

rule! {
    /// An XML-like tag in the text is opened and not closed, or closed and not opened.
    ///
    /// Tags part instructions from data; where one is missing, a model takes the rest of the page for data, or data for
    /// instructions. Only names that are opened somewhere and closed somewhere are judged, so that `<name>` as a placeholder
    /// passes, and neither code nor a tag in the middle of a line, which is a mention.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// <rules>
    /// Read the file.
    /// </rules>
    ///
    /// <rules>
    /// Read it again.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// <rules>
    /// Read the file.
    /// </rules>
    ///
    /// Open `<rules>` or <file>.
    /// ```
    ///
    /// Source: Claude documentation, "Skill authoring best practices", on XML tags; the XML 1.0 specification, section 3.
    "tag-unbalanced", Suspicious, "0.1.0", Page, check
}

fn check(page: &Page, report: &mut Report<'_>) {
    if !page.body().contains("</") {
        return;
    }
    let tags = tags::in_page(page);
    let mut open: Vec<&Tag<'_>> = Vec::new();
    for tag in &tags {
        let is_pair = |closes| {
            tags.iter()
                .any(|other| other.name == tag.name && other.closes == closes)
        };
        if !is_pair(true) || !is_pair(false) {
            continue;
        }
        if !tag.closes {
            open.push(tag);
        } else if let Some(at) = open.iter().rposition(|other| other.name == tag.name) {
            open.remove(at);
        } else {
            report
                .at(
                    &page.source,
                    tag.span,
                    format!("`</{}>` closes nothing", tag.name),
                )
                .help("remove it, or open the tag where its part begins");
        }
    }
    for tag in open {
        report
            .at(
                &page.source,
                tag.span,
                format!("`<{}>` is never closed", tag.name),
            )
            .help(format!("add `</{}>` where its part ends", tag.name));
    }
}
