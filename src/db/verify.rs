//! `db migrate verify`: whether the files, the history and the schema say the same.
//!
//! Files are held against the history. Then every file is run in a scratch database, those that can be undone up, down and up again,
//! and the catalog is compared after each way; what the applied files make there is compared with what the database really has.

use crate::diagnostic::Severity;
use crate::failure::{Failure, Result};
use crate::store::{Database, Scratch, Url};

use super::beyond::reaches_beyond;
use super::catalog::{self, Catalog, Difference};
use super::drift::drift;
use super::history::Keeper;
use super::migrate::{Request, look};
use super::migrations::Migration;
use super::plan::{Step, Undo};
use super::record::{Actor, Writer};
use super::run::{self, TableLocks};
use super::script::Job;
use super::standing::{self, Standing, State};

/// Where migrations are tried out.
#[derive(Debug, Clone, Copy)]
pub enum Ground<'a> {
    Nowhere,
    /// Beside the database itself.
    Beside,
    /// Beside another one.
    At(&'a Url),
}

/// One thing that is wrong, or worth a look.
#[derive(Debug, Clone)]
pub struct Finding {
    /// A word that never changes.
    pub rule: &'static str,
    pub severity: Severity,
    pub version: Option<i64>,
    pub file: Option<String>,
    pub message: String,
    pub causes: Vec<String>,
    pub help: Option<String>,
    pub differences: Vec<Difference>,
}

/// What was found and what was looked at.
#[derive(Debug, Default)]
pub struct Verdict {
    pub findings: Vec<Finding>,
    /// Versions in the files, in the history.
    pub files: usize,
    pub applied: usize,
    /// Versions that were run in the scratch database, and undone and run again there.
    pub run: usize,
    pub reversed: usize,
    /// Whether the schema of the database was compared with that of the applied files.
    pub compared: bool,
    /// What was not looked at, and why.
    pub skipped: Vec<String>,
}

impl Verdict {
    pub fn errors(&self) -> usize {
        let errors = self.findings.iter();
        errors
            .filter(|finding| finding.severity == Severity::Error)
            .count()
    }
}

/// Told of the number of the migration, from 0, of how many, and of the migration itself, before it is tried.
pub type Observer<'a> = &'a mut dyn FnMut(usize, usize, &Migration);

/// Looks at everything. Changes nothing in the database.
pub async fn verify(request: Request<'_>, ground: Ground<'_>, observer: Observer<'_>) -> Result<Verdict> {
    let (mut database, history) = look(request).await?;
    let live = match &mut database {
        Some(database) => Some(catalog::read(database, request.url).await?.without_own()),
        None => None,
    };
    super::migrate::close(database, request.url).await?;
    let standings = standing::compare(request.migrations, &history.rows, request.dialect());
    let mut verdict = Verdict {
        files: request.migrations.list.len(),
        applied: history.rows.iter().filter(|row| row.success).count(),
        ..Verdict::default()
    };
    for fault in &request.migrations.findings {
        verdict.findings.push(Finding {
            rule: fault.rule,
            severity: fault.severity,
            version: None,
            file: Some(fault.place.path.to_string()),
            message: fault.message.clone(),
            causes: Vec::new(),
            help: fault.help.clone(),
            differences: Vec::new(),
        });
    }
    verdict
        .findings
        .extend(standings.iter().filter_map(about_standing));
    let scratch = match ground {
        Ground::Nowhere => {
            verdict.skip("nothing was run: `--no-scratch`");
            return Ok(verdict);
        }
        _ if request.migrations.errors().next().is_some() => {
            verdict.skip("nothing was run: the names of the files must be put right first");
            return Ok(verdict);
        }
        Ground::Beside => Scratch::beside(request.url).await,
        Ground::At(url) if url.engine() != request.url.engine() => {
            return Err(
                Failure::user(format!("`{url}` is of another engine than `{}`", request.url))
                    .hint("files of one engine are tried out on the same"),
            );
        }
        Ground::At(url) => Scratch::beside(url).await,
    };
    let scratch = match scratch {
        Ok(scratch) => scratch,
        Err(failure) => {
            verdict.skip(format!("nothing was run: {failure}"));
            verdict.skipped.extend(failure.hints);
            return Ok(verdict);
        }
    };
    let may_harm = matches!(ground, Ground::Beside);
    let tried = match scratch.open().await {
        Ok(mut database) => {
            let tried = Trial {
                request,
                url: &scratch.url,
                may_harm,
                verdict: &mut verdict,
            }
            .run(&mut database, &standings, live.as_ref(), observer)
            .await;
            database.close(&scratch.url).await.and(tried)
        }
        Err(failure) => Err(failure),
    };
    scratch.remove().await?;
    tried?;
    Ok(verdict)
}

