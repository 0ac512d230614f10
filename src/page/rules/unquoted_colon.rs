use crate::diagnostic::Fix;
use crate::document::front_matter::{Block, FrontMatter};
use crate::document::yaml::{self, RefusalKind};
use crate::lint::{Report, rule};
use crate::page::Page;
use crate::text::{Edit, Span};

rule! {
    /// A value in the front matter holds a colon followed by a space and is not quoted.
    ///
    /// YAML reads the colon as the start of a map and refuses the file. Claude Code reads it with a second, lenient parser;
    /// strict readers such as `skills-ref` do not.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when: a task mentions a PDF.
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: "Reads PDF files. Use when: a task mentions a PDF."
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// Source: YAML 1.2.2 section 7.3.3; Agent Skills implementation guide, "lenient parsing".
    "unquoted-colon", Correctness, "0.1.0", Page, check, refused_by [Spec, ClaudeUpload, Gh]
}

fn check(page: &Page, report: &mut Report<'_>) {
    let FrontMatter::Block(Block {
        content: Err(refusal),
        ..
    }) = &page.parts.front_matter
    else {
        return;
    };
    if refusal.kind != RefusalKind::UnquotedColon {
        return;
    }
    let line = page.source.line_span(page.source.locate(refusal.at).line);
    let text = page.source.slice(line);
    let finding = report
        .at(
            &page.source,
            Span::new(refusal.at, refusal.at + 1),
            "this colon begins a map inside an unquoted value",
        )
        .help(refusal.remedy);
    // Only a value that is whole on this line can be quoted without guessing.
    let Some((key, value)) = text.split_once(": ") else {
        return;
    };
    let value = value.trim();
    let is_plain = !value.starts_with(['"', '\'', '[', '{', '|', '>', '&', '*', '!', '#']);
    let has_comment = value.contains(" #");
    if is_plain && !has_comment && !key.contains(['"', '\'', '{', '[']) {
        let start = line.start + text.len() - text[key.len()..].trim_start_matches(": ").trim_start().len();
        let span = Span::new(start, start + value.len());
        finding.fix(Fix::safe(
            "quote the value",
            vec![Edit::replace(span, yaml::double_quoted(value))],
        ));
    }
}
