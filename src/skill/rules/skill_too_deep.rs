use crate::lint::{Report, rule};
use crate::skill::Skill;

rule! {
    /// The skill lies deeper below its `skills` folder than clients look.
    ///
    /// They find `skills/<name>/`, and catalogues `skills/<group>/<name>/`. What lies deeper must be named in a plugin's manifest or
    /// is never found. Copies among examples and tests are passed over.
    ///
    /// ```markdown bad around=skills/a/b/pdf-tools/SKILL.md at=skills/a/b/pdf-tools
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown good around=skills/a/pdf-tools/SKILL.md at=skills/a/pdf-tools
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// Source: `gh skill publish`, discovery (`skills/*/`, `skills/{scope}/*/`); vercel-labs/skills, discovery (one level, two for
    /// catalogues), read 2026-11.
    "skill-too-deep", Suspicious, "0.2.0", Skill, check
}

/// Levels below `skills` that are looked at.
const MOST_LEVELS: usize = 2;

fn check(skill: &Skill, report: &mut Report<'_>) {
    let folder = skill.folder.as_str();
    let below = match folder.rfind("/skills/") {
        Some(at) => &folder[at + "/skills/".len()..],
        None => folder.strip_prefix("skills/").unwrap_or_default(),
    };
    let levels = below.split('/').count();
    let is_kept_for_show = folder.split('/').any(|part| {
        matches!(
            part,
            "examples" | "assets" | "templates" | "tests" | "fixtures" | "evals"
        )
    });
    if levels > MOST_LEVELS && !is_kept_for_show && !skill.around.is_inside_a_skill() {
        report
            .file(
                skill.page.source.path(),
                format!("the skill lies {levels} levels below `skills`, and clients look at {MOST_LEVELS}"),
            )
            .help("move it up to `skills/<name>/` or `skills/<group>/<name>/`");
    }
}
