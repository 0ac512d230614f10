//! The uncased BERT `WordPiece` tokeniser, built from a `vocab.txt`.
//!
//! Text is cleaned, ideographs set apart, accents stripped after canonical
//! decomposition and letters lowered; words end at white space and around every
//! punctuation mark; each word is cut greedily into the longest known pieces
//! (Wu et al. 2016; Devlin et al. 2019, `BasicTokenizer` and `WordpieceTokenizer`).
//! Ids equal those of the reference implementation; so do places, but for marks
//! that are both kept and moved by canonical order (some tone and musical signs).
//!
//! Plain ASCII words take a path without allocation: one pass lowers and hashes,
//! one look-up in an open-addressing table usually ends it. Long because both paths end in
//! the same look-up and cutting; a quarter of it is tests.

use std::ops::Range;

use unicode_normalization::char::{canonical_combining_class, decompose_canonical};

use super::unicode::{is_control, is_ideograph, is_mark, is_punctuation};
use crate::failure::{Failure, Result};

/// Longer words (in characters after normalisation) become one unknown token.
const MAX_WORD_CHARS: usize = 100;

/// No vocabulary has longer pieces; `from_vocab` refuses one that has.
const MAX_PIECE_BYTES: usize = 128;

/// Texts end here for us: places are 32-bit.
const MAX_TEXT_BYTES: usize = u32::MAX as usize;

/// Written literally in a text, these are one token each, as in the reference.
const SPECIALS: [&str; 5] = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

/// The tokens of a text, without the special ones around it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Encoding {
    /// Vocabulary numbers.
    pub ids: Vec<u32>,
    /// For each id the bytes `start..end` of the original text it came from.
    pub spans: Vec<(u32, u32)>,
}

/// A vocabulary ready for look-up.
pub struct WordPiece {
    /// Vocabulary text; pieces are slices of it.
    text: String,
    /// By id: where the piece (without `##`) lies in `text`.
    pieces: Vec<Piece>,
    /// Open addressing with linear probing, a power of two long.
    table: Vec<Slot>,
    /// Longest piece in bytes.
    longest: usize,
    specials: [u32; SPECIALS.len()],
}

#[derive(Clone, Copy)]
struct Piece {
    start: u32,
    len: u16,
    continues: bool,
}

#[derive(Clone, Copy)]
struct Slot {
    tag: u32,
    id: u32,
}

const EMPTY: Slot = Slot { tag: 0, id: u32::MAX };

/// What an ASCII byte means for word boundaries.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Word,
    Space,
    Punctuation,
    /// Dropped control characters, and everything that is not ASCII.
    Other,
}

const CLASSES: [Class; 256] = classes();

const fn classes() -> [Class; 256] {
    let mut table = [Class::Other; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        table[byte as usize] = match byte {
            b'\t' | b'\n' | b'\r' | b' ' => Class::Space,
            _ if byte.is_ascii_punctuation() => Class::Punctuation,
            _ if byte.is_ascii_alphanumeric() => Class::Word,
            _ => Class::Other,
        };
        byte += 1;
    }
    table
}

impl std::fmt::Debug for WordPiece {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("WordPiece").finish_non_exhaustive()
    }
}

impl WordPiece {
    /// Reads a `vocab.txt`: one piece a line, its number the line's place from 0.
    ///
    /// # Errors
    /// A special token is missing or a piece is longer than 128 bytes.
    pub fn from_vocab(vocab: &str) -> Result<Self> {
        let text = vocab.to_owned();
        let mut pieces = Vec::with_capacity(32_768);
        let mut start = 0_usize;
        for line in vocab.split_inclusive('\n') {
            let word = line.strip_suffix('\n').unwrap_or(line);
            let word = word.strip_suffix('\r').unwrap_or(word);
            let continues = word.len() > 2 && word.starts_with("##");
            let skip = if continues { 2 } else { 0 };
            let piece = u32::try_from(start + skip)
                .ok()
                .zip(u16::try_from(word.len() - skip).ok())
                .filter(|&(_, len)| usize::from(len) <= MAX_PIECE_BYTES);
            let Some((from, len)) = piece else {
                return Err(Failure::user(format!(
                    "line {} of the vocabulary is too long",
                    pieces.len() + 1
                )));
            };
            pieces.push(Piece {
                start: from,
                len,
                continues,
            });
            start += line.len();
        }
        let size = (pieces.len() * 2).next_power_of_two().max(16);
        let mut this = Self {
            longest: pieces.iter().map(|p| usize::from(p.len)).max().unwrap_or(0),
            text,
            pieces,
            table: vec![EMPTY; size],
            specials: [0; SPECIALS.len()],
        };
        for id in 0..this.pieces.len() {
            this.insert(id);
        }
        for (at, special) in SPECIALS.iter().enumerate() {
            let hash = hash(false, special.as_bytes());
            this.specials[at] = this.find(hash, false, special.as_bytes()).ok_or_else(|| {
                Failure::user(format!("the vocabulary has no `{special}`"))
                    .hint("use the `vocab.txt` of an uncased BERT model")
            })?;
        }
        Ok(this)
    }

