use crate::diagnostic::Fix;
use crate::lint::{Report, rule};
use crate::skill::Skill;
use crate::text::{Edit, Span};

rule! {
    /// A path is written with backslashes.
    ///
    /// It works on Windows only; `/` works everywhere. Links are looked at, and mentions of `references\`, `scripts\`, `assets\`
    /// and `examples\` outside code blocks.
    ///
    /// ```markdown bad files=references/forms.md
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read [the guide to forms](references\forms.md) when there is a form.
    /// ```
    ///
    /// ```markdown good files=references/forms.md
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read [the guide to forms](references/forms.md) when there is a form.
    /// ```
    ///
    /// Source: Claude documentation, "Skill authoring best practices", "avoid Windows-style paths".
    "backslash-path", Suspicious, "0.1.0", Skill, check
}

/// Folders of a skill that are named in prose.
const FOLDERS: &[&str] = &["references\\", "scripts\\", "assets\\", "examples\\"];

fn check(skill: &Skill, report: &mut Report<'_>) {
    let page = &skill.page;
    let text = page.source.text();
    let body = page.parts.body;
    for at in memchr::memchr_iter(b'\\', page.body().as_bytes()) {
        let before = &page.body()[..=at];
        for folder in FOLDERS.iter().filter(|folder| before.ends_with(**folder)) {
            let start = body.start + before.len() - folder.len();
            let in_code = page
                .markdown
                .fences
                .iter()
                .any(|fence| fence.span.contains(start));
            let starts_a_word =
                !text[..start].ends_with(|before: char| before.is_alphanumeric() || before == '\\');
            let rest = &text[start..];
            let length = rest
                .find(|character: char| !(character.is_alphanumeric() || "\\/._-".contains(character)))
                .unwrap_or(rest.len());
            let path = &rest[..length];
            // `references\` alone may be an escaped mark, `scripts\d+` a pattern.
            let mended = path.replace('\\', "/");
            let is_path = path[folder.len()..].contains('.') || skill.has(&mended);
            if in_code || !starts_a_word || !is_path {
                continue;
            }
            let span = Span::new(start, start + length);
            report
                .at(
                    &page.source,
                    span,
                    format!("`{path}` is written with backslashes"),
                )
                .help(format!("write `{mended}`"))
                .fix(Fix::safe(
                    format!("write `{mended}`"),
                    vec![Edit::replace(span, mended.clone())],
                ));
        }
    }
}
