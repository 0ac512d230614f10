use crate::document::yaml::Node;
use crate::lint::{Report, rule};
use crate::page::{Page, values};
use crate::skill::Skill;
use crate::text::nearest;

rule! {
    /// A field of the skill holds a value that it cannot have in Claude Code: `model`, `effort`, `context`, `shell`, or one of the
    /// booleans `disable-model-invocation`, `user-invocable` and `background`.
    ///
    /// Claude Code passes over the field: the skill runs with another model, in the main context, or when nobody asked for it.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// effort: extreme
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// context: forked
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// disable-model-invocation: never
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// model: opus
    /// effort: high
    /// context: fork
    /// disable-model-invocation: true
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// model: claude-opus-4-8
    /// user-invocable: no
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// Source: Claude Code documentation, "Skills", frontmatter reference, read 2026-08-22.
    "skill-value", Correctness, "0.1.0", Skill, check
}

/// Fields with a closed list of values.
const VALUES: &[(&str, &[&str])] = &[
    ("effort", values::EFFORTS),
    ("context", values::CONTEXTS),
    ("shell", values::SHELLS),
];

/// Fields that are switched on or off.
const SWITCHES: &[&str] = &["disable-model-invocation", "user-invocable", "background"];

fn check(skill: &Skill, report: &mut Report<'_>) {
    let page = &skill.page;
    let filled = |field: &str| {
        page.field(field)
            .map(|(_, value)| value)
            .filter(|value| !is_empty(value))
    };
    for (field, known) in VALUES {
        let Some(value) = filled(field) else {
            continue;
        };
        let text = value.as_text().unwrap_or_default();
        if !known.contains(&text) {
            let finding = report.at(&page.source, value.span, cannot_be(page, field, value));
            match nearest(text, known.iter().copied()) {
                Some(near) => finding.help(format!("did you mean `{near}`?")),
                None => finding.help(format!("one of {}", known.join(", "))),
            };
        }
    }
    for field in SWITCHES {
        let Some(value) = filled(field) else {
            continue;
        };
        if !value.as_text().is_some_and(values::is_boolean) {
            report
                .at(&page.source, value.span, cannot_be(page, field, value))
                .help("write `true` or `false`");
        }
    }
    if let Some(value) = filled("model")
        && !value.as_text().is_some_and(values::may_be_model)
    {
        let finding = report.at(&page.source, value.span, cannot_be(page, "model", value));
        match nearest(
            value.as_text().unwrap_or_default(),
            values::MODELS.iter().copied(),
        ) {
            Some(near) => finding.help(format!("did you mean `{near}`?")),
            None => finding.help(format!(
                "one of {}, or a full model id",
                values::MODELS.join(", ")
            )),
        };
    }
}

/// `field-empty` reports those.
fn is_empty(value: &Node) -> bool {
    value.type_name() == "null" || value.as_str().is_some_and(|text| text.trim().is_empty())
}

fn cannot_be(page: &Page, field: &str, value: &Node) -> String {
    let shown = page.source.slice(value.span).trim();
    format!("`{field}` cannot be `{shown}`")
}
