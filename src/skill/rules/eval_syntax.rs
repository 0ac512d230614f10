use crate::lint::{Report, rule};
use crate::skill::Skill;
use crate::skill::evals::{Content, eval_files};
use crate::text::Span;

rule! {
    /// A file of evaluations is not JSON.
    ///
    /// No tool can run it. `evals/evals.json` is looked at, and files in `evals/` whose names speak of triggers; what lies deeper may
    /// be broken on purpose.
    ///
    /// ```json bad path=evals/evals.json
    /// {
    ///   "skill_name": "pdf-tools",
    ///   "evals": [],
    /// }
    /// ```
    ///
    /// ```json good path=evals/evals.json
    /// {
    ///   "skill_name": "pdf-tools",
    ///   "evals": [
    ///     { "id": 1, "prompt": "Merge a.pdf and b.pdf", "expected_output": "One file", "assertions": ["out.pdf has 4 pages"] }
    ///   ]
    /// }
    /// ```
    ///
    /// Source: RFC 8259; agentskills.io, "Evaluating skill output quality", read 2026-11.
    "eval-syntax", Correctness, "0.2.0", Skill, check
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    for file in eval_files(skill) {
        if let Content::Refused(refusal) = &file.content {
            report
                .at(file.source, Span::at(refusal.at), refusal.message.clone())
                .help(refusal.remedy);
        }
    }
}
