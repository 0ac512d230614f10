use crate::diagnostic::Fix;
use crate::lint::{Report, rule};
use crate::skill::Skill;
use crate::skill::evals::{Content, eval_files};
use crate::text::Edit;

rule! {
    /// The `skill_name` of the evaluations is not the name of the skill they lie in.
    ///
    /// They were copied, or the skill was renamed; reports then speak of a skill that is not there.
    ///
    /// ```json bad path=evals/evals.json
    /// {
    ///   "skill_name": "pdf",
    ///   "evals": [{ "id": 1, "prompt": "Merge a.pdf and b.pdf", "assertions": ["out.pdf has 4 pages"] }]
    /// }
    /// ```
    ///
    /// ```json good path=evals/evals.json
    /// {
    ///   "skill_name": "pdf-tools",
    ///   "evals": [{ "id": 1, "prompt": "Merge a.pdf and b.pdf", "assertions": ["out.pdf has 4 pages"] }]
    /// }
    /// ```
    ///
    /// Source: anthropics/skills, `skill-creator/references/schemas.md`: "name matching the skill's frontmatter", read 2026-11.
    "eval-skill-name", Suspicious, "0.2.0", Skill, check
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    let name = skill.name();
    for file in eval_files(skill) {
        let Content::Cases(root) = &file.content else {
            continue;
        };
        let Some(value) = root.get("skill_name") else {
            continue;
        };
        let Some(written) = value
            .as_str()
            .filter(|written| !written.is_empty() && *written != name)
        else {
            continue;
        };
        let plain = name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let finding = report
            .at(
                file.source,
                value.span,
                format!("the skill is named `{name}`, not `{written}`"),
            )
            .help(format!("write `{name}`"));
        if plain {
            let edit = Edit::replace(value.span, format!("\"{name}\""));
            finding.fix(Fix::risky(format!("write `{name}`"), vec![edit]));
        }
    }
}
