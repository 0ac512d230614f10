//! In which order tables are filled: those that others refer to first.

/// What one table refers to another with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// Position of the table that is referred to.
    pub to: usize,
    /// Whether it may be checked at the end of the transaction.
    pub is_deferrable: bool,
}

/// The positions in order, and whether constraints must be deferred for it; or the tables of a circle that nothing can break.
pub fn order(edges: &[Vec<Edge>]) -> Result<(Vec<usize>, bool), Vec<usize>> {
    let mut done = vec![false; edges.len()];
    let mut order = Vec::with_capacity(edges.len());
    let mut deferred = false;
    while order.len() < edges.len() {
        let is_ready = |at: usize, done: &[bool], deferring: bool| {
            !done[at]
                && edges[at]
                    .iter()
                    .all(|edge| done[edge.to] || edge.to == at || (deferring && edge.is_deferrable))
        };
        let next = (0..edges.len()).find(|at| is_ready(*at, &done, false));
        let next = match next {
            Some(next) => next,
            None => match (0..edges.len()).find(|at| is_ready(*at, &done, true)) {
                Some(next) => {
                    deferred = true;
                    next
                }
                None => return Err(circle(edges, &done)),
            },
        };
        done[next] = true;
        order.push(next);
    }
    Ok((order, deferred))
}

/// Tables, each of which refers to the next and the last to the first.
fn circle(edges: &[Vec<Edge>], done: &[bool]) -> Vec<usize> {
    let Some(mut at) = done.iter().position(|done| !done) else {
        return Vec::new();
    };
    let mut path: Vec<usize> = Vec::new();
    loop {
        if let Some(begin) = path.iter().position(|seen| *seen == at) {
            return path.split_off(begin);
        }
        path.push(at);
        let onwards = edges[at]
            .iter()
            .find(|edge| !done[edge.to] && edge.to != at && !edge.is_deferrable);
        match onwards {
            Some(edge) => at = edge.to,
            None => return path,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn edges(list: &[&[(usize, bool)]]) -> Vec<Vec<Edge>> {
        list.iter()
            .map(|row| {
                row.iter()
                    .map(|&(to, is_deferrable)| Edge { to, is_deferrable })
                    .collect()
            })
            .collect()
    }

    #[test]
    fn what_is_referred_to_comes_first() {
        assert_eq!(
            order(&edges(&[&[(1, false), (0, false)], &[(2, false)], &[]])),
            Ok((vec![2, 1, 0], false))
        );
        assert_eq!(
            order(&edges(&[&[(1, true)], &[(0, false)]])),
            Ok((vec![0, 1], true))
        );
        assert_eq!(
            order(&edges(&[&[], &[(2, false)], &[(3, false)], &[(1, false)]])),
            Err(vec![1, 2, 3])
        );
    }

    proptest! {
        #[test]
        fn every_table_comes_once_and_after_what_it_needs(list in prop::collection::vec(prop::collection::vec((0_usize..6, any::<bool>()), 0..3), 6)) {
            let edges: Vec<Vec<Edge>> = list
                .iter()
                .map(|row| row.iter().map(|&(to, is_deferrable)| Edge { to, is_deferrable }).collect())
                .collect();
            match order(&edges) {
                Ok((order, deferred)) => {
                    let mut sorted = order.clone();
                    sorted.sort_unstable();
                    prop_assert_eq!(sorted, (0..6).collect::<Vec<_>>());
                    for (place, at) in order.iter().enumerate() {
                        for edge in &edges[*at] {
                            let is_before = order[..place].contains(&edge.to) || edge.to == *at;
                            prop_assert!(is_before || (deferred && edge.is_deferrable));
                        }
                    }
                }
                Err(circle) => {
                    prop_assert!(!circle.is_empty());
                    for (at, table) in circle.iter().enumerate() {
                        let next = circle[(at + 1) % circle.len()];
                        prop_assert!(edges[*table].iter().any(|edge| edge.to == next && !edge.is_deferrable));
                    }
                }
            }
        }
    }
}
