use crate::lint::{Report, rule};
use crate::skill::Skill;

rule! {
    /// `compatibility` is longer than 500 characters.
    ///
    /// Readers that follow the specification refuse the skill. What is needed fits into a sentence; how to get it belongs in the
    /// body.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// compatibility: Requires Python 3.10 or newer, git, and a network connection to the mirror of packages. Requires Python 3.10 or newer, git, and a network connection to the mirror of packages. Requires Python 3.10 or newer, git, and a network connection to the mirror of packages. Requires Python 3.10 or newer, git, and a network connection to the mirror of packages. Requires Python 3.10 or newer, git, and a network connection to the mirror of packages. Requires Python 3.10 or newer, git, and a network connection to the mirror of packages.
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// compatibility: Requires Python 3.10 and git.
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// Source: Agent Skills specification, `compatibility` field: 1 to 500 characters; `skills-ref` 0.1.1 and `quick_validate.py`,
    /// read 2026-11.
    "compatibility-too-long", Correctness, "0.1.0", Skill, check, refused_by [Spec, ClaudeUpload]
}

/// Most characters of the field.
const MOST: usize = 500;

fn check(skill: &Skill, report: &mut Report<'_>) {
    let page = &skill.page;
    let Some((_, value)) = page.field("compatibility") else {
        return;
    };
    let length = value.as_text().map_or(0, |text| text.chars().count());
    if length > MOST {
        report
            .at(
                &page.source,
                value.span,
                format!(
                    "`compatibility` has {length} characters, {} more than {MOST}",
                    length - MOST
                ),
            )
            .help("keep what must be there; move the rest into the body");
    }
}
