use crate::agent::Agent;
use crate::lint::{Report, rule};
use crate::page::fields::{MODELS, OF_AGENTS, Values};
use crate::text::nearest;

rule! {
    /// A field of the agent holds a value that it cannot have: `model`, `permissionMode`, `effort`, `isolation`, `memory`, `color`
    /// or `maxTurns`.
    ///
    /// Claude Code ignores the field or the whole definition.
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

fn check(agent: &Agent, report: &mut Report<'_>) {
    let page = &agent.page;
    // Models have longer identifiers too, and are looked at below.
    for known in OF_AGENTS.iter().filter(|field| field.name != "model") {
        let (Values::OneOf(values), Some((_, value))) = (known.values, page.field(known.name)) else {
            continue;
        };
        let field = known.name;
        let text = value.as_text().unwrap_or_default();
        if !values.contains(&text) {
            let shown = page.source.slice(value.span).trim();
            let finding = report.at(&page.source, value.span, format!("`{field}` cannot be `{shown}`"));
            match nearest(text, values.iter().copied()) {
                Some(near) => finding.help(format!("did you mean `{near}`?")),
                None => finding.help(format!("one of {}", values.join(", "))),
            };
        }
    }
    if let Some((model, span)) = page.text_field("model") {
        let alias = model.split_once('[').map_or(model, |(alias, _)| alias);
        // Anything with a digit, dot, slash or colon is an identifier of some provider and cannot be checked here.
        let is_identifier =
            model.contains(|c: char| c.is_ascii_digit() || matches!(c, '/' | '.' | ':' | ' ' | '('));
        if !MODELS.contains(&alias) && !is_identifier {
            let finding = report.at(&page.source, span, format!("there is no model `{model}`"));
            match nearest(alias, MODELS.iter().copied()) {
                Some(near) => finding.help(format!("did you mean `{near}`?")),
                None => finding.help(format!("one of {}, or a full model id", MODELS.join(", "))),
            };
        }
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
