//! What every command is given: the environment, the terminal, the project it stands in, and the runtime for work that waits.

use std::cell::OnceCell;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::{self, Settings};
use crate::failure::{Failure, Result};
use crate::io::files;
use crate::lint::Home;
use crate::text::{Source, slashed};

use super::environment::Environment;
use super::report;
use super::ui::{Format, Ui};

/// How a command that could do its work ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Exit code 0.
    Clean,
    /// It found problems: exit code 1.
    Problems,
}

/// The repository that a command works in.
#[derive(Debug, Clone)]
pub struct Project {
    /// The folder of `packwright.toml`, relative to the working folder where that is short; the working folder without one.
    pub root: PathBuf,
    pub settings: Settings,
    /// Whether there is a `packwright.toml`.
    pub configured: bool,
}

impl Project {
    /// How paths seen from the working folder stand to those of the settings.
    pub fn home(&self, folder: &Path) -> Home {
        let root = files::canonical(&folder.join(&self.root)).unwrap_or_else(|_| folder.to_path_buf());
        let folder = files::canonical(folder).unwrap_or_else(|_| folder.to_path_buf());
        Home {
            folder: slashed(&folder),
            root: slashed(&root),
        }
    }

    /// A path of the settings, which are relative to the settings file, as seen from the working folder.
    pub fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        let relative = relative.as_ref();
        if self.root == Path::new("") || self.root == Path::new(".") {
            relative.to_path_buf()
        } else {
            self.root.join(relative)
        }
    }
}

/// What every command is given.
#[derive(Debug)]
pub struct Context {
    pub environment: Environment,
    pub ui: Arc<Ui>,
    pub format: Format,
    /// What findings are printed as, where they are the answer.
    pub report: report::Format,
    /// `--config FILE`.
    pub config_file: Option<PathBuf>,
    project: OnceCell<Project>,
}

impl Context {
    pub fn new(
        environment: Environment,
        ui: Arc<Ui>,
        format: Format,
        report: report::Format,
        config_file: Option<PathBuf>,
    ) -> Self {
        Self {
            environment,
            ui,
            format,
            report,
            config_file,
            project: OnceCell::new(),
        }
    }

    /// The same for a settings file that may have changed since.
    #[must_use]
    pub fn with_settings_read_anew(&self) -> Self {
        Self::new(
            self.environment.clone(),
            Arc::clone(&self.ui),
            self.format,
            self.report,
            self.config_file.clone(),
        )
    }

    /// The project of the working folder; `packwright.toml` is looked for upwards.
    pub fn project(&self) -> Result<&Project> {
        if let Some(project) = self.project.get() {
            return Ok(project);
        }
        let project = self.read_project()?;
        Ok(self.project.get_or_init(|| project))
    }

    fn read_project(&self) -> Result<Project> {
        let found = match &self.config_file {
            Some(file) => Some((file.clone(), files::read(file)?)),
            None => self.look_upwards()?,
        };
        let Some((file, bytes)) = found else {
            return Ok(Project {
                root: PathBuf::new(),
                settings: Settings::default(),
                configured: false,
            });
        };
        let source = Source::from_bytes(slashed(&file), bytes);
        let settings = config::parse(&source).map_err(|faults| {
            let mut failure = Failure::config(format!("`{}` cannot be used as it stands", source.path()));
            for fault in faults {
                let place = fault.place.start;
                let line = source.slice(source.line_span(place.line)).trim();
                failure = failure.caused_by(format!("line {}: {} in `{line}`", place.line, fault.message));
                if let Some(help) = fault.help {
                    failure = failure.hint(format!("line {}: {help}", place.line));
                }
            }
            failure
        })?;
        let root = file.parent().map(Path::to_path_buf).unwrap_or_default();
        Ok(Project {
            root,
            settings,
            configured: true,
        })
    }

    fn look_upwards(&self) -> Result<Option<(PathBuf, Vec<u8>)>> {
        let mut folder = PathBuf::new();
        for _ in self.environment.folder.ancestors() {
            let file = folder.join(config::FILE_NAME);
            if let Some(bytes) = files::read_if_present(&file)? {
                return Ok(Some((file, bytes)));
            }
            folder.push("..");
        }
        Ok(None)
    }

    /// Runs work that waits, on the one runtime of the process. Ctrl-C or a termination signal drops it where it stands.
    pub fn block_on<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .map_err(|error| Failure::internal("cannot start the runtime").because(&error))?;
        let result = runtime.block_on(async {
            tokio::select! {
                result = work => result,
                () = interrupted() => Err(Failure::interrupted("interrupted")),
            }
        });
        runtime.shutdown_timeout(std::time::Duration::from_secs(2));
        result
    }
}

async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
