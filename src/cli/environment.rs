//! What the process was given: environment variables and the working folder, read once and passed on as values.
#![expect(
    clippy::disallowed_methods,
    reason = "the one place where the environment is read"
)]

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::failure::{Failure, Result};

/// A snapshot of the environment.
#[derive(Debug, Clone)]
pub struct Environment {
    variables: BTreeMap<String, String>,
    /// The working folder.
    pub folder: PathBuf,
}

impl Environment {
    /// Reads the environment of this process. Variables that are not UTF-8 are left out.
    pub fn read() -> Result<Self> {
        let folder = std::env::current_dir().map_err(|error| {
            Failure::user("cannot tell the current folder")
                .because(&error)
                .hint("change to a folder that exists")
        })?;
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Ok(Self { variables, folder })
    }

    /// The value of a variable; one that is set to nothing counts as not set.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.variables
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    /// Every variable and its value.
    pub fn variables(&self) -> impl Iterator<Item = (&str, &str)> {
        self.variables
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The program that is running.
    pub fn program() -> Result<PathBuf> {
        std::env::current_exe()
            .map_err(|error| Failure::internal("cannot tell where packwright itself lies").because(&error))
    }

    /// The user's home folder.
    pub fn home(&self) -> Result<PathBuf> {
        let name = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
        self.get(name).map(PathBuf::from).ok_or_else(|| {
            Failure::user(format!("`{name}` is not set, so the home folder is not known"))
                .hint(format!("set `{name}`"))
        })
    }

    /// The user's folder for things that can be fetched again: `XDG_CACHE_HOME`, or the system's usual place.
    pub fn cache_folder(&self) -> Result<PathBuf> {
        if let Some(folder) = self.get("XDG_CACHE_HOME") {
            return Ok(PathBuf::from(folder).join("packwright"));
        }
        if let Some(folder) = self.get("LOCALAPPDATA").filter(|_| cfg!(windows)) {
            return Ok(PathBuf::from(folder).join("packwright"));
        }
        let below_home = if cfg!(target_os = "macos") {
            "Library/Caches"
        } else {
            ".cache"
        };
        Ok(self.home()?.join(below_home).join("packwright"))
    }
}
