use std::sync::LazyLock;

use regex::Regex;

use crate::lint::{Report, rule};
use crate::skill::Skill;
use crate::skill::evals::{assertions, eval_files};

rule! {
    /// An assertion that two graders would judge differently: "the output is good".
    ///
    /// It passes whatever happens, and hides that a skill got worse. Short assertions are looked at that call something good, correct,
    /// clean or well done and name nothing that can be counted, found or compared.
    ///
    /// ```json bad path=evals/evals.json
    /// {
    ///   "skill_name": "pdf-tools",
    ///   "evals": [{ "id": 1, "prompt": "Merge a.pdf and b.pdf", "assertions": ["The output looks good"] }]
    /// }
    /// ```
    ///
    /// ```json good path=evals/evals.json
    /// {
    ///   "skill_name": "pdf-tools",
    ///   "evals": [
    ///     { "id": 1, "prompt": "Merge a.pdf and b.pdf", "assertions": ["out.pdf has 4 pages", "The page order is correct: a, then b"] }
    ///   ]
    /// }
    /// ```
    ///
    /// Source: agentskills.io, "Evaluating skill output quality", on assertions that are too vague to grade, read 2026-11.
    "assertion-vague", Style, "0.2.0", Skill, check
}

static VAGUE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let what = "(?:the |an? )?(?:final |generated )?(?:output|result|answer|response|code|document|file|report|it|skill|task|solution|work)s?";
    let is = "(?:is|are|looks?|works?|seems?|was|were|reads?|runs?)";
    let how = "(?:very |really |all )?(?:good|great|nice|fine|ok|okay|correct(?:ly)?|right|proper(?:ly)?|well[ -]?(?:done|written|made|formatted|structured)?|clean|high[ -]quality|of (?:high|good) quality|helpful|useful|appropriate|reasonable|as expected|complete|done|perfect|successful(?:ly)?)";
    Regex::new(&format!(r"(?i)^\s*{what} {is} {how}\s*[.!]?\s*$")).ok()
});

fn is_vague(text: &str) -> bool {
    VAGUE.as_ref().is_some_and(|vague| vague.is_match(text))
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    for file in eval_files(skill) {
        for assertion in file.cases().flat_map(assertions) {
            if let Some(text) = assertion.as_str().filter(|text| is_vague(text)) {
                report
                    .at(
                        file.source,
                        assertion.span,
                        format!("`{text}` cannot be judged the same way twice"),
                    )
                    .help("say what is there when it is: a file, a number, a word, an order");
            }
        }
    }
}
