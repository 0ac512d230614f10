//! Which descriptions are so alike that a model cannot tell which skill is meant.
//!
//! Two descriptions are compared by the words they share (Jaccard's measure over sets of words, common words left out). Pairs are
//! found by their rarest words: two sets can only be that alike when they share one of them (prefix filtering, Chaudhuri et al.
//! 2006), so that the work grows with the skills and not with their pairs.

use std::collections::HashMap;

/// Fewest words a description must have to be compared.
const FEWEST: usize = 5;

/// Pairs of texts whose sets of words are at least `threshold` alike (0 to 1), by their places, with how alike they are.
pub fn pairs(texts: &[&str], threshold: f64) -> Vec<(usize, usize, f64)> {
    let sets = ranked(texts);
    let words = sets.iter().flatten().max().map_or(0, |most| most + 1);
    let mut index: Vec<Vec<usize>> = vec![Vec::new(); words];
    // The last set that each set was compared with.
    let mut compared: Vec<usize> = vec![usize::MAX; sets.len()];
    let mut found = Vec::new();
    for (at, set) in sets.iter().enumerate().filter(|(_, set)| set.len() >= FEWEST) {
        let needed = least(threshold, set.len());
        for &word in &set[..=set.len() - needed] {
            for &other in &index[word] {
                if std::mem::replace(&mut compared[other], at) == at {
                    continue;
                }
                let (few, many) = (set.len().min(sets[other].len()), set.len().max(sets[other].len()));
                if few < least(threshold, many) {
                    continue;
                }
                if let Some(likeness) = jaccard(set, &sets[other], threshold) {
                    found.push((other, at, likeness));
                }
            }
            index[word].push(at);
        }
    }
    found.sort_unstable_by_key(|&(a, b, _)| (a, b));
    found
}

/// How many words a set of `count` must share with another at least, and no fewer than one.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a handful of words"
)]
fn least(threshold: f64, count: usize) -> usize {
    // A little less, so that no rounding loses a pair.
    ((threshold * count as f64 - 1e-9).ceil() as usize).max(1)
}

/// The words of each text by their rank, the rarest of all texts first, in ascending order.
fn ranked(texts: &[&str]) -> Vec<Vec<usize>> {
    let mut lexicon = Lexicon::default();
    let mut sets: Vec<Vec<usize>> = texts.iter().map(|text| lexicon.set_of(text)).collect();
    let mut counts = vec![0_usize; lexicon.numbers.len()];
    for number in sets.iter().flatten() {
        counts[*number] += 1;
    }
    let mut order: Vec<usize> = (0..counts.len()).collect();
    order.sort_by_key(|number| counts[*number]);
    let mut ranks = vec![0; order.len()];
    for (rank, number) in order.into_iter().enumerate() {
        ranks[number] = rank;
    }
    for set in &mut sets {
        for number in set.iter_mut() {
            *number = ranks[*number];
        }
        set.sort_unstable();
    }
    sets
}

/// The words met so far, numbered as they came.
#[derive(Default)]
struct Lexicon {
    numbers: HashMap<String, usize>,
}

impl Lexicon {
    /// The numbers of the words of a text, each once, in ascending order.
    fn set_of(&mut self, text: &str) -> Vec<usize> {
        let lower = text.to_lowercase();
        let words =
            lower.split(|c: char| !(c.is_ascii_alphanumeric() || (!c.is_ascii() && c.is_alphanumeric())));
        let words = words.filter(|word| word.len() > 2 && word.chars().nth(2).is_some());
        let mut set: Vec<usize> = words.filter_map(|word| self.number(word)).collect();
        set.sort_unstable();
        set.dedup();
        set
    }

    /// The number of a word, whether or not an `s` is at its end; none when it is a common one.
    fn number(&mut self, word: &str) -> Option<usize> {
        if is_common(word) {
            return None;
        }
        let word = word.strip_suffix('s').unwrap_or(word);
        let next = self.numbers.len();
        Some(match self.numbers.get(word) {
            Some(number) => *number,
            None => *self.numbers.entry(word.to_owned()).or_insert(next),
        })
    }
}

/// Whether a word says nothing about what a skill is for.
fn is_common(word: &str) -> bool {
    matches!(
        word.as_bytes(),
        b"about"
            | b"after"
            | b"agent"
            | b"all"
            | b"also"
            | b"and"
            | b"any"
            | b"are"
            | b"ask"
            | b"asked"
            | b"asks"
            | b"before"
            | b"between"
            | b"but"
            | b"can"
            | b"create"
            | b"creating"
            | b"etc"
            | b"for"
            | b"from"
            | b"have"
            | b"help"
            | b"helps"
            | b"how"
            | b"including"
            | b"into"
            | b"its"
            | b"like"
            | b"more"
            | b"need"
            | b"needs"
            | b"not"
            | b"other"
            | b"provides"
            | b"should"
            | b"skill"
            | b"skills"
            | b"such"
            | b"task"
            | b"tasks"
            | b"that"
            | b"the"
            | b"their"
            | b"them"
            | b"these"
            | b"this"
            | b"through"
            | b"tool"
            | b"tools"
            | b"use"
            | b"used"
            | b"user"
            | b"users"
            | b"using"
            | b"want"
            | b"wants"
            | b"what"
            | b"when"
            | b"whenever"
            | b"which"
            | b"with"
            | b"work"
            | b"working"
            | b"you"
            | b"your"
    )
}

/// The measure of two ascending lists, when it is `threshold` or more.
#[expect(clippy::cast_precision_loss, reason = "a handful of words")]
fn jaccard(a: &[usize], b: &[usize], threshold: f64) -> Option<f64> {
    let measure = |shared: usize| shared as f64 / (a.len() + b.len() - shared).max(1) as f64;
    let needed = least(threshold / (1.0 + threshold), a.len() + b.len());
    let (mut i, mut j, mut shared) = (0, 0, 0);
    while let (Some(left), Some(right)) = (a.get(i), b.get(j)) {
        if left != right && shared + (a.len() - i).min(b.len() - j) < needed {
            return None;
        }
        shared += usize::from(left == right);
        i += usize::from(left <= right);
        j += usize::from(right <= left);
    }
    Some(measure(shared)).filter(|measure| *measure >= threshold)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn alike_texts_are_paired_and_short_ones_are_not() {
        let texts = [
            "Extracts text and tables from PDF files, fills forms, merges documents.",
            "Fills forms and merges documents; extracts tables and text from PDF files.",
            "Reviews pull requests for security faults and missing tests.",
            "PDF files.",
            "PDF file.",
        ];
        let found = pairs(&texts, 0.7);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].0, found[0].1), (0, 1));
    }

    fn is_half_shared(a: &[usize], b: &[usize]) -> bool {
        let shared = a.iter().filter(|word| b.contains(word)).count();
        2 * shared >= a.len() + b.len() - shared
    }

    proptest! {
        /// The filter loses no pair.
        #[test]
        fn pairs_are_those_of_comparing_all(texts in prop::collection::vec("([a-f]{3} ){5,9}", 0..12)) {
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let sets = ranked(&texts);
            let mut expected = Vec::new();
            for at in 0..sets.len() {
                for other in 0..at {
                    let enough = sets[at].len() >= FEWEST && sets[other].len() >= FEWEST;
                    if enough && is_half_shared(&sets[at], &sets[other]) {
                        expected.push((other, at));
                    }
                }
            }
            expected.sort_unstable();
            let found: Vec<_> = pairs(&texts, 0.5).into_iter().map(|(a, b, _)| (a, b)).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
