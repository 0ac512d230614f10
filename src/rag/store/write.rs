//! Writing documents: each batch in one transaction.

use std::collections::HashMap;

use sqlx::{Connection as _, SqliteConnection};

use crate::failure::{Failure, Result};
use crate::io::clock;

use super::vectors::BlockEdit;
use super::{Collection, EmbedderId, Store, number, of_collection};

/// A document ready to be stored.
#[derive(Debug, Clone)]
pub struct NewDocument {
    pub path: String,
    /// SHA-256 of the file.
    pub content_hash: Vec<u8>,
    /// How it was cut and embedded.
    pub recipe: String,
    pub title: String,
    pub bytes: u64,
    pub chunks: Vec<NewChunk>,
}

/// A chunk ready to be stored.
#[derive(Debug, Clone)]
pub struct NewChunk {
    /// Its bytes in the file.
    pub span: std::ops::Range<usize>,
    /// First and last line, from 1.
    pub lines: (usize, usize),
    /// Outermost first.
    pub headings: Vec<String>,
    pub text: String,
    pub tokens: usize,
    /// What is embedded: title and headings as far as they fit, then the text.
    pub embedded: String,
    /// A unit vector, where there is a model.
    pub vector: Option<Vec<f32>>,
}

impl Store {
    /// The collection of that name, made if it is not there.
    pub async fn open_collection(&mut self, name: &str, embedder: Option<&EmbedderId>) -> Result<Collection> {
        if let Some(collection) = self.collection(name).await? {
            return Ok(collection);
        }
        self.create_collection(name, embedder).await?;
        self.collection(name).await?.ok_or_else(|| {
            Failure::internal(format!("the collection `{name}` is gone as soon as it is made"))
        })
    }

    /// Makes an empty collection, unless another process was first.
    async fn create_collection(&mut self, name: &str, embedder: Option<&EmbedderId>) -> Result<()> {
        let failed = self.failed("cannot be written");
        let mut transaction = self
            .connection
            .begin_with("BEGIN IMMEDIATE")
            .await
            .map_err(&failed)?;
        let id: Option<i64> = sqlx::query_scalar(include_str!("../sql/sqlite/insert_collection.sql"))
            .bind(name)
            .bind(embedder.map(|embedder| &embedder.model))
            .bind(embedder.map(|embedder| &embedder.revision))
            .bind(embedder.map(|embedder| number(embedder.dimensions)))
            .bind(clock::timestamp())
            .fetch_optional(&mut *transaction)
            .await
            .map_err(&failed)?;
        if let Some(id) = id {
            sqlx::raw_sql(of_collection(include_str!("../sql/sqlite/create_text.sql"), id))
                .execute(&mut *transaction)
                .await
                .map_err(&failed)?;
        }
        transaction.commit().await.map_err(&failed)
    }

    /// Gives a collection an embedder once all its documents have the vectors of `recipe`; until then it stays as it is.
    pub async fn adopt_embedder(
        &mut self,
        collection: &mut Collection,
        embedder: &EmbedderId,
        recipe: &str,
    ) -> Result<()> {
        let done = sqlx::query(include_str!("../sql/sqlite/set_embedder.sql"))
            .bind(collection.id)
            .bind(&embedder.model)
            .bind(&embedder.revision)
            .bind(number(embedder.dimensions))
            .bind(recipe)
            .execute(&mut *self.connection)
            .await
            .map_err(self.failed("cannot be written"))?;
        if done.rows_affected() > 0 {
            collection.embedder = Some(embedder.clone());
        }
        Ok(())
    }

    /// Stores documents in place of those with the same paths, all in one transaction.
    pub async fn put_documents(&mut self, collection: &Collection, documents: &[NewDocument]) -> Result<()> {
        let failed = self.failed("cannot be written");
        let mut transaction = self
            .connection
            .begin_with("BEGIN IMMEDIATE")
            .await
            .map_err(&failed)?;
        put_all(collection, documents, &mut transaction)
            .await
            .map_err(&failed)?;
        transaction.commit().await.map_err(&failed)
    }

