//! `[lint]`: how findings are judged, and the levels that come of it.

use std::collections::BTreeMap;

use globset::{Glob, GlobSet, GlobSetBuilder};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::failure::{Failure, Result as Outcome};
use crate::lint::{ByName, CompiledPolicy, Flaw, Levels, Limits, Options, PathLevels, Policy, Profile};
use crate::text::nearest;

use super::Settings;

/// How findings are judged.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Lint {
    /// Consumer whose verdict counts: `spec`, `claude-code`, `claude-upload`, `gh`, or a client that `skill link --list` names.
    /// `--profile` comes first.
    pub profile: Option<String>,
    /// Level by the name of a rule or group, for example `body-too-long = "off"`.
    pub rules: ByName,
    /// Numbers that rules hold sizes against.
    pub limits: Limits,
    /// Levels for some paths; later ones come first.
    pub path: Vec<LintPath>,
    /// What your organisation asks of skills and agents.
    pub policy: Vec<Policy>,
    /// Models that must not be named in examples, beside those whose makers have shut them down, with what to write instead (may
    /// be empty): `{ "gpt-4o" = "gpt-5" }`.
    pub retired_models: BTreeMap<String, String>,
    /// Globs of files that are not linted, relative to this file.
    pub exclude: Vec<String>,
}

/// Levels for some paths.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LintPath {
    /// Globs, relative to this file, for example `["vendor/**"]`.
    pub paths: Vec<String>,
    /// Level by the name of a rule or group.
    pub rules: ByName,
}

impl Settings {
    /// The levels of a lint under these settings, for a profile if one is named here or by the caller. `clients` are the names
    /// of the clients a profile may have.
    pub fn levels<'a>(
        &self,
        profile: Option<&str>,
        strict: bool,
        clients: impl IntoIterator<Item = &'a str> + Clone,
    ) -> Outcome<Levels> {
        let named = profile.or(self.lint.profile.as_deref());
        let profile = named.map(|name| profile_named(name, clients)).transpose()?;
        let policies: Outcome<Vec<CompiledPolicy>> = self.lint.policy.iter().map(in_force).collect();
        let options = Options {
            limits: self.lint.limits.clone(),
            policies: policies?,
            retired_models: self.lint.retired_models.clone(),
            clients: self.link.to.clone(),
            profile,
            ..Options::default()
        };
        let mut levels = Levels::new(self.lint.rules.clone(), strict).with_options(options);
        for path in &self.lint.path {
            levels.set_for_paths(PathLevels {
                paths: globs(&path.paths, "lint.path")?,
                by_name: path.rules.clone(),
            });
        }
        Ok(levels)
    }

    /// The files that are not linted.
    pub fn excluded(&self) -> Outcome<GlobSet> {
        globs(&self.lint.exclude, "lint.exclude")
    }
}

fn profile_named<'a>(name: &str, clients: impl IntoIterator<Item = &'a str> + Clone) -> Outcome<Profile> {
    Profile::named(name, clients.clone()).ok_or_else(|| {
        let failure = Failure::user(format!("there is no profile `{name}`"));
        let named = Profile::NAMED.iter().map(|(name, _)| *name);
        match nearest(name, named.chain(clients)) {
            Some(near) => failure.hint(format!("did you mean `{near}`?")),
            None => failure.hint(
                "spec, claude-code, claude-upload, gh, all, or a client that `packwright skill link --list` names",
            ),
        }
    })
}

/// The policy, made ready for a run. Those of a file were checked when it was read.
fn in_force(policy: &Policy) -> Outcome<CompiledPolicy> {
    policy.compile().map_err(
        |Flaw {
             key, message, remedy, ..
         }| {
            Failure::config(format!("in `lint.policy.{key}` of the settings {message}")).hint(remedy)
        },
    )
}

fn globs(patterns: &[String], key: &str) -> Outcome<GlobSet> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let glob = Glob::new(pattern).map_err(|error| {
            Failure::config(format!("`{pattern}` in `{key}` of the settings is not a glob")).because(&error)
        })?;
        set.add(glob);
    }
    let failed = |error| Failure::config(format!("the globs in `{key}` cannot be read")).because(&error);
    set.build().map_err(failed)
}
