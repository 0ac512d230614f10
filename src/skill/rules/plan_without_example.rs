use crate::lint::{Report, rule};
use crate::page::Page;
use crate::skill::Skill;

rule! {
    /// The skill has no working code example: no code block in `SKILL.md` or a reference, and no file under `examples/`.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown good plan=whole
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// Source: the plan "Full-Stack Skills Plan", December 2025, "Quality Checklist", "Each SKILL.md Must Follow": working code
    /// examples.
    "plan-without-example", Plan, "0.1.0", Skill, check
}

/// Languages of code blocks that nothing runs.
const PROSE: &[&str] = &["", "text", "txt", "markdown", "md", "plaintext", "mermaid"];

fn check(skill: &Skill, report: &mut Report<'_>) {
    let has_code = |page: &Page| {
        page.markdown.fences.iter().any(|fence| {
            let language = fence.info.split([' ', ',', '{']).next().unwrap_or_default();
            !PROSE.contains(&language.to_lowercase().as_str())
        })
    };
    let has_file = skill
        .files
        .iter()
        .any(|entry| entry.path.starts_with("examples/"));
    if skill.unreadable.is_none() && !has_file && !has_code(&skill.page) && !skill.references().any(has_code)
    {
        let page = &skill.page;
        report
            .at(&page.source, page.head(), "the skill has no code example")
            .help("add one in a code block, or a file under `examples/`");
    }
}
