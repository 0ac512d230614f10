//! `rag eval` at the terminal.

use std::path::PathBuf;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::cli::model::places;
use crate::cli::ui::{BAD, BOLD, styled};
use crate::cli::{Context, Format, Outcome};
use crate::failure::Result;
use crate::io::files;
use crate::rag::eval::{self, Dataset, Setting};
use crate::rag::metrics::{Evaluation, Measure, evaluate};
use crate::rag::search::Mode;
use crate::text::{printable, slashed};

use super::{ModeName, Where, limits};

/// What is measured when nothing is asked for.
const USUAL: &str = "nDCG@10,AP,RR,P@10,recall@100,hit@10";

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("what").required(true).args(["dataset", "run"]), after_help = "\
A data set is a folder with queries.jsonl and judgements in qrels.tsv (or qrels/test.tsv, qrels.txt). With
a corpus.jsonl beside them (the BEIR layout) its documents are ingested into a collection of their own that
is gone afterwards; without one the ids of judged documents are paths of the ingested collection. A file
with lines like {\"text\": \"…\", \"relevant\": [\"docs/a.md\"]} does as well.

Measures: nDCG@k, AP, AP@k, RR, RR@k, P@k, recall@k, hit@k, F1@k, Rprec, with the rules of trec_eval 10. A
judged query without results counts as 0.")]
pub struct Eval {
    /// Put the questions of a data set to a collection.
    #[arg(long, value_name = "DIR|FILE")]
    dataset: Option<PathBuf>,
    /// Judge this TREC run file instead.
    #[arg(long, value_name = "FILE", requires = "qrels", conflicts_with_all = ["mode", "collection", "database_url"])]
    run: Option<PathBuf>,
    /// The judgements for `--run`: TREC or BEIR.
    #[arg(long, value_name = "FILE", requires = "run")]
    qrels: Option<PathBuf>,
    /// Write what was retrieved to this file, as a TREC run.
    #[arg(long, value_name = "FILE", conflicts_with = "run")]
    save_run: Option<PathBuf>,
    /// How to search; without it hybrid, or keyword where there is no model or no vectors.
    #[arg(long, value_enum)]
    mode: Option<ModeName>,
    /// Documents retrieved for each question.
    #[arg(short, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=1000))]
    k: u16,
    /// Measures to print, parted by commas.
    #[arg(long, value_name = "NAME,…", value_delimiter = ',', default_value = USUAL)]
    measure: Vec<Measure>,
    /// Print the values of each query too.
    #[arg(long)]
    per_query: bool,
    /// Exit with 1 when a mean is below its bar, as in `ndcg@10=0.5,recall@100=0.7`.
    #[arg(long, value_name = "NAME=BAR,…", value_delimiter = ',')]
    fail_under: Vec<Bar>,
    #[command(flatten)]
    place: Where,
}

/// A mean that must be reached.
#[derive(Debug, Clone, Copy)]
struct Bar {
    measure: Measure,
    least: f64,
}

impl FromStr for Bar {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (measure, least) = text
            .split_once('=')
            .ok_or_else(|| format!("`{text}` has no `=`; write `ndcg@10=0.5`"))?;
        let least = least.trim();
        let value = least.parse().ok().filter(|value| (0.0..=1.0).contains(value));
        Ok(Self {
            measure: measure.parse()?,
            least: value.ok_or_else(|| format!("the bar `{least}` is not a number from 0 to 1"))?,
        })
    }
}

