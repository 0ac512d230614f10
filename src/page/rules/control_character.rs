use crate::lint::{Report, rule};
use crate::page::Page;
use crate::text::Span;

rule! {
    /// A control character that no text needs stands in the file: a NUL byte or one of the others below U+0020, except tab,
    /// line feed, carriage return, and a form feed outside the front matter.
    ///
    /// YAML forbids them, Claude Code refuses a file with a NUL, and `skills-ref` crashes on one.
    ///
    /// ```markdown bad controls=shown
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Ring the bell: ␇.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Ring the bell: `printf '\a'`.
    /// ```
    ///
    /// Source: YAML 1.2.2 section 5.1; behaviour of both clients, seen 2026-11-20.
    "control-character", Correctness, "0.1.0", Page, check, refused_by [Spec, ClaudeCode]
}

/// Whether the rule is about this character.
pub fn is_control(character: char) -> bool {
    character.is_control() && !matches!(character, '\t' | '\n' | '\r' | '\u{85}')
}

/// Whether a byte can belong to such a character.
fn is_suspicious(byte: u8) -> bool {
    (byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r')) || byte == 0x7f || byte == 0xc2
}

fn check(page: &Page, report: &mut Report<'_>) {
    let mut blocks = page.source.text().as_bytes().chunks(64);
    // Without a way out in the middle a block is looked at in one go.
    if !blocks.any(|block| block.iter().fold(false, |any, byte| any | is_suspicious(*byte))) {
        return;
    }
    if let Some((at, character)) = page.source.text().char_indices().find(|&(at, character)| {
        is_control(character) && !(character == '\u{c}' && at >= page.parts.body.start)
    }) {
        let span = Span::new(at, at + character.len_utf8());
        report
            .at(
                &page.source,
                span,
                format!("control character U+{:04X} in the text", u32::from(character)),
            )
            .help("remove it; write it as an escape where an example needs it");
    }
}
