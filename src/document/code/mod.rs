//! Code in documents: whether a snippet parses in the language it says it is in, and where not.
//!
//! Documents show code to make a point, not to be compiled: they leave things out, put names where values belong, and show the
//! inside of a class without the class. So every reader here takes a snippet for right when there is any way to read it, and what
//! looks like an illustration is let pass (`doubt`). A fault is what would break for whoever copies the snippet.

mod doubt;
mod javascript;
mod json;
mod nesting;
mod placeholder;
mod plain_yaml;
mod python;
mod rust;
mod shell;
mod sql;
mod toml;
mod yaml;

/// Longest snippet that is read.
const MAX_BYTES: usize = 256 * 1024;

/// The languages that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    Json,
    /// JSON with comments and trailing commas.
    Jsonc,
    Yaml,
    Toml,
    Sql,
    /// POSIX shell and Bash.
    Shell,
    Python,
    TypeScript,
    Tsx,
    /// With JSX or without.
    JavaScript,
    Rust,
}

impl Language {
    /// As people write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::Jsonc => "JSON with comments",
            Self::Yaml => "YAML",
            Self::Toml => "TOML",
            Self::Sql => "SQL",
            Self::Shell => "shell",
            Self::Python => "Python",
            Self::TypeScript => "TypeScript",
            Self::Tsx => "TSX",
            Self::JavaScript => "JavaScript",
            Self::Rust => "Rust",
        }
    }

    fn read(self, text: &str) -> Option<Fault> {
        match self {
            Self::Json => json::read(text, json::Dialect::Strict),
            Self::Jsonc => json::read(text, json::Dialect::WithComments),
            Self::Yaml => yaml::read(text),
            Self::Toml => toml::read(text),
            Self::Sql => sql::read(text),
            Self::Shell => shell::read(text),
            Self::Python => python::read(text),
            Self::TypeScript | Self::Tsx | Self::JavaScript => javascript::read(text, self),
            Self::Rust => rust::read(text),
        }
    }
}

/// Why a snippet does not parse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Byte of the snippet where it shows; on a character boundary, perhaps at the end.
    pub at: usize,
    /// One clause, lower case.
    pub message: String,
}

impl Fault {
    fn new(at: usize, message: impl Into<String>) -> Self {
        Self {
            at,
            message: message.into(),
        }
    }
}

/// The language that the info string of a fence names. Nothing for transcripts (`console`), for dialects that are not read
/// (`json5`, `zsh`), and where a further word says that the code is not meant to be right, as in `rust,compile_fail`.
pub fn language(info: &str) -> Option<Language> {
    let info = info.trim().trim_start_matches(['{', '.', ' ']);
    let end = info
        .find([' ', '\t', ',', ':', '{', '}', ';', '='])
        .unwrap_or(info.len());
    let (name, rest) = info.split_at(end);
    let mut words = rest.split(|next: char| !(next.is_alphanumeric() || matches!(next, '_' | '-' | '\'')));
    if words.any(doubt::is_disclaimer) || rest.chars().any(doubt::is_cross) {
        return None;
    }
    Some(match name.to_ascii_lowercase().as_str() {
        "json" | "jsonl" | "ndjson" => Language::Json,
        "jsonc" => Language::Jsonc,
        "yaml" | "yml" => Language::Yaml,
        "toml" => Language::Toml,
        "sql" | "postgresql" | "postgres" | "psql" | "mysql" | "sqlite" | "plpgsql" | "pgsql" => {
            Language::Sql
        }
        "sh" | "bash" | "shell" => Language::Shell,
        "python" | "py" | "python3" => Language::Python,
        "typescript" | "ts" | "mts" | "cts" => Language::TypeScript,
        "tsx" => Language::Tsx,
        "javascript" | "js" | "jsx" | "mjs" | "cjs" => Language::JavaScript,
        "rust" | "rs" => Language::Rust,
        _ => return None,
    })
}

/// Why `text` does not parse, if it does not and is not marked or drawn as something that need not.
pub fn fault(language: Language, text: &str) -> Option<Fault> {
    if text.len() > MAX_BYTES {
        return None;
    }
    let found = language.read(text)?;
    let at = text.floor_char_boundary(found.at.min(text.len()));
    (!doubt::excuses(language, text, at)).then_some(Fault { at, ..found })
}

