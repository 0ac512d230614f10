//! What an organisation asks of its skills and agents, as the settings have it, made ready once for a run.

use std::collections::BTreeMap;
use std::fmt;

use globset::{Glob, GlobSet, GlobSetBuilder};
use regex::{Regex, RegexBuilder};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What an organisation asks of the front matter of its skills and agents, and of their words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// Globs of the files it holds for, for example `["skills/**"]`; all when there are none.
    pub paths: Vec<String>,
    /// Fields that must be there and not empty, dotted where they are nested: `["license", "metadata.owner"]`.
    pub required: Vec<String>,
    /// Fields that must not be there.
    pub forbidden: Vec<String>,
    /// The values a field may have: `{ "metadata.tier" = ["gold", "silver"] }`.
    pub values: BTreeMap<String, Vec<String>>,
    /// Regular expressions that a field's text must match as a whole.
    pub patterns: BTreeMap<String, String>,
    /// Most characters of a field's text.
    pub max_characters: BTreeMap<String, usize>,
    /// Words that must not stand in the text, in any letter case, with what to write instead (may be empty).
    pub banned_words: BTreeMap<String, String>,
}

/// A mistake in a policy itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// The key of the policy, and the key or item in it.
    pub key: &'static str,
    pub item: String,
    /// One clause, lower case.
    pub message: String,
    pub remedy: &'static str,
}

/// A policy with its globs and expressions compiled.
#[derive(Clone, Default)]
pub struct CompiledPolicy {
    /// As the settings have it.
    pub asked: Policy,
    paths: Option<GlobSet>,
    pub patterns: Vec<Pattern>,
    pub banned: Option<Banned>,
}

impl fmt::Debug for CompiledPolicy {
    /// What was asked says all: the rest is made of it.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.asked.fmt(formatter)
    }
}

/// An expression that a field must match.
#[derive(Debug, Clone)]
pub struct Pattern {
    pub field: String,
    /// As it is written.
    pub written: String,
    whole: Regex,
}

/// Words that must not stand in a text.
#[derive(Debug, Clone)]
pub struct Banned {
    finder: Regex,
    /// What to write instead, by the word in lower case.
    instead: BTreeMap<String, String>,
}

impl CompiledPolicy {
    /// Whether the policy holds for the file.
    pub fn holds_for(&self, path: &str) -> bool {
        self.paths.as_ref().is_none_or(|globs| globs.is_match(path))
    }
}

impl Pattern {
    pub fn matches(&self, text: &str) -> bool {
        self.whole.is_match(text)
    }
}

impl Banned {
    /// Where banned words stand in a text, and what to write instead; empty where nothing was said.
    pub fn find<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (std::ops::Range<usize>, &'a str)> {
        self.finder.find_iter(text).map(|found| {
            let instead = self.instead.get(&found.as_str().to_lowercase());
            (found.range(), instead.map_or("", String::as_str))
        })
    }
}

impl Policy {
    /// Makes the policy ready, or says what is wrong with it.
    pub fn compile(&self) -> Result<CompiledPolicy, Flaw> {
        self.check()?;
        let patterns: Result<Vec<Pattern>, Flaw> = self.patterns.iter().map(pattern).collect();
        Ok(CompiledPolicy {
            asked: self.clone(),
            paths: self.globs()?,
            patterns: patterns?,
            banned: self.banned()?,
        })
    }

    /// Demands that nothing can meet.
    fn check(&self) -> Result<(), Flaw> {
        let flaw = |key, item: &str, message: String, remedy| Flaw {
            key,
            item: item.to_owned(),
            message,
            remedy,
        };
        let has_empty_part = |field: &&String| field.split('.').any(|part| part.trim().is_empty());
        let lists = [("required", &self.required), ("forbidden", &self.forbidden)];
        for (key, fields) in lists {
            if let Some(field) = fields.iter().find(has_empty_part) {
                let message = format!("`{field}` is not the name of a field");
                return Err(flaw(
                    key,
                    field,
                    message,
                    "write a field, with dots where it is nested: `metadata.owner`",
                ));
            }
        }
        if let Some(field) = self.required.iter().find(|field| self.forbidden.contains(field)) {
            let message = format!("`{field}` is required and forbidden");
            return Err(flaw(
                "forbidden",
                field,
                message,
                "remove it from one of the two lists",
            ));
        }
        if let Some((field, _)) = self.values.iter().find(|(_, values)| values.is_empty()) {
            let message = format!("`{field}` may have no value at all");
            return Err(flaw(
                "values",
                field,
                message,
                "list the values it may have, or put the field under `forbidden`",
            ));
        }
        if let Some((word, _)) = self.banned_words.iter().find(|(word, _)| word.trim().is_empty()) {
            let message = "an empty word is banned".to_owned();
            return Err(flaw(
                "banned_words",
                word,
                message,
                "write the word, or remove the entry",
            ));
        }
        Ok(())
    }

