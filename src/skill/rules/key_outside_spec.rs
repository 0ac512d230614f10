use crate::lint::{Report, rule};
use crate::skill::{Skill, fields};

rule! {
    /// The front matter holds a key of Claude Code that the specification does not have, such as `argument-hint`.
    ///
    /// Claude Code reads it, other clients pass over it, and readers that follow the specification to the letter refuse the skill:
    /// it can neither be uploaded to claude.ai nor pass `skills-ref validate`. Nothing is wrong with it in a skill for Claude Code,
    /// so the rule is off by default and on under the profiles `spec` and `claude-upload`.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// argument-hint: "[file]"
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
    /// Source: Claude Code documentation, "Using skill frontmatter outside Claude Code", read 2026-08-22; `skills-ref` 0.1.1.
    "key-outside-spec", Pedantic, "0.1.0", Skill, check, refused_by [Spec, ClaudeUpload]
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    let page = &skill.page;
    for (key, _) in page.parts.fields() {
        if let Some(name) = key.as_text().filter(|name| fields::CLAUDE_CODE.contains(name)) {
            report
                .at(
                    &page.source,
                    key.span,
                    format!("the specification has no key `{name}`"),
                )
                .help("remove it where the skill is not for Claude Code alone");
        }
    }
}
