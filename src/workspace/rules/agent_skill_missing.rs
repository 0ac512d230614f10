use crate::lint::{Report, rule};
use crate::text::nearest;
use crate::workspace::{Catalog, Kind};

rule! {
    /// An agent preloads a skill that is not among the skills of this run, or that cannot be preloaded.
    ///
    /// Claude Code starts the agent without it. A skill with `disable-model-invocation: true` cannot be preloaded. Nothing is said
    /// where no skill was looked at, nor of skills of other plugins (`plugin:skill`): they may lie elsewhere.
    ///
    /// ```text bad
    /// skills/pdf-tools/SKILL.md | name: pdf-tools
    /// agents/reader.md | name: reader | skills: pdf-tolls
    /// ```
    ///
    /// ```text good
    /// skills/pdf-tools/SKILL.md | name: pdf-tools
    /// agents/reader.md | name: reader | skills: pdf-tools
    /// ```
    ///
    /// Source: Claude Code documentation, "Subagents", "Preload skills into subagents"; read 2026-11.
    "agent-skill-missing", Suspicious, "0.1.0", Catalog, check
}

fn check(catalog: &Catalog, report: &mut Report<'_>) {
    let skills = catalog.by_name(Kind::Skill);
    if skills.is_empty() {
        return;
    }
    for agent in catalog.agents() {
        for preload in agent
            .preloads
            .iter()
            .filter(|preload| !preload.name.contains(':'))
        {
            let place = agent.place(preload.at);
            match skills.get(preload.name.as_str()) {
                None => {
                    let finding = report.place(place, format!("there is no skill `{}` here", preload.name));
                    // Some write the skill's path.
                    let last = preload
                        .name
                        .rsplit('/')
                        .next()
                        .filter(|last| skills.contains_key(last));
                    match last.or_else(|| nearest(&preload.name, skills.keys().copied())) {
                        Some(near) => finding.help(format!("did you mean `{near}`?")),
                        None => finding.help("add the skill, or take its name out"),
                    };
                }
                Some(found) if found.iter().all(|skill| !skill.is_listed) => {
                    report
                        .place(place, format!("the skill `{}` cannot be preloaded", preload.name))
                        .help(format!(
                            "`{}` has `disable-model-invocation: true`",
                            found[0].path
                        ));
                }
                Some(_) => {}
            }
        }
    }
}
