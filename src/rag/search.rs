//! `rag search`: a question in, the chunks that answer it out.

use crate::failure::{Failure, Result};
use crate::io::models::Places;

use super::keywords;
use super::model::{Embedder, named};
use super::rank::{RRF_K, reciprocal_rank};
use super::store::{Collection, Counts, EmbedderId, Store, StoredChunk, VectorIndex};

/// How far down each list fusion looks. On Cranfield and CISI 200 is better than 100 and as good as 1,000.
pub const DEPTH: usize = 200;

/// How chunks are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// By meaning: nearest vectors.
    Vector,
    /// By words: BM25.
    Keyword,
    /// Both, fused by reciprocal ranks.
    #[default]
    Hybrid,
}

impl Mode {
    /// `vector`, `keyword` or `hybrid`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Vector => "vector",
            Self::Keyword => "keyword",
            Self::Hybrid => "hybrid",
        }
    }
}

/// A chunk that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Strictly decreasing down the list for `hybrid`; BM25 or cosine for the others.
    pub score: f64,
    /// Its place among the keyword results, from 1.
    pub keyword_rank: Option<usize>,
    /// Its place among the vector results, from 1.
    pub vector_rank: Option<usize>,
    pub chunk: StoredChunk,
}

/// A collection opened for questions.
#[derive(Debug)]
pub struct Searcher {
    pub store: Store,
    pub collection: Collection,
    pub mode: Mode,
    /// Why it is not the mode one would expect.
    pub note: Option<String>,
    vectors: Option<(Embedder, VectorIndex)>,
}

impl Searcher {
    /// Opens a collection. Without a `mode` that was asked for it is hybrid, or keyword where there is no model or no vectors.
    ///
    /// Fails when there is no such collection, when it was made with a model unknown here or other than `model`, and when vectors
    /// are asked for that are not there.
    pub async fn open(
        mut store: Store,
        name: &str,
        mode: Option<Mode>,
        model: &str,
        places: &Places,
    ) -> Result<Self> {
        let collection = find(&mut store, name).await?;
        let wanted = mode.unwrap_or_default();
        let mut searcher = Self {
            store,
            collection,
            mode: wanted,
            note: None,
            vectors: None,
        };
        if wanted == Mode::Keyword {
            return Ok(searcher);
        }
        match searcher.vectors(model, places).await {
            Ok(vectors) => searcher.vectors = Some(vectors),
            Err(Lack::Refused(failure)) => return Err(failure),
            Err(Lack::Absent(failure)) if mode.is_some() => return Err(failure),
            Err(Lack::Absent(failure)) => {
                searcher.mode = Mode::Keyword;
                searcher.note = Some(match failure.hints.first() {
                    Some(hint) => format!("searching by keywords only: {} ({hint})", failure.message),
                    None => format!("searching by keywords only: {}", failure.message),
                });
            }
        }
        Ok(searcher)
    }

    async fn vectors(&mut self, model: &str, places: &Places) -> Result<(Embedder, VectorIndex), Lack> {
        let name = &self.collection.name;
        let Some(theirs) = &self.collection.embedder else {
            let counts = self.store.count(&self.collection).await.map_err(Lack::Refused)?;
            return Err(Lack::Absent(without_vectors(name, counts)));
        };
        let ours = named(model).map_err(Lack::Refused)?;
        if (theirs.model.as_str(), theirs.revision.as_str()) != (ours.source.name, ours.source.revision) {
            return Err(Lack::Refused(mismatch(name, theirs, model)));
        }
        let embedder = ours
            .load(places)
            .map_err(Lack::Refused)?
            .ok_or_else(|| Lack::Absent(ours.missing()))?;
        let index = self
            .store
            .vector_index(&self.collection)
            .await
            .map_err(Lack::Refused)?;
        Ok((embedder, index))
    }

    /// Vectors of questions, in order; empty where vectors are not used.
    pub fn embed(&self, questions: &[&str]) -> Vec<Vec<f32>> {
        match &self.vectors {
            Some((embedder, _)) => embedder.encoder.embed(questions),
            None => Vec::new(),
        }
    }