    fn globs(&self) -> Result<Option<GlobSet>, Flaw> {
        if self.paths.is_empty() {
            return Ok(None);
        }
        let flaw = |item: &str, words: &str| Flaw {
            key: "paths",
            item: item.to_owned(),
            message: format!("`{item}` is not a glob: {words}"),
            remedy: "write a path with `*` and `**`, for example `skills/**`",
        };
        let mut set = GlobSetBuilder::new();
        for path in &self.paths {
            set.add(Glob::new(path).map_err(|error| flaw(path, &error.kind().to_string()))?);
        }
        set.build()
            .map(Some)
            .map_err(|error| flaw(&self.paths.join(", "), &error.kind().to_string()))
    }

    fn banned(&self) -> Result<Option<Banned>, Flaw> {
        if self.banned_words.is_empty() {
            return Ok(None);
        }
        // The longest first: where two words begin at one place, the longer one is meant.
        let mut words: Vec<&str> = self.banned_words.keys().map(String::as_str).collect();
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        let bounded = |word: &&str| {
            let is_letter = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
            let before = if is_letter(word.chars().next()) { r"\b" } else { "" };
            let after = if is_letter(word.chars().next_back()) {
                r"\b"
            } else {
                ""
            };
            format!("{before}{}{after}", regex::escape(word))
        };
        let expression = words.iter().map(bounded).collect::<Vec<_>>().join("|");
        let built = RegexBuilder::new(&expression).case_insensitive(true).build();
        let finder = built.map_err(|error| Flaw {
            key: "banned_words",
            item: String::new(),
            message: format!("the words cannot be looked for: {error}"),
            remedy: "ban fewer words in one policy",
        })?;
        let instead = self.banned_words.iter();
        Ok(Some(Banned {
            finder,
            instead: instead
                .map(|(word, instead)| (word.to_lowercase(), instead.clone()))
                .collect(),
        }))
    }
}

fn pattern((field, written): (&String, &String)) -> Result<Pattern, Flaw> {
    let whole = Regex::new(&format!("^(?:{written})$")).map_err(|error| Flaw {
        key: "patterns",
        item: field.clone(),
        message: format!("`{written}` is not a regular expression: {}", reason(&error)),
        remedy: "the syntax is that of the Rust crate `regex`; a backslash in TOML stands in single quotes",
    })?;
    Ok(Pattern {
        field: field.clone(),
        written: written.clone(),
        whole,
    })
}

/// The last line of what the compiler of expressions says; those before it draw the expression.
fn reason(error: &regex::Error) -> String {
    let words = error.to_string();
    let last = words.lines().next_back().unwrap_or_default();
    last.trim_start_matches("error: ").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(text: &str) -> Policy {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn what_cannot_be_met_is_said_with_its_key() {
        for (text, key, item) in [
            ("paths = ['a{b']", "paths", "a{b"),
            ("required = ['metadata.']", "required", "metadata."),
            ("required = ['a']\nforbidden = ['a']", "forbidden", "a"),
            ("values = { tier = [] }", "values", "tier"),
            ("patterns = { version = '(1' }", "patterns", "version"),
            ("banned_words = { ' ' = '' }", "banned_words", " "),
        ] {
            let flaw = policy(text).compile().unwrap_err();
            assert_eq!((flaw.key, flaw.item.as_str()), (key, item), "{flaw:?}");
        }
    }

    #[test]
    fn words_are_found_whole_and_in_any_case() {
        let compiled =
            policy("banned_words = { simply = '', 'C++' = 'C', 'master branch' = 'main branch' }").compile();
        let banned = compiled.unwrap().banned.unwrap();
        let text = "Simply push the Master Branch, not simplyfy, in c++.";
        let found: Vec<(&str, &str)> = banned
            .find(text)
            .map(|(range, instead)| (&text[range], instead))
            .collect();
        assert_eq!(
            found,
            [("Simply", ""), ("Master Branch", "main branch"), ("c++", "C")]
        );
    }

    #[test]
    fn a_pattern_matches_the_whole_text_and_a_path_its_files() {
        let compiled = policy("paths = ['skills/**']\npatterns = { 'metadata.version' = '\\d+|v\\d' }")
            .compile()
            .unwrap();
        assert!(compiled.patterns[0].matches("12") && !compiled.patterns[0].matches("v12"));
        assert!(compiled.holds_for("skills/a/SKILL.md") && !compiled.holds_for("agents/a.md"));
    }
}
