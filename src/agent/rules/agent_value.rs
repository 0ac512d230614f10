use crate::agent::Agent;
use crate::lint::{Report, rule};
use crate::page::values;
use crate::text::nearest;

rule! {
    /// A field of the agent holds a value that it cannot have: `model`, `permissionMode`, `effort`, `isolation`, `memory` or
    /// `maxTurns`.
    ///
    /// Claude Code ignores the field or the whole definition. The colour, which only a list shows, has the rule `agent-color`.
    ///
    /// ```markdown bad
    /// ---
    /// name: code-reviewer
    /// description: Reviews a change. Use after code was written.
    /// model: opuss
    /// maxTurns: many
    /// ---
    ///
    /// Review the change.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: code-reviewer
    /// description: Reviews a change. Use after code was written.
    /// model: opus
    /// maxTurns: 20
    /// ---
    ///
    /// Review the change.
    /// ```
    ///
    /// Source: Claude Code documentation, "Subagents", read 2026-08-22.
    "agent-value", Correctness, "0.1.0", Agent, check
}

/// Fields with a closed list of values.
const VALUES: &[(&str, &[&str])] = &[
    ("permissionMode", values::PERMISSION_MODES),
    ("effort", values::EFFORTS),
    ("isolation", values::ISOLATIONS),
    ("memory", values::MEMORIES),
];

fn check(agent: &Agent, report: &mut Report<'_>) {
    let page = &agent.page;
    for (field, known) in VALUES {
        let Some((_, value)) = page.field(field) else {
            continue;
        };
        let text = value.as_text().unwrap_or_default();
        if !known.contains(&text) {
            let shown = page.source.slice(value.span).trim();
            let finding = report.at(&page.source, value.span, format!("`{field}` cannot be `{shown}`"));
            match nearest(text, known.iter().copied()) {
                Some(near) => finding.help(format!("did you mean `{near}`?")),
                None => finding.help(format!("one of {}", known.join(", "))),
            };
        }
    }
    if let Some((model, span)) = page.text_field("model")
        && !values::may_be_model(model)
    {
        let finding = report.at(&page.source, span, format!("there is no model `{model}`"));
        match nearest(model, values::MODELS.iter().copied()) {
            Some(near) => finding.help(format!("did you mean `{near}`?")),
            None => finding.help(format!(
                "one of {}, or a full model id",
                values::MODELS.join(", ")
            )),
        };
    }
    if let Some((_, value)) = page.field("maxTurns") {
        let is_positive = value
            .as_text()
            .is_some_and(|text| text.parse::<u32>().is_ok_and(|turns| turns > 0));
        if !is_positive {
            report
                .at(
                    &page.source,
                    value.span,
                    "`maxTurns` is not a whole number above zero",
                )
                .help("write a number, for example `maxTurns: 20`");
        }
    }
}
