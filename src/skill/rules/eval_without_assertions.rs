use crate::lint::{Report, rule};
use crate::skill::Skill;
use crate::skill::evals::{assertions, eval_files};

rule! {
    /// A case in `evals/evals.json` has nothing to be held to: no `assertions`, no `expectations`.
    ///
    /// A grader can only say whether it likes the answer, and two runs cannot be compared. Each file is reported once.
    ///
    /// ```json bad path=evals/evals.json
    /// {
    ///   "skill_name": "pdf-tools",
    ///   "evals": [{ "id": 1, "prompt": "Merge a.pdf and b.pdf", "expected_output": "One file" }]
    /// }
    /// ```
    ///
    /// ```json good path=evals/evals.json
    /// {
    ///   "skill_name": "pdf-tools",
    ///   "evals": [{ "id": 1, "prompt": "Merge a.pdf and b.pdf", "expectations": ["out.pdf has 4 pages"] }]
    /// }
    /// ```
    ///
    /// Source: agentskills.io, "Evaluating skill output quality", on assertions, read 2026-11.
    "eval-without-assertions", Style, "0.2.0", Skill, check
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    for file in eval_files(skill) {
        let bare: Vec<_> = file.cases().filter(|case| assertions(case).is_empty()).collect();
        let Some(first) = bare.first() else {
            continue;
        };
        let message = match bare.len() {
            1 => "the case has no assertions".to_owned(),
            count => format!("this case and {} more have no assertions", count - 1),
        };
        let place = first.pair("prompt").map_or(first.span, |(key, _)| key.span);
        report
            .at(file.source, place, message)
            .help("add `\"assertions\"`: statements that a run makes true or false");
    }
}
