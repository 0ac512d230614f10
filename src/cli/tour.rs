//! `tour`: the whole job once, for real, in a scratch folder. Every step is a command that a user would type; it is printed, run
//! as a process of its own, and its answer shown.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::changes::ChangeSet;
use crate::failure::{Failure, Result};
use crate::io::clock::Stopwatch;
use crate::io::{files, process};
use crate::scaffold::{self, EmbeddedFile};
use crate::text::{printable, slashed};

use super::ui::{BOLD, GOOD, NOTE, styled};
use super::{Context, Environment, Format, Outcome};

/// Lines of an answer that are shown.
const MOST_LINES: usize = 12;

/// Variables that would lead a step away from the embedded store and the scratch folder.
const HIDDEN: &[&str] = &["DATABASE_URL", "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"];

/// `packwright tour [--keep]`
#[derive(Debug, clap::Args)]
pub struct Tour {
    /// Keep the scratch folder and say where it is.
    #[arg(long)]
    keep: bool,
}

/// Answer of `tour --format json`.
#[derive(Debug, Default, Serialize, schemars::JsonSchema)]
pub struct Told {
    schema_version: u32,
    steps: Vec<Step>,
    /// The scratch folder, with `--keep`.
    kept: Option<String>,
}

/// A command that was run.
#[derive(Debug, Serialize, schemars::JsonSchema)]
struct Step {
    command: String,
    exit_code: i32,
    milliseconds: u64,
    stdout: String,
    stderr: String,
}

/// The tour while it lasts.
struct Guide<'a> {
    context: &'a Context,
    program: PathBuf,
    /// Where the next command runs.
    folder: PathBuf,
    told: Told,
}

pub fn run(arguments: &Tour, context: &Context) -> Result<Outcome> {
    let scratch = files::temporary_folder()?;
    let mut guide = Guide {
        context,
        program: Environment::program()?,
        folder: scratch.path().to_path_buf(),
        told: Told {
            schema_version: 1,
            ..Told::default()
        },
    };
    let watch = Stopwatch::start();
    let result = context.block_on(guide.walk());
    let seconds = watch.elapsed().as_secs_f64();
    let kept = (arguments.keep).then(|| scratch.keep());
    match (result, kept) {
        (Ok(()), kept) => {
            guide.told.kept = kept.as_deref().map(slashed);
            guide.farewell(seconds)?;
            Ok(Outcome::Clean)
        }
        (Err(failure), Some(kept)) => Err(failure.hint(format!("what was made is in `{}`", slashed(&kept)))),
        (Err(failure), None) => {
            Err(failure.hint("packwright tour --keep leaves the scratch folder to look at"))
        }
    }
}

