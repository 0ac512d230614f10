//! `skill listing`: what clients show a model of the skills, and who is cut or dropped.

use std::path::PathBuf;

use serde::Serialize;

use crate::failure::{Failure, Result};
use crate::text::{nearest, printable};
use crate::workspace::listing::{BUDGETS, Shown};
use crate::workspace::{self, Card, Scope, Survey};

use super::changes::counted;
use super::ui::{BAD, BOLD, GOOD, styled};
use super::{Context, Format, Outcome};

/// `packwright skill listing [PATH]…`
#[derive(Debug, clap::Args)]
pub struct Listing {
    /// Folders of skills that are installed together; the repository when none is given.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Context windows to show, in tokens, separated by commas.
    #[arg(long, value_name = "TOKENS", value_delimiter = ',', default_values_t = [200_000, 1_000_000])]
    window: Vec<usize>,
    /// Show one client only.
    #[arg(long, value_name = "CLIENT")]
    client: Option<String>,
    /// Skills that are used most, first; the others follow in the order of their paths.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    used: Vec<String>,
}

/// Answer of `skill listing --format json`.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Listings {
    schema_version: u32,
    listings: Vec<OneListing>,
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
struct OneListing {
    client: &'static str,
    /// Context window, in tokens.
    window: usize,
    /// Characters there are.
    budget: usize,
    /// Characters that all skills would take.
    wanted: usize,
    skills: Vec<Row>,
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
struct Row {
    path: String,
    name: String,
    /// Characters of its description.
    characters: usize,
    /// `whole`, `cut`, `name-only` or `left`.
    shown: &'static str,
    /// Characters that are left of a description that is cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    cut_at: Option<usize>,
}

pub fn run(arguments: &Listing, context: &Context) -> Result<Outcome> {
    let known = BUDGETS.iter().map(|budget| budget.client);
    if let Some(client) = &arguments.client
        && !known.clone().any(|name| name == client)
    {
        let names: Vec<&str> = known.collect();
        return Err(Failure::user(format!("the listing of `{client}` is not known"))
            .hint(format!("known are {}", names.join(", "))));
    }
    let paths = if arguments.paths.is_empty() {
        vec![context.project()?.root.clone()]
    } else {
        arguments.paths.clone()
    };
    let survey = Survey::of(&paths, Scope::Skills)?;
    let cards = workspace::lint::cards(&survey);
    let skills = most_used_first(&cards, &arguments.used)?;
    let budgets = BUDGETS.iter().filter(|budget| {
        let wanted = arguments.client.as_deref();
        wanted.is_none_or(|client| client == budget.client)
    });
    let mut listings = Vec::new();
    for budget in budgets {
        for window in &arguments.window {
            let listing = budget.list(&skills, *window);
            let rows = skills
                .iter()
                .zip(&listing.entries)
                .map(|(card, entry)| row(card, *entry));
            listings.push(OneListing {
                client: budget.client,
                window: *window,
                budget: listing.budget,
                wanted: listing.wanted,
                skills: rows.collect(),
            });
        }
    }
    match context.format {
        Format::Json => context.ui.print_json(&Listings {
            schema_version: 1,
            listings,
        })?,
        Format::Human => {
            for listing in &listings {
                print(listing, context)?;
            }
        }
    }
    Ok(Outcome::Clean)
}

/// The skills a model may choose, those named first in front.
fn most_used_first<'a>(cards: &'a [Card], used: &[String]) -> Result<Vec<&'a Card>> {
    let mut skills: Vec<&Card> = cards.iter().filter(|card| card.is_listed).collect();
    for name in used {
        if skills.iter().all(|card| card.name != *name) {
            let failure = Failure::user(format!("there is no skill `{name}` that a model may choose"));
            return Err(
                match nearest(name, skills.iter().map(|card| card.name.as_str())) {
                    Some(near) => failure.hint(format!("did you mean `{near}`?")),
                    None => failure.hint("`--used` takes names of skills below the paths"),
                },
            );
        }
    }
    skills.sort_by_key(|card| {
        let rank = used.iter().position(|name| *name == card.name);
        (rank.unwrap_or(used.len()), card.path.as_str())
    });
    Ok(skills)
}

fn row(card: &Card, (characters, shown): (usize, Shown)) -> Row {
    let (shown, cut_at) = match shown {
        Shown::Whole => ("whole", None),
        Shown::Cut(at) => ("cut", Some(at)),
        Shown::NameOnly => ("name-only", None),
        Shown::Left => ("left", None),
    };
    Row {
        path: card.path.clone(),
        name: card.name.clone(),
        characters,
        shown,
        cut_at,
    }
}

fn print(listing: &OneListing, context: &Context) -> Result<()> {
    let whole = listing.skills.iter().filter(|row| row.shown == "whole").count();
    let all = listing.skills.len();
    let verdict = if whole == all {
        styled(GOOD, "all shown whole")
    } else {
        styled(BAD, format_args!("{whole} shown whole, {} not", all - whole))
    };
    context.ui.print(format_args!(
        "{} at {} tokens: {} want {} of {} characters; {verdict}",
        styled(BOLD, listing.client),
        listing.window,
        counted(all, "skill"),
        listing.wanted,
        listing.budget,
    ))?;
    for row in listing.skills.iter().filter(|row| row.shown != "whole") {
        let what = match row.cut_at {
            Some(at) => format!("cut after {at} of {} characters", row.characters),
            None if row.shown == "left" => "left out".to_owned(),
            None => format!("name only, {} characters dropped", row.characters),
        };
        context
            .ui
            .print(format_args!("  {:<40} {what}", printable(&row.name)))?;
    }
    Ok(())
}
