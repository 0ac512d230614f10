use crate::diagnostic::Fix;
use crate::document::yaml;
use crate::lint::{Report, rule};
use crate::page::tools;
use crate::skill::Skill;
use crate::text::{Edit, Span};

rule! {
    /// `allowed-tools` is a list, not one text.
    ///
    /// The specification has names parted by spaces, and `gh skill publish` refuses a list. Claude Code reads both, so nothing
    /// changes for it when the list becomes text.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// allowed-tools: [Read, "Bash(git log *)"]
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// allowed-tools:
    ///   - Read
    ///   - Grep
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// allowed-tools: Read Bash(git log *)
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// Source: Agent Skills specification, `allowed-tools` field; source of `gh skill publish`, read 2026-11.
    "allowed-tools-not-text", Style, "0.1.0", Skill, check, refused_by [Gh]
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    let page = &skill.page;
    let Some((key, value)) = page.field("allowed-tools") else {
        return;
    };
    let kind = value.type_name();
    if !matches!(kind, "list" | "map") {
        return;
    }
    let finding = report
        .at(
            &page.source,
            value.span,
            format!("`allowed-tools` is a {kind}, not text"),
        )
        .help("write the names on one line with spaces between them");
    let items: Option<Vec<&str>> = value
        .as_list()
        .unwrap_or_default()
        .iter()
        .map(|item| item.as_str().filter(|text| tools::is_one(text)))
        .collect();
    let end = Span::new(key.span.end, value.span.end);
    let has_comment = page.source.slice(end).contains('#');
    if let Some(items) = items.filter(|items| !items.is_empty() && !has_comment) {
        let line = format!(": {}", yaml::quoted(&items.join(" ")));
        finding.fix(Fix::safe("write it on one line", vec![Edit::replace(end, line)]));
    }
}
