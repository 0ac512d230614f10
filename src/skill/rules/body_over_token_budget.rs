use crate::lint::{Report, rule};
use crate::skill::Skill;

rule! {
    /// The body has more than about 5000 tokens.
    ///
    /// All of it enters the context when the skill is opened, and Claude Code keeps only the newest 5000 tokens of a skill after it
    /// compacts a session. Tokens are estimated from words and punctuation, since every model counts them its own way.
    ///
    /// ```markdown bad repeat=300
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read the file, then check each of the fields against the list that the form's owner sent, one after another.
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
    /// Source: Agent Skills specification, "Progressive disclosure": under 5000 tokens recommended.
    "body-over-token-budget", Style, "0.1.0", Skill, check
}

/// Most tokens of a body.
const MOST: usize = 5000;

fn check(skill: &Skill, report: &mut Report<'_>) {
    let page = &skill.page;
    let tokens = estimate(page.body());
    if tokens > MOST {
        report
            .at(
                &page.source,
                page.head(),
                format!("the body has about {tokens} tokens, more than {MOST}"),
            )
            .help("move what not every task needs into files under `references/` and link them");
    }
}

/// Tokens that a byte-pair tokenizer would make of a text, estimated: one per six letters of a word, one per mark or run of
/// the same mark, one per letter outside ASCII, one per line break that ends a line.
pub fn estimate(text: &str) -> usize {
    let mut tokens = 0;
    let mut letters = 0usize;
    let mut last = ' ';
    for character in text.chars() {
        if character.is_ascii_alphanumeric() {
            letters += 1;
        } else {
            tokens += letters.div_ceil(6);
            letters = 0;
            let is_repeated = character == last && !character.is_alphanumeric();
            let is_counted = !character.is_whitespace() || character == '\n';
            tokens += usize::from(is_counted && !is_repeated);
        }
        last = character;
    }
    tokens + letters.div_ceil(6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_marks_and_lines_are_counted() {
        assert_eq!(estimate("a short line\n"), 4);
        assert_eq!(estimate("----\n"), 2);
        assert_eq!(estimate("internationalization"), 4);
        assert_eq!(estimate(""), 0);
    }
}
