use crate::document::tree::Node;
use crate::lint::{Report, rule};
use crate::skill::Skill;
use crate::skill::evals::{Content, EvalFile, eval_files};

rule! {
    /// A file of evaluations lacks a field, or a field has another type than tools expect.
    ///
    /// `evals/evals.json` is an object with `skill_name` and a list `evals`; each case has a `prompt`, an `id` that is a number, and may
    /// have `expected_output` (text), `files` and `assertions` or `expectations` (lists of text). In a set of triggers each item has a
    /// `query` and a boolean `should_trigger`.
    ///
    /// ```json bad path=evals/evals.json
    /// {
    ///   "skill_name": "pdf-tools",
    ///   "evals": [{ "id": 1, "task": "Merge a.pdf and b.pdf", "assertions": ["out.pdf has 4 pages"] }]
    /// }
    /// ```
    ///
    /// ```json bad path=evals/triggers.json
    /// [
    ///   { "query": "merge two PDFs", "should_trigger": true },
    ///   { "query": "split a PDF", "should_trigger": "yes" },
    ///   { "query": "merge two branches", "should_trigger": false }
    /// ]
    /// ```
    ///
    /// ```json good path=evals/evals.json
    /// {
    ///   "skill_name": "pdf-tools",
    ///   "evals": [{ "id": 1, "prompt": "Merge a.pdf and b.pdf", "assertions": ["out.pdf has 4 pages"] }]
    /// }
    /// ```
    ///
    /// Source: agentskills.io, "Evaluating skill output quality"; anthropics/skills, `skill-creator/references/schemas.md`, read 2026-11.
    "eval-shape", Suspicious, "0.2.0", Skill, check
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    for file in eval_files(skill) {
        match &file.content {
            Content::Refused(_) => {}
            Content::Cases(root) => cases(&file, root, report),
            Content::Triggers(root) => {
                for item in root.as_list().unwrap_or_default() {
                    if field(&file, item, "query", "a string", true, report) {
                        field(&file, item, "should_trigger", "a boolean", true, report);
                    }
                }
            }
        }
    }
}

fn cases(file: &EvalFile<'_>, root: &Node, report: &mut Report<'_>) {
    field(file, root, "skill_name", "a string", true, report);
    field(file, root, "evals", "a list", true, report);
    for case in root.get("evals").and_then(Node::as_list).unwrap_or_default() {
        if !field(file, case, "prompt", "a string", true, report) {
            continue;
        }
        field(file, case, "id", "a number", true, report);
        field(file, case, "expected_output", "a string", false, report);
        for name in ["files", "assertions", "expectations"] {
            field(file, case, name, "a list of strings", false, report);
        }
    }
}

/// Reports a field that is missing where it is `required`, or of another type. False when the map is none.
fn field(
    file: &EvalFile<'_>,
    map: &Node,
    name: &str,
    wanted: &str,
    required: bool,
    report: &mut Report<'_>,
) -> bool {
    if map.as_map().is_none() {
        let message = format!(
            "this is a {}, and an object with `{name}` belongs here",
            map.type_name()
        );
        report.at(file.source, map.span, message).help("write `{ … }`");
        return false;
    }
    let Some((key, value)) = map.pair(name) else {
        if required {
            report
                .at(file.source, map.span, format!("`{name}` is missing"))
                .help(format!("add `\"{name}\"`, {wanted}"));
        }
        return true;
    };
    let texts = |node: &Node| {
        node.as_list()
            .is_some_and(|items| items.iter().all(|item| item.as_str().is_some()))
    };
    let fits = match wanted {
        "a string" => {
            value.as_str().is_some_and(|text| !text.trim().is_empty())
                || !required && value.as_str().is_some()
        }
        "a list" => value.as_list().is_some(),
        "a list of strings" => texts(value),
        "a number" => value.as_number().is_some(),
        _ => value.as_bool().is_some(),
    };
    if !fits {
        let found = if value.as_str().is_some_and(|text| text.trim().is_empty()) {
            "empty"
        } else {
            value.type_name()
        };
        report
            .at(
                file.source,
                value.span,
                format!("`{name}` is {found}, and {wanted} belongs here"),
            )
            .label(key.span, "the field")
            .help(format!("write {wanted}"));
    }
    true
}
