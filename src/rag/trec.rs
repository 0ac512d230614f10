//! Judgements and runs in the file forms of TREC, and judgements in BEIR's.
//!
//! Judgements (`qrels`): `query iteration document grade`, or BEIR's tab-separated
//! `query document grade` with or without its header line. Runs:
//! `query Q0 document rank score tag`; the rank is not used. Fields are parted by
//! white space; empty lines and lines that start with `#` are skipped.
//!
//! Long because runs of ten million lines need their own compact lists and duplicate check.

use std::collections::{BTreeMap, HashMap};
use std::io::BufRead;

use crate::failure::{Failure, Result};

/// Grades below this have no meaning in `trec_eval` and are refused. -1 and -2 are not relevant.
const LEAST_GRADE: i32 = -2;

/// What is judged for one query: grade by document.
pub type Grades = HashMap<Box<[u8]>, i32>;

/// All judgements, by query.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Qrels {
    queries: BTreeMap<String, Grades>,
}

impl Qrels {
    /// Reads the text of a qrels file; `name` is how errors call it. The first line decides which
    /// of the two forms it has.
    ///
    /// # Errors
    /// File, line and value of a line with the wrong number of fields, a grade that is not a whole
    /// number or lies below -2, or a document judged twice for one query.
    pub fn read(text: &str, name: &str) -> Result<Self> {
        let mut qrels = Self::default();
        let mut beir = None;
        for (number, line) in (1..).zip(text.strip_prefix('\u{feff}').unwrap_or(text).lines()) {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let first = beir.is_none();
            let beir = *beir.get_or_insert_with(|| line.split('\t').count() == 3);
            let fields: Vec<&str> = if beir {
                line.split('\t').map(str::trim).collect()
            } else {
                line.split_ascii_whitespace().collect()
            };
            let (query, document, grade) = match fields[..] {
                [query, document, grade] if beir => (query, document, grade),
                [query, _, document, grade] if !beir => (query, document, grade),
                _ => {
                    let expected = if beir { 3 } else { 4 };
                    return Err(at(
                        name,
                        number,
                        &format!("expected {expected} fields, found {}", fields.len()),
                    ));
                }
            };
            let Ok(value) = grade.parse::<i32>() else {
                if first && beir {
                    continue;
                }
                return Err(at(
                    name,
                    number,
                    &format!("the grade `{grade}` is not a whole number"),
                ));
            };
            if value < LEAST_GRADE {
                return Err(at(
                    name,
                    number,
                    &format!("the grade `{grade}` is below {LEAST_GRADE}"),
                ));
            }
            if !qrels.insert(query, document.as_bytes(), value) {
                return Err(at(
                    name,
                    number,
                    &format!("document `{document}` is judged twice for query `{query}`"),
                ));
            }
        }
        Ok(qrels)
    }

    /// Adds a judgement; `false`, and nothing changed, if the pair has one.
    pub fn insert(&mut self, query: &str, document: &[u8], grade: i32) -> bool {
        if !self.queries.contains_key(query) {
            self.queries.insert(query.to_owned(), Grades::new());
        }
        let judged = self.queries.entry(query.to_owned()).or_default();
        if judged.contains_key(document) {
            return false;
        }
        judged.insert(document.into(), grade);
        true
    }

    /// Judged queries in byte order, with grade by document.
    pub fn queries(&self) -> impl ExactSizeIterator<Item = (&str, &Grades)> {
        self.queries
            .iter()
            .map(|(query, judged)| (query.as_str(), judged))
    }

    /// Whether anything is judged for `query`.
    pub fn has(&self, query: &str) -> bool {
        self.queries.contains_key(query)
    }
}

/// What a system returned, by query.
#[derive(Debug, Clone, Default)]
pub struct Run {
    lists: Vec<List>,
    index: HashMap<String, usize>,
}

/// The documents returned for one query, in the order they were added.
#[derive(Debug, Clone, Default)]
pub struct List {
    query: String,
    scores: Vec<f64>,
    /// End of each document's id in `ids`.
    ends: Vec<u32>,
    ids: Vec<u8>,
}

