//! `db migrate verify`.

use crate::db::branch::{self, Base};
use crate::db::migrations::{Entry, Migrations};
use crate::db::verify::{self, Finding, Ground, Verdict};
use crate::diagnostic::Severity;
use crate::failure::{Failure, Result};
use crate::io::git::Repository;
use crate::store::Url;
use crate::text::{printable, slashed};

use super::super::changes::counted;
use super::super::ui::{BAD, BOLD, DIM, WARN, styled};
use super::super::{Context, Format, Outcome};
use super::answer;
use super::migrate::{Migrate, Place};

/// Lines of differences shown for one finding; JSON has them all.
const SHOWN: usize = 20;

#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Run nothing: hold only the files against the history.
    #[arg(long)]
    no_scratch: bool,
    /// Also hold the files against those of a branch, tag or commit that this one goes to: what is added here must come after what
    /// is there, and what is there must stay as it is.
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// Make the scratch database beside this one instead, for example on a server in a container.
    #[arg(
        long,
        value_name = "URL",
        conflicts_with = "no_scratch",
        hide_env_values = true
    )]
    scratch_url: Option<String>,
}

/// The URL of `--scratch-url`.
pub(super) fn scratch_url(flag: Option<&str>) -> Result<Option<Url>> {
    flag.map(Url::parse)
        .transpose()
        .map_err(|failure| failure.during("`--scratch-url` cannot be used"))
}

pub(super) fn verify(arguments: &Migrate, verb: &Arguments, context: &Context) -> Result<Outcome> {
    let place = Place::of(arguments, context)?;
    let scratch = scratch_url(verb.scratch_url.as_deref())?;
    let ground = match &scratch {
        _ if verb.no_scratch => Ground::Nowhere,
        Some(url) => Ground::At(url),
        None => Ground::Beside,
    };
    let against_base = match &verb.base {
        Some(name) => against(&place, name)?,
        None => Vec::new(),
    };
    let mut bar = None;
    let verdict = context.block_on(verify::verify(
        place.request(),
        ground,
        &mut |index, count, migration| {
            let bar = bar.get_or_insert_with(|| context.ui.progress("verifying", Some(count as u64)));
            bar.set(index as u64);
            bar.message(&migration.description);
        },
    ));
    drop(bar);
    let mut verdict = verdict?;
    verdict.findings.extend(against_base);
    let errors = verdict.errors();
    match context.format {
        Format::Json => context
            .ui
            .print_json(&answer::verified(&place.url, &place.folder, verdict))?,
        Format::Human => show(context, &verdict)?,
    }
    Ok(if errors == 0 {
        Outcome::Clean
    } else {
        Outcome::Problems
    })
}

/// Holds the files against those of a revision.
fn against(place: &Place, name: &str) -> Result<Vec<Finding>> {
    let repository = Repository::discover(&place.folder)?;
    let at = repository.and_then(|one| Some((one.prefix_of(&place.folder)?, one)));
    let Some((folder, repository)) = at else {
        return Err(
            Failure::user(format!("`{}` lies in no git repository", slashed(&place.folder)))
                .hint("`--base` compares with a revision of one"),
        );
    };
    let read = |commit: &str| -> Result<Migrations> {
        let files = repository.files_in(commit, &folder)?;
        let entries = files.into_iter().map(|(name, bytes)| Entry::File { name, bytes });
        let shown = slashed(&place.folder);
        Ok(Migrations::read(
            &shown,
            place.migrations.layout,
            entries.collect(),
        ))
    };
    let commit = repository.commit_of_revision(name)?;
    let tip = read(&commit)?;
    let fork = match repository.fork_from(&commit)? {
        Some(fork) => read(&fork)?,
        None => read(&commit)?,
    };
    let base = Base {
        name,
        tip: &tip,
        fork: &fork,
    };
    Ok(branch::compare(
        &place.migrations,
        &base,
        place.request().dialect(),
    ))
}

fn show(context: &Context, verdict: &Verdict) -> Result<()> {
    for finding in &verdict.findings {
        show_finding(context, finding)?;
    }
    for skipped in &verdict.skipped {
        context.ui.warn(printable(skipped));
    }
    let mut said = vec![format!(
        "{} in files, {} in the history",
        counted(verdict.files, "version"),
        verdict.applied
    )];
    if verdict.run > 0 {
        said.push(format!(
            "{} run in a scratch database, {} of them up, down and up again",
            verdict.run, verdict.reversed
        ));
    }
    if verdict.compared {
        said.push("schema compared".to_owned());
    }
    let errors = verdict.errors();
    let warnings = verdict.findings.len() - errors;
    said.push(match (errors, warnings) {
        (0, 0) => "all is well".to_owned(),
        (0, warnings) => counted(warnings, "warning"),
        (errors, 0) => counted(errors, "problem"),
        (errors, warnings) => format!("{}, {}", counted(errors, "problem"), counted(warnings, "warning")),
    });
    context.ui.print(said.join("; "))
}

fn show_finding(context: &Context, finding: &Finding) -> Result<()> {
    let (style, word) = match finding.severity {
        Severity::Error => (BAD, "error"),
        Severity::Warning => (WARN, "warning"),
    };
    let ui = &context.ui;
    let place = match (&finding.file, finding.version) {
        (Some(file), _) => format!("{file}: "),
        (None, _) => String::new(),
    };
    ui.print(format_args!(
        "{}: {}{} {}",
        styled(style, word),
        styled(BOLD, printable(&place)),
        printable(&finding.message),
        styled(DIM, format_args!("[{}]", finding.rule))
    ))?;
    for cause in &finding.causes {
        ui.print(format_args!("    {}", printable(cause)))?;
    }
    for difference in finding.differences.iter().take(SHOWN) {
        ui.print(format_args!("    {}", printable(&difference.to_string())))?;
    }
    if finding.differences.len() > SHOWN {
        ui.print(format_args!("    and {} more", finding.differences.len() - SHOWN))?;
    }
    match &finding.help {
        Some(help) => ui.print(styled(DIM, format_args!("    help: {}", printable(help)))),
        None => Ok(()),
    }
}
