use crate::document::tokens;
use crate::lint::{Report, rule};
use crate::skill::Skill;

rule! {
    /// The pages under `references/` have more than about 25,000 tokens together.
    ///
    /// They are read one at a time, so a large shelf costs nothing until a model opens it all. The rule is off by default, for
    /// those who want skills small. The limit is `lint.limits.references_tokens`.
    ///
    /// ```markdown bad files=references/a.md,references/b.md,references/c.md long=references/
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read [one](references/a.md), [two](references/b.md) or [three](references/c.md) when there is a form.
    /// ```
    ///
    /// ```markdown good files=references/forms.md
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read [the guide to forms](references/forms.md) when there is a form.
    /// ```
    ///
    /// Source: Agent Skills specification, "Progressive disclosure"; the limit is that of skill-validator 1fe10b0.
    "references-over-token-budget", Pedantic, "0.1.0", Skill, check
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    let most = report.options().limits.references_tokens;
    let sum: usize = skill.references().map(|page| tokens::estimate(page.body())).sum();
    if sum > most {
        let page = &skill.page;
        report
            .at(
                &page.source,
                page.head(),
                format!("the references have about {sum} tokens together, more than {most}"),
            )
            .help("remove what no task needs, or make two skills of it");
    }
}
