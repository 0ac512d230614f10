//! Ranges of versions as node-semver has them, which dependencies between plugins are written in.

/// Whether a text is a range: alternatives joined by `||`, each of comparators such as `^1.2`, `>=1 <2`, `1.x` or `1.0 - 2.0`.
pub fn is_range(text: &str) -> bool {
    text.split("||").all(|alternative| {
        let words: Vec<&str> = alternative.split_whitespace().collect();
        match words.as_slice() {
            [low, "-", high] => is_partial(low) && is_partial(high),
            _ => is_comparators(&words),
        }
    })
}

/// Comparators one after the other; an operator may stand apart from its version.
fn is_comparators(words: &[&str]) -> bool {
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let version = word.trim_start_matches(['<', '>', '=', '^', '~']);
        let operator = &word[..word.len() - version.len()];
        if !matches!(operator, "" | "<" | ">" | "<=" | ">=" | "=" | "^" | "~" | "~>") {
            return false;
        }
        let version = match version {
            "" if !operator.is_empty() => words.next().copied().unwrap_or_default(),
            _ => version,
        };
        if !is_partial(version) {
            return false;
        }
    }
    true
}

/// A version of which parts may be missing or wildcards.
fn is_partial(text: &str) -> bool {
    let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
    let (core, rest) = match text.find(['-', '+']) {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    let parts: Vec<&str> = core.split('.').collect();
    let is_part = |part: &&str| {
        matches!(*part, "x" | "X" | "*")
            || (!part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let is_tail = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'+');
    // Only a whole version has a tail.
    (1..=3).contains(&parts.len())
        && parts.iter().all(is_part)
        && (rest.is_empty() || (parts.len() == 3 && rest.len() > 1 && rest.bytes().all(is_tail)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ranges_are_told_from_other_words() {
        for good in [
            "",
            "*",
            "1",
            "~2.1.0",
            "^2.0",
            ">=1.4",
            "=2.1.0",
            ">= 1 < 2",
            "1.x || >=2.5.0",
            "1.0.0 - 2",
            "^2.0.0-0",
            "v1.2.3",
            "1.0.0-beta.1+x",
        ] {
            assert!(is_range(good), "{good}");
        }
        for bad in [
            "bogus",
            "latest",
            "1.2.3.4",
            "=>1",
            "1.0-",
            "^",
            "1 -",
            "a.b.c",
            "^1.0 and up",
        ] {
            assert!(!is_range(bad), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_one_or_not(text in "[0-9.x*^~<>=| \\-v+é]{0,20}") {
            let _ = is_range(&text);
        }
    }
}
