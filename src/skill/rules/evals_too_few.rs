use crate::lint::{Report, rule};
use crate::skill::Skill;
use crate::skill::evals::{Content, eval_files};

rule! {
    /// `evals/evals.json` has fewer than two cases.
    ///
    /// One case says little about a skill; the guide starts with two or three. Off by default: one is better than none.
    ///
    /// ```json bad path=evals/evals.json
    /// {
    ///   "skill_name": "pdf-tools",
    ///   "evals": [{ "id": 1, "prompt": "Merge a.pdf and b.pdf", "assertions": ["out.pdf has 4 pages"] }]
    /// }
    /// ```
    ///
    /// ```json good path=evals/evals.json
    /// {
    ///   "skill_name": "pdf-tools",
    ///   "evals": [
    ///     { "id": 1, "prompt": "Merge a.pdf and b.pdf", "assertions": ["out.pdf has 4 pages"] },
    ///     { "id": 2, "prompt": "Split a.pdf", "assertions": ["there are 2 files"] }
    ///   ]
    /// }
    /// ```
    ///
    /// Source: agentskills.io, "Evaluating skill output quality": two or three cases to begin with, read 2026-11.
    "evals-too-few", Pedantic, "0.2.0", Skill, check
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    for file in eval_files(skill) {
        let Content::Cases(root) = &file.content else {
            continue;
        };
        let count = file.cases().count();
        if let Some((key, _)) = root.pair("evals").filter(|_| count < 2) {
            report
                .at(
                    file.source,
                    key.span,
                    format!("there are {count} cases, and two are the fewest that say something"),
                )
                .help("add cases that differ in what they ask for");
        }
    }
}
