//! Fusing ranked lists into one.
//!
//! Lists are best first. Results are ordered by fused score; equal scores by the best
//! rank in any list, then by the ranks in the lists in turn, then by key. The scores
//! given out strictly decrease, so that nobody downstream has to break ties again.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::hash::Hash;

/// The constant of reciprocal rank fusion in its source.
pub const RRF_K: f64 = 60.0;

/// One result of a fusion.
#[derive(Debug, Clone, PartialEq)]
pub struct Fused<K> {
    /// What was ranked.
    pub key: K,
    /// Fused score.
    pub score: f64,
    /// Its rank in each list, from 1; `None` where it is missing.
    pub ranks: Vec<Option<usize>>,
}

/// Reciprocal rank fusion (Cormack, Clarke and Büttcher 2009): Σ 1 / (k + rank) over the lists
/// that hold the key. A key's first place in a list counts.
pub fn reciprocal_rank<K: Hash + Ord + Clone>(lists: &[Vec<(K, f64)>], k: f64) -> Vec<Fused<K>> {
    fuse(lists, |_, rank| 1.0 / (k + float(rank)))
}

/// Weighted sum of scores, each list's scaled to 0..1 over its own first `top` entries:
/// (score - least) / (greatest - least), or 1 where all are equal. Missing counts as 0.
/// `weights` go with the lists; those beyond its end weigh nothing.
pub fn weighted<K: Hash + Ord + Clone>(
    lists: &[Vec<(K, f64)>],
    weights: &[f64],
    top: usize,
) -> Vec<Fused<K>> {
    let cut: Vec<Vec<(K, f64)>> = lists
        .iter()
        .map(|list| list[..list.len().min(top)].to_vec())
        .collect();
    let ranges: Vec<(f64, f64)> = cut
        .iter()
        .map(|list| {
            list.iter()
                .fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), entry| {
                    (least.min(entry.1), most.max(entry.1))
                })
        })
        .collect();
    fuse(&cut, |list, rank| {
        let (least, most) = ranges[list];
        let share = if most > least {
            (cut[list][rank - 1].1 - least) / (most - least)
        } else {
            1.0
        };
        weights.get(list).copied().unwrap_or(0.0) * share
    })
}

/// The first entry of each owner, such as the best chunk of each document, in the same order.
pub fn first_of_each<K, O: Hash + Eq + Clone>(list: &[(K, f64)], owner: impl Fn(&K) -> O) -> Vec<(O, f64)> {
    let mut seen = HashSet::new();
    list.iter()
        .map(|(key, score)| (owner(key), *score))
        .filter(|(owner, _)| seen.insert(owner.clone()))
        .collect()
}

/// Adds `score(list, rank)` up by key, orders, and makes scores strictly decrease.
fn fuse<K: Hash + Ord + Clone>(
    lists: &[Vec<(K, f64)>],
    score: impl Fn(usize, usize) -> f64,
) -> Vec<Fused<K>> {
    let mut places: HashMap<K, usize> = HashMap::new();
    let mut fused: Vec<Fused<K>> = Vec::new();
    for (number, list) in lists.iter().enumerate() {
        for (rank, (key, _)) in (1..).zip(list) {
            let place = *places.entry(key.clone()).or_insert_with(|| {
                fused.push(Fused {
                    key: key.clone(),
                    score: 0.0,
                    ranks: vec![None; lists.len()],
                });
                fused.len() - 1
            });
            let entry = &mut fused[place];
            if entry.ranks[number].is_none() {
                entry.ranks[number] = Some(rank);
                entry.score += score(number, rank);
            }
        }
    }
    fused.sort_by(|a, b| {
        b.score
            .total_cmp(&a.score)
            .then_with(|| ranks(a).cmp(ranks(b)))
            .then_with(|| a.key.cmp(&b.key))
    });
    let mut above = f64::INFINITY;
    for entry in &mut fused {
        if entry.score.total_cmp(&above) != Ordering::Less {
            entry.score = above.next_down();
        }
        above = entry.score;
    }
    fused
}

