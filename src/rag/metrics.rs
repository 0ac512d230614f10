//! Measures of ranked retrieval, with the arithmetic and tie rules of `trec_eval` 10.
//!
//! Notation: documents are ranked from 1; a document is relevant if its grade is at
//! least 1; R is the number of relevant documents of a query, returned or not.
//! Unjudged documents and negative grades are not relevant and gain nothing.

use std::fmt;
use std::str::FromStr;

use rayon::prelude::*;

use super::trec::{Grades, List, Qrels, Run, Seen};

/// A measure and how far down the list it looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Measure {
    /// What is measured.
    pub kind: Kind,
    /// Ranks below this are not seen; `None` means the whole list.
    pub cut: Option<usize>,
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// DCG over that of the best possible order, with DCG = Σ grade / log2(rank + 1)
    /// (Järvelin and Kekäläinen 2002); 0 if nothing is relevant.
    Ndcg,
    /// Σ over relevant documents of the precision at their rank, divided by R.
    Ap,
    /// One over the rank of the first relevant document, or 0.
    Rr,
    /// Relevant documents seen, divided by the cut even if fewer were returned.
    Precision,
    /// Relevant documents seen, divided by R.
    Recall,
    /// 1 if a relevant document is seen.
    Hit,
    /// Harmonic mean of precision and recall.
    F1,
    /// Precision at rank R.
    RPrecision,
}

/// Names by kind: the one printed, then others that are read.
const NAMES: [(Kind, &[&str]); 8] = [
    (Kind::Ndcg, &["nDCG"]),
    (Kind::Ap, &["AP", "MAP"]),
    (Kind::Rr, &["RR", "MRR"]),
    (Kind::Precision, &["P", "precision"]),
    (Kind::Recall, &["recall", "R"]),
    (Kind::Hit, &["hit", "success"]),
    (Kind::F1, &["F1"]),
    (Kind::RPrecision, &["Rprec", "R-precision"]),
];

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = NAMES
            .iter()
            .find(|(kind, _)| *kind == self.kind)
            .map_or("", |(_, names)| names[0]);
        match self.cut {
            Some(cut) => write!(f, "{name}@{cut}"),
            None => f.write_str(name),
        }
    }
}

impl FromStr for Measure {
    type Err = String;

    /// Reads `nDCG@10`, `ap`, `MRR@10`, `success@5` and the like, in any case.
    fn from_str(text: &str) -> Result<Self, String> {
        let (name, cut) = match text.trim().split_once('@') {
            Some((name, cut)) => {
                let cut = cut.parse::<usize>().ok().filter(|&cut| cut > 0);
                (
                    name,
                    Some(cut.ok_or_else(|| format!("`{text}` has no whole number after the `@`"))?),
                )
            }
            None => (text.trim(), None),
        };
        let Some((kind, _)) = NAMES
            .iter()
            .find(|(_, names)| names.iter().any(|known| known.eq_ignore_ascii_case(name)))
        else {
            let known: Vec<&str> = NAMES.iter().map(|(_, names)| names[0]).collect();
            return Err(format!(
                "unknown measure `{text}`; known are {}",
                known.join(", ")
            ));
        };
        match (kind, cut) {
            (Kind::Precision | Kind::Hit | Kind::F1, None) => {
                Err(format!("`{text}` needs a cut, such as `{text}@10`"))
            }
            (Kind::RPrecision, Some(_)) => Err(format!("`{text}` takes no cut")),
            (&kind, cut) => Ok(Self { kind, cut }),
        }
    }
}

/// Values for each judged query, and their means.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// The measures, in the order of all values here.
    pub measures: Vec<Measure>,
    /// Judged queries in byte order of their ids, with a value per measure.
    pub queries: Vec<(String, Vec<f64>)>,
    /// Means over all judged queries; zeros if there is none.
    pub aggregate: Vec<f64>,
    /// How many judged queries the run says nothing about; each counts as 0.
    pub missing: usize,
    /// How many queries of the run are not judged; they are left out.
    pub unjudged: usize,
}

