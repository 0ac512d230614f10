//! What every command is given: the environment, the terminal, the project it stands in, and the runtime for work that waits.

use std::cell::OnceCell;
use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::runtime::Runtime;
use tokio::sync::watch;

use crate::failure::{Failure, Result};
use crate::io::files;
use crate::project::{self, Project};

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
            None => project::nearest(self.folders_upwards())?,
        };
        match found {
            Some((file, bytes)) => Ok(Project::read(&file, bytes)?),
            None => Ok(Project::unconfigured("")),
        }
    }

    /// The working folder and those above it, as they are reached from it.
    fn folders_upwards(&self) -> impl Iterator<Item = PathBuf> {
        let above = self.environment.folder.ancestors().enumerate();
        above.map(|(steps, _)| std::iter::repeat_n("..", steps).collect())
    }

    /// Runs work that waits, on the one runtime of the process. Ctrl-C or a termination signal drops it where it stands.
    pub fn block_on<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        let runtime = runtime()?;
        let result = runtime.block_on(async {
            tokio::select! {
                result = work => result,
                () = interrupted() => Err(Failure::interrupted("interrupted")),
            }
        });
        runtime.shutdown_timeout(std::time::Duration::from_secs(2));
        result
    }

    /// Runs work that ends by itself when it is told to: it is given how often Ctrl-C or a termination signal came.
    pub fn block_on_heeding<T, W: Future<Output = Result<T>>>(
        &self,
        work: impl FnOnce(watch::Receiver<u32>) -> W,
    ) -> Result<T> {
        let runtime = runtime()?;
        let (count, counted) = watch::channel(0);
        runtime.spawn(async move {
            loop {
                interrupted().await;
                count.send_modify(|count| *count += 1);
            }
        });
        let result = runtime.block_on(work(counted));
        runtime.shutdown_timeout(std::time::Duration::from_secs(2));
        result
    }
}

fn runtime() -> Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::internal("cannot start the runtime").because(&error))
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
