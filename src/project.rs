//! The repository that a command or an editor works in: the nearest `packwright.toml` upwards, and what it says.

use std::path::{Path, PathBuf};

use crate::config::{self, Settings};
use crate::diagnostic::Diagnostic;
use crate::failure::{Failure, Result};
use crate::io::files;
use crate::lint::Home;
use crate::text::{Source, slashed};

/// A repository and its settings.
#[derive(Debug, Clone)]
pub struct Project {
    /// The folder of `packwright.toml`, relative to the working folder where that is short; the working folder without one.
    pub root: PathBuf,
    pub settings: Settings,
    /// Whether there is a `packwright.toml`.
    pub configured: bool,
}

/// A settings file that cannot be used, and all that is wrong with it.
#[derive(Debug, Clone)]
pub struct Unusable {
    pub source: Source,
    pub faults: Vec<Diagnostic>,
}

impl Project {
    /// A repository without a settings file.
    pub fn unconfigured(root: impl Into<PathBuf>) -> Self {
        Self {
            root: root.into(),
            settings: Settings::default(),
            configured: false,
        }
    }

    /// A repository with the settings file at `file`, whose bytes are given.
    pub fn read(file: &Path, bytes: Vec<u8>) -> Result<Self, Box<Unusable>> {
        let source = Source::from_bytes(slashed(file), bytes);
        match config::parse(&source) {
            Ok(settings) => Ok(Self {
                root: file.parent().map(Path::to_path_buf).unwrap_or_default(),
                settings,
                configured: true,
            }),
            Err(faults) => Err(Box::new(Unusable { source, faults })),
        }
    }

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

/// The first settings file in some folders, given from the inside out.
pub fn nearest(folders: impl IntoIterator<Item = PathBuf>) -> Result<Option<(PathBuf, Vec<u8>)>> {
    for folder in folders {
        let file = folder.join(config::FILE_NAME);
        if let Some(bytes) = files::read_if_present(&file)? {
            return Ok(Some((file, bytes)));
        }
    }
    Ok(None)
}

impl From<Box<Unusable>> for Failure {
    fn from(unusable: Box<Unusable>) -> Self {
        let Unusable { source, faults } = *unusable;
        let mut failure = Self::config(format!("`{}` cannot be used as it stands", source.path()));
        for fault in faults {
            let place = fault.place.start;
            let line = source.slice(source.line_span(place.line)).trim();
            failure = failure.caused_by(format!("line {}: {} in `{line}`", place.line, fault.message));
            if let Some(help) = fault.help {
                failure = failure.hint(format!("line {}: {help}", place.line));
            }
        }
        failure
    }
}