    /// The best `depth` chunks by keywords, with their BM25.
    pub async fn by_keyword(&mut self, question: &str, depth: usize) -> Result<Vec<(i64, f64)>> {
        match keywords::fts5_match(question) {
            Some(expression) => self.store.search_text(&self.collection, &expression, depth).await,
            None => Ok(Vec::new()),
        }
    }

    /// The `depth` chunks whose vectors are nearest, with their cosines.
    pub async fn by_vector(&mut self, vector: &[f32], depth: usize) -> Result<Vec<(i64, f64)>> {
        match &self.vectors {
            Some((_, index)) => self.store.search_vectors(index, vector, depth).await,
            None => Ok(Vec::new()),
        }
    }

    /// The best `count` chunks, best first.
    pub async fn search(&mut self, question: &str, count: usize) -> Result<Vec<Found>> {
        let depth = DEPTH.max(count);
        let keyword = match self.mode {
            Mode::Vector => Vec::new(),
            Mode::Keyword | Mode::Hybrid => self.by_keyword(question, depth).await?,
        };
        let vector = match self.embed(&[question]).pop() {
            Some(vector) => self.by_vector(&vector, depth).await?,
            None => Vec::new(),
        };
        let mut best: Vec<(i64, f64, Option<usize>, Option<usize>)> = match self.mode {
            Mode::Keyword => (1..)
                .zip(keyword)
                .map(|(rank, (id, score))| (id, score, Some(rank), None))
                .collect(),
            Mode::Vector => (1..)
                .zip(vector)
                .map(|(rank, (id, score))| (id, score, None, Some(rank)))
                .collect(),
            Mode::Hybrid => reciprocal_rank(&[keyword, vector], RRF_K)
                .into_iter()
                .map(|fused| (fused.key, fused.score, fused.ranks[0], fused.ranks[1]))
                .collect(),
        };
        best.truncate(count);
        let ids: Vec<i64> = best.iter().map(|found| found.0).collect();
        let chunks = self.store.chunks(&ids).await?;
        let place = |id: i64| best.iter().find(|found| found.0 == id);
        Ok(chunks
            .into_iter()
            .filter_map(|chunk| {
                let &(_, score, keyword_rank, vector_rank) = place(chunk.id)?;
                Some(Found {
                    score,
                    keyword_rank,
                    vector_rank,
                    chunk,
                })
            })
            .collect())
    }
}

/// Why vectors cannot be used.
enum Lack {
    /// They are not there: keywords will do.
    Absent(Failure),
    /// Going on without a word would be wrong.
    Refused(Failure),
}

async fn find(store: &mut Store, name: &str) -> Result<Collection> {
    if let Some(collection) = store.collection(name).await? {
        return Ok(collection);
    }
    let others = store.collection_names().await?;
    let failure = Failure::user(format!("there is no collection `{name}` in `{}`", store.url()));
    Err(
        match crate::text::nearest(name, others.iter().map(String::as_str)) {
            Some(near) => failure.hint(format!("did you mean `{near}`?")),
            None if others.is_empty() => failure.hint("`packwright rag ingest` makes one"),
            None => failure.hint(format!("collections there: {}", others.join(", "))),
        },
    )
}

fn without_vectors(name: &str, counts: Counts) -> Failure {
    if counts.vectors == 0 {
        return Failure::user(format!("the collection `{name}` has no vectors"))
            .hint("`packwright rag ingest` adds them once the model is there");
    }
    Failure::user(format!(
        "only {} of {} chunks of the collection `{name}` have vectors",
        counts.vectors, counts.chunks
    ))
    .hint("`packwright rag ingest` with the paths of all its documents adds the others")
}

fn mismatch(name: &str, theirs: &EmbedderId, model: &str) -> Failure {
    Failure::user(format!(
        "the collection `{name}` has vectors of `{}`; a question put through `{model}` as it is here cannot be compared with them",
        theirs.label()
    ))
    .hint("search with `--mode keyword`, or ingest the documents into another collection with `--collection`")
}