/// Measures `run` by `qrels`, one query after the other on all cores.
pub fn evaluate(run: &Run, qrels: &Qrels, measures: &[Measure]) -> Evaluation {
    let judged: Vec<(&str, &Grades)> = qrels.queries().collect();
    let queries: Vec<(String, Vec<f64>)> = judged
        .par_iter()
        .map_init(Seen::default, |seen, &(query, grades)| {
            let ranking = Ranking::new(run.get(query), grades, seen);
            let values = measures.iter().map(|&measure| ranking.value(measure)).collect();
            (query.to_owned(), values)
        })
        .collect();
    let aggregate = (0..measures.len())
        .map(|at| mean(queries.iter().map(|(_, values)| values[at])))
        .collect();
    Evaluation {
        measures: measures.to_vec(),
        missing: judged
            .iter()
            .filter(|(query, _)| run.get(query).is_none())
            .count(),
        unjudged: run.lists().iter().filter(|list| !qrels.has(list.query())).count(),
        queries,
        aggregate,
    }
}

/// What the measures need to know of one query.
struct Ranking {
    /// Ranks and grades of the returned documents with a positive grade, by rank.
    found: Vec<(usize, i32)>,
    /// All positive grades, best first.
    ideal: Vec<i32>,
}

impl Ranking {
    fn new(list: Option<&List>, grades: &Grades, seen: &mut Seen) -> Self {
        let mut ideal: Vec<i32> = grades.values().copied().filter(|&grade| grade > 0).collect();
        ideal.sort_unstable_by(|a, b| b.cmp(a));
        let mut found = Vec::with_capacity(ideal.len());
        if let Some(list) = list {
            let mut ranks = vec![0; list.len()];
            for (rank, number) in (1..).zip(list.order()) {
                ranks[number as usize] = rank;
            }
            seen.clear();
            seen.first_repeated(list);
            for (document, &grade) in grades {
                if grade > 0
                    && let Some(number) = seen.find(list, document)
                {
                    found.push((ranks[number], grade));
                }
            }
            found.sort_unstable();
        }
        Self { found, ideal }
    }

    fn value(&self, measure: Measure) -> f64 {
        let cut = measure.cut.unwrap_or(usize::MAX);
        let relevant = self.ideal.len();
        let seen = self.found.partition_point(|&(rank, _)| rank <= cut);
        let found = &self.found[..seen];
        match measure.kind {
            Kind::Ndcg => {
                let ideal = (1..)
                    .zip(&self.ideal)
                    .take(cut)
                    .map(|(rank, &grade)| (rank, grade));
                ratio(dcg(found.iter().copied()), dcg(ideal))
            }
            Kind::Ap => {
                let precisions = (1..).zip(found).map(|(hits, &(rank, _))| ratio_of(hits, rank));
                ratio(precisions.sum(), float(relevant))
            }
            Kind::Rr => found.first().map_or(0.0, |&(rank, _)| 1.0 / float(rank)),
            Kind::Precision => ratio_of(seen, cut),
            Kind::Recall => ratio_of(seen, relevant),
            Kind::Hit => f64::from(u8::from(seen > 0)),
            Kind::F1 => {
                let (precision, recall) = (ratio_of(seen, cut), ratio_of(seen, relevant));
                ratio(2.0 * precision * recall, precision + recall)
            }
            Kind::RPrecision => ratio_of(
                self.found.partition_point(|&(rank, _)| rank <= relevant),
                relevant,
            ),
        }
    }
}

fn dcg(gains: impl Iterator<Item = (usize, i32)>) -> f64 {
    gains
        .map(|(rank, grade)| f64::from(grade) / float(rank + 1).log2())
        .sum()
}

fn ratio_of(part: usize, whole: usize) -> f64 {
    ratio(float(part), float(whole))
}

fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len();
    ratio(values.sum(), float(count))
}