    /// Removes the documents at these paths with all that belongs to them, in one transaction.
    pub async fn remove_documents(&mut self, collection: &Collection, paths: &[String]) -> Result<()> {
        let failed = self.failed("cannot be written");
        let mut transaction = self
            .connection
            .begin_with("BEGIN IMMEDIATE")
            .await
            .map_err(&failed)?;
        remove_all(collection, paths, &mut transaction)
            .await
            .map_err(&failed)?;
        transaction.commit().await.map_err(&failed)
    }
}

async fn put_all(
    collection: &Collection,
    documents: &[NewDocument],
    connection: &mut SqliteConnection,
) -> Result<(), sqlx::Error> {
    let now = clock::timestamp();
    let mut blocks = BlockEdit::new(collection.id);
    for document in documents {
        remove(collection, &document.path, &mut blocks, connection).await?;
        let document_id: i64 = sqlx::query_scalar(include_str!("../sql/sqlite/insert_document.sql"))
            .bind(collection.id)
            .bind(&document.path)
            .bind(&document.content_hash)
            .bind(&document.recipe)
            .bind(&document.title)
            .bind(document.bytes.cast_signed())
            .bind(&now)
            .fetch_one(&mut *connection)
            .await?;
        for (ordinal, chunk) in document.chunks.iter().enumerate() {
            put_chunk(
                collection,
                document_id,
                &document.title,
                (ordinal, chunk),
                &mut blocks,
                connection,
            )
            .await?;
        }
    }
    blocks.finish(connection).await
}

async fn put_chunk(
    collection: &Collection,
    document_id: i64,
    title: &str,
    (ordinal, chunk): (usize, &NewChunk),
    blocks: &mut BlockEdit,
    connection: &mut SqliteConnection,
) -> Result<(), sqlx::Error> {
    use sha2::{Digest as _, Sha256};
    let chunk_id: i64 = sqlx::query_scalar(include_str!("../sql/sqlite/insert_chunk.sql"))
        .bind(document_id)
        .bind(number(ordinal))
        .bind(number(chunk.span.start))
        .bind(number(chunk.span.end))
        .bind(number(chunk.lines.0))
        .bind(number(chunk.lines.1))
        .bind(serde_json::to_string(&chunk.headings).unwrap_or_default())
        .bind(&chunk.text)
        .bind(number(chunk.tokens))
        .bind(Sha256::digest(&chunk.embedded).to_vec())
        .fetch_one(&mut *connection)
        .await?;
    sqlx::query(of_collection(
        include_str!("../sql/sqlite/insert_text.sql"),
        collection.id,
    ))
    .bind(chunk_id)
    .bind(title)
    .bind(chunk.headings.join("\n"))
    .bind(&chunk.text)
    .execute(&mut *connection)
    .await?;
    if let Some(vector) = &chunk.vector {
        blocks.add(chunk_id, vector, connection).await?;
    }
    Ok(())
}

async fn remove_all(
    collection: &Collection,
    paths: &[String],
    connection: &mut SqliteConnection,
) -> Result<(), sqlx::Error> {
    let mut blocks = BlockEdit::new(collection.id);
    for path in paths {
        remove(collection, path, &mut blocks, connection).await?;
    }
    blocks.finish(connection).await
}

/// Removes the document at `path`, if there is one: keywords and codes by hand, rows by the foreign keys.
async fn remove(
    collection: &Collection,
    path: &str,
    blocks: &mut BlockEdit,
    connection: &mut SqliteConnection,
) -> Result<(), sqlx::Error> {
    let chunks: Vec<(i64, Option<i64>)> = sqlx::query_as(include_str!("../sql/sqlite/document_vectors.sql"))
        .bind(collection.id)
        .bind(path)
        .fetch_all(&mut *connection)
        .await?;
    let mut with_vector = HashMap::new();
    for (chunk_id, block_id) in chunks {
        sqlx::query(of_collection(
            include_str!("../sql/sqlite/delete_text.sql"),
            collection.id,
        ))
        .bind(chunk_id)
        .execute(&mut *connection)
        .await?;
        with_vector.extend(block_id.map(|block_id| (chunk_id, block_id)));
    }
    blocks.remove(&with_vector, connection).await?;
    sqlx::query(include_str!("../sql/sqlite/delete_document.sql"))
        .bind(collection.id)
        .bind(path)
        .execute(&mut *connection)
        .await?;
    Ok(())
}
