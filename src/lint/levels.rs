//! Which rules are off, warn or deny: the group's default, then the settings, then the command line.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a rule does when it fires.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Nothing.
    Off,
    /// A warning; the run still succeeds.
    Warn,
    /// An error; the run fails.
    Deny,
}

/// What kind of trouble a rule is about; owns the level it has by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Some client refuses the file or misreads it.
    Correctness,
    /// It can do harm.
    Security,
    /// Probably not what was meant.
    Suspicious,
    /// Works, but costs its readers.
    Style,
    /// A matter of taste; off unless asked for.
    Pedantic,
}

impl Group {
    pub fn name(self) -> &'static str {
        match self {
            Self::Correctness => "correctness",
            Self::Security => "security",
            Self::Suspicious => "suspicious",
            Self::Style => "style",
            Self::Pedantic => "pedantic",
        }
    }

    pub fn default_level(self) -> Level {
        match self {
            Self::Correctness | Self::Security => Level::Deny,
            Self::Suspicious | Self::Style => Level::Warn,
            Self::Pedantic => Level::Off,
        }
    }
}

/// Levels in force for one run.
#[derive(Debug, Clone, Default)]
pub struct Levels {
    by_rule: BTreeMap<String, Level>,
    /// Warnings become errors.
    strict: bool,
}

impl Levels {
    /// Levels of a settings file, with warnings as errors when `strict`.
    pub fn new(by_rule: BTreeMap<String, Level>, strict: bool) -> Self {
        Self { by_rule, strict }
    }

    /// Sets the level of one rule; later calls come first.
    pub fn set(&mut self, rule: &str, level: Level) {
        self.by_rule.insert(rule.to_owned(), level);
    }

    pub fn of(&self, rule: &str, group: Group) -> Level {
        let level = self
            .by_rule
            .get(rule)
            .copied()
            .unwrap_or_else(|| group.default_level());
        if self.strict && level == Level::Warn {
            Level::Deny
        } else {
            level
        }
    }

    /// Names set here that none of `known` carries.
    pub fn unknown<'a>(&'a self, known: &[&str]) -> Vec<&'a str> {
        self.by_rule
            .keys()
            .map(String::as_str)
            .filter(|name| !known.contains(name))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_particular_word_holds() {
        let mut levels = Levels::new(BTreeMap::from([("a".to_owned(), Level::Off)]), true);
        assert_eq!(levels.of("a", Group::Correctness), Level::Off);
        assert_eq!(levels.of("b", Group::Style), Level::Deny);
        assert_eq!(levels.of("b", Group::Pedantic), Level::Off);
        levels.set("a", Level::Deny);
        assert_eq!(levels.of("a", Group::Correctness), Level::Deny);
        assert_eq!(levels.unknown(&["b"]), ["a"]);
    }
}