/// How a version stands, where that is not as it should be.
fn about_standing(standing: &Standing<'_>) -> Option<Finding> {
    let file = standing.migration.map(|one| one.up.path().to_string());
    let version = standing.version;
    let (rule, severity, message, help) = match standing.state {
        State::Missing => (
            "missing-file",
            Severity::Error,
            format!(
                "version {version} (`{}`) is applied, but its file is gone",
                standing.description
            ),
            "bring the file back; or, if it never comes back, take it out of the history: `db migrate repair VERSION --forget`",
        ),
        State::Edited => (
            "edited-file",
            Severity::Error,
            "its statements were changed after it was applied".to_owned(),
            "put it back and write a new migration; `db migrate repair` shows what changed",
        ),
        State::Reformatted => (
            "reformatted-file",
            Severity::Warning,
            "it was changed after it was applied, but only in comments, white space or line ends".to_owned(),
            "record the new text with `db migrate repair`, so that sqlx-cli accepts it too",
        ),
        State::Partial => (
            "half-applied",
            Severity::Error,
            "only its first statements are applied".to_owned(),
            "run `db migrate up` to go on, or see `db migrate repair --help`",
        ),
        State::Undoing => (
            "half-undone",
            Severity::Error,
            "only the first statements of its way back were run".to_owned(),
            "run `db migrate down` to go on",
        ),
        State::Failed => (
            "failed",
            Severity::Error,
            "another tool marked it as failed".to_owned(),
            "look how much of it took effect; then `db migrate repair VERSION --done` or `--forget`",
        ),
        State::Pending if standing.is_late => (
            "out-of-order",
            Severity::Error,
            "it is pending, though a later version is applied".to_owned(),
            "give it a version above the applied ones",
        ),
        State::Pending | State::Applied => return None,
    };
    Some(Finding {
        rule,
        severity,
        version: Some(version),
        file,
        message,
        causes: Vec::new(),
        help: Some(help.to_owned()),
        differences: Vec::new(),
    })
}

impl Verdict {
    fn skip(&mut self, why: impl Into<String>) {
        self.skipped.push(why.into());
    }

    fn add(
        &mut self,
        rule: &'static str,
        migration: &Migration,
        file: &str,
        message: impl Into<String>,
    ) -> &mut Finding {
        self.findings.push(Finding {
            rule,
            severity: Severity::Error,
            version: Some(migration.version),
            file: Some(file.to_owned()),
            message: message.into(),
            causes: Vec::new(),
            help: None,
            differences: Vec::new(),
        });
        let last = self.findings.len() - 1;
        &mut self.findings[last]
    }

    fn failed(&mut self, rule: &'static str, migration: &Migration, file: &str, failure: Failure) {
        let finding = self.add(rule, migration, file, failure.message);
        finding.causes = failure.causes;
    }

    /// Adds a finding about two catalogs that should be alike. Another order of columns alone is a warning.
    fn compare(
        &mut self,
        about: (&'static str, &Migration, &str),
        message: &str,
        help: &str,
        catalogs: (&Catalog, &Catalog),
    ) {
        let differences = catalogs.0.differences(catalogs.1);
        if differences.is_empty() {
            return;
        }
        let (rule, migration, file) = about;
        let finding = self.add(rule, migration, file, message);
        if differences.iter().all(Difference::is_column_order) {
            finding.severity = Severity::Warning;
        }
        finding.help = Some(help.to_owned());
        finding.differences = differences;
    }
}

/// Running the files in the scratch database.
struct Trial<'a> {
    request: Request<'a>,
    url: &'a Url,
    /// Whether the scratch database shares its server with the real one.
    may_harm: bool,
    verdict: &'a mut Verdict,
}