impl Run {
    /// Reads a run file line by line; `name` is how errors call it. Memory: 12 bytes and the
    /// document's id for each line.
    ///
    /// # Errors
    /// Not readable; or file, line and value of a line with too few fields, a score that is not a
    /// number, or a document returned twice for one query.
    pub fn read(mut reader: impl BufRead, name: &str) -> Result<Self> {
        let mut run = Self::default();
        let mut seen = Seen::default();
        // The list being filled, and those that were left and taken up again.
        let mut current: Option<usize> = None;
        let mut scattered: Vec<usize> = Vec::new();
        let mut line = Vec::new();
        for number in 1.. {
            line.clear();
            let read = reader
                .read_until(b'\n', &mut line)
                .map_err(|error| Failure::user(format!("cannot read `{name}`: {error}")))?;
            if read == 0 {
                break;
            }
            let bytes = if number == 1 {
                line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&line)
            } else {
                &line
            };
            let mut fields = bytes
                .split(u8::is_ascii_whitespace)
                .filter(|field| !field.is_empty());
            let Some(query) = fields.next().filter(|_| bytes[0] != b'#') else {
                continue;
            };
            let (Some(document), Some(score)) = (fields.nth(1), fields.nth(1)) else {
                return Err(at(
                    name,
                    number,
                    "expected 6 fields: query, `Q0`, document, rank, score and tag",
                ));
            };
            let Some(value) = parse_score(score) else {
                let score = String::from_utf8_lossy(score);
                return Err(at(name, number, &format!("the score `{score}` is not a number")));
            };
            let list = match current {
                Some(list) if run.lists[list].query.as_bytes() == query => list,
                _ => {
                    if let Some(left) = current {
                        run.lists[left].shrink();
                    }
                    let query =
                        str::from_utf8(query).map_err(|_| at(name, number, "the query's id is not UTF-8"))?;
                    let (list, new) = run.list(query);
                    seen.clear();
                    if !new {
                        scattered.push(list);
                    }
                    current = Some(list);
                    list
                }
            };
            let list = &mut run.lists[list];
            list.push(document, value);
            if !seen.insert(list) {
                return Err(at(name, number, &twice(document, &list.query)));
            }
        }
        scattered.sort_unstable();
        scattered.dedup();
        for list in scattered {
            let list = &run.lists[list];
            seen.clear();
            if let Some(again) = seen.first_repeated(list) {
                return Err(Failure::user(format!("{name}: {}", twice(again, &list.query))));
            }
        }
        Ok(run)
    }

    /// The list of `query`, if the run has one.
    pub fn get(&self, query: &str) -> Option<&List> {
        self.index.get(query).map(|&list| &self.lists[list])
    }

    /// All lists, in the order their queries first appeared.
    pub fn lists(&self) -> &[List] {
        &self.lists
    }

    /// Adds the ranked documents of a query. A query added again, or a document twice, is kept
    /// once only: the first.
    pub fn add<D: AsRef<[u8]>>(&mut self, query: &str, ranked: impl IntoIterator<Item = (D, f64)>) {
        let (list, new) = self.list(query);
        if !new {
            return;
        }
        let list = &mut self.lists[list];
        let mut seen = Seen::default();
        for (document, score) in ranked {
            list.push(document.as_ref(), score);
            if !seen.insert(list) {
                list.pop();
            }
        }
    }

    fn list(&mut self, query: &str) -> (usize, bool) {
        if let Some(&list) = self.index.get(query) {
            return (list, false);
        }
        self.index.insert(query.to_owned(), self.lists.len());
        self.lists.push(List {
            query: query.to_owned(),
            ..List::default()
        });
        (self.lists.len() - 1, true)
    }
}

impl List {
    /// The query's id.
    pub fn query(&self) -> &str {
        &self.query
    }

    /// Number of documents.
    pub fn len(&self) -> usize {
        self.scores.len()
    }

    /// Whether nothing was returned.
    pub fn is_empty(&self) -> bool {
        self.scores.is_empty()
    }

    /// The id of document number `at`, from 0 in the order they were added.
    pub fn document(&self, at: usize) -> &[u8] {
        let start = if at == 0 { 0 } else { self.ends[at - 1] as usize };
        &self.ids[start..self.ends[at] as usize]
    }

    /// The score of document number `at`.
    pub fn score(&self, at: usize) -> f64 {
        self.scores[at]
    }

