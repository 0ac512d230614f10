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
    const ENDINGS: &[&str] = &[
        "ations", "ation", "ingly", "ying", "ing", "ies", "ied", "ed", "es", "ly", "s", "y", "e",
    ];
    fn stems(word: &str) -> impl Iterator<Item = &str> {
        let left = ENDINGS.iter().filter_map(move |ending| word.strip_suffix(ending));
        left.filter(|stem| stem.chars().count() >= 3).chain([word])
    }
    stems(a).any(|stem| stems(b).any(|other| other == stem))
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

    proptest! {
        #[test]
        fn places_are_words(text in "\\PC{0,40}") {
            let found: Vec<&str> = places(&text).map(|place| &text[place]).collect();
            let wanted: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
            prop_assert_eq!(found, wanted);
        }
    }
}
