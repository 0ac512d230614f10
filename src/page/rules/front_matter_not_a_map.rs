use crate::document::front_matter::{Block, FrontMatter};
use crate::lint::{Report, rule};
use crate::page::Page;

rule! {
    /// The front matter is not a list of `key: value` pairs: it is empty, a list, or a bare value.
    ///
    /// There is no name and no description to load.
    ///
    /// ```markdown bad
    /// ---
    /// - name: pdf-tools
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown bad
    /// ---
    /// ---
    ///
    /// Read the file.
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
    /// Source: Agent Skills specification, "Frontmatter"; Claude Code refuses a list too, seen 2026-11-20.
    "front-matter-not-a-map", Correctness, "0.1.0", Page, check, refused_by [Spec, ClaudeCode, ClaudeUpload, Gh, Client]
}

fn check(page: &Page, report: &mut Report<'_>) {
    let FrontMatter::Block(Block {
        fence,
        content: Ok(content),
        ..
    }) = &page.parts.front_matter
    else {
        return;
    };
    match content {
        None => report.at(&page.source, *fence, "the front matter is empty"),
        Some(node) if node.as_map().is_none() => {
            let message = format!(
                "the front matter is a {}, not `key: value` pairs",
                node.type_name()
            );
            report.at(&page.source, node.span, message)
        }
        Some(_) => return,
    }
    .help("write at least `name: …` and `description: …`");
}
