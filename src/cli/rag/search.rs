//! `rag search` at the terminal.

use std::ops::Range;

use anstyle::Style;
use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::model::places;
use crate::cli::ui::{BOLD, DIM, GOOD, styled};
use crate::cli::{Context, Format, Outcome};
use crate::failure::{Failure, Result};
use crate::rag::eval::nothing_ingested;
use crate::rag::search::{Found, Mode, Searcher};
use crate::rag::store::Store;
use crate::rag::{keywords, words};
use crate::text::printable;

use super::{ModeName, Where};

/// Lines shown of a chunk.
const SHOWN_LINES: usize = 2;
/// Characters shown of a line.
const SHOWN_WIDTH: usize = 110;

#[derive(Debug, clap::Args)]
pub struct Search {
    /// The question.
    #[arg(value_name = "QUERY", required = true)]
    query: Vec<String>,
    /// How to search; without it hybrid, or keyword where there is no model or no vectors.
    #[arg(long, value_enum)]
    mode: Option<ModeName>,
    /// Most results.
    #[arg(short, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=1000))]
    k: u16,
    #[command(flatten)]
    place: Where,
}

/// Answer of `rag search --format json`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Answer {
    schema_version: u32,
    query: String,
    collection: String,
    /// `vector`, `keyword` or `hybrid`.
    mode: &'static str,
    /// Why the mode is not hybrid although none was asked for.
    note: Option<String>,
    results: Vec<Hit>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Hit {
    /// From 1.
    rank: usize,
    /// Of fusion, BM25 or cosine, after the mode.
    score: f64,
    keyword_rank: Option<usize>,
    vector_rank: Option<usize>,
    path: String,
    /// From 1.
    first_line: u64,
    last_line: u64,
    title: String,
    /// The headings above the passage, outermost first.
    headings: Vec<String>,
    tokens: u64,
    text: String,
}

pub fn run(arguments: &Search, context: &Context) -> Result<Outcome> {
    let query = arguments.query.join(" ");
    if query.trim().is_empty() {
        return Err(Failure::user("the question is empty").hint("write what you look for, in words"));
    }
    let url = arguments.place.url(context)?;
    let collection = arguments.place.collection(context)?;
    let model = &context.project()?.settings.rag.model;
    let places = places(context)?;
    let (mode, note, found) = context.block_on(async {
        let store = Store::look(&url).await?.ok_or_else(|| nothing_ingested(&url))?;
        let mut searcher =
            Searcher::open(store, collection, arguments.mode.map(Mode::from), model, &places).await?;
        let found = searcher.search(&query, usize::from(arguments.k)).await?;
        Ok((searcher.mode, searcher.note, found))
    })?;
    if context.format == Format::Json {
        let hits = (1..).zip(found).map(|(rank, found)| Hit::new(rank, found));
        context.ui.print_json(&Answer {
            schema_version: 1,
            query,
            collection: collection.to_owned(),
            mode: mode.name(),
            note,
            results: hits.collect(),
        })?;
        return Ok(Outcome::Clean);
    }
    if let Some(note) = note {
        context.ui.note(printable(&note));
    }
    let asked = keywords::words(&query);
    for (rank, found) in (1..).zip(&found) {
        print(context, rank, found, &asked)?;
    }
    if found.is_empty() {
        context.ui.note(match mode {
            Mode::Keyword => "no passage has any of these words",
            Mode::Vector | Mode::Hybrid => "the collection is empty",
        });
    }
    Ok(Outcome::Clean)
}

impl Hit {
    fn new(rank: usize, found: Found) -> Self {
        let chunk = found.chunk;
        Self {
            rank,
            score: found.score,
            keyword_rank: found.keyword_rank,
            vector_rank: found.vector_rank,
            path: chunk.path,
            first_line: chunk.lines.0,
            last_line: chunk.lines.1,
            title: chunk.title,
            headings: chunk.headings,
            tokens: chunk.tokens,
            text: chunk.text,
        }
    }
}

