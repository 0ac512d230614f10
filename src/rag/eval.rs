//! `rag eval`: how good is what is found, by the judgements of a data set.
//!
//! A data set is a folder or a file:
//! - a folder with `corpus.jsonl`, `queries.jsonl` and judgements (BEIR): its documents are ingested into a collection of their own
//!   that is gone afterwards;
//! - a folder with `queries.jsonl` and judgements, whose document ids are paths: it is put to an ingested collection;
//! - a file with one question per line, `{"text": "…", "relevant": ["docs/a.md"]}`, put to an ingested collection.
//!
//! Judgements are `qrels.tsv`, `qrels/test.tsv`, `qrels.txt` or `qrels.trec.txt`. What is found are chunks; a document stands where
//! its best chunk stands.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;

use crate::failure::{Failure, Result};
use crate::io::files;
use crate::io::models::Places;
use crate::store::Url;
use crate::text::slashed;

use super::beir::{self, Document, Query};
use super::chunk::Limits;
use super::ingest::embed;
use super::model::named;
use super::page::Cutter;
use super::rank::{RRF_K, first_of_each, reciprocal_rank};
use super::search::{DEPTH, Mode, Searcher};
use super::store::{NewDocument, Store};
use super::trec::{Qrels, Run};

/// Where judgements are looked for in a folder.
const JUDGEMENTS: &[&str] = &["qrels.tsv", "qrels/test.tsv", "qrels.txt", "qrels.trec.txt"];
/// Name of the collection that is gone afterwards.
const SCRATCH: &str = "scratch";
/// Documents embedded and stored at a time.
const SLICE: usize = 128;
/// So many chunks are looked at for each document that is wanted.
const CHUNKS_PER_DOCUMENT: usize = 4;

/// Questions and what answers them.
#[derive(Debug, Clone)]
pub struct Dataset {
    /// Path as it was given.
    pub name: String,
    /// The documents, where they are part of it.
    pub corpus: Option<Vec<Document>>,
    pub queries: Vec<Query>,
    pub qrels: Qrels,
}

/// A line of the one-file form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    #[serde(rename = "_id", alias = "id")]
    id: Option<String>,
    #[serde(alias = "query", alias = "question")]
    text: String,
    relevant: Relevant,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Relevant {
    Paths(Vec<String>),
    Graded(HashMap<String, i32>),
}

/// What was retrieved for a data set.
#[derive(Debug)]
pub struct Retrieved {
    pub run: Run,
    pub mode: Mode,
    /// Why the mode is not the one expected.
    pub note: Option<String>,
    /// Relevant documents that the collection does not have: no search can find them.
    pub absent: Vec<String>,
}

/// How far an evaluation is.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// What is counted: documents, then questions.
    pub what: &'static str,
    pub done: usize,
    pub total: usize,
}

impl Dataset {
    /// Reads a data set.
    ///
    /// Fails naming file, line, value and remedy.
    pub fn read(path: &Path) -> Result<Self> {
        let name = slashed(path);
        if !files::is_folder(path) {
            let (queries, qrels) = questions(&text(path)?, &name)?;
            return Ok(Self {
                name,
                corpus: None,
                queries,
                qrels,
            });
        }
        let corpus = path.join("corpus.jsonl");
        let corpus = match files::read_if_present(&corpus)? {
            Some(bytes) => Some(
                beir::documents(&decoded(bytes, &corpus)?, &slashed(&corpus)).map_err(|failure| {
                    failure.hint("a line is `{\"_id\": \"1\", \"title\": \"…\", \"text\": \"…\"}`")
                })?,
            ),
            None => None,
        };
        let queries_path = path.join("queries.jsonl");
        let queries = text(&queries_path)
            .map_err(|failure| {
                failure.hint(
                    "a data set is a folder with `queries.jsonl` and `qrels.tsv`, or one file of questions",
                )
            })
            .and_then(|text| {
                beir::queries(&text, &slashed(&queries_path))
                    .map_err(|failure| failure.hint("a line is `{\"_id\": \"1\", \"text\": \"…\"}`"))
            })?;
        Ok(Self {
            name,
            corpus,
            queries,
            qrels: judgements_of(path)?,
        })
    }
}

/// Reads a file of judgements.
pub fn read_qrels(path: &Path) -> Result<Qrels> {
    let qrels = Qrels::read(&text(path)?, &slashed(path)).map_err(|failure| {
        failure.hint("a line is `query 0 document grade`, or `query document grade` parted by tabs")
    })?;
    if qrels.queries().len() == 0 {
        return Err(Failure::user(format!("`{}` judges nothing", slashed(path)))
            .hint("a line is `query 0 document grade`, or `query document grade` parted by tabs"));
    }
    Ok(qrels)
}

/// Reads a run.
pub fn read_run(path: &Path) -> Result<Run> {
    Run::read(files::reader(path)?, &slashed(path))
        .map_err(|failure| failure.hint("a line is `query Q0 document rank score tag`"))
}

