//! `packwright.toml`: from text to [`Settings`]. Parsing only; finding the file and the environment is the work of `cli`.
//!
//! The doc comments of the fields are the descriptions in the JSON Schema that editors use (`schemas/packwright.json`), and the
//! schema's own list of keys is what an unknown key is compared with, so that struct, schema and suggestions cannot part.

mod database;
mod faults;
mod jobs;

use std::collections::BTreeMap;

use globset::{Glob, GlobSet, GlobSetBuilder};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::diagnostic::Diagnostic;
use crate::failure::{Failure, Result as Outcome};
use crate::lint::{ByName, CompiledPolicy, Flaw, Levels, Limits, Options, PathLevels, Policy, Profile};
use crate::text::{Source, Span, nearest};

pub use database::{Database, Environment};
pub use jobs::Jobs;

use faults::{check_keys, fault, policy_faults, tables_in};

/// Name of the settings file.
pub const FILE_NAME: &str = "packwright.toml";

/// Where the store lies when nothing else is said.
pub const DEFAULT_DATABASE_URL: &str = "sqlite:.packwright/store.db";

/// Settings of one pack repository.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(title = "packwright.toml")]
pub struct Settings {
    /// The marketplace that `marketplace build` writes from this repository.
    pub marketplace: Option<Marketplace>,
    /// The packs (plugins) that ship from this repository.
    pub pack: Vec<Pack>,
    /// Named selections of skills across packs.
    pub bundle: BTreeMap<String, Bundle>,
    /// The configured database.
    pub database: Database,
    /// Other databases, by name, for `--env NAME`.
    pub env: BTreeMap<String, Environment>,
    /// How findings are judged.
    pub lint: Lint,
    /// Where `skill link` puts links.
    pub link: Link,
    /// Ingest and retrieval.
    pub rag: Rag,
    /// The job queue.
    pub jobs: Jobs,
    /// Scaffolding.
    pub scaffold: Scaffold,
}

/// A marketplace: a named list of packs with an owner.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Marketplace {
    /// Name in kebab case, for example `team-tools`.
    pub name: String,
    /// One sentence for people who browse.
    #[serde(default)]
    pub description: String,
    /// Who maintains it.
    pub owner: Owner,
}

/// A person or team.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Owner {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// A pack: skills and agents that ship together.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    /// Name in kebab case; the name people install.
    pub name: String,
    /// Version, as in Semantic Versioning 2.0.
    pub version: String,
    /// One sentence for people who browse.
    #[serde(default)]
    pub description: String,
    /// Folder that holds `skills/` and `agents/`, relative to this file.
    #[serde(default = "here")]
    pub path: String,
    /// SPDX expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub license: Option<String>,
    #[serde(default)]
    pub keywords: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<Owner>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub homepage: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
}

fn here() -> String {
    ".".to_owned()
}

/// A named selection of skills.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    #[serde(default)]
    pub description: String,
    /// Names of skills, or `pack/skill` where a name is not unique.
    pub skills: Vec<String>,
}

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

/// Where `skill link` puts links.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Link {
    /// Agents to link to when `--to` is not given, for example `["claude-code", "codex"]`.
    pub to: Vec<String>,
    /// Folders of agents that packwright does not know or that have moved: agent name to folder, relative to the repository.
    pub folders: BTreeMap<String, String>,
}

/// Ingest and retrieval.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Rag {
    /// Collection that `rag` commands use when `--collection` is not given.
    pub collection: String,
    /// Embedding model, by its short name.
    pub model: String,
    /// Largest chunk, in tokens of the embedding model.
    pub chunk_tokens: usize,
    /// Tokens that neighbouring chunks share.
    pub chunk_overlap: usize,
}

impl Default for Rag {
    fn default() -> Self {
        Self {
            collection: "default".to_owned(),
            model: "all-MiniLM-L6-v2".to_owned(),
            chunk_tokens: 256,
            chunk_overlap: 32,
        }
    }
}

/// Scaffolding.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Scaffold {
    /// Folder whose templates come before the built-in ones of the same name, relative to this file.
    pub templates: Option<String>,
}

/// Settings from the text of `packwright.toml`, or every fault found in it.
pub fn parse(source: &Source) -> Result<Settings, Vec<Diagnostic>> {
    let document = match toml::de::DeTable::parse(source.text()) {
        Ok(document) => document,
        Err(error) => {
            return Err(vec![fault(
                source,
                error.span(),
                error.message().to_owned(),
                None,
            )]);
        }
    };
    let mut faults = Vec::new();
    let schema = schema();
    check_keys(
        source,
        document.get_ref(),
        &schema,
        schema.as_value(),
        &mut faults,
    );
    if !faults.is_empty() {
        return Err(faults);
    }
    let settings: Settings = toml::from_str(source.text())
        .map_err(|error| vec![fault(source, error.span(), error.message().to_owned(), None)])?;
    let faults = policy_faults(source, document.get_ref(), &settings.lint.policy);
    if faults.is_empty() {
        Ok(settings)
    } else {
        Err(faults)
    }
}

