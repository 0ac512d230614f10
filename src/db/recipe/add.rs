//! `db recipe add`: the files of a recipe, unless an earlier migration makes the same things.

use std::path::Path;

use crate::changes::ChangeSet;
use crate::document::sql::objects::{Deed, Object, deeds};
use crate::document::sql::{Script, name};
use crate::failure::{Failure, Result};
use crate::store::Engine;

use super::super::migrations::Migrations;
use super::super::names::{self, Layout};
use super::parameter::answers;
use super::table::Facts;
use super::{Recipe, Rendered, dialect};

/// What was asked for.
#[derive(Debug)]
pub struct Request<'a> {
    pub recipe: &'a Recipe,
    pub engine: Engine,
    /// Parameters as they were given.
    pub given: &'a [(String, String)],
    pub facts: &'a Facts,
    pub folder: &'a Path,
    pub layout: Layout,
    pub migrations: Option<&'a Migrations>,
    /// What the files are called, in place of the steps' own names.
    pub words: Option<&'a str>,
    /// One file each, without a way back.
    pub simple: bool,
    /// Fourteen digits.
    pub now: &'a str,
}

/// An object and the file that makes it.
struct Known {
    object: Object,
    file: String,
    line: usize,
}

impl Request<'_> {
    /// The recipe with the given parameters, those that earlier migrations decide, and what was seen in the database.
    pub fn render(&self) -> Result<Rendered> {
        self.recipe.check_engine(self.engine)?;
        let there = self.known();
        let mut given = self.given.to_vec();
        for parameter in self.recipe.parameters_of(self.engine) {
            let Some(made) = &parameter.made else { continue };
            let is_there = there
                .iter()
                .any(|known| format!("{} {}", known.object.kind, known.object.name) == made.object);
            if is_there && given.iter().all(|(key, _)| *key != parameter.name) {
                given.push((parameter.name.clone(), made.value.clone()));
            }
        }
        let mut answers = answers(self.recipe, self.engine, &given)?;
        answers.extend(self.facts.answers());
        self.recipe.render(self.engine, &answers)
    }

    /// What the files make, as far as nothing later removes it.
    fn known(&self) -> Vec<Known> {
        let mut there: Vec<Known> = Vec::new();
        for migration in self.migrations.iter().flat_map(|all| &all.list) {
            let source = &migration.up;
            let script = Script::read(source.text(), dialect(self.engine));
            for deed in deeds(&script) {
                match deed {
                    Deed::Make(object) => there.push(Known {
                        line: source.locate(object.at).line,
                        file: source.path().to_string(),
                        object,
                    }),
                    Deed::Remove(object) => there.retain(|known| !known.object.clashes(&object)),
                }
            }
        }
        there
    }

    fn check_clashes(&self, rendered: &Rendered) -> Result<()> {
        let there = self.known();
        let mut found = Vec::new();
        for object in rendered
            .objects(self.engine)
            .iter()
            .filter(|object| !object.is_shared)
        {
            if let Some(known) = there.iter().find(|known| known.object.clashes(object)) {
                found.push(format!(
                    "{} `{}` is made in `{}` line {}",
                    object.kind, object.name, known.file, known.line
                ));
            }
        }
        if found.is_empty() {
            return Ok(());
        }
        let tables = self.recipe.parameters_of(self.engine);
        let names: Vec<String> = tables
            .filter(|parameter| parameter.help.starts_with("Table ") && !parameter.is_required())
            .map(|parameter| format!("--set {}=…", parameter.name))
            .collect();
        let mut failure = Failure::user(format!(
            "the recipe `{}` would make what earlier migrations make already",
            self.recipe.name
        ));
        let more = found.len().saturating_sub(5);
        for one in found.into_iter().take(5) {
            failure = failure.caused_by(one);
        }
        if more > 0 {
            failure = failure.caused_by(format!("and {more} more"));
        }
        Err(if names.is_empty() {
            failure.hint("it is there already: nothing needs to be added")
        } else {
            failure.hint(format!("give it other names: {}", names.join(" ")))
        })
    }
}

/// The files to write. Versions follow one another from `now`, or from above the newest.
pub fn add(request: &Request<'_>) -> Result<ChangeSet> {
    let rendered = request.render()?;
    request.check_clashes(&rendered)?;
    if rendered.steps.is_empty() {
        return Err(Failure::user(format!(
            "the recipe `{}` has nothing left to do here",
            request.recipe.name
        )));
    }
    let words = match request.words {
        None => None,
        Some(words) => Some(names::slug(words).ok_or_else(|| {
            Failure::user(format!("`{words}` has no letters or digits to name a file with"))
                .hint("say in a few words what changes, for example `add users`")
        })?),
    };
    let now: i64 = request.now.parse().unwrap_or_default();
    let newest = request.migrations.and_then(Migrations::newest);
    let first = newest.map_or(now, |newest| now.max(newest.saturating_add(1)));
    let mut set = ChangeSet::new(request.folder);
    let several = rendered.steps.len() > 1;
    // A recipe for a table that is there may be added for another one, too.
    let of_table = request.given.iter().find(|(key, _)| {
        let mut parameters = request.recipe.parameters_of(request.engine);
        key == "table" && parameters.any(|parameter| parameter.name == "table" && parameter.is_required())
    });
    let of_table = of_table.and_then(|(_, table)| names::slug(table));
    for (version, step) in (first..).zip(rendered.steps) {
        let slug = match &words {
            None => match &of_table {
                Some(table) => format!("{}_{table}", step.slug),
                None => step.slug,
            },
            Some(words) if several => format!("{words}_{}", step.slug),
            Some(words) => words.clone(),
        };
        if request.simple || request.layout == Layout::Supabase {
            set.create(format!("{version}_{slug}.sql"), step.up);
        } else {
            set.create(format!("{version}_{slug}.up.sql"), step.up);
            set.create(format!("{version}_{slug}.down.sql"), step.down);
        }
    }
    Ok(set)
}

/// Something made, in words: `table documents`, `policy p on "Order"`.
pub fn described(object: &Object) -> String {
    let written = |path: &str| path.split('.').map(name::name).collect::<Vec<_>>().join(".");
    let shown = match object.name.split_once(" on ") {
        Some((own, table)) if matches!(object.kind.as_str(), "policy" | "trigger") => {
            format!("{} on {}", written(own), written(table))
        }
        _ => written(&object.name),
    };
    format!("{} {shown}", object.kind)
}
