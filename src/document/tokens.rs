//! How many tokens a text has, estimated: every model counts them its own way.

/// Letters of a word that make one token.
const LETTERS: u8 = 6;

/// What a byte adds: a letter or digit (0), nothing (1), a token unless it repeats the one before (2), part of a letter outside
/// ASCII (3).
const CLASSES: [u8; 256] = {
    let mut classes = [3; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        classes[byte as usize] = if byte.is_ascii_alphanumeric() {
            0
        } else if matches!(byte, b' ' | b'\t' | b'\r' | 0x0b | 0x0c) {
            1
        } else {
            2
        };
        byte += 1;
    }
    classes
};

/// Tokens that a byte-pair tokenizer would make of a text, estimated: one per six letters of a word, one per mark or run of
/// the same mark, one per letter outside ASCII, one per line break that ends a line.
pub fn estimate(text: &str) -> usize {
    let mut tokens = 0;
    let mut last = 0;
    // Letters of the word so far, after its last full token.
    let mut letters = 0;
    // Without branches: what comes next is as good as random.
    for &byte in text.as_bytes() {
        let class = CLASSES[usize::from(byte)];
        let is_letter = class == 0;
        let is_mark = class == 2 && byte != last;
        // The first byte of a longer character; that it is a space is rare enough.
        let is_other = class == 3 && byte >= 0xc0;
        tokens += usize::from((is_letter && letters == 0) | is_mark | is_other);
        letters = if is_letter && letters + 1 < LETTERS {
            letters + 1
        } else {
            0
        };
        last = byte;
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_marks_and_lines_are_counted() {
        assert_eq!(estimate("a short line\n"), 4);
        assert_eq!(estimate("----\n"), 2);
        assert_eq!(estimate("internationalization"), 4);
        assert_eq!(estimate("größer - - --éx"), 9);
        assert_eq!(estimate(""), 0);
    }
}