/// A run in the form that [`read_run`] takes; scores keep all their digits, so that both are judged alike.
pub fn run_text(run: &Run) -> String {
    let mut text = String::new();
    for list in run.lists() {
        for (rank, at) in (1..).zip(list.order()) {
            let at = at as usize;
            let document = String::from_utf8_lossy(list.document(at));
            let (query, score) = (list.query(), list.score(at));
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{query} Q0 {document} {rank} {score} packwright");
        }
    }
    text
}

fn judgements_of(folder: &Path) -> Result<Qrels> {
    let found = JUDGEMENTS
        .iter()
        .map(|name| folder.join(name))
        .find(|path| files::exists(path));
    match found {
        Some(path) => read_qrels(&path),
        None => Err(Failure::user(format!("`{}` has no judgements", slashed(folder)))
            .hint(format!("put them into one of {}", JUDGEMENTS.join(", ")))),
    }
}

fn text(path: &Path) -> Result<String> {
    decoded(files::read(path)?, path)
}

fn decoded(bytes: Vec<u8>, path: &Path) -> Result<String> {
    String::from_utf8(bytes).map_err(|error| {
        Failure::user(format!("`{}` is not UTF-8", slashed(path)))
            .caused_by(format!("byte {} is not", error.utf8_error().valid_up_to()))
            .hint("save it as UTF-8")
    })
}

fn questions(text: &str, name: &str) -> Result<(Vec<Query>, Qrels)> {
    const FORM: &str =
        "a line is `{\"text\": \"…\", \"relevant\": [\"docs/a.md\"]}`, or with grades `{\"docs/a.md\": 2}`";
    let fail = |line: usize, what: String| Failure::user(format!("{name}:{line}: {what}")).hint(FORM);
    let mut queries = Vec::new();
    let mut qrels = Qrels::default();
    let mut seen = HashSet::new();
    for (number, line) in (1..).zip(text.strip_prefix('\u{feff}').unwrap_or(text).lines()) {
        if line.trim().is_empty() {
            continue;
        }
        let question: Question =
            serde_json::from_str(line).map_err(|error| fail(number, format!("not a question: {error}")))?;
        let id = question.id.unwrap_or_else(|| number.to_string());
        if !seen.insert(id.clone()) {
            return Err(fail(number, format!("the id `{id}` appears twice")));
        }
        let graded: Vec<(String, i32)> = match question.relevant {
            Relevant::Paths(paths) => paths.into_iter().map(|path| (path, 1)).collect(),
            Relevant::Graded(grades) => grades.into_iter().collect(),
        };
        for (path, grade) in graded {
            if !qrels.insert(&id, path.as_bytes(), grade) {
                return Err(fail(number, format!("`{path}` is judged twice")));
            }
        }
        queries.push(Query {
            id,
            text: question.text,
        });
    }
    if qrels.queries().len() == 0 {
        return Err(Failure::user(format!("`{name}` judges nothing")).hint(FORM));
    }
    Ok((queries, qrels))
}

/// Puts the judged questions of a data set to its own corpus, or where it has none to `store`; the best `count` documents each.
pub async fn retrieve(
    dataset: &Dataset,
    setting: &Setting<'_>,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Retrieved> {
    let (store, collection) = if let Some(corpus) = &dataset.corpus {
        (ingest(corpus, setting, progress).await?, SCRATCH)
    } else {
        let store = Store::look(setting.url).await?;
        (
            store.ok_or_else(|| nothing_ingested(setting.url))?,
            setting.collection,
        )
    };
    let mut searcher = Searcher::open(store, collection, setting.mode, setting.model, setting.places).await?;
    let collection = searcher.collection.clone();
    let paths = searcher.store.chunk_paths(&collection).await?;
    let there: HashSet<&str> = paths.values().map(String::as_str).collect();
    let mut absent: Vec<String> = dataset
        .qrels
        .queries()
        .flat_map(|(_, judged)| judged)
        .filter(|&(_, &grade)| grade > 0)
        .map(|(id, _)| String::from_utf8_lossy(id).into_owned())
        .filter(|id| !there.contains(id.as_str()))
        .collect();
    absent.sort_unstable();
    absent.dedup();

    let judged: Vec<&Query> = dataset
        .queries
        .iter()
        .filter(|query| dataset.qrels.has(&query.id))
        .collect();
    let mut run = Run::default();
    for (at, slice) in judged.chunks(SLICE).enumerate() {
        let texts: Vec<&str> = slice.iter().map(|query| query.text.as_str()).collect();
        let mut vectors = tokio::task::block_in_place(|| searcher.embed(&texts)).into_iter();
        for (query, number) in slice.iter().zip(1..) {
            let found = documents(
                &mut searcher,
                &query.text,
                vectors.next().as_deref(),
                &paths,
                setting.count,
            )
            .await?;
            if !found.is_empty() {
                run.add(&query.id, found);
            }
            progress(Progress {
                what: "questions",
                done: at * SLICE + number,
                total: judged.len(),
            });
        }
    }
    Ok(Retrieved {
        run,
        mode: searcher.mode,
        note: searcher.note,
        absent,
    })
}

