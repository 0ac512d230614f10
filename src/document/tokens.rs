//! How many tokens a text has, estimated: every model counts them its own way.

/// Letters of a word that make one token.
const LETTERS: u8 = 6;

/// What a byte of ASCII adds: a letter or digit (0), nothing (1), a token unless it repeats the one before (2).
const CLASSES: [u8; 128] = {
    let mut classes = [2; 128];
    let mut byte = 0_u8;
    while byte < 128 {
        if byte.is_ascii_alphanumeric() {
            classes[byte as usize] = 0;
        } else if matches!(byte, b' ' | b'\t' | b'\r' | 0x0b | 0x0c) {
            classes[byte as usize] = 1;
        }
        byte += 1;
    }
    classes
};

/// Tokens that a byte-pair tokenizer would make of a text, estimated: one per six letters of a word, one per mark or run of
/// the same mark, one per letter outside ASCII, one per line break that ends a line.
pub fn estimate(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut tokens = 0;
    let mut last = '\0';
    // Letters of the word so far, after its last full token.
    let mut letters = 0;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if let Some(&class) = CLASSES.get(usize::from(byte)) {
            // Without branches: what comes next is as good as random.
            let character = char::from(byte);
            let is_letter = class == 0;
            let is_mark = class == 2 && character != last;
            tokens += usize::from((is_letter && letters == 0) | is_mark);
            letters = if is_letter && letters + 1 < LETTERS {
                letters + 1
            } else {
                0
            };
            last = character;
            at += 1;
        } else {
            let character = text[at..].chars().next().unwrap_or_default();
            let is_repeated = character == last && !character.is_alphanumeric();
            tokens += usize::from(!character.is_whitespace() && !is_repeated);
            letters = 0;
            last = character;
            at += character.len_utf8();
        }
    }
    tokens
}

/// The tokens of a text, when there are more than `most`. Most texts are known to have fewer at the speed of memory.
pub fn more_than(text: &str, most: usize) -> Option<usize> {
    let is_possible = text.len() > most && at_most(text) > most;
    is_possible
        .then(|| estimate(text))
        .filter(|tokens| *tokens > most)
}

/// A bound on [`estimate`]: as if a word had a token for its beginning and all letters together one for each six.
fn at_most(text: &str) -> usize {
    let bytes = text.as_bytes();
    let before = &bytes[..bytes.len().saturating_sub(1)];
    let after = bytes.get(1..).unwrap_or_default();
    // The first byte has none before it.
    let (mut tokens, mut letters) = (1, 1);
    // Blocks whose sums fit a byte, so that the compiler takes many bytes at once.
    for (before, after) in before.chunks(200).zip(after.chunks(200)) {
        let (mut starts, mut inside) = (0_u8, 0_u8);
        for (&before, &byte) in before.iter().zip(after) {
            let is_start = is_letter(byte) & !is_letter(before);
            let is_mark =
                !is_letter(byte) && !is_blank(byte) && byte != before && !matches!(byte, 0x80..=0xbf);
            starts += u8::from(is_start | is_mark);
            inside += u8::from(is_letter(byte));
        }
        tokens += usize::from(starts);
        letters += usize::from(inside);
    }
    tokens + letters.div_ceil(usize::from(LETTERS))
}

fn is_letter(byte: u8) -> bool {
    ((byte | 0x20).wrapping_sub(b'a') < 26) | (byte.wrapping_sub(b'0') < 10)
}

/// White space, line breaks apart.
fn is_blank(byte: u8) -> bool {
    byte == b' ' || (byte.wrapping_sub(9) < 5 && byte != b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_marks_and_lines_are_counted() {
        assert_eq!(estimate("a short line\n"), 4);
        assert_eq!(estimate("----\n"), 2);
        assert_eq!(estimate("internationalization"), 4);
        assert_eq!(estimate("größer ── - --é\u{a0}x"), 9);
        assert_eq!(estimate(""), 0);
    }

    proptest! {
        #[test]
        fn the_bound_is_one(text in "([a-z]{1,14}|[0-9]|-| |\n|\t|é|─|\u{3000}|_){0,60}", most in 0_usize..60) {
            let tokens = estimate(&text);
            prop_assert!(tokens <= at_most(&text));
            prop_assert_eq!(more_than(&text, most), Some(tokens).filter(|tokens| *tokens > most));
        }
    }
}
