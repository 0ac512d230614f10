//! `db recipe`: migrations that experts write again and again, made from templates with parameters.
//!
//! A recipe is a folder under `templates/recipe/`: `recipe.toml` says what it is for and which parameters it has, and for each
//! engine there is a folder with steps (`1_name.up.sql.tera`, `1_name.down.sql.tera`, each pair one migration) and a query that
//! shows how the tables are used (`query.sql.tera`). A step that renders to nothing is left out.

mod add;
mod parameter;
mod table;

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::document::sql::{Dialect, Script, objects};
use crate::failure::{Failure, Result};
use crate::scaffold::{self, Answer, Template};
use crate::store::Engine;
use crate::text::nearest;

pub use add::{Request, add, described};
pub use parameter::{Kind, Parameter, pair};
pub use table::{Facts, look};

/// A recipe as its folder declares it.
#[derive(Debug)]
pub struct Recipe {
    pub name: &'static str,
    pub title: String,
    /// Paragraphs for people.
    pub about: String,
    pub parameters: Vec<Parameter>,
    /// Engines that have steps.
    pub engines: Vec<Engine>,
    /// What SQLite lacks, and what serves instead; empty where it lacks nothing.
    pub sqlite_lacks: String,
    templates: Vec<Template>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Declaration {
    title: String,
    about: String,
    #[serde(default)]
    sqlite_lacks: String,
    #[serde(default)]
    parameter: Vec<Parameter>,
}

/// One migration of a rendered recipe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// `rag_store`, for the name of the files.
    pub slug: String,
    pub up: String,
    pub down: String,
}

/// A recipe with its parameters filled in, for one engine.
#[derive(Debug, Clone)]
pub struct Rendered {
    pub steps: Vec<Step>,
    /// How the tables are used.
    pub query: String,
}

impl Rendered {
    /// What the steps make, in order.
    pub fn objects(&self, engine: Engine) -> Vec<objects::Object> {
        let mut found = Vec::new();
        for step in &self.steps {
            let script = Script::read(&step.up, dialect(engine));
            found.extend(objects::made(&script));
        }
        found
    }
}

/// Values of parameters by name.
pub type Answers = BTreeMap<String, Answer>;

/// The language of an engine.
pub fn dialect(engine: Engine) -> Dialect {
    match engine {
        Engine::Sqlite => Dialect::Sqlite,
        Engine::Postgres => Dialect::Postgres,
    }
}

/// Every recipe, by name.
pub fn all() -> Result<Vec<Recipe>> {
    scaffold::builtin_names("recipe").into_iter().map(read).collect()
}

/// The recipe of this name.
pub fn named(name: &str) -> Result<Recipe> {
    let names = scaffold::builtin_names("recipe");
    if let Some(known) = names.iter().find(|known| **known == name) {
        return read(known);
    }
    let failure = Failure::user(format!("there is no recipe `{name}`"));
    Err(match nearest(name, names.iter().copied()) {
        Some(near) => failure.hint(format!("did you mean `{near}`?")),
        None => failure.hint("`packwright db recipe list` names them"),
    })
}

fn read(name: &'static str) -> Result<Recipe> {
    let templates = scaffold::builtin(&format!("recipe/{name}"));
    let declared = templates.iter().find(|file| file.path == "recipe.toml");
    let text = declared.map_or(String::new(), |file| {
        String::from_utf8_lossy(&file.contents).into_owned()
    });
    let declaration: Declaration = toml::from_str(&text)
        .map_err(|error| Failure::internal(format!("the recipe `{name}` cannot be read")).because(&error))?;
    let has = |engine: Engine| {
        let folder = format!("{}/", engine.name());
        templates.iter().any(|file| file.path.starts_with(&folder))
    };
    let engines = [Engine::Sqlite, Engine::Postgres].into_iter();
    Ok(Recipe {
        name,
        title: declaration.title,
        about: declaration.about.trim().to_owned(),
        parameters: declaration.parameter,
        engines: engines.filter(|engine| has(*engine)).collect(),
        sqlite_lacks: declaration.sqlite_lacks,
        templates,
    })
}

impl Recipe {
    /// The parameters that an engine has.
    pub fn parameters_of(&self, engine: Engine) -> impl Iterator<Item = &Parameter> {
        self.parameters
            .iter()
            .filter(move |parameter| parameter.is_of(engine.name()))
    }

    /// Fails, with what serves instead, where the engine cannot do it.
    pub fn check_engine(&self, engine: Engine) -> Result<()> {
        if self.engines.contains(&engine) {
            return Ok(());
        }
        Err(Failure::user(format!(
            "there is no recipe `{}` for {}",
            self.name,
            engine.name()
        ))
        .caused_by(format!("SQLite has {}", self.sqlite_lacks))
        .hint("for PostgreSQL, say `--engine postgres` or name the database with `--database-url`"))
    }

