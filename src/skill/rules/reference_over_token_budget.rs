use crate::document::tokens;
use crate::lint::{Report, rule};
use crate::skill::Skill;

rule! {
    /// A page under `references/` has more than about 10,000 tokens.
    ///
    /// A model that opens it pays for all of it, and some clients show only its head. Several pages with a subject each are read
    /// one at a time. The limit is `lint.limits.reference_tokens`.
    ///
    /// ```markdown bad files=references/forms.md long=references/forms.md
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read [the guide to forms](references/forms.md) when there is a form.
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
    /// Source: Agent Skills specification, "Progressive disclosure": keep files focused; the limit is that of skill-validator
    /// 1fe10b0.
    "reference-over-token-budget", Style, "0.1.0", Skill, check
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    let most = report.options().limits.reference_tokens;
    for page in skill.references() {
        if let Some(tokens) = tokens::more_than(page.body(), most) {
            report
                .at(
                    &page.source,
                    page.source.line_span(1),
                    format!("the page has about {tokens} tokens, more than {most}"),
                )
                .help(
                    "divide it by subject, and link each part from `SKILL.md` with a word on when to read it",
                );
        }
    }
}
