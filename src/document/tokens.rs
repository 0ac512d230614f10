//! How many tokens a text has, estimated: every model counts them its own way.

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
