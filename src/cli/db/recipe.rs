//! `db recipe`: which there are, what one makes, and the files of one.

use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueEnum};
use serde::Serialize;

use crate::db::names::Layout;
use crate::db::recipe::{self, Facts, Recipe, Request};
use crate::db::{folder, migrations::Migrations};
use crate::failure::Result;
use crate::io::clock;
use crate::store::Engine;
use crate::text::{printable, slashed};

use super::super::changes::show_and_apply;
use super::super::ui::{BOLD, DIM, GOOD, styled};
use super::super::{Context, Format};
use super::migrate::{Migrate, New, Place};
use super::{folder_of, url_of};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the recipes, a line each.
    List,
    /// Show what a recipe makes, its parameters and the query that goes with it.
    Show(Show),
    /// Write the migrations of a recipe, up and down, into the folder of the migrations.
    ///
    /// Nothing is run: look at the files, then `packwright db migrate`. A recipe that would make what an earlier migration of the
    /// folder makes already is refused. `rls` looks at the table in the configured database and writes the steps that it needs.
    Add(Add),
}

/// Which engine the SQL is for.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum EngineName {
    Sqlite,
    Postgres,
}

impl From<EngineName> for Engine {
    fn from(name: EngineName) -> Self {
        match name {
            EngineName::Sqlite => Self::Sqlite,
            EngineName::Postgres => Self::Postgres,
        }
    }
}

/// What a recipe is asked with.
#[derive(Debug, clap::Args)]
struct Asked {
    /// Name of the recipe.
    #[arg(value_name = "RECIPE")]
    name: String,
    /// A parameter; `packwright db recipe show RECIPE` names them.
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// The same as `--set table=TABLE`.
    #[arg(long, value_name = "TABLE")]
    table: Option<String>,
    /// Whose SQL; by default that of the configured database.
    #[arg(long, value_enum)]
    engine: Option<EngineName>,
    /// The database: `sqlite:path` or `postgres://…`; by default `DATABASE_URL`, then the settings.
    #[arg(long, value_name = "URL", hide_env_values = true)]
    database_url: Option<String>,
    /// A database of the settings: the one under `[env.NAME]`.
    #[arg(long, value_name = "NAME", conflicts_with = "database_url")]
    env: Option<String>,
}

#[derive(Debug, clap::Args)]
pub struct Show {
    #[command(flatten)]
    asked: Asked,
    /// Print the SQL of its migrations.
    #[arg(long)]
    sql: bool,
}

#[derive(Debug, clap::Args)]
pub struct Add {
    #[command(flatten)]
    asked: Asked,
    /// Folder of the migration files; by default that of the settings, or `supabase/migrations`.
    #[arg(long, value_name = "FOLDER")]
    dir: Option<PathBuf>,
    /// Do not look at the table in the database.
    #[arg(long)]
    no_look: bool,
    /// Show what would be written and write nothing.
    #[arg(long)]
    dry_run: bool,
}

/// Answer of `db recipe list --format json`.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Recipes {
    schema_version: u32,
    recipes: Vec<Listed>,
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
struct Listed {
    name: &'static str,
    title: String,
    /// `sqlite`, `postgres` or both.
    engines: Vec<&'static str>,
}

/// Answer of `db recipe show --format json`.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Shown {
    schema_version: u32,
    name: &'static str,
    title: String,
    about: String,
    /// Engines that have the recipe.
    engines: Vec<&'static str>,
    /// What SQLite lacks for it and what serves instead, where it lacks something.
    sqlite_lacks: Option<String>,
    /// The engine that the rest is for.
    engine: &'static str,
    parameters: Vec<ShownParameter>,
    /// What the migrations make, for example `table documents`. Empty while a parameter without a default is not given.
    makes: Vec<String>,
    /// How the tables are used; null while a parameter without a default is not given.
    query: Option<String>,
    migrations: Vec<ShownMigration>,
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
struct ShownParameter {
    name: String,
    /// `name`, `integer`, `choice`, `setting` or `uuid`.
    kind: &'static str,
    /// Null where it must be given; empty where there is none unless one is given.
    default: Option<String>,
    /// What may be given, in words.
    allowed: String,
    help: String,
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
struct ShownMigration {
    /// What its files are called after the version.
    name: String,
    up: String,
    down: String,
}

pub(super) fn run(command: &Command, context: &Context) -> Result<()> {
    match command {
        Command::List => list(context),
        Command::Show(arguments) => show(arguments, context),
        Command::Add(arguments) => add(arguments, context),
    }
}

fn engines(recipe: &Recipe) -> Vec<&'static str> {
    recipe.engines.iter().map(|engine| engine.name()).collect()
}

