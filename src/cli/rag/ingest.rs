//! `rag ingest` at the terminal.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::changes::counted;
use crate::cli::model::places;
use crate::cli::ui::{BOLD, styled};
use crate::cli::{Context, Format, Outcome};
use crate::failure::{Failure, Kind, Result};
use crate::rag::ingest::{self, Request, Summary};
use crate::rag::model::{Embedder, named};
use crate::text::printable;

use super::{Where, limits};

#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
#[command(after_help = "\
Without PATH: skills/, agents/, docs/ and README.md of the repository as far as they are there, else all of
it. From folders .md, .mdx, .markdown, .txt and .rst files are taken; a file that is named is taken whatever
its ending, if it is UTF-8 text.

What was ingested before and has the same content is passed over. An interrupted run is gone on with by
running it again.")]
pub struct Ingest {
    /// Files or folders.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    place: Where,
    /// Make no vectors: the collection is searched by keywords only.
    #[arg(long, conflicts_with = "require_model")]
    no_embed: bool,
    /// Fail when the embedding model is not there, instead of going on with keywords only.
    #[arg(long)]
    require_model: bool,
    /// Remove documents whose files are gone.
    #[arg(long)]
    prune: bool,
    /// Say what would be done, and change nothing.
    #[arg(long)]
    dry_run: bool,
}

/// Answer of `rag ingest --format json`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Answer {
    schema_version: u32,
    collection: String,
    database: String,
    /// The model that made the vectors; null without vectors.
    model: Option<&'static str>,
    dry_run: bool,
    added: usize,
    updated: usize,
    unchanged: usize,
    skipped: Vec<Skipped>,
    /// Documents whose files are gone.
    vanished: Vec<String>,
    /// Whether they were removed.
    pruned: bool,
    /// Of the documents added and updated.
    chunks: usize,
    tokens: usize,
    seconds: f64,
    /// What is in the collection now.
    total: Total,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Skipped {
    path: String,
    reason: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Total {
    documents: u64,
    chunks: u64,
    vectors: u64,
}

pub fn run(arguments: &Ingest, context: &Context) -> Result<Outcome> {
    let url = arguments.place.url(context)?;
    let collection = arguments.place.collection(context)?.to_owned();
    let embedder = if arguments.no_embed {
        None
    } else {
        model(arguments, context)?
    };
    let model = embedder.as_ref().map(|embedder| embedder.model.source.name);
    let request = Request {
        root: context.project()?.root.clone(),
        paths: arguments.paths.clone(),
        collection: collection.clone(),
        limits: limits(context)?,
        embedder,
        prune: arguments.prune,
        dry_run: arguments.dry_run,
    };
    let bar = context.ui.progress("ingest", Some(0));
    let watch = crate::io::clock::Stopwatch::start();
    let mut show = |progress: ingest::Progress<'_>| {
        bar.total(progress.files as u64);
        bar.set(progress.files_done as u64);
        let rate = per_second(progress.chunks, watch.elapsed().as_secs_f64());
        bar.message(&format!("{} chunks, {rate}  {}", progress.chunks, progress.path));
    };
    let summary = context
        .block_on(ingest::run(request, &url, &mut show))
        .map_err(go_on)?;
    drop(bar);
    let answer = Answer::new(collection, url.to_string(), model, arguments.dry_run, summary);
    match context.format {
        Format::Json => context.ui.print_json(&answer)?,
        Format::Human => answer.print(context)?,
    }
    Ok(Outcome::Clean)
}

/// The embedding model, or a note that it is not there.
fn model(arguments: &Ingest, context: &Context) -> Result<Option<Embedder>> {
    let model = named(&context.project()?.settings.rag.model)?;
    if let Some(embedder) = model.load(&places(context)?)? {
        return Ok(Some(embedder));
    }
    let missing = model.missing();
    if arguments.require_model {
        return Err(missing);
    }
    context.ui.note(format_args!(
        "{}: ingesting for keyword search only; {}, then ingest again for vectors",
        missing.message,
        missing.hints.join("; ")
    ));
    Ok(None)
}

fn go_on(failure: Failure) -> Failure {
    if failure.kind == Kind::Interrupted {
        return Failure::interrupted("interrupted; run again to go on")
            .hint("what was stored is kept; files that were done are passed over");
    }
    failure
}

impl Answer {
    fn new(
        collection: String,
        database: String,
        model: Option<&'static str>,
        dry_run: bool,
        summary: Summary,
    ) -> Self {
        let skipped = summary
            .skipped
            .into_iter()
            .map(|(path, reason)| Skipped { path, reason });
        Self {
            schema_version: 1,
            collection,
            database,
            model,
            dry_run,
            added: summary.added,
            updated: summary.updated,
            unchanged: summary.unchanged,
            skipped: skipped.collect(),
            pruned: summary.pruned && !dry_run && !summary.vanished.is_empty(),
            vanished: summary.vanished,
            chunks: summary.chunks,
            tokens: summary.tokens,
            seconds: (summary.seconds * 1000.0).round() / 1000.0,
            total: Total {
                documents: summary.counts.documents,
                chunks: summary.counts.chunks,
                vectors: summary.counts.vectors,
            },
        }
    }

    fn print(&self, context: &Context) -> Result<()> {
        let ui = &context.ui;
        for Skipped { path, reason } in &self.skipped {
            ui.status(
                "skipped",
                format_args!("{}: {}", printable(path), printable(reason)),
            );
        }
        for path in &self.vanished {
            let verb = if self.pruned { "removed" } else { "vanished" };
            ui.status(verb, printable(path));
        }
        if !self.vanished.is_empty() && !self.pruned {
            ui.note("files that are gone stay in the collection until `--prune` is given");
        }
        let would = if self.dry_run { "would be " } else { "" };
        ui.print(format_args!(
            "{}: {} added, {} updated, {} unchanged, {} skipped{}",
            styled(BOLD, format_args!("{}{}", would, printable(&self.collection))),
            self.added,
            self.updated,
            self.unchanged,
            self.skipped.len(),
            match (self.vanished.len(), self.pruned) {
                (0, _) => String::new(),
                (count, true) => format!(", {count} removed"),
                (count, false) => format!(", {count} vanished"),
            }
        ))?;
        let rate = if self.dry_run {
            String::new()
        } else {
            format!(" ({})", per_second(self.chunks, self.seconds))
        };
        ui.print(format_args!(
            "{}, {} in {:.1} s{rate}",
            counted(self.chunks, "chunk"),
            counted(self.tokens, "token"),
            self.seconds
        ))?;
        if !self.dry_run {
            let Total {
                documents,
                chunks,
                vectors,
            } = self.total;
            ui.print(format_args!(
                "{} now holds {} in {}, {}",
                printable(&self.database),
                counted(whole(documents), "document"),
                counted(whole(chunks), "chunk"),
                match vectors {
                    0 => "without vectors: searched by keywords only".to_owned(),
                    some if some == chunks =>
                        format!("all with vectors of {}", self.model.unwrap_or("its model")),
                    some => format!("{some} of them with vectors: ingest the other documents too"),
                }
            ))?;
        }
        Ok(())
    }
}

/// A number of rows as a count of this machine.
fn whole(rows: u64) -> usize {
    usize::try_from(rows).unwrap_or(usize::MAX)
}

fn per_second(count: usize, seconds: f64) -> String {
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    format!("{:.0} chunks/s", f64::from(count) / seconds.max(1e-3))
}