    /// Document numbers, best first: by score, equal scores by id in descending byte order, as
    /// `trec_eval` has it.
    pub fn order(&self) -> Vec<u32> {
        let better = |&a: &u32, &b: &u32| {
            let (a, b) = (a as usize, b as usize);
            self.scores[b]
                .total_cmp(&self.scores[a])
                .then_with(|| self.document(b).cmp(self.document(a)))
        };
        let count = u32::try_from(self.len()).unwrap_or(u32::MAX);
        let mut order: Vec<u32> = (0..count).collect();
        if !order.is_sorted_by(|a, b| better(a, b).is_le()) {
            order.sort_unstable_by(better);
        }
        order
    }

    fn push(&mut self, document: &[u8], score: f64) {
        self.ids.extend_from_slice(document);
        self.ends.push(u32::try_from(self.ids.len()).unwrap_or(u32::MAX));
        // Both zeros are one score.
        self.scores.push(score + 0.0);
    }

    fn pop(&mut self) {
        self.scores.pop();
        self.ends.pop();
        self.ids.truncate(self.ends.last().map_or(0, |&end| end as usize));
    }

    fn shrink(&mut self) {
        self.scores.shrink_to_fit();
        self.ends.shrink_to_fit();
        self.ids.shrink_to_fit();
    }
}

/// Which documents of a list are already there: an open-addressing table of their numbers.
#[derive(Default)]
pub(super) struct Seen {
    /// Number of a document plus 1, or 0; a power of two long.
    slots: Vec<u32>,
    used: usize,
}

impl Seen {
    pub(super) fn clear(&mut self) {
        self.slots.fill(0);
        self.used = 0;
    }

    /// The number of `document` in `list`, as far as inserted.
    pub(super) fn find(&self, list: &List, document: &[u8]) -> Option<usize> {
        if self.slots.is_empty() {
            return None;
        }
        match self.slots[self.probe(list, document)] {
            0 => None,
            number => Some(number as usize - 1),
        }
    }

    /// Takes in the last document of `list`; `false` if it is there already.
    fn insert(&mut self, list: &List) -> bool {
        self.take(list, list.len() - 1)
    }

    /// Takes in all of `list`; a document that was there already, if there is one.
    pub(super) fn first_repeated<'a>(&mut self, list: &'a List) -> Option<&'a [u8]> {
        (0..list.len())
            .find(|&at| !self.take(list, at))
            .map(|at| list.document(at))
    }

    fn take(&mut self, list: &List, at: usize) -> bool {
        if (self.used + 1) * 2 > self.slots.len() {
            let old = std::mem::take(&mut self.slots);
            self.slots = vec![0; (old.len() * 2).max(2_048)];
            for number in old.into_iter().filter(|&number| number != 0) {
                let slot = self.probe(list, list.document(number as usize - 1));
                self.slots[slot] = number;
            }
        }
        let slot = self.probe(list, list.document(at));
        if self.slots[slot] != 0 {
            return false;
        }
        self.slots[slot] = u32::try_from(at + 1).unwrap_or(u32::MAX);
        self.used += 1;
        true
    }

    /// The slot that holds `document`, or the empty one where it would go.
    fn probe(&self, list: &List, document: &[u8]) -> usize {
        let mask = self.slots.len() - 1;
        let hash = document.iter().fold(0xCBF2_9CE4_8422_2325_u64, |hash, &byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0xD6E8_FEB8_6659_FD93)
        });
        let mut slot = usize::try_from(hash >> 32).unwrap_or(0) & mask;
        loop {
            match self.slots[slot] {
                0 => return slot,
                number if list.document(number as usize - 1) == document => return slot,
                _ => slot = (slot + 1) & mask,
            }
        }
    }
}

fn parse_score(field: &[u8]) -> Option<f64> {
    let score: f64 = str::from_utf8(field).ok()?.parse().ok()?;
    (!score.is_nan()).then_some(score)
}

fn twice(document: &[u8], query: &str) -> String {
    let document = String::from_utf8_lossy(document);
    format!("document `{document}` is returned twice for query `{query}`")
}