fn list(context: &Context) -> Result<()> {
    let all = recipe::all()?;
    match context.format {
        Format::Json => context.ui.print_json(&Recipes {
            schema_version: 1,
            recipes: all
                .into_iter()
                .map(|recipe| Listed {
                    name: recipe.name,
                    engines: engines(&recipe),
                    title: recipe.title,
                })
                .collect(),
        }),
        Format::Human => all.iter().try_for_each(|recipe| {
            let only = if recipe.engines.len() == 1 {
                styled(DIM, format_args!(" ({} only)", engines(recipe).join("")))
            } else {
                String::new()
            };
            context.ui.print(format_args!(
                "{}  {}{only}",
                styled(GOOD, format_args!("{:<19}", recipe.name)),
                recipe.title
            ))
        }),
    }
}

impl Asked {
    fn given(&self) -> Result<Vec<(String, String)>> {
        let mut given: Vec<(String, String)> = self
            .set
            .iter()
            .map(|text| recipe::pair(text))
            .collect::<Result<_>>()?;
        if let Some(table) = &self.table {
            given.push(("table".to_owned(), table.clone()));
        }
        Ok(given)
    }

    /// The flag, then the layout of the folder, then the configured database.
    fn engine(&self, layout: Layout, context: &Context) -> Result<Engine> {
        match self.engine {
            Some(engine) => Ok(engine.into()),
            None if layout == Layout::Supabase => Ok(Engine::Postgres),
            None => Ok(url_of(self.env.as_deref(), self.database_url.as_deref(), context)?.engine()),
        }
    }
}

fn show(arguments: &Show, context: &Context) -> Result<()> {
    let recipe = recipe::named(&arguments.asked.name)?;
    let given = arguments.asked.given()?;
    let folder = folder_of(arguments.asked.env.as_deref(), None, context)?;
    let layout = Layout::of_folder(&slashed(&folder));
    let mut engine = arguments.asked.engine(layout, context)?;
    if arguments.asked.engine.is_some() {
        recipe.check_engine(engine)?;
    } else if let (false, Some(other)) = (recipe.engines.contains(&engine), recipe.engines.first()) {
        engine = *other;
    }
    let facts = Facts::default();
    let request = Request {
        recipe: &recipe,
        engine,
        given: &given,
        facts: &facts,
        folder: &folder,
        layout,
        migrations: None,
        words: None,
        simple: false,
        now: "",
    };
    let is_complete = recipe
        .parameters_of(engine)
        .filter(|parameter| parameter.is_required())
        .all(|parameter| given.iter().any(|(key, _)| *key == parameter.name));
    let rendered = match request.render() {
        Ok(rendered) => Some(rendered),
        Err(_) if !is_complete && !arguments.sql => None,
        Err(failure) => return Err(failure),
    };
    let makes: Vec<String> = rendered
        .iter()
        .flat_map(|one| one.objects(engine))
        .map(|one| recipe::described(&one))
        .collect();
    let (query, steps) = rendered.map_or((None, Vec::new()), |one| (Some(one.query), one.steps));
    let shown = Shown {
        schema_version: 1,
        name: recipe.name,
        engines: engines(&recipe),
        sqlite_lacks: Some(recipe.sqlite_lacks.clone()).filter(|text| !text.is_empty()),
        engine: engine.name(),
        parameters: recipe
            .parameters_of(engine)
            .map(|parameter| ShownParameter {
                name: parameter.name.clone(),
                kind: parameter.kind.name(),
                default: parameter.default.clone(),
                allowed: parameter.allowed(),
                help: parameter.help.clone(),
            })
            .collect(),
        makes,
        query,
        migrations: steps
            .into_iter()
            .map(|step| ShownMigration {
                name: step.slug,
                up: step.up,
                down: step.down,
            })
            .collect(),
        title: recipe.title,
        about: recipe.about,
    };
    match context.format {
        Format::Json => context.ui.print_json(&shown),
        Format::Human if arguments.sql => print_sql(context, &shown),
        Format::Human => print(context, &shown),
    }
}

/// The migrations as one script: what `up` runs, then what `down` runs.
fn print_sql(context: &Context, shown: &Shown) -> Result<()> {
    let ui = &context.ui;
    for step in &shown.migrations {
        ui.print(styled(DIM, format_args!("-- {}, up", step.name)))?;
        ui.print(printable(&step.up))?;
    }
    for step in shown.migrations.iter().rev() {
        ui.print(styled(DIM, format_args!("-- {}, down", step.name)))?;
        ui.print(printable(&step.down))?;
    }
    Ok(())
}

