//! The evaluations that lie in a skill: cases for its work, and sets of queries that shall trigger it or not.
//!
//! Two formats are read: `evals/evals.json` of the guide (`skill_name` and `evals`, with `assertions` or, as skill-creator writes
//! them, `expectations`), and lists of `query` and `should_trigger`. Files of other tools, such as `case.yaml`, `eval.yaml`,
//! `prompt.md` with `graders/`, or `evaluations/*.json`, are known to be evaluations and are not judged.

use crate::document::json;
use crate::document::tree::{Node, Refusal};
use crate::text::Source;

use super::Skill;

/// Path of the file with the cases.
pub const CASES: &str = "evals/evals.json";

/// A file of evaluations in one of the formats that are read.
#[derive(Debug)]
pub struct EvalFile<'a> {
    pub source: &'a Source,
    pub content: Content,
}

/// What such a file holds.
#[derive(Debug)]
pub enum Content {
    /// An object with cases, or what stands in the place of one.
    Cases(Node),
    /// A list of queries.
    Triggers(Node),
    /// It should be JSON and is not.
    Refused(Refusal),
}

/// The files of evaluations that a skill has in the formats that are read.
pub fn eval_files(skill: &Skill) -> Vec<EvalFile<'_>> {
    let mut found = Vec::new();
    for (path, source) in skill.texts.range("evals/".to_owned()..) {
        let Some(name) = path.strip_prefix("evals/") else {
            break;
        };
        if name.contains('/') || !name.to_ascii_lowercase().ends_with(".json") {
            continue;
        }
        let is_named_so = path == CASES || name.contains("trigger") || name.contains("eval_set");
        let content = match json::read(source.text()) {
            Err(refusal) if is_named_so => Content::Refused(refusal),
            Ok(node) if is_trigger_set(&node) => Content::Triggers(node),
            Ok(node) if path == CASES => Content::Cases(node),
            _ => continue,
        };
        found.push(EvalFile { source, content });
    }
    found
}

/// A list in which an item says whether it should trigger.
fn is_trigger_set(node: &Node) -> bool {
    let items = node.as_list().unwrap_or_default();
    items.iter().any(|item| item.get("should_trigger").is_some())
}

impl EvalFile<'_> {
    /// The cases that are objects.
    pub fn cases(&self) -> impl Iterator<Item = &Node> {
        let list = match &self.content {
            Content::Cases(root) => root.get("evals").and_then(Node::as_list),
            _ => None,
        };
        let items = list.unwrap_or_default().iter();
        items.filter(|case| case.as_map().is_some())
    }
}

/// What a case is held to: its `assertions` or `expectations`.
pub fn assertions(case: &Node) -> &[Node] {
    ["assertions", "expectations"]
        .iter()
        .find_map(|key| case.get(key)?.as_list())
        .unwrap_or_default()
}

/// Whether the skill has evaluations of any kind.
pub fn has_evals(skill: &Skill) -> bool {
    skill.files.iter().any(|entry| {
        let first = entry.path.split('/').next().unwrap_or_default();
        matches!(
            first,
            "evals" | "eval" | "evaluations" | "eval.yaml" | "eval.yml" | "evals.json"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(files: &[(&str, &str)]) -> Vec<&'static str> {
        let skill = Skill::from_text("a", "", files);
        let kind = |file: EvalFile<'_>| match file.content {
            Content::Cases(_) => "cases",
            Content::Triggers(_) => "triggers",
            Content::Refused(_) => "refused",
        };
        eval_files(&skill).into_iter().map(kind).collect()
    }

    #[test]
    fn only_known_formats_are_judged() {
        assert_eq!(
            kinds(&[
                ("evals/a/case.yaml", "prompt: x"),
                ("evals/b/prompt.md", "x"),
                ("evals/data.json", "[{\"query\": \"x\"}]"),
                ("evals/files/broken.json", "{"),
                ("evals/other.json", "{"),
                (
                    "evaluations/x.json",
                    "{\"query\": \"x\", \"expected_behavior\": []}"
                ),
                ("eval.yaml", "version: \"1\""),
            ]),
            <[&str; 0]>::default()
        );
        assert_eq!(kinds(&[("evals/evals.json", "[1]")]), ["cases"]);
        assert_eq!(kinds(&[("evals/evals.json", "{")]), ["refused"]);
        assert_eq!(
            kinds(&[("evals/x.json", "[{\"query\": \"x\", \"should_trigger\": true}]")]),
            ["triggers"]
        );
    }
}
