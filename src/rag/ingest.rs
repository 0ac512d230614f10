//! `rag ingest`: files in, chunks and vectors in the store.
//!
//! Three stages run at once, joined by short queues so that memory stays bounded: reading and cutting, embedding (all cores),
//! writing. A batch is a few documents, written in one transaction; an interrupted run loses the batch under way, and the next
//! one finds the rest by their content hashes.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc;

use crate::failure::{Failure, Result};
use crate::io::clock::Stopwatch;
use crate::io::files;
use crate::store::Url;
use crate::text::slashed;

use super::chunk::Limits;
use super::embed::LocalModel;
use super::model::Embedder;
use super::page::Cutter;
use super::sources::{MOST_BYTES, SourceFile, Sources, covers, markup};
use super::store::{Collection, Counts, EmbedderId, LedgerEntry, NewDocument, Store};

/// A batch is full at so many tokens: about a second of embedding.
const BATCH_TOKENS: usize = 8_192;
/// Or at so many documents.
const BATCH_DOCUMENTS: usize = 16;
/// Without a model batches cost little more than their commit.
const KEYWORD_FACTOR: usize = 8;
/// Batches that wait between two stages.
const QUEUE: usize = 1;
/// A file with a zero byte in its first part is no text.
const HEAD: usize = 8_192;

/// What is to be ingested, and how.
#[derive(Debug)]
pub struct Request {
    /// Folder of the repository, as seen from the working folder.
    pub root: PathBuf,
    /// Empty for the usual places.
    pub paths: Vec<PathBuf>,
    pub collection: String,
    pub limits: Limits,
    pub embedder: Option<Embedder>,
    /// Remove documents whose files are gone.
    pub prune: bool,
    /// Change nothing.
    pub dry_run: bool,
}

/// What an ingest came to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Summary {
    pub added: usize,
    pub updated: usize,
    pub unchanged: usize,
    /// Files that could not be ingested, and why.
    pub skipped: Vec<(String, String)>,
    /// Documents whose files are gone.
    pub vanished: Vec<String>,
    /// Whether the vanished ones were removed.
    pub pruned: bool,
    /// Of the documents added and updated.
    pub chunks: usize,
    pub tokens: usize,
    pub seconds: f64,
    /// What is in the collection now; after a dry run what was in it before.
    pub counts: Counts,
}

/// How far an ingest is.
#[derive(Debug, Clone, Copy)]
pub struct Progress<'a> {
    pub files_done: usize,
    pub files: usize,
    pub chunks: usize,
    /// The file last stored.
    pub path: &'a str,
}

/// Documents on their way through the stages.
#[derive(Debug, Default)]
struct Batch {
    documents: Vec<NewDocument>,
    added: usize,
    tokens: usize,
    /// Files that were looked at when it was full.
    files_done: usize,
}

/// What the reading stage found beside documents.
#[derive(Debug, Default)]
struct Looked {
    unchanged: usize,
    skipped: Vec<(String, String)>,
}

