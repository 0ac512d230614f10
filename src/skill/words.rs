//! The words of a text that can be paths or names of files, at the speed that all texts of a skill ask for.

use std::ops::ControlFlow;

/// A letter or digit.
const LETTER: u8 = 1;
/// What joins the parts of a name.
const JOINT: u8 = 2;
/// What stands between a name and its ending, and between modules.
const DOT: u8 = 4;
const SLASH: u8 = 8;
const STAR: u8 = 16;
/// Another character of paths.
const OTHER: u8 = 32;

/// What each byte is in a word; nothing when it cannot be in one.
const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        if byte.is_ascii_alphanumeric() {
            classes[byte as usize] = LETTER;
        } else if matches!(byte, b'_' | b'-') {
            classes[byte as usize] = JOINT;
        } else if matches!(byte, b'@' | b'+' | b'~') {
            classes[byte as usize] = OTHER;
        }
        byte += 1;
    }
    classes[b'.' as usize] = DOT;
    classes[b'/' as usize] = SLASH;
    classes[b'*' as usize] = STAR;
    classes
};

/// Names with other characters are looked for as a whole. Scripts without spaces between words run into paths otherwise.
pub fn is_word_byte(byte: u8) -> bool {
    CLASSES[usize::from(byte)] != 0
}

/// Runs of characters that paths are made of, and where they start.
pub fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        let ends = |at: usize, is_in: bool| {
            let length = bytes[at..].iter().position(|byte| is_word_byte(*byte) != is_in);
            length.map_or(bytes.len(), |length| at + length)
        };
        let start = ends(at, false);
        at = ends(start, true);
        (start < at).then(|| (start, &text[start..at]))
    })
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

/// The classes of the characters in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen(u8);

impl Seen {
    pub fn has_slash(self) -> bool {
        self.0 & SLASH != 0
    }

    pub fn has_dot(self) -> bool {
        self.0 & DOT != 0
    }

    pub fn has_star(self) -> bool {
        self.0 & STAR != 0
    }

    /// Whether the word is its own name: nothing in it could stand at its edges.
    pub fn is_plain(self) -> bool {
        self.0 == LETTER
    }
}

/// Shows `visit` the same runs, with the classes of the characters in each, until it breaks off. One loop for letters and gaps alike,
/// in which nothing can fail: it sees every byte of every skill.
pub fn visit<'a>(text: &'a str, mut visit: impl FnMut(usize, &'a str, Seen) -> ControlFlow<()>) {
    let (mut start, mut seen) = (0, 0);
    for (at, byte) in text.bytes().enumerate() {
        let class = CLASSES[usize::from(byte)];
        if class == 0 {
            if seen != 0 && visit(start, &text[start..at], Seen(seen)).is_break() {
                return;
            }
            seen = 0;
        } else {
            if seen == 0 {
                start = at;
            }
            seen |= class;
        }
    }
    if seen != 0 {
        // It was the last.
        let _ = visit(start, &text[start..], Seen(seen));
    }
}

/// The longest run of letters and digits in a name, which stands in every way to write it but for letter case.
pub fn longest_part(name: &str) -> &str {
    let parts = name.split(|next: char| !next.is_ascii_alphanumeric());
    parts.max_by_key(|part| part.len()).unwrap_or_default()
}

/// Whether letters and digits stand in a text, in any letter case.
pub fn holds(text: &str, part: &str) -> bool {
    let (text, part) = (text.as_bytes(), part.as_bytes());
    let Some(rarest) = (0..part.len()).min_by_key(|at| commonness(part[*at])) else {
        return true;
    };
    let (lower, upper) = (
        part[rarest].to_ascii_lowercase(),
        part[rarest].to_ascii_uppercase(),
    );
    let mut places = memchr::memchr2_iter(lower, upper, text).filter_map(|at| at.checked_sub(rarest));
    places.any(|start| {
        let there = text.get(start..start + part.len());
        there.is_some_and(|there| there.eq_ignore_ascii_case(part))
    })
}

