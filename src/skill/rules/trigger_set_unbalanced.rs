use crate::document::tree::Node;
use crate::lint::{Report, rule};
use crate::skill::Skill;
use crate::skill::evals::{Content, eval_files};
use crate::text::Span;

rule! {
    /// A set of triggers has hardly any queries that shall not trigger the skill, or hardly any that shall.
    ///
    /// A description that always triggers passes a set without negatives. The guide wants eight to ten of each, the negatives near
    /// misses; less than a quarter of either kind is reported.
    ///
    /// ```json bad path=evals/triggers.json
    /// [
    ///   { "query": "merge two PDFs", "should_trigger": true },
    ///   { "query": "fill in this PDF form", "should_trigger": true },
    ///   { "query": "what does page 3 of the PDF say?", "should_trigger": true }
    /// ]
    /// ```
    ///
    /// ```json good path=evals/triggers.json
    /// [
    ///   { "query": "merge two PDFs", "should_trigger": true },
    ///   { "query": "fill in this PDF form", "should_trigger": true },
    ///   { "query": "merge two Word documents", "should_trigger": false }
    /// ]
    /// ```
    ///
    /// Source: agentskills.io, "Optimizing skill descriptions": 8 to 10 queries of each kind, near misses among the negatives, read
    /// 2026-11.
    "trigger-set-unbalanced", Suspicious, "0.2.0", Skill, check
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    for file in eval_files(skill) {
        let Content::Triggers(root) = &file.content else {
            continue;
        };
        let labels: Vec<bool> = root
            .as_list()
            .unwrap_or_default()
            .iter()
            .filter_map(|item| item.get("should_trigger").and_then(Node::as_bool))
            .collect();
        let positives = labels.iter().filter(|label| **label).count();
        let negatives = labels.len() - positives;
        let (few, kind) = if negatives < positives {
            (negatives, "shall not")
        } else {
            (positives, "shall")
        };
        if few * 4 < labels.len() {
            let place = Span::new(root.span.start, root.span.start + 1);
            let message = format!("{few} of {} queries {kind} trigger the skill", labels.len());
            report
                .at(file.source, place, message)
                .help(if negatives < positives {
                    "add near misses: queries with the same words that want something else"
                } else {
                    "add queries that ask for what the skill does, in the words of its users"
                });
        }
    }
}
