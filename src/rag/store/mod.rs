//! Collections in SQLite: documents, chunks, keyword index and vectors in one file and one transaction.
//!
//! All tables begin with `packwright_rag_`, with a version table of their own, so that they share a file with tables of the user
//! and are no business of `db migrate`. A document is written whole: its row, its chunks, their keywords and vectors appear and go
//! together, so whoever reads never meets a chunk without its vector.

mod vectors;
mod write;

use std::collections::{BTreeMap, HashMap};

use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};

use crate::failure::{Failure, Result};
use crate::store::{Database, Url, explain};

pub use vectors::VectorIndex;
pub use write::{NewChunk, NewDocument};

/// Version of the tables in `create_schema.sql`.
const SCHEMA_VERSION: i64 = 1;

/// The store of one process: a connection and the address it is told by.
#[derive(Debug)]
pub struct Store {
    url: Url,
    connection: Box<SqliteConnection>,
}

/// Which model made the vectors of a collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmbedderId {
    pub model: String,
    /// Commit of the model's repository.
    pub revision: String,
    /// Length of a vector.
    pub dimensions: usize,
}

/// A named set of documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collection {
    id: i64,
    pub name: String,
    /// `None` for a collection without vectors.
    pub embedder: Option<EmbedderId>,
}

/// How much is in a collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    pub documents: u64,
    pub chunks: u64,
    pub vectors: u64,
}

/// What is known of an ingested document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerEntry {
    /// SHA-256 of the file.
    pub content_hash: Vec<u8>,
    /// How it was cut and embedded.
    pub recipe: String,
}

/// A stored chunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredChunk {
    pub id: i64,
    /// Path of its document.
    pub path: String,
    pub title: String,
    /// Place among the chunks of its document, from 0.
    pub ordinal: u64,
    /// First and last line, from 1.
    pub lines: (u64, u64),
    /// The headings above it, outermost first.
    pub headings: Vec<String>,
    pub text: String,
    pub tokens: u64,
}

impl Store {
    /// Opens the store for writing; file and tables are made where they are missing.
    pub async fn open(url: &Url) -> Result<Self> {
        let mut store = Self::of(Database::open(url).await?, url)?;
        if !store.has_schema().await? {
            store.create_schema().await?;
        }
        store.check_version().await?;
        Ok(store)
    }

    /// Opens the store for a look that changes nothing; `None` when there is no store or nothing was ever ingested into it.
    pub async fn look(url: &Url) -> Result<Option<Self>> {
        let Some(database) = Database::look(url).await? else {
            return Ok(None);
        };
        let mut store = Self::of(database, url)?;
        if !store.has_schema().await? {
            return Ok(None);
        }
        store.check_version().await?;
        Ok(Some(store))
    }

    fn of(database: Database, url: &Url) -> Result<Self> {
        match database {
            Database::Sqlite(connection) => Ok(Self {
                url: url.clone(),
                connection,
            }),
            Database::Postgres(_) => Err(Failure::user(format!(
                "`{url}` is a PostgreSQL database; collections are kept in SQLite"
            ))
            .hint("give `--database-url sqlite:.packwright/store.db`, whatever `DATABASE_URL` says")),
        }
    }

    /// The address.
    pub fn url(&self) -> &Url {
        &self.url
    }

    fn failed(&self, what: &str) -> impl Fn(sqlx::Error) -> Failure + use<> {
        let (url, what) = (self.url.clone(), what.to_owned());
        move |error| explain(&url, &what, &error)
    }

    async fn has_schema(&mut self) -> Result<bool> {
        sqlx::query_scalar(include_str!("../sql/sqlite/has_schema.sql"))
            .fetch_one(&mut *self.connection)
            .await
            .map_err(self.failed("cannot be read"))
    }

    async fn create_schema(&mut self) -> Result<()> {
        let failed = self.failed("cannot be given the tables of `rag`");
        let mut transaction = self
            .connection
            .begin_with("BEGIN IMMEDIATE")
            .await
            .map_err(&failed)?;
        // Another process may have been first.
        let there: bool = sqlx::query_scalar(include_str!("../sql/sqlite/has_schema.sql"))
            .fetch_one(&mut *transaction)
            .await
            .map_err(&failed)?;
        if !there {
            sqlx::raw_sql(include_str!("../sql/sqlite/create_schema.sql"))
                .execute(&mut *transaction)
                .await
                .map_err(&failed)?;
            sqlx::query(include_str!("../sql/sqlite/insert_schema_version.sql"))
                .bind(SCHEMA_VERSION)
                .execute(&mut *transaction)
                .await
                .map_err(&failed)?;
        }
        transaction.commit().await.map_err(&failed)
    }

    async fn check_version(&mut self) -> Result<()> {
        let version: i64 = sqlx::query_scalar(include_str!("../sql/sqlite/schema_version.sql"))
            .fetch_one(&mut *self.connection)
            .await
            .map_err(self.failed("cannot be read"))?;
        if version == SCHEMA_VERSION {
            return Ok(());
        }
        Err(Failure::user(format!(
            "`{}` has the tables of `rag` in version {version}; this packwright knows version {SCHEMA_VERSION}",
            self.url
        ))
        .hint("use the packwright that wrote it, or ingest into another file with `--database-url`"))
    }