    /// Number of pieces.
    pub fn len(&self) -> usize {
        self.pieces.len()
    }

    /// Whether there is no piece at all; never true of a vocabulary that was read.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Whether `id` continues a word (`##…`).
    pub fn continues_word(&self, id: u32) -> bool {
        self.pieces.get(id as usize).is_some_and(|piece| piece.continues)
    }

    /// Tokens of `text` with their places, without `[CLS]` and `[SEP]`.
    pub fn encode(&self, text: &str) -> Encoding {
        let mut encoding = Encoding {
            ids: Vec::with_capacity(text.len() / 4),
            spans: Vec::with_capacity(text.len() / 4),
        };
        self.tokens(text, |id, start, end| {
            encoding.ids.push(id);
            encoding.spans.push((start, end));
            true
        });
        encoding
    }

    /// Number of tokens of `text`, without `[CLS]` and `[SEP]`.
    pub fn count(&self, text: &str) -> usize {
        let mut count = 0;
        self.tokens(text, |_, _, _| {
            count += 1;
            true
        });
        count
    }

    /// What the model is fed: `[CLS]`, the first tokens, `[SEP]`, at most `max_tokens` in all.
    pub fn model_input(&self, text: &str, max_tokens: usize) -> Vec<u32> {
        let room = max_tokens.saturating_sub(2);
        let mut ids = Vec::with_capacity(max_tokens.min(text.len() + 2));
        ids.push(self.specials[2]);
        if room > 0 {
            self.tokens(text, |id, _, _| {
                ids.push(id);
                ids.len() <= room
            });
        }
        ids.push(self.specials[3]);
        ids
    }

    fn insert(&mut self, id: usize) {
        let piece = self.pieces[id];
        let hash = hash(piece.continues, self.bytes(piece));
        let mask = self.table.len() - 1;
        let mut at = slot(hash, mask);
        while self.table[at].id != u32::MAX {
            at = (at + 1) & mask;
        }
        self.table[at] = Slot {
            tag: tag(hash),
            id: u32::try_from(id).unwrap_or(u32::MAX),
        };
    }

    fn find(&self, hash: u64, continues: bool, word: &[u8]) -> Option<u32> {
        let mask = self.table.len() - 1;
        let mut at = slot(hash, mask);
        loop {
            let slot = self.table[at];
            if slot.id == u32::MAX {
                return None;
            }
            if slot.tag == tag(hash) {
                let piece = self.pieces[slot.id as usize];
                if piece.continues == continues && self.bytes(piece) == word {
                    return Some(slot.id);
                }
            }
            at = (at + 1) & mask;
        }
    }

    fn bytes(&self, piece: Piece) -> &[u8] {
        &self.text.as_bytes()[piece.start as usize..][..usize::from(piece.len)]
    }

    fn unknown(&self) -> u32 {
        self.specials[1]
    }

