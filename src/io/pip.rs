//! Python packages through the user's own pip.

use std::path::Path;
use std::process::Stdio;

use crate::failure::{Failure, Result};

/// Installs a package into `target` with the user's own pip, so that its index, mirror and proxy settings hold.
pub async fn install(package: &str, target: &Path) -> Result<()> {
    let mut missing = None;
    for python in ["python3", "python"] {
        let child = tokio::process::Command::new(python)
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--no-input",
            ])
            .args(["--no-deps", "--no-compile", "--only-binary=:all:", "--target"])
            .arg(target)
            .arg(package)
            .env("PIP_ROOT_USER_ACTION", "ignore")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn();
        let child = match child {
            Ok(child) => child,
            Err(error) => {
                missing = missing.or(Some(error));
                continue;
            }
        };
        let output = child.wait_with_output().await.map_err(|error| {
            Failure::user(format!("`{python} -m pip` ended without an answer")).because(&error)
        })?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let said: Vec<&str> = said
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect();
        let mut failure = Failure::user(format!(
            "`{python} -m pip install {package}` failed ({})",
            output.status
        ));
        for line in said.iter().skip(said.len().saturating_sub(3)) {
            failure = failure.caused_by(*line);
        }
        return Err(failure);
    }
    let failure = Failure::user("Python, whose pip would fetch the package, cannot be started")
        .hint("install Python 3 with pip");
    Err(match missing {
        Some(error) => failure.because(&error),
        None => failure,
    })
}