/// Runs an ingest.
///
/// Fails when a path asked for is not there and was never ingested, when the collection was made with another model or would get
/// documents without vectors, and when the store cannot be written.
pub async fn run(
    request: Request,
    url: &Url,
    progress: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Result<Summary> {
    let watch = Stopwatch::start();
    let sources = Sources::find(&request.root, &request.paths)?;
    let embedder = request.embedder.as_ref().map(Embedder::id);
    let mut store = if request.dry_run {
        Store::look(url).await?
    } else {
        Some(Store::open(url).await?)
    };
    let mut collection = match &mut store {
        Some(store) => store.collection(&request.collection).await?,
        None => None,
    };
    if let Some(collection) = &collection {
        check_embedder(collection, embedder.as_ref())?;
    }
    let mut ledger = BTreeMap::new();
    if let (Some(store), Some(collection)) = (&mut store, &collection) {
        ledger = store.ledger(collection).await?;
    }
    check_missing(&sources, &ledger)?;
    if let Some(store) = store
        .as_mut()
        .filter(|_| !request.dry_run && collection.is_none())
    {
        collection = Some(
            store
                .open_collection(&request.collection, embedder.as_ref())
                .await?,
        );
    }

    let cutter = Arc::new(Cutter::new(request.limits, request.embedder.as_ref())?);
    let known = ledger.keys().cloned().collect::<Vec<_>>();
    let mut target = store
        .as_mut()
        .zip(collection.as_mut())
        .filter(|_| !request.dry_run);
    if let (Some((store, collection)), Some(id)) = (&mut target, &embedder)
        && collection.embedder.is_none()
    {
        store.adopt_embedder(collection, id, &cutter.recipe()).await?;
    }
    let mut summary = Summary::default();
    let files = sources.files.clone();
    let looked = flow(files, ledger, &cutter, &mut target, &mut summary, progress).await?;
    summary.unchanged = looked.unchanged;
    summary.skipped = sources.unreadable.iter().cloned().chain(looked.skipped).collect();
    summary.vanished = known.into_iter().filter(|name| sources.miss(name)).collect();
    if let Some((store, collection)) = &mut target {
        if request.prune && !summary.vanished.is_empty() {
            store.remove_documents(collection, &summary.vanished).await?;
        }
        if let Some(id) = embedder.filter(|_| collection.embedder.is_none()) {
            store.adopt_embedder(collection, &id, &cutter.recipe()).await?;
        }
    }
    summary.pruned = request.prune;
    if let (Some(store), Some(collection)) = (&mut store, &collection) {
        summary.counts = store.count(collection).await?;
    }
    summary.seconds = watch.elapsed().as_secs_f64();
    Ok(summary)
}

/// The three stages. Without a target everything is read and cut, and nothing embedded or stored.
async fn flow(
    files: Vec<SourceFile>,
    ledger: BTreeMap<String, LedgerEntry>,
    cutter: &Arc<Cutter>,
    target: &mut Option<(&mut Store, &mut Collection)>,
    summary: &mut Summary,
    progress: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Result<Looked> {
    let total = files.len();
    let (to_embed, mut cut) = mpsc::channel::<Batch>(QUEUE);
    let (to_store, mut ready) = mpsc::channel::<Batch>(QUEUE);
    let reading = {
        let cutter = Arc::clone(cutter);
        tokio::task::spawn_blocking(move || read(&files, &ledger, &cutter, &to_embed))
    };
    let embedding = {
        let cutter = Arc::clone(cutter);
        let dry = target.is_none();
        tokio::task::spawn_blocking(move || {
            while let Some(mut batch) = cut.blocking_recv() {
                if let Some(encoder) = cutter.encoder().filter(|_| !dry) {
                    embed(encoder, &mut batch.documents);
                }
                // The writing stage has failed and says why.
                if to_store.blocking_send(batch).is_err() {
                    break;
                }
            }
        })
    };
    while let Some(batch) = ready.recv().await {
        if let Some((store, collection)) = target {
            store.put_documents(collection, &batch.documents).await?;
        }
        summary.added += batch.added;
        summary.updated += batch.documents.len() - batch.added;
        summary.chunks += batch
            .documents
            .iter()
            .map(|document| document.chunks.len())
            .sum::<usize>();
        summary.tokens += batch.tokens;
        progress(Progress {
            files_done: batch.files_done,
            files: total,
            chunks: summary.chunks,
            path: batch.documents.last().map_or("", |document| &document.path),
        });
    }
    let ended =
        |error: tokio::task::JoinError| Failure::internal("a stage of the ingest broke down").because(&error);
    embedding.await.map_err(ended)?;
    reading.await.map_err(ended)
}

/// The reading stage: sends what is new or changed.
fn read(
    files: &[SourceFile],
    ledger: &BTreeMap<String, LedgerEntry>,
    cutter: &Cutter,
    next: &mpsc::Sender<Batch>,
) -> Looked {
    let factor = if cutter.encoder().is_some() {
        1
    } else {
        KEYWORD_FACTOR
    };
    let recipe = cutter.recipe();
    let mut looked = Looked::default();
    let mut batch = Batch::default();
    for (at, file) in files.iter().enumerate() {
        let text = match read_text(file) {
            Ok(text) => text,
            Err(why) => {
                looked.skipped.push((file.name.clone(), why));
                continue;
            }
        };
        let known = ledger.get(&file.name);
        let same = |entry: &LedgerEntry| {
            entry.recipe == recipe && entry.content_hash == Sha256::digest(text.as_bytes()).as_slice()
        };
        if known.is_some_and(same) {
            looked.unchanged += 1;
            continue;
        }
        let document = cutter.document(&file.name, &text, markup(&file.name));
        batch.added += usize::from(known.is_none());
        batch.tokens += document.chunks.iter().map(|chunk| chunk.tokens).sum::<usize>();
        batch.documents.push(document);
        batch.files_done = at + 1;
        let full = batch.tokens >= BATCH_TOKENS * factor || batch.documents.len() >= BATCH_DOCUMENTS * factor;
        if full && next.blocking_send(std::mem::take(&mut batch)).is_err() {
            return looked;
        }
    }
    if !batch.documents.is_empty() {
        batch.files_done = files.len();
        // Nobody listens any more when a later stage has failed; it says why.
        let _ = next.blocking_send(batch);
    }
    looked
}

/// The text of a file, or why it has none for us.
fn read_text(file: &SourceFile) -> Result<String, String> {
    let bytes = files::size(&file.path).map_err(|failure| failure.causes.join(": "))?;
    if bytes > MOST_BYTES {
        return Err(format!(
            "{} MB; files over {} MB are left out",
            bytes / 1_000_000,
            MOST_BYTES / 1_000_000
        ));
    }
    let bytes = files::read(&file.path).map_err(|failure| failure.causes.join(": "))?;
    if bytes.iter().take(HEAD).any(|&byte| byte == 0) {
        return Err("not text: it holds zero bytes".to_owned());
    }
    String::from_utf8(bytes)
        .map_err(|error| format!("not UTF-8 at byte {}", error.utf8_error().valid_up_to()))
}

/// Gives every chunk its vector.
pub fn embed(encoder: &LocalModel, documents: &mut [NewDocument]) {
    let chunks = documents.iter().flat_map(|document| &document.chunks);
    let texts: Vec<&str> = chunks.map(|chunk| chunk.embedded.as_str()).collect();
    let vectors = encoder.embed(&texts);
    let chunks = documents.iter_mut().flat_map(|document| &mut document.chunks);
    for (chunk, vector) in chunks.zip(vectors) {
        chunk.vector = Some(vector);
    }
}

impl Embedder {
    /// How a collection remembers it.
    pub fn id(&self) -> EmbedderId {
        EmbedderId {
            model: self.model.source.name.to_owned(),
            revision: self.model.source.revision.to_owned(),
            dimensions: self.model.dimensions,
        }
    }
}

/// Refuses what would leave a collection with vectors of two models, or with some documents that have none.
fn check_embedder(collection: &Collection, embedder: Option<&EmbedderId>) -> Result<()> {
    let name = &collection.name;
    match (&collection.embedder, embedder) {
        (Some(theirs), Some(ours)) if theirs != ours => Err(Failure::user(format!(
            "the collection `{name}` has vectors of `{}`, not of `{}`",
            theirs.label(),
            ours.label()
        ))
        .hint("vectors of two models cannot be compared: name another collection with `--collection`")),
        (Some(theirs), None) => Err(Failure::user(format!(
            "the collection `{name}` has vectors of `{}`; without that model new documents would have none",
            theirs.model
        ))
        .hint(format!(
            "`packwright model pull {}` fetches the model",
            theirs.model
        ))
        .hint("or name another collection with `--collection`")),
        _ => Ok(()),
    }
}

impl EmbedderId {
    /// Name and the beginning of the revision.
    pub fn label(&self) -> String {
        let short = self.revision.get(..8).unwrap_or(&self.revision);
        format!("{} ({short}, {} dimensions)", self.model, self.dimensions)
    }
}

/// A path that is not there is a slip of the pen, unless documents below it were ingested before: then they have vanished.
fn check_missing(sources: &Sources, ledger: &BTreeMap<String, LedgerEntry>) -> Result<()> {
    for (path, scope) in &sources.missing {
        if !ledger.keys().any(|name| covers(scope, name)) {
            return Err(Failure::user(format!("`{}` is not there", slashed(path)))
                .hint("check the path; it is taken relative to the current folder"));
        }
    }
    Ok(())
}
