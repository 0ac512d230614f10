//! Which rules are off, warn or deny: the group's default, then the profile, the settings, the settings of a path, and the
//! command line.

use std::collections::BTreeMap;

use globset::GlobSet;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::options::Options;
use super::profile::Profile;
use super::rule::About;

/// What a rule does when it fires.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Nothing.
    Off,
    /// A warning; the run still succeeds.
    Warn,
    /// An error; the run fails.
    Deny,
}

impl Level {
    /// `off`, `warn` or `deny`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Warn => "warn",
            Self::Deny => "deny",
        }
    }
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
    /// What a plan asks of its skills before they are called done; off unless asked for.
    Plan,
}

impl Group {
    pub const ALL: &[Self] = &[
        Self::Correctness,
        Self::Security,
        Self::Suspicious,
        Self::Style,
        Self::Pedantic,
        Self::Plan,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Correctness => "correctness",
            Self::Security => "security",
            Self::Suspicious => "suspicious",
            Self::Style => "style",
            Self::Pedantic => "pedantic",
            Self::Plan => "plan",
        }
    }

    pub fn default_level(self) -> Level {
        match self {
            Self::Correctness | Self::Security => Level::Deny,
            Self::Suspicious | Self::Style => Level::Warn,
            Self::Pedantic | Self::Plan => Level::Off,
        }
    }
}

/// Levels by the name of a rule or a group.
pub type ByName = BTreeMap<String, Level>;

/// Levels for some paths.
#[derive(Debug, Clone)]
pub struct PathLevels {
    pub paths: GlobSet,
    pub by_name: ByName,
}

/// Levels in force for one run, and what rules measure against.
#[derive(Debug, Clone, Default)]
pub struct Levels {
    by_name: ByName,
    by_path: Vec<PathLevels>,
    /// Of the command line, in its order.
    flags: Vec<(String, Level)>,
    /// When not empty, nothing else runs.
    selected: Vec<String>,
    /// Warnings become errors.
    strict: bool,
    pub options: Options,
}

impl Levels {
    /// Levels of a settings file, with warnings as errors when `strict`.
    pub fn new(by_name: ByName, strict: bool) -> Self {
        Self {
            by_name,
            strict,
            ..Self::default()
        }
    }

    /// The same with limits, policies and a profile.
    #[must_use]
    pub fn with_options(mut self, options: Options) -> Self {
        self.options = options;
        self
    }

    /// Adds levels for some paths; later ones come first.
    pub fn set_for_paths(&mut self, levels: PathLevels) {
        self.by_path.push(levels);
    }

    /// Runs nothing but this rule or group (and others selected), whatever their level.
    pub fn select(&mut self, name: &str) {
        self.selected.push(name.to_owned());
    }

    /// Sets the level of a rule or group for the run: a rule's own comes before its group's, later calls before earlier ones.
    pub fn set(&mut self, name: &str, level: Level) {
        self.flags.push((name.to_owned(), level));
    }

    /// The level of a rule in a file.
    pub fn of(&self, rule: &About, path: &str) -> Level {
        let is_selected = self.selected.iter().any(|name| rule.is_called(name));
        if !self.selected.is_empty() && !is_selected {
            return Level::Off;
        }
        let by_path = || {
            if self.by_path.is_empty() {
                return None;
            }
            let path = self.options.home.from_root(path);
            let for_path = self.by_path.iter().rev();
            for_path
                .filter(|levels| levels.paths.is_match(&path))
                .find_map(|levels| find(&levels.by_name, rule))
        };
        let level = self
            .flag(rule)
            .or_else(by_path)
            .or_else(|| find(&self.by_name, rule))
            .unwrap_or_else(|| default_level(rule, self.options.profile.as_ref()));
        match level {
            Level::Off if is_selected => Level::Warn,
            Level::Warn if self.strict => Level::Deny,
            level => level,
        }
    }

    fn flag(&self, rule: &About) -> Option<Level> {
        let last = |called: &str| self.flags.iter().rev().find(|(name, _)| name == called);
        last(rule.name)
            .or_else(|| last(rule.group.name()))
            .map(|(_, level)| *level)
    }

    /// Whether the rule is on in any file.
    pub fn may_fire(&self, rule: &About) -> bool {
        self.of(rule, "") != Level::Off
            || (self.by_path.iter())
                .any(|levels| find(&levels.by_name, rule).is_some_and(|level| level != Level::Off))
    }

