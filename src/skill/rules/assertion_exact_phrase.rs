use std::sync::LazyLock;

use regex::Regex;

use crate::lint::{Report, rule};
use crate::skill::Skill;
use crate::skill::evals::{assertions, eval_files};

rule! {
    /// An assertion asks for a whole sentence word by word.
    ///
    /// Models say the same in other words, and the assertion fails though nothing is wrong. Off by default: where a text must be
    /// copied, it is right to ask for it.
    ///
    /// ```json bad path=evals/evals.json
    /// {
    ///   "skill_name": "pdf-tools",
    ///   "evals": [
    ///     { "id": 1, "prompt": "Merge them", "assertions": ["Says exactly 'The two files have been merged into one file for you'"] }
    ///   ]
    /// }
    /// ```
    ///
    /// ```json good path=evals/evals.json
    /// {
    ///   "skill_name": "pdf-tools",
    ///   "evals": [{ "id": 1, "prompt": "Merge them", "assertions": ["Says that the files were merged", "Names 'out.pdf'"] }]
    /// }
    /// ```
    ///
    /// Source: agentskills.io, "Evaluating skill output quality", on assertions that are too brittle, read 2026-11.
    "assertion-exact-phrase", Pedantic, "0.2.0", Skill, check
}

/// A quoted text of seven words or more behind a word that asks for it exactly.
static PHRASE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?i)(?:exact|verbatim|word[ -](?:for|by)[ -]word|literal)[^'"“]*['"“](?:\S+\s+){6,}\S+"#)
        .ok()
});

fn check(skill: &Skill, report: &mut Report<'_>) {
    let Some(phrase) = PHRASE.as_ref() else {
        return;
    };
    for file in eval_files(skill) {
        for assertion in file.cases().flat_map(assertions) {
            if assertion.as_str().is_some_and(|text| phrase.is_match(text)) {
                report
                    .at(
                        file.source,
                        assertion.span,
                        "the assertion asks for a sentence word by word",
                    )
                    .help("ask for what the sentence must say");
            }
        }
    }
}