/// Where the bundles of a settings file name skills: the text of each entry and its place, quotes left out. Nothing when the
/// file is no TOML.
pub fn skills_in_bundles(source: &Source) -> Vec<(String, Span)> {
    let Ok(document) = toml::de::DeTable::parse(source.text()) else {
        return Vec::new();
    };
    let bundles = document
        .get_ref()
        .iter()
        .filter(|(key, _)| key.get_ref() == "bundle");
    let bundles = bundles.flat_map(|(_, value)| tables_in(value.get_ref()));
    let each = bundles.flat_map(|bundles| bundles.iter().flat_map(|(_, value)| tables_in(value.get_ref())));
    let lists = each.filter_map(|bundle| bundle.iter().find(|(key, _)| key.get_ref() == "skills"));
    let items = lists.filter_map(|(_, value)| match value.get_ref() {
        toml::de::DeValue::Array(items) => Some(items),
        _ => None,
    });
    let named = items.flat_map(|items| items.iter()).filter_map(|item| {
        let toml::de::DeValue::String(text) = item.get_ref() else {
            return None;
        };
        let written = source.slice(Span::from(item.span()));
        let at = item.span().start + written.find(&**text)?;
        Some((text.to_string(), Span::new(at, at + text.len())))
    });
    named.collect()
}

/// The JSON Schema of `packwright.toml`.
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(Settings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::Level;

    fn faults(text: &str) -> Vec<(usize, String, Option<String>)> {
        let faults = parse(&Source::new(FILE_NAME, text)).unwrap_err();
        faults
            .into_iter()
            .map(|fault| (fault.place.start.line, fault.message, fault.help))
            .collect()
    }

    #[test]
    fn an_empty_file_gives_the_defaults() {
        let settings = parse(&Source::new(FILE_NAME, "")).unwrap();
        assert_eq!(settings, Settings::default());
        assert_eq!(settings.database.url, DEFAULT_DATABASE_URL);
    }

    #[test]
    fn unknown_keys_are_errors_with_a_suggestion_at_every_depth() {
        let text = "[[pack]]\nname = \"a\"\nversion = \"1.0.0\"\ndescripton = \"x\"\n\n[marketplace]\nname = \"m\"\nowner = { nam = \"o\" }\n\n[bundle.web]\nskils = []\n\n[databse]\n";
        let mut found = faults(text);
        found.sort();
        let expected = [
            (4, "unknown key `descripton`", "did you mean `description`?"),
            (8, "unknown key `nam`", "did you mean `name`?"),
            (11, "unknown key `skils`", "did you mean `skills`?"),
            (13, "unknown key `databse`", "did you mean `database`?"),
        ];
        let expected =
            expected.map(|(line, message, help)| (line, message.to_owned(), Some(help.to_owned())));
        assert_eq!(found, expected);
    }

    #[test]
    fn skills_of_bundles_are_found_where_they_stand() {
        let text = "[bundle.web]\nskills = [\"api\", 'pack/db']\n\n[bundle.x]\nskills = \"no list\"\n";
        let found = skills_in_bundles(&Source::new(FILE_NAME, text));
        let found: Vec<(&str, &str)> = (found.iter())
            .map(|(name, span)| (name.as_str(), &text[span.start..span.end]))
            .collect();
        assert_eq!(found, [("api", "api"), ("pack/db", "pack/db")]);
        assert_eq!(skills_in_bundles(&Source::new(FILE_NAME, "bundle = [")), []);
    }

    #[test]
    fn rule_names_are_free_but_levels_are_not() {
        let settings = parse(&Source::new(FILE_NAME, "[lint.rules]\nbody-too-long = \"off\"\n")).unwrap();
        assert_eq!(settings.lint.rules["body-too-long"], Level::Off);
        let found = faults("[lint.rules]\nbody-too-long = \"error\"\n");
        assert_eq!(found[0].0, 2);
        assert!(
            found[0].1.contains("expected one of `off`, `warn`, `deny`"),
            "{found:?}"
        );
    }

    #[test]
    fn a_policy_that_cannot_be_met_is_a_fault_at_its_place() {
        let text = "[[lint.policy]]\nrequired = [\"license\"]\n\n[[lint.policy]]\nforbidden = [\"model\"]\n\n[lint.policy.patterns]\n\"metadata.version\" = '(\\d'\n";
        let found = faults(text);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].0, 8);
        assert!(
            found[0].1.contains("is not a regular expression: unclosed group"),
            "{found:?}"
        );
        assert!(found[0].2.is_some());
        let met = text.replace('(', "");
        let settings = parse(&Source::new(FILE_NAME, met.as_str())).unwrap();
        assert_eq!(
            settings.levels(None, false, []).unwrap().options.policies.len(),
            2
        );
    }

    #[test]
    fn broken_toml_names_the_line() {
        assert_eq!(faults("[rag]\ncollection = \n")[0].0, 2);
    }
}
