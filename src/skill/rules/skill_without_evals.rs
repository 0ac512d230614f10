use crate::lint::{Report, rule};
use crate::skill::Skill;
use crate::skill::evals::has_evals;

rule! {
    /// The skill has no evaluations.
    ///
    /// Whether it triggers when it should, and whether work is better with it, nobody knows. Off by default: of 718 public skills
    /// none had an `evals/evals.json`. Evaluations of any format count: `evals/`, `evaluations/`, `eval.yaml`.
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
    /// ```markdown good files=evals/merge/case.yaml
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// Source: agentskills.io, "Evaluating skill output quality", read 2026-11.
    "skill-without-evals", Pedantic, "0.2.0", Skill, check
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    if skill.unreadable.is_none() && !has_evals(skill) {
        report
            .file(skill.page.source.path(), "the skill has no evaluations")
            .help("begin with two or three cases in `evals/evals.json`");
    }
}
