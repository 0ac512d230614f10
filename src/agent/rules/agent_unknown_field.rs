use crate::agent::Agent;
use crate::diagnostic::Fix;
use crate::lint::{Report, rule};
use crate::page::fields::{self, OF_AGENTS};
use crate::text::{Edit, nearest};

rule! {
    /// A field of the front matter that Claude Code does not know, and that looks like one it does.
    ///
    /// It is passed over in silence, and what it was to say is lost. Fields that resemble none are taken for notes of other tools and left alone.
    ///
    /// ```markdown bad
    /// ---
    /// name: code-reviewer
    /// description: Reviews a change. Use after code was written.
    /// disalowedTools: Bash
    /// ---
    ///
    /// Review the change.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: code-reviewer
    /// description: Reviews a change. Use after code was written.
    /// disallowedTools: Bash
    /// category: review
    /// ---
    ///
    /// Review the change.
    /// ```
    ///
    /// Source: Claude Code documentation, "Subagents", read 2026-08-22.
    "agent-unknown-field", Suspicious, "0.1.0", Agent, check
}

/// How a skill writes what an agent writes otherwise.
const OF_SKILLS: &[(&str, &str)] = &[
    ("allowed-tools", "tools"),
    ("disallowed-tools", "disallowedTools"),
];

fn check(agent: &Agent, report: &mut Report<'_>) {
    let page = &agent.page;
    for (key, _) in page.parts.fields() {
        let Some(name) = key
            .as_text()
            .filter(|name| fields::find(OF_AGENTS, name).is_none())
        else {
            continue;
        };
        let of_skill = OF_SKILLS.iter().find(|(skill, _)| *skill == name);
        let near = match of_skill {
            Some((_, known)) => Some(*known),
            None => nearest(name, OF_AGENTS.iter().map(|field| field.name)),
        };
        let Some(near) = near else {
            continue;
        };
        let finding = report
            .at(
                &page.source,
                key.span,
                format!("there is no field `{name}` in an agent"),
            )
            .help(format!("did you mean `{near}`?"));
        if page.field(near).is_none() {
            let edit = Edit::replace(key.span, near);
            finding.fix(Fix::risky(format!("write `{near}`"), vec![edit]));
        }
    }
}
