use crate::lint::{Report, rule};
use crate::skill::Skill;
use crate::skill::plan::PLAN;

rule! {
    /// `SKILL.md` discloses nothing step by step: it links to no page and names none under `references/`.
    ///
    /// The checklist asks for progressive disclosure: the file holds what every task needs and points to the rest.
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
    /// Source: the plan "Full-Stack Skills Plan", December 2025, "Quality Checklist", "Each SKILL.md Must Follow": progressive
    /// disclosure to references.
    "plan-without-references", Plan, "0.1.0", Skill, check
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    let page = &skill.page;
    let is_named = |path: &String| path != PLAN && page.body().contains(path.as_str());
    if skill.unreadable.is_none() && !skill.pages.keys().any(is_named) {
        report
            .at(
                &page.source,
                page.head(),
                "no page under `references/` is pointed to",
            )
            .help("move details there, and say in `SKILL.md` when to read them");
    }
}