fn print(context: &Context, shown: &Shown) -> Result<()> {
    let ui = &context.ui;
    ui.print(format_args!("{}: {}\n", styled(BOLD, shown.name), shown.title))?;
    ui.print(&shown.about)?;
    if let Some(lacks) = &shown.sqlite_lacks {
        ui.print(format_args!("\nSQLite: {lacks}"))?;
    }
    ui.print(styled(BOLD, format_args!("\nParameters ({})", shown.engine)))?;
    for parameter in &shown.parameters {
        let default = match parameter.default.as_deref() {
            None => "must be given".to_owned(),
            Some("") => "none".to_owned(),
            Some(default) => default.to_owned(),
        };
        ui.print(format_args!(
            "  {} {}\n      {} ({})",
            styled(GOOD, format_args!("{:<18}", parameter.name)),
            default,
            parameter.help,
            styled(DIM, &parameter.allowed)
        ))?;
    }
    if !shown.makes.is_empty() {
        ui.print(styled(BOLD, "\nMakes"))?;
        for object in &shown.makes {
            ui.print(format_args!("  {}", printable(object)))?;
        }
    }
    match &shown.query {
        Some(query) => {
            ui.print(styled(BOLD, "\nQuery"))?;
            for line in query.lines() {
                ui.print(format_args!("  {}", printable(line)))?;
            }
        }
        None => ui.note("give the parameters that have no default to see what it makes and the query"),
    }
    Ok(())
}

fn add(arguments: &Add, context: &Context) -> Result<()> {
    let asked = &arguments.asked;
    let recipe = recipe::named(&asked.name)?;
    let given = asked.given()?;
    let folder = folder_of(asked.env.as_deref(), arguments.dir.as_deref(), context)?;
    let engine = asked.engine(Layout::of_folder(&slashed(&folder)), context)?;
    recipe.check_engine(engine)?;
    let facts = if arguments.no_look {
        None
    } else {
        seen(asked, &recipe, engine, &given, context)?
    };
    let wanted = Wanted {
        recipe: &recipe,
        engine,
        given: &given,
        facts: facts.unwrap_or_default(),
        folder: &folder,
        words: None,
        simple: false,
        dry_run: arguments.dry_run,
    };
    wanted.write(context)
}

/// What the configured database says of the table, where the recipe is for one that is there. `None` when none is configured.
fn seen(
    asked: &Asked,
    recipe: &Recipe,
    engine: Engine,
    given: &[(String, String)],
    context: &Context,
) -> Result<Option<Facts>> {
    let value = |name: &str| {
        let said = given
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.clone());
        let default = recipe
            .parameters_of(engine)
            .find(|parameter| parameter.name == name);
        said.or_else(|| default.and_then(|parameter| parameter.default.clone()))
    };
    if recipe.name != "rls" {
        return Ok(None);
    }
    let url = url_of(asked.env.as_deref(), asked.database_url.as_deref(), context)?;
    let (Some(schema), Some(table), Some(column)) = (value("schema"), value("table"), value("tenant")) else {
        return Ok(None);
    };
    if url.engine() != Engine::Postgres {
        context
            .ui
            .note("no PostgreSQL database is configured: the files are written for a table without the tenant column");
        return Ok(None);
    }
    context.block_on(recipe::look(&url, &schema, &table, &column))
}

/// `db migrate new --recipe NAME`.
pub(super) fn new(arguments: &Migrate, verb: &New, name: &str, context: &Context) -> Result<()> {
    let recipe = recipe::named(name)?;
    let given: Vec<(String, String)> = verb
        .set
        .iter()
        .map(|text| recipe::pair(text))
        .collect::<Result<_>>()?;
    let folder = Place::folder(arguments, context)?;
    let asked = Asked {
        name: name.to_owned(),
        set: Vec::new(),
        table: None,
        engine: None,
        database_url: arguments.database_url.clone(),
        env: arguments.env.clone(),
    };
    let engine = asked.engine(Layout::of_folder(&slashed(&folder)), context)?;
    recipe.check_engine(engine)?;
    let words = verb.name.join(" ");
    let wanted = Wanted {
        recipe: &recipe,
        engine,
        given: &given,
        facts: seen(&asked, &recipe, engine, &given, context)?.unwrap_or_default(),
        folder: &folder,
        words: Some(words.as_str()).filter(|words| !words.is_empty()),
        simple: verb.simple,
        dry_run: arguments.dry_run || verb.dry_run,
    };
    wanted.write(context)
}

/// What both ways to add a recipe come to.
struct Wanted<'a> {
    recipe: &'a Recipe,
    engine: Engine,
    given: &'a [(String, String)],
    facts: Facts,
    folder: &'a Path,
    words: Option<&'a str>,
    simple: bool,
    dry_run: bool,
}

impl Wanted<'_> {
    fn write(&self, context: &Context) -> Result<()> {
        let migrations: Option<Migrations> = folder::read(self.folder)?;
        let set = recipe::add(&Request {
            recipe: self.recipe,
            engine: self.engine,
            given: self.given,
            facts: &self.facts,
            folder: self.folder,
            layout: Layout::of_folder(&slashed(self.folder)),
            migrations: migrations.as_ref(),
            words: self.words,
            simple: self.simple,
            now: &clock::compact_timestamp(),
        })?;
        show_and_apply(context, &set, self.dry_run)?;
        if !self.dry_run {
            context.ui.note(format_args!(
                "look at the files, then `packwright db migrate`; `packwright db recipe show {}` has a query to use them with",
                self.recipe.name
            ));
        }
        Ok(())
    }
}
