use crate::document::front_matter::{Block, FrontMatter};
use crate::document::yaml::RefusalKind;
use crate::lint::{Report, rule};
use crate::page::Page;
use crate::text::Span;

use super::control_character::is_control;

rule! {
    /// The front matter is not YAML.
    ///
    /// Clients cannot read a single field of it and do not load the file.
    ///
    /// ```markdown bad
    /// ---
    /// name: "pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: [Reads PDF files.
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
    /// Source: Agent Skills specification, "Frontmatter".
    "front-matter-syntax", Correctness, "0.1.0", Page, check, refused_by [Spec, ClaudeUpload, Gh, Client]
}

fn check(page: &Page, report: &mut Report<'_>) {
    let FrontMatter::Block(Block {
        content: Err(refusal),
        ..
    }) = &page.parts.front_matter
    else {
        return;
    };
    let next = page.source.text()[refusal.at..].chars().next();
    // Those two have rules of their own that say it better.
    if refusal.kind == RefusalKind::Syntax && !next.is_some_and(is_control) {
        let end = refusal.at
            + next
                .filter(|next| !next.is_whitespace())
                .map_or(0, char::len_utf8);
        report
            .at(
                &page.source,
                Span::new(refusal.at, end),
                format!("the front matter is not YAML: {}", refusal.message),
            )
            .help(refusal.remedy);
    }
}