    /// Fills in the parameters.
    pub fn render(&self, engine: Engine, answers: &Answers) -> Result<Rendered> {
        let folder = format!("{}/", engine.name());
        let render = |file: &Template| {
            let path = format!("templates/recipe/{}/{}", self.name, file.path);
            let text = String::from_utf8_lossy(&file.contents);
            scaffold::sql(
                &path,
                &text,
                answers.iter().map(|(name, answer)| (name.as_str(), answer)),
            )
        };
        let mut steps: BTreeMap<&str, Step> = BTreeMap::new();
        let mut query = String::new();
        for file in &self.templates {
            let Some(name) = file.path.strip_prefix(&folder) else {
                continue;
            };
            if name == "query.sql.tera" {
                query = render(file)?;
                continue;
            }
            let (stem, is_up) = match (
                name.strip_suffix(".up.sql.tera"),
                name.strip_suffix(".down.sql.tera"),
            ) {
                (Some(stem), _) => (stem, true),
                (_, Some(stem)) => (stem, false),
                _ => continue,
            };
            let slug = stem.trim_start_matches(|first: char| first.is_ascii_digit() || first == '_');
            let step = steps.entry(stem).or_insert_with(|| Step {
                slug: slug.to_owned(),
                up: String::new(),
                down: String::new(),
            });
            *(if is_up { &mut step.up } else { &mut step.down }) = render(file)?;
        }
        let steps: Vec<Step> = steps.into_values().filter(|step| !step.up.is_empty()).collect();
        Ok(Rendered { steps, query })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_recipe_says_what_it_is_and_has_both_ways_and_a_query() {
        let all = all().unwrap();
        assert_eq!(
            all.len(),
            12,
            "{:?}",
            all.iter().map(|one| one.name).collect::<Vec<_>>()
        );
        for recipe in &all {
            assert!(
                !recipe.title.is_empty() && !recipe.about.is_empty(),
                "{}",
                recipe.name
            );
            assert!(!recipe.engines.is_empty(), "{}", recipe.name);
            let is_everywhere = recipe.engines.len() == 2;
            assert!(
                is_everywhere || !recipe.sqlite_lacks.is_empty(),
                "{}",
                recipe.name
            );
            for engine in &recipe.engines {
                let rendered = recipe.render(*engine, &example(recipe, *engine, &[])).unwrap();
                assert!(
                    !rendered.steps.is_empty() && !rendered.query.is_empty(),
                    "{}",
                    recipe.name
                );
                for step in &rendered.steps {
                    assert!(!step.down.is_empty(), "{} {}", recipe.name, step.slug);
                }
            }
        }
    }

    /// Defaults, and for what must be given something that fits.
    fn example(recipe: &Recipe, engine: Engine, given: &[(String, String)]) -> Answers {
        let mut given = given.to_vec();
        for parameter in recipe.parameters_of(engine).filter(|one| one.is_required()) {
            if given.iter().all(|(name, _)| *name != parameter.name) {
                let value = match parameter.kind {
                    Kind::Uuid => "11111111-1111-4111-8111-111111111111",
                    _ => "things",
                };
                given.push((parameter.name.clone(), value.to_owned()));
            }
        }
        let mut answers = parameter::answers(recipe, engine, &given).unwrap();
        answers.extend(Facts::default().answers());
        answers
    }

    /// Kinds of all tokens that the database sees, and the words among them that are no names.
    fn shape(text: &str, engine: Engine) -> Vec<objects::Shape> {
        objects::shape(&Script::read(text, dialect(engine)))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(6))]
        /// Whatever a name is, the SQL keeps its shape: every token of it stays what it was.
        #[test]
        fn no_name_changes_the_shape_of_the_sql(text in "[A-Za-z0-9 \"';,()*/\\-é\u{4e00}]{1,30}") {
            for recipe in all().unwrap() {
                for engine in recipe.engines.clone() {
                    let names = recipe.parameters_of(engine).filter(|one| one.kind == Kind::Name);
                    let given: Vec<(String, String)> = names
                        .enumerate()
                        .map(|(at, parameter)| (parameter.name.clone(), format!("{text}{at}")))
                        .collect();
                    let plain: Vec<(String, String)> =
                        given.iter().enumerate().map(|(at, (name, _))| (name.clone(), format!("x{at}"))).collect();
                    if parameter::answers(&recipe, engine, &given).is_err() {
                        continue;
                    }
                    let hostile = recipe.render(engine, &example(&recipe, engine, &given)).unwrap();
                    let plain = recipe.render(engine, &example(&recipe, engine, &plain)).unwrap();
                    for (one, other) in hostile.steps.iter().zip(&plain.steps) {
                        prop_assert_eq!(shape(&one.up, engine), shape(&other.up, engine), "{}: {}", recipe.name, one.up);
                        prop_assert_eq!(shape(&one.down, engine), shape(&other.down, engine));
                    }
                    prop_assert_eq!(shape(&hostile.query, engine), shape(&plain.query, engine));
                }
            }
        }
    }
}