/// Answer of `rag eval --format json`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Answer {
    schema_version: u32,
    /// The data set or run, as given.
    source: String,
    /// `vector`, `keyword` or `hybrid`; null for a run.
    #[serde(skip_serializing_if = "Option::is_none")]
    mode: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    counts: Counts,
    /// Value by measure, by query; with `--per-query`.
    #[serde(skip_serializing_if = "Option::is_none")]
    queries: Option<Map<String, Value>>,
    /// Mean by measure, over all judged queries.
    aggregate: Map<String, Value>,
    /// Measures below their bar.
    failures: Vec<Below>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Counts {
    /// Queries with judgements: the means are over these.
    judged: usize,
    /// Judged queries without results; each counts as 0.
    missing: usize,
    /// Queries with results and without judgements, which are left out.
    unjudged: usize,
    /// Relevant documents that the collection does not have.
    absent_documents: usize,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Below {
    measure: String,
    value: f64,
    least: f64,
}

pub fn run(arguments: &Eval, context: &Context) -> Result<Outcome> {
    let mut measures = arguments.measure.clone();
    let bars = arguments.fail_under.iter().map(|bar| bar.measure);
    for measure in bars {
        if !measures.contains(&measure) {
            measures.push(measure);
        }
    }
    let (evaluation, mut answer, absent) = match (&arguments.run, &arguments.qrels, &arguments.dataset) {
        (Some(run), Some(qrels), _) => {
            let evaluation = evaluate(&eval::read_run(run)?, &eval::read_qrels(qrels)?, &measures);
            let answer = Answer::new(slashed(run), &evaluation, arguments.per_query);
            (evaluation, answer, Vec::new())
        }
        (_, _, Some(dataset)) => on_dataset(arguments, &Dataset::read(dataset)?, &measures, context)?,
        // The group of arguments leaves no other case.
        _ => return Ok(Outcome::Clean),
    };
    for bar in &arguments.fail_under {
        let at = evaluation
            .measures
            .iter()
            .position(|measure| *measure == bar.measure);
        let value = at.map_or(0.0, |at| evaluation.aggregate[at]);
        if value < bar.least {
            answer.failures.push(Below {
                measure: bar.measure.to_string(),
                value,
                least: bar.least,
            });
        }
    }
    match context.format {
        Format::Json => context.ui.print_json(&answer)?,
        Format::Human => answer.print(&evaluation, arguments.per_query, &absent, context)?,
    }
    Ok(if answer.failures.is_empty() {
        Outcome::Clean
    } else {
        Outcome::Problems
    })
}

fn on_dataset(
    arguments: &Eval,
    dataset: &Dataset,
    measures: &[Measure],
    context: &Context,
) -> Result<(Evaluation, Answer, Vec<String>)> {
    let count = usize::from(arguments.k);
    if let Some(deep) = measures
        .iter()
        .find(|measure| measure.cut.is_some_and(|cut| cut > count))
    {
        context.ui.warn(format_args!(
            "{deep} looks further down than the {count} documents of `-k`"
        ));
    }
    let url = arguments.place.url(context)?;
    let places = places(context)?;
    let setting = Setting {
        url: &url,
        collection: arguments.place.collection(context)?,
        mode: arguments.mode.map(Mode::from),
        count,
        model: &context.project()?.settings.rag.model,
        places: &places,
        limits: limits(context)?,
    };
    let bar = context.ui.progress("eval", Some(0));
    let mut show = |progress: eval::Progress| {
        bar.total(progress.total as u64);
        bar.set(progress.done as u64);
        bar.message(progress.what);
    };
    let retrieved = context.block_on(eval::retrieve(dataset, &setting, &mut show))?;
    drop(bar);
    if let Some(file) = &arguments.save_run {
        files::write_atomically(file, eval::run_text(&retrieved.run).as_bytes())?;
        context.ui.status("wrote", printable(&slashed(file)));
    }
    let evaluation = evaluate(&retrieved.run, &dataset.qrels, measures);
    let mut answer = Answer::new(dataset.name.clone(), &evaluation, arguments.per_query);
    answer.mode = Some(retrieved.mode.name());
    answer.note = retrieved.note;
    answer.counts.absent_documents = retrieved.absent.len();
    Ok((evaluation, answer, retrieved.absent))
}

impl Answer {
    fn new(source: String, evaluation: &Evaluation, per_query: bool) -> Self {
        let named = |values: &[f64]| -> Map<String, Value> {
            let names = evaluation.measures.iter().map(Measure::to_string);
            names
                .zip(values.iter().map(|&value| Value::from(value)))
                .collect()
        };
        let queries = evaluation
            .queries
            .iter()
            .map(|(query, values)| (query.clone(), Value::Object(named(values))));
        Self {
            schema_version: 1,
            source,
            mode: None,
            note: None,
            counts: Counts {
                judged: evaluation.queries.len(),
                missing: evaluation.missing,
                unjudged: evaluation.unjudged,
                absent_documents: 0,
            },
            queries: per_query.then(|| queries.collect()),
            aggregate: named(&evaluation.aggregate),
            failures: Vec::new(),
        }
    }

    fn print(
        &self,
        evaluation: &Evaluation,
        per_query: bool,
        absent: &[String],
        context: &Context,
    ) -> Result<()> {
        let ui = &context.ui;
        if let Some(note) = &self.note {
            ui.note(printable(note));
        }
        if let Some(first) = absent.first() {
            ui.warn(format_args!(
                "relevant documents that the collection does not have, or that have no text, cannot be found: {}, such as `{}`",
                absent.len(),
                printable(first)
            ));
        }
        let names: Vec<String> = evaluation.measures.iter().map(Measure::to_string).collect();
        let widest = evaluation
            .queries
            .iter()
            .map(|(query, _)| query.chars().count())
            .max()
            .unwrap_or(0);
        let first = if per_query { widest.clamp(5, 40) } else { 5 };
        let row = |name: &str, values: &[f64]| {
            let cells = values.iter().zip(&names);
            let cells =
                cells.map(|(value, column)| format!("  {value:>width$.4}", width = column.len().max(6)));
            format!("{:<first$}{}", printable(name), cells.collect::<String>())
        };
        let head: Vec<String> = names.iter().map(|name| format!("  {name:>6}")).collect();
        let head = format!("{:<first$}{}", "query", head.concat());
        ui.print(styled(BOLD, head))?;
        if per_query {
            for (query, values) in &evaluation.queries {
                ui.print(row(query, values))?;
            }
        }
        ui.print(row("mean", &evaluation.aggregate))?;
        let Counts {
            judged,
            missing,
            unjudged,
            ..
        } = self.counts;
        let mode = self
            .mode
            .map(|mode| format!("{mode} search, "))
            .unwrap_or_default();
        ui.print(format_args!(
            "{mode}{judged} judged queries, {missing} of them without results (counted as 0), {unjudged} queries not judged (left out)"
        ))?;
        for Below {
            measure,
            value,
            least,
        } in &self.failures
        {
            ui.print(format_args!(
                "{}: {measure} is {value:.4}, below {least}",
                styled(BAD, "failed")
            ))?;
        }
        Ok(())
    }
}