/// An error at a line of a file.
pub(super) fn at(name: &str, line: usize, what: &str) -> Failure {
    Failure::user(format!("{name}:{line}: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(text: &str) -> Result<Run> {
        Run::read(text.as_bytes(), "run.txt")
    }

    fn ids(list: &List) -> Vec<&str> {
        list.order()
            .into_iter()
            .map(|at| str::from_utf8(list.document(at as usize)).unwrap())
            .collect()
    }

    #[test]
    fn both_forms_of_judgements_are_read() {
        let trec = Qrels::read("# note\nq1 0 a 1\nq1 0 b -2\n\nq2\t0\tc\t3\r\n", "q").unwrap();
        let beir = Qrels::read("query-id\tcorpus-id\tscore\nq1\ta\t1\nq1\tb\t-2\nq2\tc\t3\n", "q");
        assert_eq!(trec, beir.unwrap());
        assert_eq!(Qrels::read("q1\ta\t1\n", "q").unwrap().queries().len(), 1);
    }

    #[test]
    fn bad_judgements_name_file_line_and_value() {
        for (text, message) in [
            ("q1 0 a\n", "q.txt:1: expected 4 fields, found 3"),
            (
                "q1 0 a 1\nq1 0 b x\n",
                "q.txt:2: the grade `x` is not a whole number",
            ),
            (
                "q1\ta\t1\nq1\tb\t0.5\n",
                "q.txt:2: the grade `0.5` is not a whole number",
            ),
            ("q1 0 a -3\n", "q.txt:1: the grade `-3` is below -2"),
            (
                "q1 0 a 1\nq1 0 a 1\n",
                "q.txt:2: document `a` is judged twice for query `q1`",
            ),
        ] {
            assert_eq!(Qrels::read(text, "q.txt").unwrap_err().message, message);
        }
    }

    #[test]
    fn order_is_score_then_id_descending_whatever_the_ranks_say() {
        let run = run(
            "q Q0 a 1 1.0 t\nq Q0 Z 2 1 t\nq Q0 _ 3 1 t\nq Q0 g 4 2.5E+2 t\nq Q0 h 5 -0 t\nq Q0 i 6 0 t\n",
        );
        assert_eq!(
            ids(run.unwrap().get("q").unwrap()),
            ["g", "a", "_", "Z", "i", "h"]
        );
    }

    #[test]
    fn queries_may_be_scattered() {
        let run = run("q1 Q0 a 1 1 t\nq2 Q0 a 1 1 t\nq1 Q0 b 2 2 t\n").unwrap();
        assert_eq!(ids(run.get("q1").unwrap()), ["b", "a"]);
        assert_eq!(run.lists().len(), 2);
        assert!(run.get("q3").is_none());
    }

    #[test]
    fn bad_runs_name_file_line_and_value() {
        for (text, message) in [
            (
                "\nq Q0 a 1\n",
                "run.txt:2: expected 6 fields: query, `Q0`, document, rank, score and tag",
            ),
            ("q Q0 a 1 NaN t\n", "run.txt:1: the score `NaN` is not a number"),
            ("q Q0 a 1 1,5 t\n", "run.txt:1: the score `1,5` is not a number"),
            (
                "q Q0 a 1 2 t\nq Q0 a 2 1 t\n",
                "run.txt:2: document `a` is returned twice for query `q`",
            ),
            (
                "q Q0 a 1 2 t\np Q0 a 2 1 t\nq Q0 a 2 1 t\n",
                "run.txt: document `a` is returned twice for query `q`",
            ),
        ] {
            assert_eq!(run(text).unwrap_err().message, message);
        }
    }

    #[test]
    fn many_documents_are_told_apart() {
        let lines: Vec<String> = (0..5_000).map(|n| format!("q Q0 d{n} 0 {n} t\n")).collect();
        let text = lines.concat();
        assert_eq!(run(&text).unwrap().get("q").unwrap().len(), 5_000);
        assert!(run(&format!("{text}q Q0 d17 0 1 t\n")).is_err());
    }

    #[test]
    fn added_lists_drop_repeated_documents() {
        let mut run = Run::default();
        run.add("q", [("a", 3.0), ("b", 2.0), ("a", 1.0), ("c", 0.5)]);
        assert_eq!(ids(run.get("q").unwrap()), ["a", "b", "c"]);
    }
}