/// Best rank, then rank by list; missing comes last.
fn ranks<K>(entry: &Fused<K>) -> impl Iterator<Item = usize> {
    let rank = |rank: &Option<usize>| rank.unwrap_or(usize::MAX);
    let best = entry.ranks.iter().map(rank).min();
    best.into_iter().chain(entry.ranks.iter().map(rank))
}

#[expect(clippy::cast_precision_loss, reason = "ranks are far below 2^53")]
fn float(rank: usize) -> f64 {
    rank as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn list(keys: &str) -> Vec<(char, f64)> {
        (0_u8..)
            .zip(keys.chars())
            .map(|(at, key)| (key, -f64::from(at)))
            .collect()
    }

    fn keys(fused: &[Fused<char>]) -> String {
        fused.iter().map(|entry| entry.key).collect()
    }

    #[test]
    fn reciprocal_rank_adds_one_over_sixty_and_rank() {
        let fused = reciprocal_rank(&[list("ab"), list("bc")], RRF_K);
        assert_eq!(keys(&fused), "bac");
        assert!((fused[0].score - (1.0 / 62.0 + 1.0 / 61.0)).abs() < 1e-15);
        assert!((fused[1].score - 1.0 / 61.0).abs() < 1e-15);
        assert_eq!(fused[0].ranks, [Some(2), Some(1)]);
        assert_eq!(fused[1].ranks, [Some(1), None]);
    }

    #[test]
    fn ties_go_to_the_best_rank_then_to_the_earlier_list_then_to_the_key() {
        let fused = reciprocal_rank(&[list("ab"), list("ba")], RRF_K);
        assert_eq!(keys(&fused), "ab");
        assert!(fused[0].score > fused[1].score);
        let fused = reciprocal_rank(&[list("z"), list("y")], RRF_K);
        assert_eq!(keys(&fused), "zy");
    }

    #[test]
    fn weighted_scales_each_list_over_its_own_top() {
        let lists = [
            vec![('a', 10.0), ('b', 6.0), ('c', 0.0), ('d', -90.0)],
            vec![('c', 0.9), ('b', 0.8), ('e', 0.7)],
        ];
        let fused = weighted(&lists, &[0.5, 0.5], 3);
        assert_eq!(keys(&fused), "bace");
        let wanted = [0.5 * 0.6 + 0.5 * 0.5, 0.5, 0.5, 0.0];
        for (entry, want) in fused.iter().zip(wanted) {
            assert!((entry.score - want).abs() < 1e-12);
        }
    }

    #[test]
    fn lists_with_one_score_count_as_full() {
        let fused = weighted(&[vec![('a', 2.0)], vec![]], &[0.3, 0.7], 100);
        assert!((fused[0].score - 0.3).abs() < 1e-15);
        assert!(reciprocal_rank::<char>(&[], RRF_K).is_empty());
    }

    #[test]
    fn each_owner_keeps_its_best() {
        let list = [((1, 'a'), 3.0), ((1, 'b'), 2.0), ((2, 'a'), 1.0)];
        assert_eq!(first_of_each(&list, |key| key.0), [(1, 3.0), (2, 1.0)]);
    }

    proptest! {
        #[test]
        fn scores_strictly_decrease_and_nothing_is_lost(
            a in proptest::collection::vec((0_u8..30, -1.0_f64..1.0), 0..30),
            b in proptest::collection::vec((0_u8..30, -1.0_f64..1.0), 0..30),
        ) {
            let all: std::collections::BTreeSet<u8> = a.iter().chain(&b).map(|entry| entry.0).collect();
            let lists = [a, b];
            for fused in [reciprocal_rank(&lists, RRF_K), weighted(&lists, &[0.5, 0.5], 100)] {
                prop_assert!(fused.windows(2).all(|pair| pair[0].score > pair[1].score));
                let keys: std::collections::BTreeSet<u8> = fused.iter().map(|entry| entry.key).collect();
                prop_assert_eq!(&keys, &all);
                prop_assert_eq!(fused.len(), all.len());
            }
        }
    }
}
