//! Exact search over stored vectors: scan small codes, re-score the best with floats.
//!
//! A store keeps its vectors in blocks (about a thousand each) in the forms of
//! [`super::quantise`]. A search runs over all code blocks, keeping the best few
//! times `k`, then looks up the floats of those only. Scores are dot products, which
//! for unit vectors are cosines. Recall is a matter of how many are kept, not of luck.
#![expect(
    clippy::inline_always,
    reason = "a loop is only compiled for wide registers when it is inlined into the dispatched function"
)]

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use gemm_common::pulp::{Arch, Simd, WithSimd};

use super::quantise::{SCALE_BYTES, code_bytes, push_codes, push_signs, sign_bytes};

/// Partial sums kept apart, so that a sum can use whole vector registers.
const LANES: usize = 16;

/// A query in all forms.
#[derive(Debug)]
pub struct Query {
    vector: Vec<f32>,
    /// Codes widened, so that the inner loop multiplies without conversion.
    codes: Vec<i16>,
    scale: f32,
    signs: Vec<u8>,
}

/// A vector found: its number and score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// As counted from the `first` given with its block.
    pub number: u64,
    /// Greater is nearer.
    pub score: f32,
}

/// The best hits seen so far; equal scores go to the lower number.
#[derive(Debug)]
pub struct Best {
    /// The worst on top.
    heap: BinaryHeap<Worst>,
    size: usize,
}

impl Query {
    /// Prepares `vector`.
    pub fn new(vector: &[f32]) -> Self {
        let (mut bytes, mut signs) = (Vec::new(), Vec::new());
        push_codes(vector, &mut bytes);
        push_signs(vector, &mut signs);
        let (scale, codes) = bytes.split_at(SCALE_BYTES);
        Self {
            vector: vector.to_vec(),
            codes: codes.iter().map(|&code| i16::from(code.cast_signed())).collect(),
            scale: scale.try_into().map_or(0.0, f32::from_le_bytes),
            signs,
        }
    }

    /// Offers `best` each vector of a block of codes, the first being number `first`.
    pub fn scan_codes(&self, block: &[u8], first: u64, best: &mut Best) {
        Arch::new().dispatch(ScanCodes {
            query: self,
            block,
            first,
            best,
        });
    }

    /// Offers `best` each vector of a block of sign bits; the score is the number of equal signs.
    pub fn scan_signs(&self, block: &[u8], first: u64, best: &mut Best) {
        Arch::new().dispatch(ScanSigns {
            query: self,
            block,
            first,
            best,
        });
    }

    /// The dot product with one vector stored as floats. Missing components count as 0.
    pub fn score(&self, floats: &[u8]) -> f32 {
        Arch::new().dispatch(Score {
            query: &self.vector,
            floats,
        })
    }

    /// Offers `best` each vector of a block of floats.
    pub fn scan_floats(&self, block: &[u8], first: u64, best: &mut Best) {
        let size = (self.vector.len() * 4).max(1);
        for (number, floats) in (first..).zip(block.chunks_exact(size)) {
            let score = self.score(floats);
            best.offer(Hit { number, score });
        }
    }
}

struct ScanCodes<'a> {
    query: &'a Query,
    block: &'a [u8],
    first: u64,
    best: &'a mut Best,
}

impl WithSimd for ScanCodes<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let query = &self.query.codes[..];
        let vectors = self.block.chunks_exact(code_bytes(query.len()));
        for (number, vector) in (self.first..).zip(vectors) {
            let Some((scale, codes)) = vector.split_first_chunk() else {
                return;
            };
            let mut sum = 0_i32;
            for (&a, &b) in query.iter().zip(codes) {
                sum += i32::from(a) * i32::from(b.cast_signed());
            }
            let score = widen(sum) * (f32::from_le_bytes(*scale) * self.query.scale);
            self.best.offer(Hit { number, score });
        }
    }
}

struct ScanSigns<'a> {
    query: &'a Query,
    block: &'a [u8],
    first: u64,
    best: &'a mut Best,
}

