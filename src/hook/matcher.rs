//! How Claude Code reads a `matcher`: everything, a list of exact names, or a regular expression of JavaScript.

/// A matcher, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Matcher<'a> {
    All,
    /// Names that are compared whole.
    Names(Vec<&'a str>),
    /// Searched for anywhere in the value.
    Pattern(&'a str),
}

/// Reads the matcher of an event's group. `FileChanged` and `StopFailure` know fewer characters that make a name.
pub fn read<'a>(matcher: &'a str, event: &str) -> Matcher<'a> {
    if matches!(matcher, "" | "*") {
        return Matcher::All;
    }
    let is_narrow = matches!(event, "FileChanged" | "StopFailure");
    let is_exact = |character: char| {
        character.is_ascii_alphanumeric()
            || matches!(character, '_' | '|')
            || (!is_narrow && matches!(character, '-' | ' ' | ','))
    };
    if matcher.chars().all(is_exact) {
        let names = matcher.split(['|', ',']).map(str::trim);
        return Matcher::Names(names.filter(|name| !name.is_empty()).collect());
    }
    Matcher::Pattern(matcher)
}

/// Why JavaScript would refuse the pattern, if it is plain to see.
pub fn pattern_fault(pattern: &str) -> Option<&'static str> {
    let mut depth = 0usize;
    let mut in_class = false;
    // Whether a quantifier may stand here.
    let mut repeatable = false;
    let mut was_quantifier = false;
    let mut characters = pattern.chars().peekable();
    while let Some(character) = characters.next() {
        let quantifies = std::mem::take(&mut was_quantifier);
        if in_class {
            match character {
                '\\' => drop(characters.next()),
                ']' => in_class = false,
                _ => {}
            }
            repeatable = true;
            continue;
        }
        match character {
            '\\' => {
                if characters.next().is_none() {
                    return Some("it ends in a backslash");
                }
                repeatable = true;
            }
            '[' => in_class = true,
            '(' => {
                depth += 1;
                if characters.next_if_eq(&'?').is_some() {
                    // `(?:`, `(?=`, `(?!`, `(?<name>` and `(?<=`.
                    characters.next();
                }
                repeatable = false;
            }
            ')' => {
                let Some(outer) = depth.checked_sub(1) else {
                    return Some("a `)` closes nothing");
                };
                depth = outer;
                repeatable = true;
            }
            '|' | '^' => repeatable = false,
            '?' if quantifies => {}
            '*' | '+' | '?' => {
                if !repeatable {
                    return Some("a quantifier has nothing to repeat");
                }
                repeatable = false;
                was_quantifier = true;
            }
            _ => repeatable = true,
        }
    }
    match (in_class, depth) {
        (true, _) => Some("a `[` is never closed"),
        (_, 0) => None,
        _ => Some("a `(` is never closed"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matcher_is_read_by_its_characters() {
        assert_eq!(read("*", "PreToolUse"), Matcher::All);
        assert_eq!(
            read("Edit|Write, a-b", "PreToolUse"),
            Matcher::Names(vec!["Edit", "Write", "a-b"])
        );
        assert_eq!(read("mcp__.*", "PreToolUse"), Matcher::Pattern("mcp__.*"));
        assert_eq!(read("a-b", "FileChanged"), Matcher::Pattern("a-b"));
    }

    #[test]
    fn patterns_that_cannot_compile_are_seen() {
        for bad in ["*.py", "a**", "(a", "a)", "[a", "a\\", "x|*", "Edit(*.ts)", "a*+"] {
            assert!(pattern_fault(bad).is_some(), "{bad}");
        }
        for good in [
            ".*",
            "a*?",
            "^Notebook",
            "mcp__(a|b)__.*",
            "[a*]+",
            "(?:a|b)?",
            "(?!Bash)",
            "a{2,3}",
            "\\*",
            "(?<=x)y",
            "[]]",
        ] {
            assert_eq!(pattern_fault(good), None, "{good}");
        }
    }
}