fn print(context: &Context, rank: usize, found: &Found, asked: &[String]) -> Result<()> {
    let chunk = &found.chunk;
    let (first, last) = chunk.lines;
    let place = format!("{}:{first}-{last}", printable(&chunk.path));
    let headings = if chunk.headings.is_empty() {
        chunk.title.clone()
    } else {
        chunk.headings.join(" > ")
    };
    context.ui.print(format_args!(
        "{rank:>2}. {}  {}  {}",
        styled(BOLD, place),
        printable(&headings),
        styled(DIM, format_args!("{:.4}", found.score)),
    ))?;
    for line in snippet(&chunk.text, asked) {
        context.ui.print(format_args!("    {}", drawn(line, asked)))?;
    }
    Ok(())
}

/// The neighbouring lines that have the most different words of the question.
fn snippet<'a>(text: &'a str, asked: &[String]) -> Vec<&'a str> {
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let told = |window: &[&str]| {
        let mut found: Vec<String> = window
            .iter()
            .flat_map(|line| {
                words::marks(asked, line)
                    .into_iter()
                    .map(|mark| line[mark].to_lowercase())
            })
            .collect();
        found.sort_unstable();
        found.dedup();
        found.len()
    };
    let windows = lines.windows(SHOWN_LINES.min(lines.len()).max(1));
    // The first of the best.
    let best = windows.rev().max_by_key(|window| told(window));
    best.map(<[&str]>::to_vec).unwrap_or_default()
}

/// A line cut to the width around its first mark, with the words of the question in colour.
fn drawn(line: &str, asked: &[String]) -> String {
    const MARK: Style = GOOD;
    let marks = words::marks(asked, line);
    let shown = window(line, marks.first().map_or(0, |mark| mark.start));
    let mut drawn = String::new();
    let mut at = shown.start;
    for mark in marks
        .into_iter()
        .filter(|mark| mark.start >= shown.start && mark.end <= shown.end)
    {
        drawn.push_str(&printable(&line[at..mark.start]));
        drawn.push_str(&styled(MARK, printable(&line[mark.clone()])));
        at = mark.end;
    }
    drawn.push_str(&printable(&line[at..shown.end]));
    let before = if shown.start > 0 { "…" } else { "" };
    let after = if shown.end < line.len() { "…" } else { "" };
    format!("{before}{drawn}{after}")
}

/// The bytes of the characters of `line` that are shown, so that byte `place` is among them.
fn window(line: &str, place: usize) -> Range<usize> {
    let starts: Vec<usize> = line.char_indices().map(|(at, _)| at).collect();
    if starts.len() <= SHOWN_WIDTH {
        return 0..line.len();
    }
    let character = starts.partition_point(|&start| start < place);
    let first = character
        .saturating_sub(SHOWN_WIDTH / 3)
        .min(starts.len() - SHOWN_WIDTH);
    starts[first]..starts.get(first + SHOWN_WIDTH).copied().unwrap_or(line.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_snippet_is_where_the_words_are() {
        let text = "one\n\ntwo cats\nthree dogs\nfour\n";
        let asked = ["dog".to_owned(), "cat".to_owned()];
        assert_eq!(snippet(text, &asked), ["two cats", "three dogs"]);
        assert_eq!(snippet("one\ntwo\nthree", &asked), ["one", "two"]);
        assert!(snippet("", &asked).is_empty());
    }

    #[test]
    fn long_lines_are_cut_around_the_first_mark() {
        let line = format!("{} dog {}", "é".repeat(300), "ö".repeat(300));
        let drawn = drawn(&line, &["dog".to_owned()]);
        let plain = anstream::adapter::strip_str(&drawn).to_string();
        assert!(plain.contains(" dog ") && plain.starts_with('…') && plain.ends_with('…'));
        assert_eq!(plain.chars().count(), SHOWN_WIDTH + 2);
    }
}
