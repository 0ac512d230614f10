use crate::lint::{Report, rule};
use crate::skill::Skill;
use crate::text::Span;

rule! {
    /// The skill takes arguments, and no `argument-hint` says which.
    ///
    /// The hint is what a user sees while typing the skill's command. Skills that only the model starts need none, so the rule is
    /// off by default.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Summarise $ARGUMENTS.
    /// ```
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// arguments: file
    /// ---
    ///
    /// Summarise $file.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// argument-hint: "[file]"
    /// ---
    ///
    /// Summarise $ARGUMENTS.
    /// ```
    ///
    /// Source: Claude Code documentation, "Skills", frontmatter reference, read 2026-08-22.
    "argument-hint-missing", Pedantic, "0.1.0", Skill, check
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    let page = &skill.page;
    if !page.has_fields() || page.field("argument-hint").is_some() {
        return;
    }
    let declared = page.field("arguments").map(|(key, _)| key.span);
    let used = || {
        let at = page.body().find("$ARGUMENTS")? + page.parts.body.start;
        Some(Span::new(at, at + "$ARGUMENTS".len()))
    };
    if let Some(span) = declared.or_else(used) {
        report
            .at(
                &page.source,
                span,
                "arguments are taken here, and no `argument-hint` names them",
            )
            .help("add `argument-hint`, for example `argument-hint: \"[file]\"`");
    }
}
