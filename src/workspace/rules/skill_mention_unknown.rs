use crate::lint::{Report, rule};
use crate::text::nearest;
use crate::workspace::{Catalog, Kind};

rule! {
    /// The text of a skill sends the model to another skill, and there is none of that name.
    ///
    /// It was renamed or misspelt: the model looks for it and goes on without. Only names in code or bold beside the word "skill"
    /// are taken (`` use the `pdf-tools` skill ``), and only where a skill of a similar name is there; a skill of another plugin may
    /// lie elsewhere.
    ///
    /// ```text bad
    /// skills/pdf-tools/SKILL.md | name: pdf-tools
    /// skills/reports/SKILL.md | name: reports | text: Read the figures with the `pdf-tolls` skill.
    /// ```
    ///
    /// ```text good
    /// skills/pdf-tools/SKILL.md | name: pdf-tools
    /// skills/reports/SKILL.md | name: reports | text: Read the figures with the `pdf-tools` skill, or with the `excel-sheets` skill.
    /// ```
    ///
    /// Source: our own judgement.
    "skill-mention-unknown", Suspicious, "0.1.0", Catalog, check
}

fn check(catalog: &Catalog, report: &mut Report<'_>) {
    let skills = catalog.by_name(Kind::Skill);
    let agents = catalog.by_name(Kind::Agent);
    for card in &catalog.cards {
        for mention in &card.mentions {
            let name = mention.name.as_str();
            if skills.contains_key(name) || agents.contains_key(name) {
                continue;
            }
            if let Some(near) = nearest(name, skills.keys().copied()) {
                report
                    .place(card.place(mention.at), format!("there is no skill `{name}` here"))
                    .help(format!("did you mean `{near}`?"));
            }
        }
    }
}
