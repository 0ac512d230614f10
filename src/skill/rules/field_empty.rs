use crate::diagnostic::Fix;
use crate::lint::{Report, rule};
use crate::skill::{Skill, fields};
use crate::text::{Edit, Span};

rule! {
    /// A field of the front matter has no value.
    ///
    /// It says nothing, and readers differ in what they make of it: no value, an empty text, or a fault. `name` and `description`
    /// have rules of their own.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// license:
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// license: MIT
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// Source: Agent Skills specification, "Frontmatter": optional fields are left out or have a value; `compatibility` has at
    /// least one character.
    "field-empty", Style, "0.1.0", Skill, check
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    let page = &skill.page;
    for (key, value) in page.parts.fields() {
        let Some(name) = key.as_text() else {
            continue;
        };
        let is_judged = fields::is_known(name) && !matches!(name, "name" | "description");
        let is_empty =
            value.type_name() == "null" || value.as_str().is_some_and(|text| text.trim().is_empty());
        if !is_judged || !is_empty {
            continue;
        }
        let finding = report
            .at(&page.source, key.span, format!("the field `{name}` has no value"))
            .help("give it one, or remove the line");
        let line = page.source.line_span(page.source.locate(key.span.start).line);
        let is_whole_line = line.start == key.span.start && value.span.end <= line.end;
        let break_length = page.source.text()[line.end..].find('\n').map_or(0, |at| at + 1);
        if is_whole_line && !page.source.slice(line).contains('#') {
            let span = Span::new(line.start, line.end + break_length);
            finding.fix(Fix::safe("remove the line", vec![Edit::delete(span)]));
        }
    }
}
