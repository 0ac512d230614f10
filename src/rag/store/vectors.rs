//! The vectors of a collection: scanning them, and keeping the blocks exact when documents come and go.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap};

use futures_util::TryStreamExt as _;
use rayon::prelude::*;
use sqlx::SqliteConnection;

use crate::failure::Result;
use crate::rag::quantise::{code_bytes, push_codes, push_floats};
use crate::rag::scan::{Best, Hit, Query};

use super::{Collection, Store, json, number};

/// Most vectors in a block.
const BLOCK: usize = 1_024;
/// So many candidates more than results wanted, and half as many again, are scored by their floats: the codes are near enough to
/// the vectors that the true best are among them.
const SPARE: usize = 64;
/// Vectors that one thread scans at a time.
const STRETCH: usize = 8_192;

/// All codes of a collection in memory, for searching more than once.
#[derive(Debug)]
pub struct VectorIndex {
    chunk_ids: Vec<i64>,
    codes: Vec<u8>,
    dimensions: usize,
}

impl Store {
    /// Reads the codes of a collection; empty when it has no vectors.
    pub async fn vector_index(&mut self, collection: &Collection) -> Result<VectorIndex> {
        let dimensions = collection
            .embedder
            .as_ref()
            .map_or(0, |embedder| embedder.dimensions);
        let mut index = VectorIndex {
            chunk_ids: Vec::new(),
            codes: Vec::new(),
            dimensions,
        };
        let failed = self.failed("cannot be read");
        let mut blocks =
            sqlx::query_as::<_, (Vec<u8>, Vec<u8>)>(include_str!("../sql/sqlite/scan_blocks.sql"))
                .bind(collection.id)
                .fetch(&mut *self.connection);
        while let Some((chunk_ids, codes)) = blocks.try_next().await.map_err(&failed)? {
            index.chunk_ids.extend(ids(&chunk_ids));
            index.codes.extend(codes);
        }
        Ok(index)
    }

    /// The `limit` chunks nearest to a unit vector, nearest first, with their cosines.
    pub async fn search_vectors(
        &mut self,
        index: &VectorIndex,
        vector: &[f32],
        limit: usize,
    ) -> Result<Vec<(i64, f64)>> {
        let query = Query::new(vector);
        let candidates = index.nearest(&query, limit + limit / 2 + SPARE);
        let rows: Vec<(i64, Vec<u8>)> = sqlx::query_as(include_str!("../sql/sqlite/select_vectors.sql"))
            .bind(json(&candidates))
            .fetch_all(&mut *self.connection)
            .await
            .map_err(self.failed("cannot be read"))?;
        let mut best = Best::new(limit);
        for (chunk_id, floats) in rows {
            best.offer(Hit {
                number: chunk_id.cast_unsigned(),
                score: query.score(&floats),
            });
        }
        let found = best.into_sorted().into_iter();
        Ok(found
            .map(|hit| (hit.number.cast_signed(), f64::from(hit.score)))
            .collect())
    }
}

impl VectorIndex {
    pub fn is_empty(&self) -> bool {
        self.chunk_ids.is_empty()
    }

    /// Chunk ids of the vectors whose codes are nearest.
    fn nearest(&self, query: &Query, size: usize) -> Vec<i64> {
        let stretch = (STRETCH * code_bytes(self.dimensions)).max(1);
        let best = self
            .codes
            .par_chunks(stretch)
            .enumerate()
            .map(|(at, codes)| {
                let mut best = Best::new(size);
                query.scan_codes(codes, (at * STRETCH) as u64, &mut best);
                best
            })
            .reduce(
                || Best::new(size),
                |mut left, right| {
                    left.merge(right);
                    left
                },
            );
        let hits = best.into_sorted().into_iter();
        hits.filter_map(|hit| self.chunk_ids.get(usize::try_from(hit.number).ok()?).copied())
            .collect()
    }
}

/// Changes to the blocks of one collection inside one transaction: each block is read and written once.
#[derive(Debug)]
pub(super) struct BlockEdit {
    collection_id: i64,
    blocks: BTreeMap<i64, Block>,
    /// The block that takes new vectors.
    open: Option<i64>,
}

#[derive(Debug, Default)]
struct Block {
    chunk_ids: Vec<i64>,
    codes: Vec<u8>,
}

impl BlockEdit {
    pub(super) fn new(collection_id: i64) -> Self {
        Self {
            collection_id,
            blocks: BTreeMap::new(),
            open: None,
        }
    }

