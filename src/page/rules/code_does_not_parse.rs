use crate::document::code;
use crate::document::markdown::Fence;
use crate::lint::{Report, rule};
use crate::page::Page;
use crate::text::Span;

rule! {
    /// A code block does not parse in the language that it says it is in.
    ///
    /// An agent copies what a skill shows, into a file or a shell, and the slip with it: a comma too many in JSON, a colon in an
    /// unquoted YAML value, a string that an inner fence cuts off. Read are JSON, YAML, TOML, SQL, shell, Python, TypeScript,
    /// JavaScript and Rust.
    ///
    /// Only what no reading excuses is reported. Fragments, things left out (`...`), placeholders, templates, diffs, transcripts
    /// and several files in one block are no faults, nor is a block that is marked as wrong: by a word such as `bad` behind its
    /// language, by a comment such as `# WRONG` or `// ❌`, or by the line above it.
    ///
    /// ````markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Write this to `options.json`:
    ///
    /// ```json
    /// {
    ///   "pages": [1, 2, 3]
    ///   "quality": "high"
    /// }
    /// ```
    /// ````
    ///
    /// ````markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read the first page:
    ///
    /// ```python
    /// reader = PdfReader("in.pdf)
    /// print(reader.pages[0].extract_text())
    /// ```
    /// ````
    ///
    /// ````markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Write this to `options.json`, with the pages that are asked for:
    ///
    /// ```json
    /// {
    ///   "pages": [1, ...],
    ///   "quality": "<quality>"
    /// }
    /// ```
    ///
    /// Then read them:
    ///
    /// ```python
    /// reader = PdfReader("in.pdf")
    /// print(reader.pages[0].extract_text())
    /// ```
    ///
    /// Wrong:
    ///
    /// ```python
    /// print reader.pages
    /// ```
    /// ````
    ///
    /// Source: the code blocks of nine public collections of skills and agents, read 2026-11.
    "code-does-not-parse", Suspicious, "0.1.0", Page, check
}

fn check(page: &Page, report: &mut Report<'_>) {
    let text = page.source.text();
    // What an unclosed fence holds is not known; that has a rule of its own.
    for fence in page.markdown.fences.iter().filter(|fence| fence.closed) {
        let Some(language) = code::language(&fence.info) else {
            continue;
        };
        let code = fence.content.text(text);
        let Some(fault) = code::fault(language, &code).filter(|_| !code::is_disclaimed(above(text, fence)))
        else {
            continue;
        };
        let start = fence.content.place(fault.at);
        let next = code[fault.at..]
            .chars()
            .next()
            .filter(|next| !next.is_whitespace());
        report
            .at(
                &page.source,
                Span::new(start, start + next.map_or(0, char::len_utf8)),
                format!("this is not {}: {}", language.name(), fault.message),
            )
            .label(
                fence.info_span,
                format!("the block says that it is {}", language.name()),
            )
            .help("mend the code, or name the language it is in; an agent copies what it is shown");
    }
}

/// The last line with something on it before a fence.
fn above<'a>(text: &'a str, fence: &Fence) -> &'a str {
    text[..fence.span.start]
        .lines()
        .rev()
        .map(str::trim)
        .find(|line| !line.trim_matches(['>', ' ']).is_empty())
        .unwrap_or_default()
}
