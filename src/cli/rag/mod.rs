//! `rag`: ingest documents, search them, measure how well that works.

pub(super) mod eval;
pub(super) mod ingest;
pub(super) mod search;

use crate::failure::Result;
use crate::rag::chunk::Limits;
use crate::rag::search::Mode;
use crate::store::Url;

use super::db::database_url;
use super::{Context, Outcome};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Read documents into a collection: cut, embed and store what is new or changed.
    Ingest(ingest::Ingest),
    /// Find the passages that answer a question, with file and lines.
    Search(search::Search),
    /// Measure retrieval with judged questions, or a run file with judgements.
    Eval(Box<eval::Eval>),
}

/// Which collection of which store.
#[derive(Debug, Clone, clap::Args)]
struct Where {
    /// The collection; `rag.collection` of the settings when none is given.
    #[arg(long, value_name = "NAME")]
    collection: Option<String>,
    /// The store, as in `sqlite:path`; else `DATABASE_URL`, else `database.url` of the settings.
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
}

impl Where {
    fn collection<'a>(&'a self, context: &'a Context) -> Result<&'a str> {
        match &self.collection {
            Some(name) => Ok(name),
            None => Ok(&context.project()?.settings.rag.collection),
        }
    }

    fn url(&self, context: &Context) -> Result<Url> {
        database_url(self.database_url.as_deref(), context)
    }
}

/// How to search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum ModeName {
    /// By meaning: nearest vectors.
    Vector,
    /// By words: BM25.
    Keyword,
    /// Both, fused by reciprocal ranks.
    Hybrid,
}

impl From<ModeName> for Mode {
    fn from(name: ModeName) -> Self {
        match name {
            ModeName::Vector => Self::Vector,
            ModeName::Keyword => Self::Keyword,
            ModeName::Hybrid => Self::Hybrid,
        }
    }
}

pub fn run(command: &Command, context: &Context) -> Result<Outcome> {
    match command {
        Command::Ingest(arguments) => ingest::run(arguments, context),
        Command::Search(arguments) => search::run(arguments, context),
        Command::Eval(arguments) => eval::run(arguments, context),
    }
}

/// How the settings want texts to be cut.
fn limits(context: &Context) -> Result<Limits> {
    let settings = &context.project()?.settings.rag;
    Ok(Limits {
        max_tokens: settings.chunk_tokens,
        overlap: settings.chunk_overlap,
        ..Limits::default()
    })
}