impl Trial<'_> {
    async fn run(
        &mut self,
        database: &mut Database,
        standings: &[Standing<'_>],
        live: Option<&Catalog>,
        observer: Observer<'_>,
    ) -> Result<()> {
        let url = self.url;
        let mut writer = Writer {
            database,
            url,
            keeper: Keeper::Sqlx,
            actor: &Actor::default(),
            action: "verify",
        };
        writer.prepare().await?;
        let is_applied = |one: &&Standing<'_>| matches!(one.state, State::Applied | State::Reformatted);
        let with_file = || standings.iter().filter(|one| one.migration.is_some());
        let applied: Vec<&Standing<'_>> = with_file().filter(is_applied).collect();
        let rest: Vec<&Standing<'_>> = with_file().filter(|one| !is_applied(one)).collect();
        let comparable = standings
            .iter()
            .all(|one| matches!(one.state, State::Applied | State::Reformatted | State::Pending));
        let mut current = catalog::read(writer.database, url).await?.without_own();
        let empty = current.clone();
        let count = applied.len() + rest.len();
        for (index, migration) in applied
            .iter()
            .chain(&rest)
            .filter_map(|one| one.migration)
            .enumerate()
        {
            if index == applied.len() {
                self.compare_live(live, &current, &empty, applied.len(), comparable);
            }
            observer(index, count, migration);
            let Some(after) = self.try_one(&mut writer, migration, &current).await? else {
                let later = match count - index - 1 {
                    0 => None,
                    1 => Some("1 later migration was".to_owned()),
                    left => Some(format!("{left} later migrations were")),
                };
                if let Some(later) = later {
                    self.verdict.skip(format!(
                        "{later} not run, for they stand on version {}",
                        migration.version
                    ));
                }
                if index < applied.len() {
                    self.verdict.skip("the schema of the database was not compared");
                }
                return Ok(());
            };
            current = after;
        }
        if rest.is_empty() {
            self.compare_live(live, &current, &empty, applied.len(), comparable);
        }
        Ok(())
    }

    /// Up, down and up again. The catalog afterwards, or `None` when nothing can stand on it.
    async fn try_one(
        &mut self,
        writer: &mut Writer<'_>,
        migration: &Migration,
        before: &Catalog,
    ) -> Result<Option<Catalog>> {
        let file = migration.up.path();
        let up = match self.read(&migration.up) {
            Ok(job) => job,
            Err(failure) => {
                self.verdict.failed("cannot-run", migration, file, failure);
                return Ok(None);
            }
        };
        let step = Step {
            migration,
            done: 0,
            in_doubt: false,
        };
        if let Err(failure) = run::apply(writer, &step, None, &up, TableLocks::PATIENT, &mut |_| {}).await {
            self.verdict.failed("does-not-apply", migration, file, failure);
            return Ok(None);
        }
        self.verdict.run += 1;
        let after = self.catalog(writer).await?;
        let Some(source) = &migration.down else {
            return Ok(Some(after));
        };
        let path = source.path();
        let down = match self.read(source) {
            Ok(job) => job,
            Err(failure) => {
                self.verdict.failed("cannot-run", migration, path, failure);
                return Ok(Some(after));
            }
        };
        let undo = Undo {
            migration,
            down: source,
            done: 0,
            in_doubt: false,
        };
        if let Err(failure) = run::undo(writer, &undo, None, &down, TableLocks::PATIENT, &mut |_| {}).await {
            self.verdict.failed("does-not-undo", migration, path, failure);
            return Ok(down.in_transaction.then_some(after));
        }
        let undone = self.catalog(writer).await?;
        self.verdict.compare(
            ("undo-leaves-changes", migration, path),
            "after up and down the schema is not what it was before",
            "undo in the `.down.sql` everything that the `.up.sql` does",
            (before, &undone),
        );
        if let Err(failure) = run::apply(writer, &step, None, &up, TableLocks::PATIENT, &mut |_| {}).await {
            self.verdict
                .failed("does-not-apply-again", migration, file, failure);
            return Ok(None);
        }
        let again = self.catalog(writer).await?;
        self.verdict.compare(
            ("second-up-differs", migration, path),
            "after up, down and up again the schema is not what it was after the first up",
            "see what the `.down.sql` leaves behind",
            (&after, &again),
        );
        self.verdict.reversed += 1;
        Ok(Some(again))
    }

    fn read<'s>(&self, source: &'s crate::text::Source) -> Result<Job<'s>> {
        let dialect = self.request.dialect();
        let job = Job::read(source, dialect)?;
        match reaches_beyond(&job, dialect) {
            Some(failure) if self.may_harm => Err(failure),
            _ => Ok(job),
        }
    }

    async fn catalog(&self, writer: &mut Writer<'_>) -> Result<Catalog> {
        Ok(catalog::read(writer.database, self.url).await?.without_own())
    }

    /// What the applied files make against what the database has.
    fn compare_live(
        &mut self,
        live: Option<&Catalog>,
        made: &Catalog,
        empty: &Catalog,
        applied: usize,
        comparable: bool,
    ) {
        let Some(live) = live.filter(|_| applied > 0) else {
            return;
        };
        if !comparable {
            self.verdict
                .skip("the schema of the database was not compared: files and history must agree first");
            return;
        }
        self.verdict.compared = true;
        let differences = drift(made, live, empty);
        if differences.is_empty() {
            return;
        }
        self.verdict.findings.push(Finding {
            rule: "drift",
            severity: Severity::Error,
            version: None,
            file: None,
            message: format!(
                "the schema of `{}` is not what its applied files make",
                self.request.url
            ),
            causes: Vec::new(),
            help: Some(
                "somebody changed the schema by hand: write that into a migration, or take it back"
                    .to_owned(),
            ),
            differences,
        });
    }
}