    /// Hands every token to `sink(id, start, end)` until it answers `false`.
    fn tokens(&self, text: &str, mut sink: impl FnMut(u32, u32, u32) -> bool) {
        let bytes = &text.as_bytes()[..text.floor_char_boundary(MAX_TEXT_BYTES)];
        let mut word = Word::default();
        let mut lowered = [0_u8; MAX_WORD_CHARS];
        let mut cuts = Cuts::default();
        let mut at = 0;
        while at < bytes.len() {
            let start = at;
            let more = match CLASSES[usize::from(bytes[at])] {
                Class::Space => {
                    at += 1;
                    true
                }
                Class::Punctuation => {
                    let (id, len) = self.mark(&bytes[at..]);
                    at += len;
                    sink(id, place(start), place(at))
                }
                Class::Word => {
                    while at < bytes.len() && CLASSES[usize::from(bytes[at])] == Class::Word {
                        if let Some(to) = lowered.get_mut(at - start) {
                            *to = bytes[at] | (u8::from(bytes[at].is_ascii_uppercase()) << 5);
                        }
                        at += 1;
                    }
                    if at < bytes.len() && CLASSES[usize::from(bytes[at])] == Class::Other {
                        at = start;
                        self.rich(text, &mut at, &mut word, &mut cuts, &mut sink)
                    } else if at - start > MAX_WORD_CHARS {
                        sink(self.unknown(), place(start), place(at))
                    } else {
                        self.cut(&lowered[..at - start], &mut cuts, |id, from, to| {
                            sink(id, place(start + from), place(start + to))
                        })
                    }
                }
                Class::Other => self.rich(text, &mut at, &mut word, &mut cuts, &mut sink),
            };
            if !more {
                return;
            }
        }
    }

    /// Id and length of the punctuation mark or written special token at the start of `bytes`.
    fn mark(&self, bytes: &[u8]) -> (u32, usize) {
        if bytes[0] == b'[' {
            for (special, &id) in SPECIALS.iter().zip(&self.specials) {
                if bytes.starts_with(special.as_bytes()) {
                    return (id, special.len());
                }
            }
        }
        let id = self
            .find(hash(false, &bytes[..1]), false, &bytes[..1])
            .unwrap_or(self.unknown());
        (id, 1)
    }

    /// Text that is not plain ASCII, up to the next ASCII white space or punctuation.
    fn rich(
        &self,
        text: &str,
        at: &mut usize,
        word: &mut Word,
        cuts: &mut Cuts,
        sink: &mut impl FnMut(u32, u32, u32) -> bool,
    ) -> bool {
        word.clear();
        for c in text[*at..].chars() {
            if c.is_ascii() && matches!(CLASSES[c as usize], Class::Space | Class::Punctuation) {
                break;
            }
            let start = *at;
            *at += c.len_utf8();
            if *at > MAX_TEXT_BYTES {
                break;
            }
            let span = (place(start), place(*at));
            if is_control(c) {
                continue;
            }
            let alone = is_ideograph(c);
            if (alone || c.is_whitespace()) && !self.finish(word, cuts, sink) {
                return false;
            }
            if !c.is_whitespace() {
                word.push(c, span);
            }
            if alone && !self.finish(word, cuts, sink) {
                return false;
            }
        }
        self.finish(word, cuts, sink)
    }

    /// Emits the words gathered in `word` and empties it.
    fn finish(&self, word: &mut Word, cuts: &mut Cuts, sink: &mut impl FnMut(u32, u32, u32) -> bool) -> bool {
        word.normalise();
        let mut from = 0;
        let mut more = true;
        while more && from < word.chars.len() {
            let c = word.chars[from].0;
            let mut to = from + 1;
            if is_punctuation(c) {
                more = self.emit(word, from..to, cuts, sink);
            } else if !c.is_whitespace() {
                while to < word.chars.len()
                    && !word.chars[to].0.is_whitespace()
                    && !is_punctuation(word.chars[to].0)
                {
                    to += 1;
                }
                more = self.emit(word, from..to, cuts, sink);
            }
            from = to;
        }
        word.clear();
        more
    }

    /// Emits the characters `range` of `word`, which hold neither white space nor a boundary.
    fn emit(
        &self,
        word: &mut Word,
        range: Range<usize>,
        cuts: &mut Cuts,
        sink: &mut impl FnMut(u32, u32, u32) -> bool,
    ) -> bool {
        let chars = &word.chars[range];
        if chars.len() > MAX_WORD_CHARS {
            return sink(self.unknown(), chars[0].1.0, chars[chars.len() - 1].1.1);
        }
        word.bytes.clear();
        word.spans.clear();
        for &(c, span) in chars {
            let mut utf8 = [0; 4];
            word.bytes.extend_from_slice(c.encode_utf8(&mut utf8).as_bytes());
            word.spans.resize(word.bytes.len(), span);
        }
        let spans = &word.spans;
        self.cut(&word.bytes, cuts, |id, from, to| {
            sink(id, spans[from].0, spans[to - 1].1)
        })
    }