    /// Whether files differ in their levels.
    pub fn differ_by_path(&self) -> bool {
        !self.by_path.is_empty()
    }

    /// Names set or selected here that are neither in `known` nor a group's.
    pub fn unknown<'a>(&'a self, known: &[&str]) -> Vec<&'a str> {
        let settings = self.by_name.keys();
        let paths = self.by_path.iter().flat_map(|levels| levels.by_name.keys());
        let flags = self.flags.iter().map(|(name, _)| name);
        let named = settings.chain(paths).chain(flags).chain(&self.selected);
        named
            .map(String::as_str)
            .filter(|name| !known.contains(name) && Group::ALL.iter().all(|group| group.name() != *name))
            .collect()
    }
}

/// The level set for the rule itself, or else for its group.
fn find(levels: &ByName, rule: &About) -> Option<Level> {
    let group = || levels.get(rule.group.name());
    levels.get(rule.name).or_else(group).copied()
}

/// What the group says, unless a profile is asked for: then what its reader refuses is an error, and what only other readers
/// refuse is a warning.
fn default_level(rule: &About, profile: Option<&Profile>) -> Level {
    let level = rule.group.default_level();
    match profile.map(|profile| profile.reader) {
        Some(reader) if rule.refused_by.contains(&reader) => Level::Deny,
        Some(_) if rule.group == Group::Correctness && !rule.refused_by.is_empty() => Level::Warn,
        _ => level,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::profile::Reader;
    use globset::{Glob, GlobSetBuilder};

    fn rule(name: &'static str, group: Group) -> About {
        About {
            name,
            group,
            since: "0.1.0",
            refused_by: &[Reader::Spec],
            docs: "",
        }
    }

    #[test]
    fn the_most_particular_word_holds() {
        let mut levels = Levels::new(ByName::from([("a".to_owned(), Level::Off)]), true);
        let a = rule("a", Group::Correctness);
        assert_eq!(levels.of(&a, ""), Level::Off);
        assert_eq!(levels.of(&rule("b", Group::Style), ""), Level::Deny);
        assert_eq!(levels.of(&rule("b", Group::Pedantic), ""), Level::Off);
        levels.set("a", Level::Deny);
        assert_eq!(levels.of(&a, ""), Level::Deny);
        levels.set("correctness", Level::Off);
        assert_eq!(levels.of(&a, ""), Level::Deny);
        assert_eq!(levels.of(&rule("c", Group::Correctness), ""), Level::Off);
        levels.set("mistake", Level::Off);
        assert_eq!(levels.unknown(&["b"]), ["a", "a", "mistake"]);
    }

    #[test]
    fn a_path_has_levels_of_its_own() {
        let mut levels = Levels::default();
        let globs = GlobSetBuilder::new().add(Glob::new("vendor/**").unwrap()).build();
        levels.set_for_paths(PathLevels {
            paths: globs.unwrap(),
            by_name: ByName::from([("style".to_owned(), Level::Off), ("b".to_owned(), Level::Warn)]),
        });
        let b = rule("b", Group::Pedantic);
        assert_eq!(levels.of(&b, "vendor/x/SKILL.md"), Level::Warn);
        assert_eq!(levels.of(&b, "skills/x/SKILL.md"), Level::Off);
        assert!(levels.may_fire(&b));
        assert_eq!(levels.of(&rule("c", Group::Style), "vendor/x"), Level::Off);
    }

    #[test]
    fn a_selection_runs_alone_and_wakes_what_is_off() {
        let mut levels = Levels::default();
        levels.select("plan");
        assert_eq!(levels.of(&rule("a", Group::Plan), ""), Level::Warn);
        assert_eq!(levels.of(&rule("b", Group::Security), ""), Level::Off);
    }

    #[test]
    fn a_profile_denies_what_its_reader_refuses_and_no_more() {
        let for_profile = |name| {
            let options = Options {
                profile: Profile::named(name, []),
                ..Options::default()
            };
            Levels::default().with_options(options)
        };
        let refused = rule("a", Group::Correctness);
        let style = rule("b", Group::Style);
        assert_eq!(for_profile("spec").of(&refused, ""), Level::Deny);
        assert_eq!(for_profile("gh").of(&refused, ""), Level::Warn);
        assert_eq!(for_profile("spec").of(&style, ""), Level::Deny);
        assert_eq!(for_profile("gh").of(&style, ""), Level::Warn);
    }
}
