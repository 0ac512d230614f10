use crate::lint::{Report, rule};
use crate::skill::Skill;

rule! {
    /// `SKILL.md` has no front matter with `name` and `description`.
    ///
    /// It is the first line of the checklist for `SKILL.md`. Clients need both; `name-missing` and `description-missing` say more.
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
    /// Source: the plan "Full-Stack Skills Plan", December 2025, "Quality Checklist", "Each SKILL.md Must Follow".
    "plan-fields-missing", Plan, "0.1.0", Skill, check
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    let page = &skill.page;
    let missing: Vec<&str> = ["name", "description"]
        .into_iter()
        .filter(|field| page.text_field(field).is_none())
        .collect();
    if skill.unreadable.is_none() && !missing.is_empty() {
        report
            .at(
                &page.source,
                page.head(),
                format!("no {} in the front matter", missing.join(" and no ")),
            )
            .help("write both");
    }
}
