use crate::diagnostic::Fix;
use crate::document::yaml::{self, Style, Value};
use crate::lint::{Report, rule};
use crate::skill::Skill;
use crate::text::{Edit, Span};

rule! {
    /// The description is a block scalar (`|` or `>`) or runs over several lines.
    ///
    /// Several clients read front matter line by line and show only the first line, or the bare `|`.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: >
    ///   Reads PDF files.
    ///   Use when a task mentions a PDF.
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
    /// Source: issue reports of clients with line-based readers, gathered 2026-11-20.
    "description-on-many-lines", Style, "0.1.0", Skill, check
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    let page = &skill.page;
    let Some((key, value)) = page.field("description") else {
        return;
    };
    let (Value::Scalar { text, style }, Some((joined, _))) = (&value.value, page.text_field("description"))
    else {
        return;
    };
    let is_block = matches!(style, Style::Literal | Style::Folded);
    let written = page.source.slice(value.span).trim_end();
    if !is_block && !written.contains('\n') {
        return;
    }
    let finding = report
        .at(
            &page.source,
            key.span,
            "the description is written over several lines",
        )
        .help("write it on one line, in double quotes if it holds a colon");
    // One paragraph can be joined without changing what is said; lists and several paragraphs cannot.
    let is_list = text.lines().any(|line| line.trim_start().starts_with(['-', '*']));
    let gap = page.source.slice(Span::new(key.span.end, value.span.start));
    let has_comment = gap.contains('#') || written.contains(" #");
    if !joined.contains("\n\n") && !is_list && !has_comment {
        let words = joined.split_whitespace().collect::<Vec<_>>().join(" ");
        let span = Span::new(key.span.end, value.span.start + written.len());
        let edit = Edit::replace(span, format!(": {}", yaml::double_quoted(&words)));
        finding.fix(Fix::safe("join the lines", vec![edit]));
    }
}