/// How often a letter stands in English, roughly: an order, no measure.
fn commonness(byte: u8) -> usize {
    const FROM_RAREST: &[u8] = b"zqjx0987654321kvbywgpfmucdlhrsnioate";
    let at = FROM_RAREST
        .iter()
        .position(|other| *other == byte.to_ascii_lowercase());
    at.unwrap_or_default()
}

/// Whether a text may have a word with a star in it, or one that a placeholder goes on: `errors-*.json`, `errors-{lang}.json`.
pub fn may_hold_pattern(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_edge = |byte: &&u8| EDGES.contains(*byte);
    let has_star = || {
        memchr::memchr_iter(b'*', bytes).any(|at| {
            // Far enough for any word; rows of stars without end are left to those who look at words.
            let (before, after) = (
                &bytes[at.saturating_sub(16)..at],
                &bytes[at + 1..bytes.len().min(at + 17)],
            );
            let is_inside = |next: Option<&u8>, seen: usize| match next {
                Some(byte) => is_word_byte(*byte),
                None => seen == 16,
            };
            let before_edge = before.iter().rev().find(|byte| !is_edge(byte));
            let after_edge = after.iter().find(|byte| !is_edge(byte));
            is_inside(before_edge, before.len()) && is_inside(after_edge, after.len())
        })
    };
    let is_cut = |at: usize| at > 0 && matches!(bytes[at - 1], b'-' | b'_' | b'/' | b'.');
    memchr::memchr3_iter(b'{', b'<', b'[', bytes).any(is_cut)
        || memchr::memchr_iter(b'$', bytes).any(is_cut)
        || has_star()
}

/// What the names that are looked for look like, so that most words are passed over without being folded.
#[derive(Debug)]
pub struct Looks {
    /// Their lengths, a bit each; the last stands for all that are longer.
    lengths: u64,
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
        self.lengths |= 1 << name.len().min(63);
        let (word, bit) = Self::place(name);
        self.hashes[word] |= bit;
    }

    /// Whether it can be one of the names; `name` is of ASCII, and need not be folded.
    pub fn may_hold(&self, name: &str) -> bool {
        if self.lengths & (1 << name.len().min(63)) == 0 {
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
        let text = "Run `scripts/a.py`, é then x2";
        let mut found = Vec::new();
        visit(text, |start, word, seen| {
            found.push((start, word, seen));
            ControlFlow::Continue(())
        });
        assert_eq!(
            found,
            [
                (0, "Run", Seen(LETTER)),
                (5, "scripts/a.py", Seen(LETTER | SLASH | DOT)),
                (23, "then", Seen(LETTER)),
                (28, "x2", Seen(LETTER))
            ]
        );
        let same: Vec<_> = found.iter().map(|(start, word, _)| (*start, *word)).collect();
        assert_eq!(words(text).collect::<Vec<_>>(), same);
    }

    #[test]
    fn parts_of_names_and_patterns_are_found_in_texts() {
        assert_eq!(longest_part("my-errors_en.json"), "errors");
        assert!(holds("see DEFAULTS.json", "defaults") && holds("x1y", "1"));
        assert!(!holds("default", "defaults") && !holds("", "a"));
        for text in [
            "errors-*.json",
            "references/*.md",
            "errors-{lang}.json",
            "a/<name>.md",
            "x_$y",
            "a-***-b",
        ] {
            assert!(may_hold_pattern(text), "{text}");
        }
        for text in [
            "**bold**, *it*.",
            "- [ ] a",
            "* a\n* b",
            "f(x) {y} a[1] <b>",
            "$a",
            "***",
        ] {
            assert!(!may_hold_pattern(text), "{text}");
        }
    }

    #[test]
    fn a_name_is_known_however_it_is_written() {
        let mut looks = Looks::default();
        looks.add("fill-form");
        assert!(looks.may_hold("Fill_Form") && looks.may_hold("fill-form"));
        assert!(!looks.may_hold("fill-forms"));
    }
}
