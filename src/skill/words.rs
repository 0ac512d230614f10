//! The words of a text that can be paths or names of files, at the speed that all texts of a skill ask for.

/// What each byte is in a word: nothing, a letter or digit (1), another character of paths (2).
const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        if byte.is_ascii_alphanumeric() {
            classes[byte as usize] = 1;
        } else if matches!(byte, b'_' | b'-' | b'.' | b'/' | b'*' | b'@' | b'+' | b'~') {
            classes[byte as usize] = 2;
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

/// The same, with whether each holds letters and digits only.
pub fn runs(text: &str) -> impl Iterator<Item = (usize, &str, bool)> {
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
        Some((start, &text[start..at], seen == 1))
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

    fn place(name: &str) -> (usize, u64) {
        let hash = name.bytes().fold(0_u32, |hash, byte| {
            let folded = if byte == b'_' {
                b'-'
            } else {
                byte.to_ascii_lowercase()
            };
            (hash.rotate_left(5) ^ u32::from(folded)).wrapping_mul(0x9e37_79b1)
        });
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
                (0, "Run", true),
                (5, "scripts/a.py", false),
                (23, "then", true),
                (28, "x2", true)
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
