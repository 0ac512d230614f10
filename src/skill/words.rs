//! The words of a text that can be paths or names of files, at the speed that all texts of a skill ask for.

/// A letter or digit.
const LETTER: u8 = 1;
/// What joins the parts of a name.
const JOINT: u8 = 2;
/// Another character of paths and patterns.
const OTHER: u8 = 4;

/// What each byte is in a word; nothing when it cannot be in one.
const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        if byte.is_ascii_alphanumeric() {
            classes[byte as usize] = LETTER;
        } else if matches!(byte, b'_' | b'-') {
            classes[byte as usize] = JOINT;
        } else if matches!(byte, b'.' | b'/' | b'*' | b'@' | b'+' | b'~') {
            classes[byte as usize] = OTHER;
        }
        byte += 1;
    }
    classes
};

/// Names with other characters are looked for as a whole. Scripts without spaces between words run into paths otherwise.
pub fn is_word_byte(byte: u8) -> bool {
    CLASSES[usize::from(byte)] != 0
}

/// Runs of characters that paths are made of, and where they start.
pub fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    runs(text).map(|(start, word, _)| (start, word))
}

/// What is at the edges of a word without being part of its name: the end of a sentence, bold print, options.
const EDGES: [u8; 5] = [b'*', b'.', b'-', b'~', b'_'];

/// The word without what stands at its edges.
pub fn trimmed(word: &str) -> &str {
    let is_edge = |byte: &&u8| EDGES.contains(byte);
    let start = word.bytes().take_while(|byte| is_edge(&byte)).count();
    let rest = &word[start..];
    let end = rest.bytes().rev().take_while(|byte| is_edge(&byte)).count();
    &rest[..rest.len() - end]
}

/// The one name that a word can be, if it is no path, pattern or module: letters, digits and what joins them. `seen` is what
/// [`runs`] says of it.
pub fn single_name(word: &str, seen: u8) -> Option<&str> {
    if seen == LETTER {
        return Some(word);
    }
    let name = trimmed(word);
    let is_single = seen & OTHER == 0 || name.bytes().all(|byte| CLASSES[usize::from(byte)] != OTHER);
    is_single.then_some(name)
}

/// The same runs, with the classes of the characters in each.
pub fn runs(text: &str) -> impl Iterator<Item = (usize, &str, u8)> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while CLASSES[usize::from(*bytes.get(at)?)] == 0 {
            at += 1;
        }
        let start = at;
        let mut seen = 0;
        while let Some(class) = bytes
            .get(at)
            .map(|byte| CLASSES[usize::from(*byte)])
            .filter(|class| *class != 0)
        {
            seen |= class;
            at += 1;
        }
        Some((start, &text[start..at], seen))
    })
}

/// What the names that are looked for look like, so that most words are passed over without being folded.
#[derive(Debug)]
pub struct Looks {
    /// Their lengths, a bit each; the last stands for all that are longer.
    lengths: u128,
    /// Hashes of them, a bit each.
    hashes: [u64; 64],
}

impl Default for Looks {
    fn default() -> Self {
        Self {
            lengths: 0,
            hashes: [0; 64],
        }
    }
}

impl Looks {
    /// Adds a name that is folded already.
    pub fn add(&mut self, name: &str) {
        self.lengths |= 1 << name.len().min(127);
        let (word, bit) = Self::place(name);
        self.hashes[word] |= bit;
    }

    /// Whether it can be one of the names; `name` is of ASCII, and need not be folded.
    pub fn may_hold(&self, name: &str) -> bool {
        if self.lengths & (1 << name.len().min(127)) == 0 {
            return false;
        }
        let (word, bit) = Self::place(name);
        self.hashes[word] & bit != 0
    }

    /// Where a name is marked: by its length and three of its letters, since hashing all of them costs more than it spares.
    fn place(name: &str) -> (usize, u64) {
        let bytes = name.as_bytes();
        let letter = |at: usize| {
            let byte = bytes.get(at).copied().unwrap_or_default();
            let folded = if byte == b'_' {
                b'-'
            } else {
                byte.to_ascii_lowercase()
            };
            u32::from(folded)
        };
        let last = bytes.len().saturating_sub(1);
        let letters = letter(0) | letter(last / 2) << 8 | letter(last) << 16;
        let hash =
            (letters | u32::try_from(bytes.len() & 0xff).unwrap_or_default() << 24).wrapping_mul(0x9e37_79b1);
        ((hash >> 26) as usize, 1 << (hash >> 20 & 63))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_cut_where_no_path_goes_on() {
        let found: Vec<_> = runs("Run `scripts/a.py`, é then x2").collect();
        assert_eq!(
            found,
            [
                (0, "Run", LETTER),
                (5, "scripts/a.py", LETTER | OTHER),
                (23, "then", LETTER),
                (28, "x2", LETTER)
            ]
        );
    }

    #[test]
    fn single_names_are_told_from_paths_and_patterns() {
        let names = |text| -> Vec<Option<&str>> {
            runs(text)
                .map(|(_, word, seen)| single_name(word, seen))
                .collect()
        };
        assert_eq!(
            names("**fill_form**. -well-known-- a/b run.py errors-* ~ x"),
            [
                Some("fill_form"),
                Some("well-known"),
                None,
                None,
                Some("errors"),
                Some(""),
                Some("x")
            ]
        );
    }

    #[test]
    fn a_name_is_known_however_it_is_written() {
        let mut looks = Looks::default();
        looks.add("fill-form");
        assert!(looks.may_hold("Fill_Form") && looks.may_hold("fill-form"));
        assert!(!looks.may_hold("fill-forms"));
    }
}
