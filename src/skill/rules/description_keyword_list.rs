use crate::lint::{Report, rule};
use crate::skill::Skill;

rule! {
    /// The description is a list of key words: five or more quoted phrases that outweigh the rest, or eight or more short pieces
    /// between commas in one sentence.
    ///
    /// A model matches meaning, not words; a sentence that says when to use the skill costs less and says more. Lists of things
    /// that a skill handles are often right, so the rule is off by default.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: "Use for 'read a pdf', 'fill a form', 'scan a page', 'merge pages', 'split a file'"
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Use for PDF, forms, scans, pages, merging, splitting, stamps, fonts, layers, links.
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
    /// Source: Claude documentation, "Skill authoring best practices", on descriptions; the measure is that of skill-validator
    /// 1fe10b0.
    "description-keyword-list", Pedantic, "0.1.0", Skill, check
}

/// Quoted phrases that make a list.
const QUOTES: usize = 5;

/// Short pieces between commas that make a list, and the most words of a short piece.
const PIECES: usize = 8;
const SHORT: usize = 3;

fn check(skill: &Skill, report: &mut Report<'_>) {
    let Some((text, span)) = skill.page.text_field("description") else {
        return;
    };
    let (count, quoted) = quoted_phrases(text);
    let is_quotes = count >= QUOTES && quoted * 2 > text.chars().count();
    let is_commas = text.split(['.', ';', ':', '!', '?']).any(|sentence| {
        let pieces = sentence.split(',').map(|piece| piece.split_whitespace().count());
        pieces.filter(|words| (1..=SHORT).contains(words)).count() >= PIECES
    });
    if is_quotes || is_commas {
        report
            .at(&skill.page.source, span, "the description is a list of key words")
            .help("say in a sentence what the skill does and when to use it");
    }
}

/// How many phrases stand in quotes, and their characters.
fn quoted_phrases(text: &str) -> (usize, usize) {
    let mut pieces = text.split(['"', '“', '”', '\'', '‘', '’']);
    pieces.next();
    let mut found = (0, 0);
    while let Some(inside) = pieces.next() {
        let Some(between) = pieces.next() else {
            break;
        };
        // An apostrophe has a letter behind it, a closing quote does not.
        if !between.starts_with(char::is_alphanumeric) {
            found = (found.0 + 1, found.1 + inside.chars().count());
        }
    }
    found
}
