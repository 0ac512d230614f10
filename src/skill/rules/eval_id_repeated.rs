use std::collections::BTreeMap;

use crate::lint::{Report, rule};
use crate::skill::Skill;
use crate::skill::evals::eval_files;

rule! {
    /// Two cases in `evals/evals.json` have the same `id`.
    ///
    /// Runs and grades are kept by it: the later case overwrites what the earlier one came to.
    ///
    /// ```json bad path=evals/evals.json
    /// {
    ///   "skill_name": "pdf-tools",
    ///   "evals": [
    ///     { "id": 1, "prompt": "Merge a.pdf and b.pdf", "assertions": ["out.pdf has 4 pages"] },
    ///     { "id": 1, "prompt": "Split a.pdf", "assertions": ["there are 2 files"] }
    ///   ]
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
    /// Source: anthropics/skills, `skill-creator/references/schemas.md`: "unique integer identifier", read 2026-11.
    "eval-id-repeated", Suspicious, "0.2.0", Skill, check
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    for file in eval_files(skill) {
        let mut seen = BTreeMap::new();
        for case in file.cases() {
            let Some(id) = case.get("id") else {
                continue;
            };
            let Some(text) = id.as_text() else {
                continue;
            };
            if let Some(first) = seen.get(text) {
                report
                    .at(
                        file.source,
                        id.span,
                        format!("another case has the id `{text}` too"),
                    )
                    .label(*first, "the first one")
                    .help("number the cases");
            } else {
                seen.insert(text, id.span);
            }
        }
    }
}