    /// The collection of that name.
    pub async fn collection(&mut self, name: &str) -> Result<Option<Collection>> {
        type Row = (i64, Option<String>, Option<String>, Option<i64>);
        let row: Option<Row> = sqlx::query_as(include_str!("../sql/sqlite/select_collection.sql"))
            .bind(name)
            .fetch_optional(&mut *self.connection)
            .await
            .map_err(self.failed("cannot be read"))?;
        Ok(row.map(|(id, model, revision, dimensions)| Collection {
            id,
            name: name.to_owned(),
            embedder: model
                .zip(revision)
                .zip(dimensions)
                .map(|((model, revision), dimensions)| EmbedderId {
                    model,
                    revision,
                    dimensions: count(dimensions),
                }),
        }))
    }

    /// Names of all collections, ordered.
    pub async fn collection_names(&mut self) -> Result<Vec<String>> {
        sqlx::query_scalar(include_str!("../sql/sqlite/collection_names.sql"))
            .fetch_all(&mut *self.connection)
            .await
            .map_err(self.failed("cannot be read"))
    }

    /// How much is in it.
    pub async fn count(&mut self, collection: &Collection) -> Result<Counts> {
        let (documents, chunks, vectors): (i64, i64, i64) =
            sqlx::query_as(include_str!("../sql/sqlite/count.sql"))
                .bind(collection.id)
                .fetch_one(&mut *self.connection)
                .await
                .map_err(self.failed("cannot be read"))?;
        Ok(Counts {
            documents: documents.cast_unsigned(),
            chunks: chunks.cast_unsigned(),
            vectors: vectors.cast_unsigned(),
        })
    }

    /// What was ingested, by path.
    pub async fn ledger(&mut self, collection: &Collection) -> Result<BTreeMap<String, LedgerEntry>> {
        let rows: Vec<(String, Vec<u8>, String)> = sqlx::query_as(include_str!("../sql/sqlite/ledger.sql"))
            .bind(collection.id)
            .fetch_all(&mut *self.connection)
            .await
            .map_err(self.failed("cannot be read"))?;
        let entries = rows.into_iter().map(|(path, content_hash, recipe)| {
            let entry = LedgerEntry { content_hash, recipe };
            (path, entry)
        });
        Ok(entries.collect())
    }

    /// The best `limit` chunks for an expression of FTS5, best first; the score is BM25, greater is better.
    pub async fn search_text(
        &mut self,
        collection: &Collection,
        expression: &str,
        limit: usize,
    ) -> Result<Vec<(i64, f64)>> {
        sqlx::query_as(of_collection(
            include_str!("../sql/sqlite/search_text.sql"),
            collection.id,
        ))
        .bind(expression)
        .bind(number(limit))
        .fetch_all(&mut *self.connection)
        .await
        .map_err(self.failed("cannot be searched"))
    }

    /// The chunks with these ids, in this order; ids that are gone are left out.
    pub async fn chunks(&mut self, ids: &[i64]) -> Result<Vec<StoredChunk>> {
        type Row = (i64, String, String, i64, i64, i64, String, String, i64);
        let rows: Vec<Row> = sqlx::query_as(include_str!("../sql/sqlite/select_chunks.sql"))
            .bind(json(ids))
            .fetch_all(&mut *self.connection)
            .await
            .map_err(self.failed("cannot be read"))?;
        let mut by_id: HashMap<i64, StoredChunk> = rows
            .into_iter()
            .map(
                |(id, path, title, ordinal, first, last, headings, text, tokens)| {
                    let chunk = StoredChunk {
                        id,
                        path,
                        title,
                        ordinal: ordinal.cast_unsigned(),
                        lines: (first.cast_unsigned(), last.cast_unsigned()),
                        headings: serde_json::from_str(&headings).unwrap_or_default(),
                        text,
                        tokens: tokens.cast_unsigned(),
                    };
                    (id, chunk)
                },
            )
            .collect();
        Ok(ids.iter().filter_map(|id| by_id.remove(id)).collect())
    }

    /// The document of every chunk, by chunk id.
    pub async fn chunk_paths(&mut self, collection: &Collection) -> Result<HashMap<i64, String>> {
        let rows: Vec<(i64, String)> = sqlx::query_as(include_str!("../sql/sqlite/chunk_paths.sql"))
            .bind(collection.id)
            .fetch_all(&mut *self.connection)
            .await
            .map_err(self.failed("cannot be read"))?;
        Ok(rows.into_iter().collect())
    }
}

/// A statement on the keyword index of a collection: the files say `packwright_rag_text_0`, where 0 stands for its id.
fn of_collection(sql: &str, id: i64) -> AssertSqlSafe<String> {
    AssertSqlSafe(sql.replace("packwright_rag_text_0", &format!("packwright_rag_text_{id}")))
}

fn json(ids: &[i64]) -> String {
    let ids: Vec<String> = ids.iter().map(i64::to_string).collect();
    format!("[{}]", ids.join(","))
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn count(number: i64) -> usize {
    usize::try_from(number).unwrap_or_default()
}