/// How a data set is put to a collection.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    pub url: &'a Url,
    pub collection: &'a str,
    /// `None` for hybrid, or keyword where there is no model.
    pub mode: Option<Mode>,
    /// Documents for each question.
    pub count: usize,
    pub model: &'a str,
    pub places: &'a Places,
    pub limits: Limits,
}

/// The best documents for one question: of each list the best chunk of each, then fused.
async fn documents(
    searcher: &mut Searcher,
    question: &str,
    vector: Option<&[f32]>,
    paths: &HashMap<i64, String>,
    count: usize,
) -> Result<Vec<(String, f64)>> {
    let depth = count.max(DEPTH);
    let owners = |chunks: Vec<(i64, f64)>| {
        let mut owners = first_of_each(&chunks, |id| paths.get(id).cloned().unwrap_or_default());
        owners.truncate(depth);
        owners
    };
    let keyword = match searcher.mode {
        Mode::Vector => Vec::new(),
        Mode::Keyword | Mode::Hybrid => {
            owners(searcher.by_keyword(question, depth * CHUNKS_PER_DOCUMENT).await?)
        }
    };
    let nearest = match vector {
        Some(vector) => owners(searcher.by_vector(vector, depth * CHUNKS_PER_DOCUMENT).await?),
        None => Vec::new(),
    };
    let mut found = match searcher.mode {
        Mode::Keyword => keyword,
        Mode::Vector => nearest,
        Mode::Hybrid => reciprocal_rank(&[keyword, nearest], RRF_K)
            .into_iter()
            .map(|fused| (fused.key, fused.score))
            .collect(),
    };
    found.truncate(count);
    Ok(found)
}

/// Ingests a corpus into a store that lives as long as this process.
async fn ingest(
    corpus: &[Document],
    setting: &Setting<'_>,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Store> {
    let embedder = match setting.mode {
        Some(Mode::Keyword) => None,
        mode => {
            let model = named(setting.model)?;
            let embedder = model.load(setting.places)?;
            if embedder.is_none() && mode.is_some() {
                return Err(model.missing());
            }
            embedder
        }
    };
    let id = embedder.as_ref().map(super::model::Embedder::id);
    let mut store = Store::open(&Url::parse("sqlite::memory:")?).await?;
    let collection = store.open_collection(SCRATCH, id.as_ref()).await?;
    let cutter = Arc::new(Cutter::new(setting.limits, embedder.as_ref())?);
    for (at, slice) in corpus.chunks(SLICE).enumerate() {
        let cutter = Arc::clone(&cutter);
        let slice = slice.to_vec();
        let cut = move || -> Vec<NewDocument> {
            let mut documents: Vec<NewDocument> = slice
                .iter()
                .map(|document| cutter.titled(&document.id, &document.title, &document.text))
                .collect();
            if let Some(encoder) = cutter.encoder() {
                embed(encoder, &mut documents);
            }
            documents
        };
        let documents = tokio::task::spawn_blocking(cut)
            .await
            .map_err(|error| Failure::internal("cutting or embedding broke down").because(&error))?;
        store.put_documents(&collection, &documents).await?;
        progress(Progress {
            what: "documents",
            done: (at * SLICE + documents.len()).min(corpus.len()),
            total: corpus.len(),
        });
    }
    Ok(store)
}

/// What to say where nothing was ever ingested.
pub fn nothing_ingested(url: &Url) -> Failure {
    Failure::user(format!("nothing was ingested into `{url}` yet"))
        .hint("`packwright rag ingest` reads the documents of this repository into it")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_of_one_file_are_read() {
        let text = "{\"text\": \"why\", \"relevant\": [\"a.md\", \"b.md\"]}\n\n{\"id\": \"x\", \"question\": \"how\", \"relevant\": {\"a.md\": 2}}\n";
        let (queries, qrels) = questions(text, "q.jsonl").unwrap();
        assert_eq!(queries[0].id, "1");
        assert_eq!((queries[1].id.as_str(), queries[1].text.as_str()), ("x", "how"));
        let judged: HashMap<&str, usize> = qrels.queries().map(|(id, judged)| (id, judged.len())).collect();
        assert_eq!(judged, HashMap::from([("1", 2), ("x", 1)]));
    }

    #[test]
    fn bad_questions_name_file_line_and_form() {
        for (text, message) in [
            (
                "{\"text\": \"why\"}",
                "q.jsonl:1: not a question: missing field `relevant`",
            ),
            ("\n{\"txt\": 1}", "q.jsonl:2: not a question: unknown field `txt`"),
            (
                "{\"text\": \"a\", \"relevant\": [\"a\", \"a\"]}",
                "q.jsonl:1: `a` is judged twice",
            ),
            ("\n", "`q.jsonl` judges nothing"),
        ] {
            let failure = questions(text, "q.jsonl").unwrap_err();
            assert!(failure.message.starts_with(message), "{failure}");
            assert_eq!(failure.hints.len(), 1);
        }
    }
}
