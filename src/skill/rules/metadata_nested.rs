use crate::lint::{Report, rule};
use crate::skill::Skill;

rule! {
    /// A value under `metadata` is a list or a map.
    ///
    /// The specification maps names to text, and readers that hold to it lose the value or refuse the file. Claude Code and other
    /// clients read nested data there, and some ask for it, so the rule is off by default.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// metadata:
    ///   tags:
    ///     - pdf
    ///     - forms
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
    ///   tags: pdf, forms
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// Source: Agent Skills specification, `metadata` field: string keys to string values.
    "metadata-nested", Pedantic, "0.1.0", Skill, check
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    let page = &skill.page;
    let pairs = page.field("metadata").and_then(|(_, value)| value.as_map());
    for (key, value) in pairs.unwrap_or_default() {
        let kind = value.type_name();
        if matches!(kind, "list" | "map") {
            let name = key.as_text().unwrap_or("value");
            report
                .at(
                    &page.source,
                    key.span,
                    format!("`{name}` under `metadata` is a {kind}, not text"),
                )
                .help("write it as text, for example with commas");
        }
    }
}