    /// Greedy longest match over one normalised word; a word with an unknown rest is unknown whole.
    fn cut(&self, word: &[u8], cuts: &mut Cuts, mut sink: impl FnMut(u32, usize, usize) -> bool) -> bool {
        let whole = hash(false, word);
        if word.len() <= self.longest
            && let Some(id) = self.find(whole, false, word)
        {
            return sink(id, 0, word.len());
        }
        cuts.found.clear();
        let mut start = 0;
        while start < word.len() {
            let continues = start > 0;
            let rest = &word[start..];
            let rest = &rest[..rest.len().min(self.longest)];
            let mut running = seed(continues);
            for (hash, &byte) in cuts.hashes.iter_mut().zip(rest) {
                running = step(running, byte);
                *hash = running;
            }
            let piece = (1..=rest.len())
                .rev()
                .find_map(|len| Some((self.find(cuts.hashes[len - 1], continues, &rest[..len])?, len)));
            let Some((id, len)) = piece else {
                return sink(self.unknown(), 0, word.len());
            };
            start += len;
            cuts.found.push((id, start));
        }
        let mut from = 0;
        for &(id, to) in &cuts.found {
            if !sink(id, from, to) {
                return false;
            }
            from = to;
        }
        true
    }
}

/// Room for cutting one word, kept from word to word.
struct Cuts {
    /// Pieces so far, each with its end in the word.
    found: Vec<(u32, usize)>,
    /// Running hash after each byte of the rest.
    hashes: [u64; MAX_PIECE_BYTES],
}

impl Default for Cuts {
    fn default() -> Self {
        Self {
            found: Vec::new(),
            hashes: [0; MAX_PIECE_BYTES],
        }
    }
}

/// A word being gathered outside plain ASCII: buffers kept from word to word.
#[derive(Default)]
struct Word {
    chars: Vec<(char, (u32, u32))>,
    spare: Vec<(char, (u32, u32))>,
    bytes: Vec<u8>,
    spans: Vec<(u32, u32)>,
    /// Whether some gathered character may change place in canonical order.
    reorder: bool,
}

impl Word {
    fn clear(&mut self) {
        self.chars.clear();
        self.reorder = false;
    }

    fn push(&mut self, c: char, span: (u32, u32)) {
        if c.is_ascii() {
            self.chars.push((c, span));
            return;
        }
        decompose_canonical(c, |part| {
            self.reorder |= canonical_combining_class(part) != 0;
            self.chars.push((part, span));
        });
    }

    /// Canonical order, marks dropped, lower case. Order moves the characters only:
    /// places keep ascending.
    fn normalise(&mut self) {
        if self.reorder {
            let mut at = 0;
            while at < self.chars.len() {
                let run = self.chars[at..]
                    .iter()
                    .take_while(|(c, _)| canonical_combining_class(*c) != 0)
                    .count();
                let run_of = &mut self.chars[at..at + run];
                let mut order: Vec<char> = run_of.iter().map(|(c, _)| *c).collect();
                order.sort_by_key(|c| canonical_combining_class(*c));
                for (entry, c) in run_of.iter_mut().zip(order) {
                    entry.0 = c;
                }
                at += run.max(1);
            }
        }
        self.spare.clear();
        for &(c, span) in &self.chars {
            if c.is_ascii() {
                self.spare.push((c.to_ascii_lowercase(), span));
            } else if !is_mark(c) {
                self.spare.extend(c.to_lowercase().map(|low| (low, span)));
            }
        }
        std::mem::swap(&mut self.chars, &mut self.spare);
    }
}

/// Byte places fit 32 bits: the text was cut to that.
fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

const fn seed(continues: bool) -> u64 {
    if continues {
        0x9E37_79B9_7F4A_7C15
    } else {
        0xCBF2_9CE4_8422_2325
    }
}

/// One multiply a byte (FNV-1a with a wider multiplier, so that the top bits are good).
const fn step(hash: u64, byte: u8) -> u64 {
    (hash ^ byte as u64).wrapping_mul(0xD6E8_FEB8_6659_FD93)
}

