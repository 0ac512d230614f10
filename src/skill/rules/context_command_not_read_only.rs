use crate::document::markdown::Markdown;
use crate::lint::{Report, rule};
use crate::security::reading::reads_only;
use crate::skill::Skill;
use crate::text::{Source, Span};

rule! {
    /// A command that the client runs while it loads the skill does more than read.
    ///
    /// Claude Code runs what stands in backticks behind an exclamation mark, and fences that are opened with one, before the model
    /// sees the text, and puts the output in its place. Nobody is asked. Commands of git and the system that only read are let be,
    /// without redirection and without arguments of the user in them.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// State of the service: !`npm run report -- --publish`
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// State of the tree: !`git status --short | head -20`
    /// ```
    ///
    /// Source: Claude Code documentation, skills, "Inject dynamic context", read 2026-08-22; snyk agent-scan, issue codes, E006.
    "context-command-not-read-only", Suspicious, "0.1.0", Skill, check
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    let page = &skill.page;
    for (span, command) in commands(&page.source, &page.markdown) {
        if !command.trim().is_empty() && !reads_only(command) {
            let shown = command.trim().lines().next().unwrap_or_default();
            report
                .at(
                    &page.source,
                    span,
                    format!("`{shown}` runs while the skill is loaded, and may do more than read"),
                )
                .help(
                    "let the model run it, so that the user is asked; keep commands here to those that read",
                );
        }
    }
}

/// The commands that are run when the page is loaded, with where each stands.
fn commands<'a>(source: &'a Source, markdown: &'a Markdown) -> impl Iterator<Item = (Span, &'a str)> {
    let text = source.text();
    let spans = markdown.codes.iter().filter_map(move |&span| {
        let before = text[..span.start].strip_suffix('!')?;
        let begins = before.is_empty() || before.ends_with([' ', '\t', '\n', '(', '*', ':', '|']);
        let command = source.slice(span).strip_prefix('`')?.strip_suffix('`')?;
        (begins && !command.starts_with('`')).then_some((span, command))
    });
    let fences = markdown.fences.iter().filter(|fence| fence.info.starts_with('!'));
    spans.chain(fences.map(move |fence| {
        let words = source.slice(fence.span);
        let inside = words.split_once('\n').map_or("", |(_, inside)| inside);
        (
            fence.span,
            inside.rsplit_once("```").map_or(inside, |(inside, _)| inside),
        )
    }))
}