#[expect(clippy::cast_precision_loss, reason = "counts of documents are below 2^53")]
fn float(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn measures(names: &str) -> Vec<Measure> {
        names.split(' ').map(|name| name.parse().unwrap()).collect()
    }

    /// Ten queries, one trap each, with values worked out by `trec_eval` 10: ties, scores a billionth
    /// apart, nothing relevant, no list, negative grades, wrong ranks, byte order, nothing found,
    /// not judged, an id beyond ASCII.
    const TRAP_QRELS: &str = "q01 0 a 1\nq01 0 b 0\nq01 0 c 2\nq02 0 a 1\nq02 0 z 0\nq03 0 y 0\n\
        q04 0 m 1\nq04 0 n 1\nq05 0 d -1\nq05 0 e 1\nq05 0 f -2\nq06 0 g 3\nq06 0 h 2\nq06 0 i 1\n\
        q06 0 j 0\nq07 0 Z 1\nq07 0 a 1\nq08 0 k 1\nq10 0 é 1\nq10 0 z 0\n";
    const TRAP_RUN: &str = "q01 Q0 a 1 1.0 t\nq01 Q0 b 2 1.0 t\nq01 Q0 c 3 1.0 t\nq01 Q0 d 4 1.0 t\n\
        q01 Q0 e 5 1.0 t\nq02 Q0 a 1 1.000000001 t\nq02 Q0 z 2 1.0 t\nq02 Q0 q 3 0.5 t\n\
        q03 Q0 y 1 3.0 t\nq03 Q0 x 2 2.0 t\nq05 Q0 d 1 5 t\nq05 Q0 f 2 4 t\nq05 Q0 e 3 3 t\n\
        q05 Q0 u 4 2 t\nq06 Q0 j 1 1e-3 t\nq06 Q0 g 2 2.5E+2 t\nq06 Q0 i 3 -1.5 t\nq06 Q0 h 4 0 t\n\
        q07 Q0 a 1 1 t\nq07 Q0 Z 2 1 t\nq07 Q0 _ 3 1 t\nq08 Q0 n1 1 9 t\nq08 Q0 n2 2 8 t\n\
        q09 Q0 a 1 1 t\nq10 Q0 é 1 1 t\nq10 Q0 z 2 1 t\n";

    #[test]
    fn traps_come_out_as_in_trec_eval_10() {
        let names = "nDCG@10 AP RR P@5 recall@100 Rprec hit@1 AP@5";
        let expected: [(&str, [f64; 8]); 9] = [
            ("q01", [0.5271, 0.3667, 0.3333, 0.4, 1.0, 0.0, 0.0, 0.3667]),
            ("q02", [1.0, 1.0, 1.0, 0.2, 1.0, 1.0, 1.0, 1.0]),
            ("q03", [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]),
            ("q04", [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]),
            ("q05", [0.5, 0.3333, 0.3333, 0.2, 1.0, 0.0, 0.0, 0.3333]),
            ("q06", [0.9305, 0.8056, 1.0, 0.6, 1.0, 0.6667, 1.0, 0.8056]),
            ("q07", [0.9197, 0.8333, 1.0, 0.4, 1.0, 0.5, 1.0, 0.8333]),
            ("q08", [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]),
            ("q10", [1.0, 1.0, 1.0, 0.2, 1.0, 1.0, 1.0, 1.0]),
        ];
        let qrels = Qrels::read(TRAP_QRELS, "qrels").unwrap();
        let run = Run::read(TRAP_RUN.as_bytes(), "run").unwrap();
        let found = evaluate(&run, &qrels, &measures(names));
        assert_eq!(found.queries.len(), 9);
        for ((query, values), (name, wanted)) in found.queries.iter().zip(expected) {
            assert_eq!(query, name);
            for (value, want) in values.iter().zip(wanted) {
                assert!((value - want).abs() < 5e-5, "{query}: {values:?}");
            }
        }
        let means = [0.5419, 0.4821, 0.5185, 0.2222, 0.6667, 0.3519, 0.4444, 0.4821];
        for (value, want) in found.aggregate.iter().zip(means) {
            assert!((value - want).abs() < 5e-5, "{:?}", found.aggregate);
        }
        assert_eq!((found.missing, found.unjudged), (1, 1));
    }

    #[test]
    fn values_worked_out_by_hand() {
        // Ranked x a y b; grades a 2, b 1, c 1.
        let qrels = Qrels::read("q 0 a 2\nq 0 b 1\nq 0 c 1\n", "qrels").unwrap();
        let mut run = Run::default();
        run.add("q", [("x", 4.0), ("a", 3.0), ("y", 2.0), ("b", 1.0)]);
        let found = evaluate(
            &run,
            &qrels,
            &measures("nDCG nDCG@2 AP AP@2 RR RR@1 P@2 P@8 recall recall@2 F1@2 hit@1 Rprec"),
        );
        let log = f64::log2;
        let ideal = 2.0 + 1.0 / log(3.0) + 1.0 / log(4.0);
        let want = [
            (2.0 / log(3.0) + 1.0 / log(5.0)) / ideal,
            (2.0 / log(3.0)) / (2.0 + 1.0 / log(3.0)),
            (0.5 + 0.5) / 3.0,
            0.5 / 3.0,
            0.5,
            0.0,
            0.5,
            0.25,
            2.0 / 3.0,
            1.0 / 3.0,
            0.4,
            0.0,
            1.0 / 3.0,
        ];
        for (value, want) in found.aggregate.iter().zip(want) {
            assert!((value - want).abs() < 1e-12, "{:?}", found.aggregate);
        }
    }

    #[test]
    fn names_are_read_in_any_case_and_printed_one_way() {
        for (text, name) in [
            ("ndcg@10", "nDCG@10"),
            ("MAP", "AP"),
            ("mrr@5", "RR@5"),
            ("R@100", "recall@100"),
            ("Recall@100", "recall@100"),
            ("success@3", "hit@3"),
            ("p@10", "P@10"),
            ("rprec", "Rprec"),
        ] {
            assert_eq!(text.parse::<Measure>().unwrap().to_string(), name);
        }
        for wrong in ["P", "ndcg@0", "ndcg@", "foo@1", "Rprec@3", ""] {
            assert!(wrong.parse::<Measure>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn nothing_judged_gives_zero_and_not_nan() {
        let found = evaluate(&Run::default(), &Qrels::default(), &measures("AP"));
        assert_eq!(found.aggregate, [0.0]);
    }

    proptest! {
        #[test]
        fn measures_stay_in_bounds_and_the_best_order_is_one(
            grades in proptest::collection::vec(-2_i32..4, 1..30),
            scores in proptest::collection::vec(-5.0_f64..5.0, 0..40),
        ) {
            let mut qrels = Qrels::default();
            for (number, &grade) in grades.iter().enumerate() {
                qrels.insert("q", number.to_string().as_bytes(), grade);
            }
            let all = measures("nDCG nDCG@5 AP AP@5 RR P@5 recall@5 hit@5 F1@5 Rprec");
            let mut run = Run::default();
            run.add("q", scores.iter().enumerate().map(|(number, &score)| (number.to_string(), score)));
            for value in evaluate(&run, &qrels, &all).aggregate {
                prop_assert!((0.0..=1.0 + 1e-12).contains(&value));
            }
            // The same scores stretched, in another order of lines.
            let mut moved = Run::default();
            moved.add("q", scores.iter().enumerate().rev().map(|(number, &score)| (number.to_string(), score * 3.0 + 1.0)));
            prop_assert_eq!(evaluate(&run, &qrels, &all).aggregate, evaluate(&moved, &qrels, &all).aggregate);

            let mut best = Run::default();
            best.add("q", grades.iter().enumerate().map(|(number, &grade)| (number.to_string(), f64::from(grade))));
            let relevant = grades.iter().any(|&grade| grade > 0);
            for value in evaluate(&best, &qrels, &measures("nDCG nDCG@5 AP RR Rprec recall")).aggregate {
                prop_assert!((value - f64::from(u8::from(relevant))).abs() < 1e-12);
            }
        }
    }
}