fn hash(continues: bool, word: &[u8]) -> u64 {
    word.iter().fold(seed(continues), |hash, &byte| step(hash, byte))
}

fn slot(hash: u64, mask: usize) -> usize {
    (hash >> 40) as usize & mask
}

#[expect(clippy::cast_possible_truncation, reason = "the low half is the tag")]
fn tag(hash: u64) -> u32 {
    (hash ^ (hash >> 32)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const VOCAB: &str = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n!\n.\n[\n]\na\nun\n##aff\n##able\ncafe\nuser\nusers\n##s\n中\nss\ni\nreset\n";

    fn small() -> WordPiece {
        WordPiece::from_vocab(VOCAB).unwrap()
    }

    fn words(text: &str) -> Vec<(String, &str)> {
        let vocabulary: Vec<&str> = VOCAB.lines().collect();
        let encoding = small().encode(text);
        encoding
            .ids
            .iter()
            .zip(&encoding.spans)
            .map(|(&id, &(start, end))| {
                (
                    vocabulary[id as usize].to_owned(),
                    &text[start as usize..end as usize],
                )
            })
            .collect()
    }

    fn pair<'a>(piece: &str, source: &'a str) -> (String, &'a str) {
        (piece.to_owned(), source)
    }

    #[test]
    fn words_are_cut_greedily_and_places_point_into_the_source() {
        assert_eq!(
            words("UnAffable users!"),
            [
                pair("un", "Un"),
                pair("##aff", "Aff"),
                pair("##able", "able"),
                pair("users", "users"),
                pair("!", "!"),
            ]
        );
    }

    #[test]
    fn accents_go_and_their_bytes_stay_in_the_place() {
        assert_eq!(words("Café"), [pair("cafe", "Café")]);
        // Written as a letter and a mark, the mark after the last letter is no part of the place.
        assert_eq!(words("cafe\u{301} a"), [pair("cafe", "cafe"), pair("a", "a")]);
    }

    #[test]
    fn ideographs_stand_alone() {
        assert_eq!(words("a中a"), [pair("a", "a"), pair("中", "中"), pair("a", "a")]);
    }

    #[test]
    fn unknown_rest_makes_the_whole_word_unknown() {
        assert_eq!(words("usersx a"), [pair("[UNK]", "usersx"), pair("a", "a")]);
    }

    #[test]
    fn a_hundred_characters_are_a_word_and_one_more_is_unknown() {
        let long = format!("un{}", "s".repeat(98));
        assert_eq!(words(&long).len(), 99);
        let longer = format!("{long}s");
        assert_eq!(words(&longer), [pair("[UNK]", longer.as_str())]);
    }

    #[test]
    fn control_characters_vanish_inside_words() {
        assert_eq!(words("us\u{0}er\u{200d}s"), [pair("users", "us\u{0}er\u{200d}s")]);
        assert_eq!(words("\u{0}\u{7f}\u{fffd}"), []);
    }

    #[test]
    fn written_special_tokens_are_special_and_lower_case_ones_are_not() {
        assert_eq!(words("a[SEP]a")[1], pair("[SEP]", "[SEP]"));
        assert_eq!(words("[reset]").len(), 3);
    }

    #[test]
    fn model_input_is_framed_and_cut() {
        let model = small();
        assert_eq!(model.model_input("a a a a", 4), [2, 9, 9, 3]);
        assert_eq!(model.model_input("a", 256), [2, 9, 3]);
        assert_eq!(model.model_input("a", 2), [2, 3]);
        assert_eq!(model.model_input("", 256), [2, 3]);
    }

    #[test]
    fn a_vocabulary_without_special_tokens_is_refused() {
        assert!(WordPiece::from_vocab("a\nb\n").is_err());
        assert!(WordPiece::from_vocab("").is_err());
    }

    proptest! {
        #[test]
        fn places_ascend_on_character_boundaries(text in "\\PC{0,40}|[a-zé\u{301}中 .\u{0}\u{302e}\u{1d165}İ]{0,40}") {
            let encoding = small().encode(&text);
            let mut before = 0;
            for &(start, end) in &encoding.spans {
                prop_assert!(before <= start && start < end);
                prop_assert!(text.get(start as usize..end as usize).is_some());
                before = start;
            }
            prop_assert_eq!(small().count(&text), encoding.ids.len());
        }
    }
}
