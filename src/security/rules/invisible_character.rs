use crate::diagnostic::Fix;
use crate::lint::{Report, rule};
use crate::security::invisible::{Invisible, Meaning};
use crate::security::{Manner, Text, surroundings as around};
use crate::text::Edit;

rule! {
    /// A character that nobody sees stands where it has no use: a zero-width space or joiner, a word joiner, a byte order mark within the
    /// text, a direction mark in a line of Latin script.
    ///
    /// They come along when text is copied from web pages and chats. A name or a path with one in it looks right and does not match, and
    /// a model's tokens are cut differently.
    ///
    /// ```markdown bad escapes=shown
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read the ze\u{200b}ro page first.
    /// ```
    ///
    /// ```markdown good escapes=shown
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read the zero page first. \u{2601}\u{fe0f} \u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{627}\u{647}\u{645}
    /// ```
    ///
    /// Source: snyk agent-scan, issue codes, W021, read 2026-11.
    /// Codes: snyk W021.
    "invisible-character", Suspicious, "0.1.0", Text, check
}

fn check(text: &Text, report: &mut Report<'_>) {
    // A text about such characters shows them.
    let is_about_them = text.theme.is_security && !text.is_prose();
    let strays: Vec<_> = text
        .invisible
        .iter()
        .filter(|run| run.meaning == Meaning::Stray && text.means(run.span, Manner::Value))
        .filter(|run| !is_part_of_a_reversal(text, run))
        .collect();
    let Some(first) = strays.first().filter(|_| !is_about_them) else {
        return;
    };
    let character = first.characters.first().copied().unwrap_or_default();
    let others = match strays.len() - 1 {
        0 => String::new(),
        count => format!(", and {count} more like it"),
    };
    let edits = strays.iter().map(|run| Edit::delete(run.span)).collect();
    let message = format!(
        "the invisible character U+{:04X} stands in the text{others}",
        u32::from(character)
    );
    report
        .at(&text.source, first.span, message)
        .help("remove it, or write it as an escape where it is meant")
        .fix(Fix::risky("remove the invisible characters", edits));
}

/// Whether `hidden-unicode-text` speaks of the line: the marks beside one that turns the order belong to the same trick.
fn is_part_of_a_reversal(text: &Text, run: &Invisible) -> bool {
    let line = around::line(text.text(), run.span.start);
    let others = text.invisible.iter();
    others
        .filter(|other| other.meaning == Meaning::Reversal)
        .any(|other| line.contains(other.span.start))
}
