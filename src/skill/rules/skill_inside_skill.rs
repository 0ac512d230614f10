use crate::lint::{Report, rule};
use crate::skill::{FILE_NAME, Skill};

rule! {
    /// A skill lies in the folder of another, which does not mention it.
    ///
    /// Clients stop looking for skills where they find one, so the inner one is never listed. As a page that the outer skill links to
    /// it can still be read; where nothing leads to it, it is lost.
    ///
    /// ```markdown bad around=pdf-tools/SKILL.md,pdf-tools/forms/SKILL.md at=pdf-tools
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown good around=pdf-tools/SKILL.md,pdf-tools/forms/SKILL.md at=pdf-tools
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read the file. For forms read [the other page](forms/SKILL.md) too.
    /// ```
    ///
    /// Source: vercel-labs/skills, discovery of skills: a folder with a `SKILL.md` is not searched further, read 2026-11.
    "skill-inside-skill", Suspicious, "0.2.0", Skill, check
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    if skill.unreadable.is_some() {
        return;
    }
    for inner in skill.around.inner_skills() {
        let is_further_in = (inner.match_indices('/'))
            .any(|(at, _)| skill.around.inner_skills().any(|other| other == &inner[..at]));
        let is_mentioned = skill.sources().any(|source| {
            let name = inner.rsplit('/').next().unwrap_or(inner);
            source.text().contains(name)
        });
        let is_example = inner.split('/').any(|part| {
            matches!(
                part,
                "examples" | "assets" | "templates" | "tests" | "fixtures" | "evals"
            ) || part.starts_with('.')
        });
        if !is_mentioned && !is_example && !is_further_in {
            report
                .file(
                    &skill.shown(&format!("{inner}/{FILE_NAME}")),
                    format!(
                        "the skill `{inner}` lies inside the skill `{}`",
                        skill.folder_name
                    ),
                )
                .help("move it beside the outer skill, or link to it as a page");
        }
    }
}
