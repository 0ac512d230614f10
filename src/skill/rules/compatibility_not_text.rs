use crate::lint::{Report, rule};
use crate::skill::Skill;

rule! {
    /// `compatibility` is a list or a map, not text.
    ///
    /// The specification has one sentence there for a reader to judge; `skills-ref` and uploads to claude.ai refuse anything else.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// compatibility:
    ///   - Python 3.10
    ///   - git
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// compatibility: Requires Python 3.10 and git.
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// Source: Agent Skills specification, `compatibility` field; `skills-ref` 0.1.1 and `quick_validate.py`, read 2026-11.
    "compatibility-not-text", Correctness, "0.1.0", Skill, check, refused_by [Spec, ClaudeUpload]
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    let page = &skill.page;
    let Some((_, value)) = page.field("compatibility") else {
        return;
    };
    let kind = value.type_name();
    if matches!(kind, "list" | "map") {
        report
            .at(
                &page.source,
                value.span,
                format!("`compatibility` is a {kind}, not text"),
            )
            .help("write one sentence, for example `Requires Python 3.10 and git.`");
    }
}
