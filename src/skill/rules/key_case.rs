use crate::diagnostic::Fix;
use crate::lint::{Report, rule};
use crate::skill::{Skill, fields};
use crate::text::Edit;

rule! {
    /// A key of the front matter differs only in letter case from a known one, such as `Name` or `Description`.
    ///
    /// Keys are case-sensitive: the field is not found, and readers that refuse unknown keys refuse the file.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// License: MIT
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
    /// Source: Agent Skills specification, "Frontmatter"; YAML keys are case-sensitive.
    "key-case", Suspicious, "0.1.0", Skill, check, refused_by [Spec, ClaudeUpload]
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    let page = &skill.page;
    for (key, _) in page.parts.fields() {
        let Some(name) = key.as_text() else {
            continue;
        };
        let known = fields::known().find(|known| known.eq_ignore_ascii_case(name) && *known != name);
        if let Some(known) = known {
            let finding = report
                .at(
                    &page.source,
                    key.span,
                    format!("the key `{name}` is not `{known}`: keys are case-sensitive"),
                )
                .help(format!("write `{known}`"));
            if page.field(known).is_none() {
                finding.fix(Fix::safe(
                    format!("write `{known}`"),
                    vec![Edit::replace(key.span, known)],
                ));
            }
        }
    }
}
