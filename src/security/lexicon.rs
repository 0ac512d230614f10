//! Words by which a text says that it forbids something, or only speaks of it. They are looked for in lower case at the beginning
//! of a word, so that `detect` stands for detects and detection too.

/// Words that turn what follows into what must not be done.
const FORBIDDING: &[&str] = &[
    "never",
    "avoid",
    "refuse",
    "reject",
    "blocked",
    "blocklist",
    "block list",
    "block any",
    "block all",
    "block if",
    "block these",
    "block the",
    "block:",
    "deny",
    "denied",
    "denies",
    "denylist",
    "forbid",
    "prohibit",
    "disallow",
    "not allowed",
    "prevent",
    "anti-pattern",
    "antipattern",
    "dangerous",
    "unsafe",
    "insecure",
    "vulnerable",
    "instead of",
    "rather than",
    "red flag",
    "warning sign",
    "beware",
    "off limits",
    "off-limits",
    "what not to",
    "bad practice",
    "bad example",
    "wrong way",
    "stop and report",
    "common mistake",
];

/// Negations. In a clause with `if` they state a condition: "if you do not have it, run …".
const NEGATIONS: &[&str] = &[
    "do not",
    "don't",
    "don’t",
    "does not",
    "doesn't",
    "must not",
    "mustn't",
    "should not",
    "shouldn't",
    "cannot",
    "can't",
    "may not",
    "will not",
    "won't",
    "not to",
    "no longer",
];

/// What begins a condition.
const CONDITIONS: &[&str] = &[
    "if ",
    "when ",
    "unless ",
    "in case ",
    "where ",
    "since ",
    "because ",
    "for those who ",
];

/// Behind a negation these make an urging of it: "do not forget to".
const URGINGS: &[&str] = &[
    "skip", "forget", "hesitate", "worry", "miss", "just", "wait", "ask",
];

/// Words of one who speaks of attacks, or of finding them.
const DISCUSSING: &[&str] = &[
    "detect",
    "flag any",
    "flag it",
    "flag as",
    "flagged",
    "look for",
    "looks for",
    "looking for",
    "watch for",
    "watch out",
    "grep for",
    "scan for",
    "indicator of",
    "indicators of",
    "attack",
    "prompt injection",
    "injection attempt",
    "command injection",
    "injections",
    "injected",
    "jailbreak",
    "malicious",
    "malware",
    "suspicious",
    "untrusted",
    "adversar",
    "tries to",
    "trying to",
    "asks you",
    "ask you",
    "asking you",
    "tells you",
    "tell you",
    "telling you",
    "instructs you",
    "instructing",
    "threat",
    "exploit",
    "poison",
    "red team",
    "red-team",
    "phishing",
    "social engineering",
    "guardrail",
    "hidden instruction",
    "smuggl",
    "exfiltrat",
    "vulnerab",
    "owasp",
    "harmful",
    "hostile",
    "misuse",
    "manipulat",
    "coerc",
    "deceptive",
    "spoof",
    "impersonat",
    "trojan",
    "backdoor",
];

/// Behind a phrase these call it an attack.
const VERDICTS: &[&str] = &[
    "attack",
    "injection",
    "malicious",
    "red flag",
    "jailbreak",
    "suspicious",
    "is a risk",
    "untrusted",
    "exploit",
    "should be ignored",
    "must be ignored",
    "must be refused",
    "are ignored",
    "be treated as",
    "reject",
    "is not allowed",
    "are not allowed",
    "forbidden",
    "is dangerous",
    "are dangerous",
    "is unsafe",
    "is insecure",
    "is bad",
    "is wrong",
    "as data",
    "flag it",
    "report it",
];

/// Words behind which phrases are examples. A command in an example is still run, so these hold for phrases only.
const EXEMPLIFYING: &[&str] = &[
    "such as",
    "e.g",
    "for example",
    "for instance",
    "example",
    "like",
    "phrase",
    "wording",
    "says",
    "say",
    "saying",
    "claim",
    "contain",
    "include",
    "text",
    "string",
    "message",
    "words",
    "query",
    "queries",
    "input",
    "prompts",
    "test",
    "evaluat",
    "resist",
    "treat",
    "even if",
    "anything that",
    "any instruction",
    "language",
];

/// Words of headings under which phrases are examples.
const EXAMPLE_HEADINGS: &[&str] = &["example", "test", "evaluat", "prompts", "sample", "security"];

/// Marks that stand before or behind what is wrong.
const MARKS: &[&str] = &["❌", "🚫", "⛔", "✗", "✘", "☠", "🔴", "👎", "⚠"];