/// Whether the line above a snippet says that it is not meant to be right: `**Wrong:**`, `❌ Don't:`.
pub fn is_disclaimed(above: &str) -> bool {
    let line = above.trim_matches(|next: char| !(next.is_alphanumeric() || doubt::is_cross(next)));
    let mut words = line.split(|next: char| !(next.is_alphanumeric() || matches!(next, '-' | '\'')));
    above.chars().any(doubt::is_cross)
        || words.next().is_some_and(doubt::is_disclaimer)
        || words.next_back().is_some_and(doubt::is_disclaimer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALL: [Language; 11] = [
        Language::Json,
        Language::Jsonc,
        Language::Yaml,
        Language::Toml,
        Language::Sql,
        Language::Shell,
        Language::Python,
        Language::TypeScript,
        Language::Tsx,
        Language::JavaScript,
        Language::Rust,
    ];

    #[track_caller]
    pub(super) fn accepts(language: Language, texts: &[&str]) {
        let refused: Vec<_> = texts
            .iter()
            .filter_map(|text| Some((*text, fault(language, text)?)))
            .collect();
        assert_eq!(refused, [], "refused as {}", language.name());
    }

    /// Each text with what stands at its fault.
    #[track_caller]
    pub(super) fn refuses(language: Language, texts: &[(&str, &str)]) {
        let wrong: Vec<_> = texts
            .iter()
            .map(|(text, at)| (*text, *at, fault(language, text)))
            .filter(|(text, at, fault)| {
                !fault
                    .as_ref()
                    .is_some_and(|fault| text[fault.at..].starts_with(at))
            })
            .collect();
        assert_eq!(
            wrong,
            [],
            "taken for {}, or found in another place",
            language.name()
        );
    }

    #[test]
    fn languages_are_read_from_info_strings() {
        for (info, expected) in [
            ("json", Some(Language::Json)),
            ("JSON title=\"a.json\"", Some(Language::Json)),
            ("yml", Some(Language::Yaml)),
            ("{.python .numberLines}", Some(Language::Python)),
            ("python:src/a.py", Some(Language::Python)),
            ("ts {1,3}", Some(Language::TypeScript)),
            ("rust,no_run", Some(Language::Rust)),
            ("rust,compile_fail", None),
            ("python bad", None),
            ("js ❌", None),
            ("ts diff", None),
            ("json5", None),
            ("console", None),
            ("zsh", None),
            ("powershell", None),
            ("", None),
        ] {
            assert_eq!(language(info), expected, "{info}");
        }
    }

    #[test]
    fn the_line_above_may_say_that_it_is_wrong() {
        for line in [
            "**Bad:**",
            "### ❌ Before",
            "Don't:",
            "Wrong (no comma):",
            "This is wrong:",
        ] {
            assert!(is_disclaimed(line), "{line}");
        }
        for line in ["Good:", "To avoid trouble, write:", ""] {
            assert!(!is_disclaimed(line), "{line}");
        }
    }

    #[test]
    fn deep_and_long_texts_are_let_go() {
        let units = [
            "[", "(", "{", "<a>", "!", "a=>", "$(", "\"$(", "f\"{", "if(a)", "- ", "new ", "/*", "`${",
            "not ",
        ];
        for language in ALL {
            for unit in units {
                let most = if unit.len() == 1 { 100_000 } else { 5_000 };
                for times in [100, 500, most] {
                    let text = unit.repeat(times);
                    let closed = text.clone() + &")".repeat(times);
                    for text in [text, closed] {
                        let _ = fault(language, &text);
                    }
                }
            }
            assert_eq!(fault(language, &"\"'(".repeat(MAX_BYTES)), None);
        }
    }

    proptest! {
        #[test]
        fn every_text_has_an_answer_inside_of_it(
            text in "([a-cxé \n\t\r:,;=.#'\"`$(){}\\[\\]<>|&!?*/\\\\+@%-]|\n  |\n\n|if |do |def |class |fn |let |const |case |```|<<E\n|\\{\\{|\"\"\"|f\"|…|\\.\\.\\.|❌|SELECT |return |=> |: ){0,60}",
        ) {
            for language in ALL {
                if let Some(fault) = fault(language, &text) {
                    prop_assert!(text.is_char_boundary(fault.at), "{language:?} {fault:?}");
                    prop_assert!(!fault.message.is_empty());
                }
            }
        }
    }
}
