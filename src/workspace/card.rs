//! What the rest of a repository needs to know of a skill or an agent: a card each, and all of them together.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::agent::Agent;
use crate::diagnostic::Place;
use crate::page::{Page, tools};
use crate::skill::Skill;
use crate::text::{Location, Span};

/// Which noun a card is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Kind {
    Skill,
    Agent,
}

/// A name that a text mentions, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    pub name: String,
    pub at: Spot,
}

/// A place in the file of the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spot {
    pub start: usize,
    pub end: usize,
    /// Line and column of the start, then of the end.
    pub lines: [usize; 4],
}

impl Spot {
    fn new(page: &Page, span: Span) -> Self {
        let (start, end) = (page.source.locate(span.start), page.source.locate(span.end));
        Self {
            start: span.start,
            end: span.end,
            lines: [start.line, start.column, end.line, end.column],
        }
    }
}

/// One skill or agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    pub kind: Kind,
    /// Path of its file as findings show it.
    pub path: String,
    /// The name that clients use.
    pub name: String,
    pub description: String,
    /// `when_to_use`, which Claude Code appends to the description.
    pub when_to_use: String,
    /// Whether a model may choose it by itself.
    pub is_listed: bool,
    /// Where the name stands, or the head of the file.
    pub name_at: Spot,
    pub description_at: Spot,
    /// Skills that an agent preloads.
    pub preloads: Vec<Mention>,
    /// Skills that the text speaks of by name.
    pub mentions: Vec<Mention>,
}

impl Card {
    pub fn of_skill(skill: &Skill) -> Option<Self> {
        if skill.unreadable.is_some() {
            return None;
        }
        let mut card = Self::of_page(Kind::Skill, &skill.page, skill.name());
        card.mentions = mentions(&skill.page);
        card.is_listed = skill.is_listed();
        Some(card)
    }

    pub fn of_agent(agent: &Agent) -> Option<Self> {
        if agent.unreadable.is_some() {
            return None;
        }
        let file = agent.page.source.path().rsplit('/').next().unwrap_or_default();
        let name = agent.page.text_field("name");
        let name = name.map_or_else(|| file.trim_end_matches(".md"), |(name, _)| name);
        let mut card = Self::of_page(Kind::Agent, &agent.page, name);
        // A list, or names separated by commas, as lists of tools are written.
        card.preloads = (tools::in_field(&agent.page, "skills").into_iter())
            .map(|named| Mention {
                at: Spot::new(&agent.page, named.span),
                name: named.name,
            })
            .collect();
        Some(card)
    }

    fn of_page(kind: Kind, page: &Page, name: &str) -> Self {
        let text = |field| page.text_field(field).map_or("", |(text, _)| text).to_owned();
        let at = |field| {
            page.text_field(field)
                .map_or_else(|| page.head(), |(_, span)| span)
        };
        Self {
            kind,
            path: page.source.path().to_string(),
            name: name.to_owned(),
            description: text("description"),
            when_to_use: text("when_to_use"),
            is_listed: true,
            name_at: Spot::new(page, at("name")),
            description_at: Spot::new(page, at("description")),
            preloads: Vec::new(),
            mentions: Vec::new(),
        }
    }

    /// A spot of this card as findings name it.
    pub fn place(&self, spot: Spot) -> Place {
        let [line, column, end_line, end_column] = spot.lines;
        Place {
            path: self.path.as_str().into(),
            span: Span::new(spot.start, spot.end),
            start: Location { line, column },
            end: Location {
                line: end_line,
                column: end_column,
            },
        }
    }

    /// The folder that holds the skill's folder, or the agent's file: what is there is found together.
    pub fn root(&self) -> &str {
        let folder = |path: &'_ str| path.rsplit_once('/').map_or("", |(folder, _)| folder).len();
        let own = &self.path[..folder(&self.path)];
        match self.kind {
            Kind::Skill => &own[..folder(own)],
            Kind::Agent => own,
        }
    }
}

/// Names of skills that a page sends its reader to: in code beside the word "skill".
fn mentions(page: &Page) -> Vec<Mention> {
    let text = page.source.text();
    let mut found = Vec::new();
    for span in &page.markdown.codes {
        let inner = text[span.start..span.end].trim_matches('`');
        let is_name = inner.contains('-')
            && inner
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !is_name {
            continue;
        }
        let after = text[span.end..].strip_prefix(' ').unwrap_or_default();
        let rest = after.strip_prefix("skill").unwrap_or("s");
        let is_before = text[..span.start].ends_with("skill ") || text[..span.start].ends_with("skill: ");
        if is_before || !rest.starts_with(|c: char| c.is_alphanumeric()) {
            found.push(Mention {
                name: inner.to_owned(),
                at: Spot::new(page, *span),
            });
        }
    }
    found
}

/// Makes a unit vector of each text.
pub type Embed<'a> = &'a dyn Fn(&[&str]) -> Vec<Vec<f32>>;

/// All skills and agents of a run, ordered by path.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    pub cards: Vec<Card>,
    /// What an embedding model makes of the descriptions of skills, as unit vectors by the paths of their cards; empty without one.
    pub meanings: BTreeMap<String, Vec<f32>>,
}

impl Catalog {
    pub fn new(mut cards: Vec<Card>) -> Self {
        cards.sort_by(|a, b| a.path.cmp(&b.path));
        Self {
            cards,
            meanings: BTreeMap::new(),
        }
    }

    /// The same with what the model makes of the descriptions that are held against each other.
    #[must_use]
    pub fn with_meanings(mut self, embed: Embed<'_>) -> Self {
        let neighbours = self.neighbours();
        let cards: Vec<&Card> = neighbours
            .into_iter()
            .filter(|cards| cards.len() > 1)
            .flatten()
            .collect();
        let texts: Vec<&str> = cards.iter().map(|card| card.description.as_str()).collect();
        let paths = cards.iter().map(|card| card.path.clone());
        self.meanings = paths.zip(embed(&texts)).collect();
        self
    }

    /// The skills that a model chooses from by itself, those in the same folder together.
    pub fn neighbours(&self) -> Vec<Vec<&Card>> {
        let mut together: BTreeMap<&str, Vec<&Card>> = BTreeMap::new();
        for card in self.skills().filter(|card| card.is_listed) {
            together.entry(card.root()).or_default().push(card);
        }
        together.into_values().collect()
    }

    pub fn skills(&self) -> impl Iterator<Item = &Card> {
        self.cards.iter().filter(|card| card.kind == Kind::Skill)
    }

    pub fn agents(&self) -> impl Iterator<Item = &Card> {
        self.cards.iter().filter(|card| card.kind == Kind::Agent)
    }

    /// The cards of a kind by name.
    pub fn by_name(&self, kind: Kind) -> BTreeMap<&str, Vec<&Card>> {
        let mut named: BTreeMap<&str, Vec<&Card>> = BTreeMap::new();
        for card in self.cards.iter().filter(|card| card.kind == kind) {
            named.entry(&card.name).or_default().push(card);
        }
        named
    }
}