    async fn load(&mut self, id: i64, connection: &mut SqliteConnection) -> Result<&mut Block, sqlx::Error> {
        match self.blocks.entry(id) {
            Entry::Occupied(entry) => Ok(entry.into_mut()),
            Entry::Vacant(entry) => {
                let row: Option<(Vec<u8>, Vec<u8>)> =
                    sqlx::query_as(include_str!("../sql/sqlite/select_block.sql"))
                        .bind(id)
                        .fetch_optional(connection)
                        .await?;
                let (chunk_ids, codes) = row.unwrap_or_default();
                let chunk_ids = ids(&chunk_ids).collect();
                Ok(entry.insert(Block { chunk_ids, codes }))
            }
        }
    }

    /// Takes the vectors of chunks out of their blocks.
    pub(super) async fn remove(
        &mut self,
        chunks: &HashMap<i64, i64>,
        connection: &mut SqliteConnection,
    ) -> Result<(), sqlx::Error> {
        let mut affected: Vec<i64> = chunks.values().copied().collect();
        affected.sort_unstable();
        affected.dedup();
        for id in affected {
            let block = self.load(id, connection).await?;
            let size = block.codes.len() / block.chunk_ids.len().max(1);
            let mut kept = Block::default();
            for (chunk_id, codes) in block.chunk_ids.iter().zip(block.codes.chunks_exact(size.max(1))) {
                if !chunks.contains_key(chunk_id) {
                    kept.chunk_ids.push(*chunk_id);
                    kept.codes.extend_from_slice(codes);
                }
            }
            *block = kept;
        }
        Ok(())
    }

    /// Adds the vector of a chunk.
    pub(super) async fn add(
        &mut self,
        chunk_id: i64,
        vector: &[f32],
        connection: &mut SqliteConnection,
    ) -> Result<(), sqlx::Error> {
        let block_id = self.open_block(connection).await?;
        let block = self.load(block_id, connection).await?;
        block.chunk_ids.push(chunk_id);
        push_codes(vector, &mut block.codes);
        let mut floats = Vec::with_capacity(vector.len() * 4);
        push_floats(vector, &mut floats);
        sqlx::query(include_str!("../sql/sqlite/insert_vector.sql"))
            .bind(chunk_id)
            .bind(block_id)
            .bind(floats)
            .execute(connection)
            .await?;
        Ok(())
    }

    async fn open_block(&mut self, connection: &mut SqliteConnection) -> Result<i64, sqlx::Error> {
        let has_room = |edit: &Self, id: i64| {
            edit.blocks
                .get(&id)
                .is_none_or(|block| block.chunk_ids.len() < BLOCK)
        };
        if let Some(open) = self.open.filter(|&open| has_room(self, open)) {
            return Ok(open);
        }
        let stored: Option<i64> = match self.open {
            // A block opened in this transaction that is full by now is still written as it was.
            Some(_) => None,
            None => {
                sqlx::query_scalar(include_str!("../sql/sqlite/open_block.sql"))
                    .bind(self.collection_id)
                    .bind(number(BLOCK))
                    .fetch_optional(&mut *connection)
                    .await?
            }
        };
        let id = match stored.filter(|&id| has_room(self, id)) {
            Some(id) => id,
            None => {
                sqlx::query_scalar(include_str!("../sql/sqlite/insert_block.sql"))
                    .bind(self.collection_id)
                    .fetch_one(connection)
                    .await?
            }
        };
        self.open = Some(id);
        Ok(id)
    }

    /// Writes the blocks back; empty ones go.
    pub(super) async fn finish(self, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        for (id, block) in self.blocks {
            if block.chunk_ids.is_empty() {
                sqlx::query(include_str!("../sql/sqlite/delete_block.sql"))
                    .bind(id)
                    .execute(&mut *connection)
                    .await?;
                continue;
            }
            let chunk_ids: Vec<u8> = block.chunk_ids.iter().flat_map(|id| id.to_le_bytes()).collect();
            sqlx::query(include_str!("../sql/sqlite/update_block.sql"))
                .bind(id)
                .bind(number(block.chunk_ids.len()))
                .bind(chunk_ids)
                .bind(block.codes)
                .execute(&mut *connection)
                .await?;
        }
        Ok(())
    }
}

fn ids(bytes: &[u8]) -> impl Iterator<Item = i64> {
    let (ids, _) = bytes.as_chunks::<8>();
    ids.iter().map(|id| i64::from_le_bytes(*id))
}
