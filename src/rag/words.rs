//! Where the words of a question stand in a text, for people who read what was found.

use std::ops::Range;

/// The places of words in `text` that are in `asked` (lower case) or differ from one only in their ending.
pub fn marks(asked: &[String], text: &str) -> Vec<Range<usize>> {
    places(text)
        .filter(|place| {
            let word = text[place.clone()].to_lowercase();
            asked.iter().any(|asked| same_stem(asked, &word))
        })
        .collect()
}

/// Runs of letters and digits.
fn places(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut rest = text.char_indices().peekable();
    std::iter::from_fn(move || {
        let (start, _) = rest.by_ref().find(|(_, letter)| letter.is_alphanumeric())?;
        while rest.next_if(|(_, letter)| letter.is_alphanumeric()).is_some() {}
        let end = rest.peek().map_or(text.len(), |&(at, _)| at);
        Some(start..end)
    })
}

/// Whether two words differ in their endings only. A rough stemmer is enough to mark words for the eye.
fn same_stem(a: &str, b: &str) -> bool {
    a == b || stem(a) == stem(b)
}

/// The word without one ending of inflection, a doubled last letter, and a last `e`, `i` or `y`.
fn stem(word: &str) -> &str {
    let long = |stem: &&str| stem.chars().count() >= 3;
    let endings = ["ing", "ed", "es", "s"];
    let plural = !word.ends_with("ss");
    let cut = endings
        .iter()
        .find_map(|ending| word.strip_suffix(ending).filter(long));
    let stem = cut.filter(|_| plural).unwrap_or(word);
    let mut letters = stem.chars().rev();
    let (last, before) = (letters.next(), letters.next());
    let stem = match last {
        Some(last) if before == Some(last) => stem.strip_suffix(last).unwrap_or(stem),
        _ => stem,
    };
    stem.strip_suffix(['e', 'i', 'y']).filter(long).unwrap_or(stem)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rag::keywords;
    use proptest::prelude::*;

    #[test]
    fn other_forms_of_a_word_are_marked() {
        let text = "Policies apply; a policy applied twice.";
        let marks = marks(&keywords::words("applying a policy"), text);
        let marked: Vec<&str> = marks.into_iter().map(|place| &text[place]).collect();
        assert_eq!(marked, ["Policies", "apply", "policy", "applied"]);
    }

    #[test]
    fn endings_of_inflection_are_dropped() {
        for (a, b) in [
            ("note", "notes"),
            ("process", "processes"),
            ("run", "running"),
            ("index", "indexed"),
        ] {
            assert!(same_stem(a, b), "{a} {b}");
        }
        for (a, b) in [
            ("policy", "police"),
            ("bus", "bu"),
            ("is", "i"),
            ("note", "nothing"),
        ] {
            assert_eq!(same_stem(a, b), (a, b) == ("policy", "police"), "{a} {b}");
        }
    }

    proptest! {
        #[test]
        fn places_are_words(text in "\\PC{0,40}") {
            let found: Vec<&str> = places(&text).map(|place| &text[place]).collect();
            let wanted: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
            prop_assert_eq!(found, wanted);
        }
    }
}