impl Guide<'_> {
    async fn walk(&mut self) -> Result<()> {
        self.chapter(
            "A repository of skills",
            "settings, CI workflow, pre-commit hook, editor schema",
        )?;
        self.packwright(&["init", "demo", "--owner", "A. Reader"]).await?;
        self.folder = self.folder.join("demo");
        self.packwright(&["skill", "new", "release-notes", "--template", "reference"])
            .await?;
        self.bring_own_skills()?;

        self.chapter("Checked", "every finding names its place and what to do")?;
        self.write("drafts/PDF_Tools/SKILL.md", BROKEN)?;
        self.expect(1, &["skill", "lint", "drafts"]).await?;
        self.expect(1, &["skill", "lint", "drafts", "--diff"]).await?;
        self.packwright(&["lint", "skills", "agents"]).await?;
        self.discard("drafts/PDF_Tools/SKILL.md")?;

        self.chapter("Linked", "where Claude Code and Codex look for skills")?;
        self.packwright(&["skill", "link", "rls-policies", "--to", "claude-code,codex"])
            .await?;
        self.packwright(&["skill", "link", "--check"]).await?;

        self.chapter("Migrated", "the embedded SQLite store; the same on PostgreSQL")?;
        self.packwright(&["db", "migrate", "new", "create feedback"])
            .await?;
        self.fill_in_migration()?;
        self.packwright(&["db", "migrate"]).await?;
        self.packwright(&["db", "migrate", "down"]).await?;
        self.packwright(&["db", "migrate", "up"]).await?;
        self.packwright(&["db", "migrate", "status"]).await?;

        self.chapter("Ingested", "split by structure, embedded on this machine, stored")?;
        let has_model = self.try_packwright(&["model", "pull"]).await?;
        if !has_model {
            self.remark("the model cannot be had here: going on with keyword search")?;
        }
        self.packwright(&["rag", "ingest", "skills", "agents"]).await?;
        self.packwright(&["rag", "ingest", "skills", "agents"]).await?;
        let question = "why can one tenant see the rows of another";
        self.packwright(&["rag", "search", question, "-k", "3"]).await?;

        self.chapter("Evaluated", "thirty questions with known answers")?;
        for mode in if has_model {
            &["keyword", "vector", "hybrid"][..]
        } else {
            &["keyword"]
        } {
            self.packwright(&["rag", "eval", "--dataset", "examples/skills-eval", "--mode", mode])
                .await?;
        }

        self.chapter(
            "Published and installed",
            "to a git repository and back, with digests",
        )?;
        self.packwright(&["marketplace", "build"]).await?;
        if self.git(&["init", "--quiet", "--bare", "../market.git"]).await? {
            self.git(&["init", "--quiet"]).await?;
            self.git(&["add", "--all"]).await?;
            self.git(&["commit", "--quiet", "--message", "Add the first skills"])
                .await?;
            self.packwright(&["marketplace", "publish", "--to", "../market.git", "--dry-run"])
                .await?;
            self.packwright(&["marketplace", "publish", "--to", "../market.git"])
                .await?;
            self.somewhere_else()?;
            self.packwright(&["marketplace", "install", "all", "--from", "../market.git"])
                .await?;
            self.packwright(&["marketplace", "install", "all", "--frozen"])
                .await?;
        } else {
            self.remark("git is not on the PATH: publishing to a folder instead")?;
            self.packwright(&["marketplace", "publish", "--to", "../market"])
                .await?;
            self.somewhere_else()?;
            self.packwright(&["marketplace", "install", "all", "--from", "../market"])
                .await?;
        }
        Ok(())
    }

    /// Another repository beside the first, with nothing in it.
    fn somewhere_else(&mut self) -> Result<()> {
        self.folder = self.folder.join("../elsewhere");
        files::create_folder(&self.folder)?;
        self.remark("in another folder:")
    }

    /// The skills and the agent that packwright ships with, and the questions over them.
    fn bring_own_skills(&self) -> Result<()> {
        let mut set = ChangeSet::new(&self.folder);
        let own = [scaffold::SKILLS, scaffold::AGENTS, scaffold::EVALUATION_SET];
        for EmbeddedFile {
            path,
            contents,
            executable,
        } in own.into_iter().flatten()
        {
            set.changes.push(crate::changes::Change::Create {
                path: PathBuf::from(path),
                contents: contents.to_vec(),
                executable: *executable,
            });
        }
        files::apply(&set)?;
        self.remark(format!(
            "and the {} files of packwright's own skills",
            set.changes.len()
        ))
    }

    fn write(&self, path: &str, text: &str) -> Result<()> {
        let mut set = ChangeSet::new(&self.folder);
        set.create(path, text);
        files::apply(&set)
    }

    fn discard(&self, path: &str) -> Result<()> {
        let mut set = ChangeSet::new(&self.folder);
        set.remove(path);
        files::apply(&set)
    }

    /// Writes SQL into the pair of files that `db migrate new` made.
    fn fill_in_migration(&self) -> Result<()> {
        let migrations = self.folder.join("migrations");
        for entry in files::walk(&migrations)?.entries {
            let sql = if entry.path.ends_with(".up.sql") { UP } else { DOWN };
            files::write_atomically(&migrations.join(&entry.path), sql.as_bytes())?;
        }
        self.remark("wrote a table into it, and its way back")
    }

    async fn packwright(&mut self, arguments: &[&str]) -> Result<()> {
        self.expect(0, arguments).await
    }

    /// Runs packwright; another exit code than `code` ends the tour.
    async fn expect(&mut self, code: i32, arguments: &[&str]) -> Result<()> {
        let program = self.program.clone();
        let step = self.step(&program, "packwright", arguments, arguments).await?;
        if step.exit_code == code {
            return Ok(());
        }
        Err(Failure::internal(format!(
            "`{}` ended with {} instead of {code}",
            step.command, step.exit_code
        ))
        .caused_by(step.stderr.trim().to_owned()))
    }

    /// Runs packwright where it may fail for want of a network.
    async fn try_packwright(&mut self, arguments: &[&str]) -> Result<bool> {
        let program = self.program.clone();
        Ok(self
            .step(&program, "packwright", arguments, arguments)
            .await?
            .exit_code
            == 0)
    }

    /// Runs git with an identity of the tour's own. False when there is no git.
    async fn git(&mut self, arguments: &[&str]) -> Result<bool> {
        let identity = [
            "-c",
            "user.name=A. Reader",
            "-c",
            "user.email=reader@example.com",
            "-c",
            "commit.gpgsign=false",
        ];
        let full = [&identity, arguments].concat();
        match self.step(Path::new("git"), "git", arguments, &full).await {
            Ok(step) if step.exit_code == 0 => Ok(true),
            Ok(step) => {
                Err(Failure::user(format!("`{}` failed", step.command))
                    .caused_by(step.stderr.trim().to_owned()))
            }
            Err(failure) if failure.message.starts_with("cannot run") => Ok(false),
            Err(failure) => Err(failure),
        }
    }

    /// Prints a command, runs it, and prints its answer and how long it took.
    async fn step(
        &mut self,
        program: &Path,
        name: &str,
        shown: &[&str],
        arguments: &[&str],
    ) -> Result<&Step> {
        let command = format!(
            "{name} {}",
            shown
                .iter()
                .map(|word| quoted(word))
                .collect::<Vec<_>>()
                .join(" ")
        );
        if self.is_for_people() {
            self.context
                .ui
                .print(format_args!("  {} {}", styled(NOTE, "$"), styled(BOLD, &command)))?;
            self.context.ui.flush()?;
        }
        let watch = Stopwatch::start();
        let arguments: Vec<String> = arguments.iter().map(|word| (*word).to_owned()).collect();
        let (program, folder) = (program.to_path_buf(), self.folder.clone());
        let finished =
            tokio::task::spawn_blocking(move || process::run(program, &arguments, &folder, HIDDEN))
                .await
                .map_err(|error| Failure::internal("a step of the tour broke off").because(&error))??;
        let milliseconds = u64::try_from(watch.elapsed().as_millis()).unwrap_or(u64::MAX);
        let step = Step {
            command,
            exit_code: finished.code.unwrap_or(-1),
            milliseconds,
            stdout: finished.stdout,
            stderr: finished.stderr,
        };
        if self.is_for_people() {
            self.answer(&step)?;
        }
        self.told.steps.push(step);
        self.told
            .steps
            .last()
            .ok_or_else(|| Failure::internal("the step is gone"))
    }

    fn answer(&self, step: &Step) -> Result<()> {
        let lines: Vec<&str> = step
            .stdout
            .lines()
            .chain(step.stderr.lines())
            .filter(|line| !line.trim().is_empty())
            .collect();
        let shown = if lines.len() > MOST_LINES {
            MOST_LINES - 1
        } else {
            lines.len()
        };
        for line in &lines[..shown] {
            self.context.ui.print(format_args!("    {}", printable(line)))?;
        }
        if shown < lines.len() {
            self.context
                .ui
                .print(format_args!("    … {} more lines", lines.len() - shown))?;
        }
        let code = if step.exit_code == 0 {
            String::new()
        } else {
            format!(", exit code {}", step.exit_code)
        };
        self.context
            .ui
            .print(styled(NOTE, format_args!("    {} ms{code}", step.milliseconds)))
    }

    fn is_for_people(&self) -> bool {
        self.context.format == Format::Human
    }

    fn chapter(&self, title: &str, subtitle: &str) -> Result<()> {
        if self.is_for_people() {
            self.context.ui.print(format_args!(
                "\n{} {subtitle}",
                styled(GOOD, format_args!("{title}:"))
            ))?;
        }
        Ok(())
    }

    fn remark(&self, text: impl std::fmt::Display) -> Result<()> {
        if self.is_for_people() {
            self.context.ui.print(format_args!("    ({text})"))?;
        }
        Ok(())
    }

    fn farewell(&self, seconds: f64) -> Result<()> {
        if !self.is_for_people() {
            return self.context.ui.print_json(&self.told);
        }
        let ui = &self.context.ui;
        ui.print(format_args!(
            "\n{} {} commands in {seconds:.1} s",
            styled(GOOD, "Done:"),
            self.told.steps.len()
        ))?;
        if let Some(kept) = &self.told.kept {
            ui.print(format_args!("What was made is in {kept}"))?;
        }
        ui.print("Where to go next:")?;
        ui.print("  packwright init my-skills         a repository of your own")?;
        ui.print("  packwright skill lint PATH        check skills you have")?;
        ui.print("  packwright rag ingest docs        put your documents behind search")?;
        ui.print("  packwright --help                 everything else; README.md has the table")
    }
}

/// A word as a shell needs it.
fn quoted(word: &str) -> String {
    let is_plain = |character: char| character.is_alphanumeric() || "-_./,@=:+".contains(character);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("\"{word}\"")
    }
}

/// A skill with faults to find.
const BROKEN: &str =
    "---\nname: PDF_Tools\ndescription: Reads PDF files: forms, tables and scans.\n---\n\nRead the file.\n";

const UP: &str = include_str!("tour/create_feedback.up.sql");
const DOWN: &str = include_str!("tour/create_feedback.down.sql");
