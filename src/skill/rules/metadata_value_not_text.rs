use crate::diagnostic::Fix;
use crate::document::yaml;
use crate::lint::{Report, rule};
use crate::skill::Skill;
use crate::text::Edit;

rule! {
    /// A value under `metadata` is a number or a boolean to readers of YAML, not text.
    ///
    /// The specification asks for text. Readers that take it for a number write it back as one: `1.10` becomes `1.1`. In quotes it
    /// stays what it is. `internal: true` passes, since an installer looks for just that; maps and lists have the rule
    /// `metadata-nested`. So do dates: only readers of YAML 1.1 take them for more than text, no client is known to mind, and in
    /// public repositories nearly all values that are not plain words are `updated: 2026-03-05`.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// metadata:
    ///   version: 1.10
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// metadata:
    ///   version: "1.10"
    ///   updated: 2026-03-05
    ///   internal: true
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// Source: Agent Skills specification, `metadata` field: string keys to string values; YAML 1.2.2, section 10.3.2.
    "metadata-value-not-text", Suspicious, "0.1.0", Skill, check
}

/// Read as a boolean by the installer `skills`.
const BOOLEAN: &str = "internal";

fn check(skill: &Skill, report: &mut Report<'_>) {
    let page = &skill.page;
    let Some(pairs) = page.field("metadata").and_then(|(_, value)| value.as_map()) else {
        return;
    };
    for (key, value) in pairs {
        let (Some(name), Some(text)) = (key.as_text(), value.as_text()) else {
            continue;
        };
        let kind = match value.type_name() {
            "boolean" if name == BOOLEAN => continue,
            "string" => continue,
            kind => kind,
        };
        let span = value.span;
        report
            .at(
                &page.source,
                span,
                format!("`{name}` under `metadata` is a {kind} to some readers, not text"),
            )
            .help(format!("write `{name}: \"{text}\"`"))
            .fix(Fix::safe(
                "put it in quotes",
                vec![Edit::replace(span, yaml::double_quoted(text))],
            ));
    }
}
