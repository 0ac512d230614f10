use globset::Glob;

use crate::lint::{Report, rule};
use crate::skill::Skill;

rule! {
    /// `paths` holds something that is not a glob: neither text nor a list of texts, or a pattern whose brackets are not closed.
    ///
    /// Claude Code loads the skill by itself only when a file matches; with a broken pattern none ever does.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// paths: "src/**/*.{ts,tsx"
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// paths:
    ///   include: src
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// paths: "src/**/*.{ts,tsx}, docs/*.md"
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// Source: Claude Code documentation, "Skills", frontmatter reference, read 2026-08-22.
    "paths-not-globs", Suspicious, "0.1.0", Skill, check
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    let page = &skill.page;
    let Some((_, value)) = page.field("paths") else {
        return;
    };
    let nodes = value.as_list().unwrap_or(std::slice::from_ref(value));
    for node in nodes {
        let Some(text) = node.as_text() else {
            if matches!(node.type_name(), "map" | "list") {
                report
                    .at(
                        &page.source,
                        node.span,
                        format!("a path is a {}, not a glob", node.type_name()),
                    )
                    .help("write globs, for example `src/**/*.ts`");
            }
            continue;
        };
        for pattern in patterns(text) {
            if let Err(error) = Glob::new(pattern) {
                let words = error.kind().to_string();
                report
                    .at(&page.source, node.span, format!("`{pattern}` is not a glob: {words}"))
                    .help("close what is open; a bracket that is meant as itself is written in brackets, as `[[]`");
            }
        }
    }
}

/// The patterns in a text: parted by commas, but not by those inside braces.
fn patterns(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0usize;
    text.split(move |character| {
        match character {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        character == ',' && depth == 0
    })
    .map(str::trim)
    .filter(|pattern| !pattern.is_empty())
}