impl WithSimd for ScanSigns<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let dimensions = self.query.vector.len();
        let (words, rest) = self.query.signs.as_chunks::<8>();
        let vectors = self.block.chunks_exact(sign_bytes(dimensions).max(1));
        for (number, vector) in (self.first..).zip(vectors) {
            let (other, other_rest) = vector.as_chunks::<8>();
            let mut unequal = 0;
            for (a, b) in words.iter().zip(other) {
                unequal += (u64::from_le_bytes(*a) ^ u64::from_le_bytes(*b)).count_ones();
            }
            for (a, b) in rest.iter().zip(other_rest) {
                unequal += (a ^ b).count_ones();
            }
            let equal = i32::try_from(dimensions).unwrap_or(i32::MAX) - unequal.cast_signed();
            let score = widen(equal);
            self.best.offer(Hit { number, score });
        }
    }
}

struct Score<'a> {
    query: &'a [f32],
    floats: &'a [u8],
}

impl WithSimd for Score<'_> {
    type Output = f32;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> f32 {
        let (floats, _) = self.floats.as_chunks::<4>();
        let (left, right) = (self.query.chunks_exact(LANES), floats.chunks_exact(LANES));
        let rest = left.remainder().iter().zip(right.remainder());
        let rest: f32 = rest.map(|(a, b)| a * f32::from_le_bytes(*b)).sum();
        let mut lanes = [0.0; LANES];
        for (a, b) in left.zip(right) {
            for ((lane, a), b) in lanes.iter_mut().zip(a).zip(b) {
                *lane += a * f32::from_le_bytes(*b);
            }
        }
        lanes.iter().sum::<f32>() + rest
    }
}

#[inline(always)]
#[expect(
    clippy::cast_precision_loss,
    reason = "127² · dimensions is exact up to a thousand dimensions and close enough beyond: the best are re-scored"
)]
fn widen(sum: i32) -> f32 {
    sum as f32
}

impl Best {
    /// Keeps the best `size`.
    pub fn new(size: usize) -> Self {
        Self {
            heap: BinaryHeap::with_capacity(size.min(1 << 16) + 1),
            size,
        }
    }

    /// Takes `hit` in if it is among the best. A score that is not a number never is.
    #[inline]
    pub fn offer(&mut self, hit: Hit) {
        if self.heap.len() >= self.size {
            match self.heap.peek() {
                Some(worst) if better(&hit, &worst.0) => {
                    self.heap.pop();
                }
                _ => return,
            }
        }
        if !hit.score.is_nan() {
            self.heap.push(Worst(hit));
        }
    }

    /// Takes in what another scan found.
    pub fn merge(&mut self, other: Self) {
        for hit in other.heap {
            self.offer(hit.0);
        }
    }

    /// Best first.
    pub fn into_sorted(self) -> Vec<Hit> {
        let hits = self.heap.into_sorted_vec();
        hits.into_iter().map(|worst| worst.0).collect()
    }
}

#[inline]
fn better(a: &Hit, b: &Hit) -> bool {
    a.score > b.score || (a.score >= b.score && a.number < b.number)
}

/// Orders hits so that a heap has the worst on top.
#[derive(Debug, PartialEq)]
struct Worst(Hit);

impl Eq for Worst {}

