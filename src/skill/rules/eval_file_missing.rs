use crate::document::tree::Node;
use crate::lint::{Report, rule};
use crate::skill::Skill;
use crate::skill::evals::eval_files;
use crate::skill::links::{Target, resolve, similar};

rule! {
    /// A case names an input file that is not in the skill.
    ///
    /// The run starts without it, and measures something else. Paths count from the skill's folder, or from `evals/`.
    ///
    /// ```json bad path=evals/evals.json
    /// {
    ///   "skill_name": "pdf-tools",
    ///   "evals": [
    ///     { "id": 1, "prompt": "Merge them", "files": ["evals/files/a.pdf"], "assertions": ["out.pdf has 4 pages"] }
    ///   ]
    /// }
    /// ```
    ///
    /// ```json good path=evals/evals.json
    /// {
    ///   "skill_name": "pdf-tools",
    ///   "evals": [{ "id": 1, "prompt": "Make a PDF", "files": [], "assertions": ["out.pdf has 1 page"] }]
    /// }
    /// ```
    ///
    /// Source: anthropics/skills, `skill-creator/references/schemas.md`: "relative to skill root", read 2026-11.
    "eval-file-missing", Suspicious, "0.2.0", Skill, check
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    for file in eval_files(skill) {
        for case in file.cases() {
            for node in case.get("files").and_then(Node::as_list).unwrap_or_default() {
                let Some(written) = node.as_str() else {
                    continue;
                };
                let Target::Inside(path) = resolve("SKILL.md", &format!("./{written}")) else {
                    continue;
                };
                let places = [
                    path.clone(),
                    format!("evals/{path}"),
                    format!("evals/files/{path}"),
                ];
                if places.iter().any(|place| skill.has(place)) {
                    continue;
                }
                let finding = report.at(
                    file.source,
                    node.span,
                    format!("there is no `{written}` in the skill"),
                );
                match similar(skill, &path) {
                    Some(near) => finding.help(format!("did you mean `{near}`?")),
                    None => finding.help("add the file, or take it out of the case"),
                };
            }
        }
    }
}
