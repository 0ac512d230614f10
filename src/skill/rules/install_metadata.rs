use crate::lint::{Report, rule};
use crate::skill::Skill;

rule! {
    /// `metadata` holds what `gh skill install` noted about where the skill came from: keys that begin with `github-`.
    ///
    /// An installed copy needs it. In a repository that publishes skills it is a copy of someone else's skill, or a leftover; `gh
    /// skill publish` refuses it until it is gone.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// metadata:
    ///   github-repo: https://github.com/example/skills
    ///   github-ref: main
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
    ///   version: "1.2.0"
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// Source: source of `gh skill publish`, read 2026-11.
    "install-metadata", Pedantic, "0.1.0", Skill, check, refused_by [Gh]
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    let page = &skill.page;
    let pairs = page.field("metadata").and_then(|(_, value)| value.as_map());
    for (key, _) in pairs.unwrap_or_default() {
        if let Some(name) = key.as_text().filter(|name| name.starts_with("github-")) {
            report
                .at(
                    &page.source,
                    key.span,
                    format!("`{name}` was written by `gh skill install`"),
                )
                .help("remove it before publishing: `gh skill publish --fix` does");
        }
    }
}