/// Marks and words that stand before what is right, and end the reach of what stands above.
const APPROVING: &[&str] = &[
    "✅",
    "✔",
    "good",
    "correct",
    "right",
    "safe",
    "secure",
    "recommended",
    "better",
];

/// Comments and labels that call what follows wrong: `# Bad`, `BAD:`, `// wrong`.
const LABELS: &[&str] = &[
    "bad",
    "wrong",
    "don't",
    "don’t",
    "dont",
    "do not",
    "never",
    "incorrect",
    "not this",
    "no:",
    "avoid",
];

/// Whether the words forbid what they lead to. Expects lower case.
pub fn forbids(words: &str) -> bool {
    MARKS.iter().any(|mark| words.contains(mark))
        || FORBIDDING.iter().any(|word| holds(words, word))
        || NEGATIONS.iter().any(|word| negates(words, word))
}

/// Whether the words speak of attacks or of finding them. Expects lower case.
pub fn discusses(words: &str) -> bool {
    DISCUSSING.iter().any(|word| holds(words, word))
}

/// Whether the words behind a phrase call it an attack, or say that it is not followed. Expects lower case.
pub fn condemns(words: &str) -> bool {
    MARKS.iter().any(|mark| words.contains(mark)) || VERDICTS.iter().any(|word| holds(words, word))
}

/// Whether the last clause announces an example of what is said. Expects lower case.
pub fn exemplifies(words: &str) -> bool {
    let clause = words.rsplit([',', ';']).next().unwrap_or(words);
    EXEMPLIFYING.iter().any(|word| holds(clause, word))
}

/// Whether a heading announces examples of what is said. Expects lower case.
pub fn heads_examples(heading: &str) -> bool {
    EXAMPLE_HEADINGS.iter().any(|word| holds(heading, word))
}

/// Whether a heading announces what is never done, and nothing else. Expects lower case.
pub fn heads_denials(heading: &str) -> bool {
    [
        "never run",
        "never to",
        "never do",
        "not to",
        "deny list",
        "denylist",
        "denied ",
        "blocklist",
        "forbidden ",
    ]
    .iter()
    .any(|words| holds(heading, words))
}

/// Whether a comment or a label calls what follows wrong. Expects lower case.
pub fn blames(words: &str) -> bool {
    let words = words.trim_start_matches(|mark: char| {
        !mark.is_alphanumeric() && !MARKS.iter().any(|known| known.starts_with(mark))
    });
    LABELS.iter().any(|label| holds_at_start(words, label)) || forbids(words)
}

/// Whether a comment or a label calls what follows right. Expects lower case.
pub fn approves(words: &str) -> bool {
    let start = words.trim_start_matches(|mark: char| mark.is_ascii_punctuation() || mark.is_whitespace());
    APPROVING.iter().any(|word| holds_at_start(start, word))
}

fn holds_at_start(words: &str, word: &str) -> bool {
    words
        .strip_prefix(word)
        .is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
}

/// Whether a word begins in the text like `word`.
pub fn holds(text: &str, word: &str) -> bool {
    text.match_indices(word)
        .any(|(at, _)| !text[..at].ends_with(char::is_alphanumeric))
}

/// Whether a negation stands in the words that neither states a condition nor urges.
fn negates(words: &str, negation: &str) -> bool {
    words.match_indices(negation).any(|(at, _)| {
        let clause = words[..at]
            .rsplit([',', ';', ':', '—'])
            .next()
            .unwrap_or_default();
        let rest = words[at + negation.len()..].trim_start();
        let is_condition = CONDITIONS.iter().any(|word| holds(clause, word));
        let is_urging = URGINGS.iter().any(|word| holds_at_start(rest, word));
        !words[..at].ends_with(char::is_alphanumeric) && !is_condition && !is_urging
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_negation_forbids_unless_it_states_a_condition_or_urges() {
        for words in [
            "do not run ",
            "you must never",
            "❌ ",
            "avoid: ",
            "on ci, don't use ",
        ] {
            assert!(forbids(words), "{words}");
        }
        for words in [
            "if you don't have uv, run ",
            "do not forget to run ",
            "run ",
            "when it is not there, use ",
        ] {
            assert!(!forbids(words), "{words}");
        }
    }

    #[test]
    fn labels_blame_or_approve() {
        for words in [
            "# bad",
            "// wrong: unquoted",
            "# ❌ unsafe",
            "bad:",
            "# never do this",
        ] {
            assert!(blames(words), "{words}");
        }
        for words in ["# badge", "# install uv", "# bad_name"] {
            assert!(!blames(words) || words.contains('_'), "{words}");
        }
        assert!(approves("# ✅ good") && approves("// good: pinned") && !approves("# goods"));
    }
}
