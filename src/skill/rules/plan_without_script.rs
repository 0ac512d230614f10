use crate::lint::{Report, rule};
use crate::skill::Skill;

rule! {
    /// The skill has no script under `scripts/`.
    ///
    /// A script does its work without a model reading it: only what it prints costs tokens.
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
    /// Source: the plan "Full-Stack Skills Plan", December 2025, "Quality Checklist", "Each SKILL.md Must Follow": token-free
    /// scripts for automation.
    "plan-without-script", Plan, "0.1.0", Skill, check
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    let has_script = skill.files.iter().any(|entry| entry.path.starts_with("scripts/"));
    if skill.unreadable.is_none() && !has_script {
        let page = &skill.page;
        report
            .at(
                &page.source,
                page.head(),
                "the skill has no file under `scripts/`",
            )
            .help("let a script do what needs no judgement");
    }
}
