use crate::lint::{Report, rule};
use crate::skill::Skill;
use crate::text::{Span, nearest};

rule! {
    /// A placeholder `${CLAUDE_…}` that Claude Code does not replace, but nearly one that it does.
    ///
    /// It reaches the model as it is written, and a shell after it, where no such variable is set.
    ///
    /// ```markdown bad files=scripts/fill.py
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Run `${CLAUDE_SKILLS_DIR}/scripts/fill.py`.
    /// ```
    ///
    /// ```markdown good files=scripts/fill.py
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Run `${CLAUDE_SKILL_DIR}/scripts/fill.py` with `${CLAUDE_API_KEY}`.
    /// ```
    ///
    /// Source: Claude Code documentation, "Available string substitutions", read 2026-08-22.
    "unknown-substitution", Suspicious, "0.1.0", Skill, check
}

/// What is replaced in a skill, and variables that a shell under Claude Code has.
const KNOWN: &[&str] = &[
    "CLAUDE_SESSION_ID",
    "CLAUDE_EFFORT",
    "CLAUDE_SKILL_DIR",
    "CLAUDE_PROJECT_DIR",
    "CLAUDE_PLUGIN_ROOT",
    "CLAUDE_PLUGIN_DATA",
    "CLAUDE_ENV_FILE",
    "CLAUDE_CONFIG_DIR",
];

fn check(skill: &Skill, report: &mut Report<'_>) {
    let page = &skill.page;
    for (at, opening) in page.body().match_indices("${CLAUDE_") {
        let start = page.parts.body.start + at + 2;
        let rest = &page.source.text()[start..];
        let length = rest.find(|character: char| !(character.is_ascii_alphanumeric() || character == '_'));
        let name = &rest[..length.unwrap_or(rest.len())];
        let is_closed = rest[name.len()..].starts_with('}');
        if !is_closed || KNOWN.contains(&name) {
            continue;
        }
        let own = name.trim_start_matches("CLAUDE_");
        let own_of = |known: &'static str| known.trim_start_matches("CLAUDE_");
        if let Some(near) = nearest(own, KNOWN.iter().copied().map(own_of)) {
            let span = Span::new(
                start + 2 - opening.len() + "CLAUDE_".len(),
                start + name.len() + 1,
            );
            report
                .at(
                    &page.source,
                    span,
                    format!("`${{{name}}}` is not replaced by anything"),
                )
                .help(format!("did you mean `${{CLAUDE_{near}}}`?"));
        }
    }
}
