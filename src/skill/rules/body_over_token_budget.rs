use crate::document::tokens;
use crate::lint::{Report, rule};
use crate::skill::Skill;

rule! {
    /// The body has more than about 5000 tokens.
    ///
    /// All of it enters the context when the skill is opened, and Claude Code keeps only the newest 5000 tokens of a skill after it
    /// compacts a session. Tokens are estimated from words and punctuation, since every model counts them its own way.
    ///
    /// ```markdown bad repeat=300
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read the file, then check each of the fields against the list that the form's owner sent, one after another.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// Source: Agent Skills specification, "Progressive disclosure": under 5000 tokens recommended.
    "body-over-token-budget", Style, "0.1.0", Skill, check
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    let page = &skill.page;
    let most = report.options().limits.body_tokens;
    // No text has more tokens than bytes.
    if page.body().len() <= most {
        return;
    }
    let tokens = tokens::estimate(page.body());
    if tokens > most {
        report
            .at(
                &page.source,
                page.head(),
                format!("the body has about {tokens} tokens, more than {most}"),
            )
            .help("move what not every task needs into files under `references/` and link them");
    }
}