impl PartialOrd for Worst {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Worst {
    fn cmp(&self, other: &Self) -> Ordering {
        other
            .0
            .score
            .total_cmp(&self.0.score)
            .then(self.0.number.cmp(&other.0.number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rag::quantise::push_floats;
    use proptest::prelude::*;

    fn vectors(count: usize, dimensions: usize, seed: u64) -> Vec<Vec<f32>> {
        let mut state = seed;
        let mut next = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            f32::from(u16::try_from(state >> 48).unwrap()) / 32_768.0 - 1.0
        };
        (0..count)
            .map(|_| {
                let vector: Vec<f32> = (0..dimensions).map(|_| next()).collect();
                let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
                vector.iter().map(|x| x / length).collect()
            })
            .collect()
    }

    /// The safe twin: every dot product by a plain loop, sorted.
    fn plain(query: &[f32], vectors: &[Vec<f32>], k: usize) -> Vec<u64> {
        let mut all: Vec<(f64, u64)> = vectors
            .iter()
            .zip(0..)
            .map(|(vector, number)| {
                let dot: f64 = query
                    .iter()
                    .zip(vector)
                    .map(|(a, b)| f64::from(*a) * f64::from(*b))
                    .sum();
                (dot, number)
            })
            .collect();
        all.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        all.into_iter().take(k).map(|(_, number)| number).collect()
    }

    #[test]
    fn codes_and_floats_together_find_the_exact_best() {
        for dimensions in [384, 37, 8] {
            let stored = vectors(2_500, dimensions, 1);
            let (mut codes, mut floats) = (Vec::new(), Vec::new());
            for vector in &stored {
                push_codes(vector, &mut codes);
                push_floats(vector, &mut floats);
            }
            for query in vectors(5, dimensions, 2) {
                let prepared = Query::new(&query);
                let mut best = Best::new(80);
                for (number, block) in codes.chunks(1_024 * code_bytes(dimensions)).enumerate() {
                    prepared.scan_codes(block, number as u64 * 1_024, &mut best);
                }
                let mut exact = Best::new(10);
                for hit in best.into_sorted() {
                    let at = usize::try_from(hit.number).unwrap() * dimensions * 4;
                    let score = prepared.score(&floats[at..at + dimensions * 4]);
                    assert!((score - hit.score).abs() < 0.05);
                    exact.offer(Hit { score, ..hit });
                }
                let found: Vec<u64> = exact.into_sorted().iter().map(|hit| hit.number).collect();
                assert_eq!(found, plain(&query, &stored, 10));

                let mut direct = Best::new(10);
                prepared.scan_floats(&floats, 0, &mut direct);
                let found: Vec<u64> = direct.into_sorted().iter().map(|hit| hit.number).collect();
                assert_eq!(found, plain(&query, &stored, 10));
            }
        }
    }

    #[test]
    fn signs_count_agreement() {
        let stored = vectors(300, 100, 3);
        let mut signs = Vec::new();
        for vector in &stored {
            push_signs(vector, &mut signs);
        }
        let mut best = Best::new(300);
        Query::new(&stored[7]).scan_signs(&signs, 0, &mut best);
        let hits = best.into_sorted();
        assert_eq!(
            hits[0],
            Hit {
                number: 7,
                score: 100.0
            }
        );
        let equal = |a: &[f32], b: &[f32]| {
            a.iter()
                .zip(b)
                .filter(|(a, b)| (**a > 0.0) == (**b > 0.0))
                .count()
        };
        for hit in hits {
            let stored_at = &stored[usize::try_from(hit.number).unwrap()];
            let equal = u16::try_from(equal(&stored[7], stored_at)).unwrap();
            assert!((hit.score - f32::from(equal)).abs() < 0.5);
        }
    }

    #[test]
    fn broken_blocks_and_numbers_do_no_harm() {
        let query = Query::new(&[1.0, 0.0]);
        let mut best = Best::new(3);
        query.scan_codes(&[1, 2, 3], 0, &mut best);
        query.scan_codes(&[0, 0, 192, 127, 1, 1], 0, &mut best);
        Query::new(&[]).scan_signs(&[], 0, &mut best);
        best.offer(Hit {
            number: 1,
            score: f32::NAN,
        });
        assert_eq!(best.into_sorted(), []);
        let mut none = Best::new(0);
        none.offer(Hit {
            number: 1,
            score: 1.0,
        });
        assert_eq!(none.into_sorted(), []);
    }

    proptest! {
        #[test]
        fn best_keeps_what_sorting_would(scores in proptest::collection::vec(-3_i8..3, 0..60), size in 0_usize..10, split in 0_usize..60) {
            let hits: Vec<Hit> = scores.iter().zip(0..).map(|(&score, number)| Hit { number, score: f32::from(score) }).collect();
            let mut sorted = hits.clone();
            sorted.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.number.cmp(&b.number)));
            sorted.truncate(size);
            let (mut left, mut right) = (Best::new(size), Best::new(size));
            for (at, hit) in hits.into_iter().enumerate() {
                if at < split { left.offer(hit) } else { right.offer(hit) }
            }
            left.merge(right);
            prop_assert_eq!(left.into_sorted(), sorted);
        }
    }
}
