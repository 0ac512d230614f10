use crate::lint::{Report, rule};
use crate::skill::Skill;
use crate::skill::plan::PLAN;

rule! {
    /// The skill has no plan, `init.md`.
    ///
    /// The checklist has one beside every `SKILL.md`: what the skill is to cover, what it was chosen from, and how one decides.
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
    /// Source: the plan "Full-Stack Skills Plan", December 2025, "Quality Checklist", and the structure of its skills.
    "plan-missing", Plan, "0.1.0", Skill, check
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    if skill.unreadable.is_none() && !skill.pages.contains_key(PLAN) {
        report
            .file(skill.page.source.path(), format!("the skill has no plan, `{PLAN}`"))
            .help("write one: scope, libraries, decisions, languages, integration, security, performance, structure");
    }
}
