//! A place where one test runs the real binary: its own folder and home, a cleared environment, no colour, width 100.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::{env, fs};

/// A temporary folder with `repository/` (where commands run) and `home/`.
pub struct Sandbox {
    folder: tempfile::TempDir,
    environment: Vec<(String, String)>,
}

/// What a run of the binary left behind, with the sandbox's path written as `[SANDBOX]`.
#[derive(Debug)]
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// stdout as JSON.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }

    /// Panics unless the exit code is `code`.
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(
            self.code, code,
            "stdout:\n{}\nstderr:\n{}",
            self.stdout, self.stderr
        );
        self
    }
}

impl Sandbox {
    pub fn new() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("pw-it-")
            .tempdir()
            .expect("a temporary folder");
        for inner in ["repository", "home"] {
            fs::create_dir(folder.path().join(inner)).expect("a folder in the sandbox");
        }
        Self {
            folder,
            environment: Vec::new(),
        }
    }

    /// Sets a variable for every later run.
    pub fn set(&mut self, name: &str, value: &str) -> &mut Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A path below the working folder.
    pub fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join("repository").join(relative)
    }

    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// Writes a file below the working folder, with the folders above it.
    pub fn write(&self, relative: impl AsRef<Path>, contents: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(relative);
        fs::create_dir_all(path.parent().expect("a parent")).expect("folders in the sandbox");
        fs::write(&path, contents).expect("a file in the sandbox");
        path
    }

    pub fn read(&self, relative: impl AsRef<Path>) -> String {
        let path = self.path(relative);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Copies a folder of this repository into the working folder.
    pub fn copy_from_repository(&self, from: &str, to: &str) {
        copy(&repository().join(from), &self.path(to));
    }

    /// Every file, folder and link below the working folder, as slashed paths; links show their target.
    pub fn listing(&self) -> Vec<String> {
        let root = self.path("");
        let mut paths: Vec<String> = walkdir::WalkDir::new(&root)
            .min_depth(1)
            .into_iter()
            .map(|entry| {
                let entry = entry.expect("a readable sandbox");
                let path = entry
                    .path()
                    .strip_prefix(&root)
                    .expect("below the root")
                    .to_string_lossy()
                    .replace('\\', "/");
                match fs::read_link(entry.path()) {
                    Ok(target) => format!("{path} -> {}", target.display()),
                    Err(_) => path,
                }
            })
            .collect();
        paths.sort();
        paths
    }

    /// The binary, ready to run in `repository/` with nothing but what the sandbox gives.
    pub fn command<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_packwright"));
        command
            .args(arguments)
            .current_dir(self.path(""))
            .env_clear()
            .env("HOME", self.home())
            .env("PATH", env::var_os("PATH").unwrap_or_default())
            .env("COLUMNS", "100")
            .env("NO_COLOR", "1")
            .env("LANG", "C.UTF-8")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .stdin(Stdio::null());
        for (name, value) in &self.environment {
            command.env(name, value);
        }
        command
    }

    /// Runs the binary to its end.
    pub fn run<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Run {
        let output = self.command(arguments).output().expect("the binary starts");
        self.shown(&output)
    }

    /// Runs a command line split at white space.
    pub fn line(&self, line: &str) -> Run {
        self.run(line.split_whitespace())
    }

    /// Output as text, with this sandbox's own path replaced.
    pub fn shown(&self, output: &Output) -> Run {
        let text = |bytes: &[u8]| {
            let canonical = fs::canonicalize(self.folder.path()).expect("the sandbox is there");
            String::from_utf8_lossy(bytes)
                .replace(&*canonical.to_string_lossy(), "[SANDBOX]")
                .replace(&*self.folder.path().to_string_lossy(), "[SANDBOX]")
        };
        Run {
            code: output.status.code().unwrap_or(-1),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        }
    }
}

/// The root of this repository.
pub fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn copy(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from) {
        let entry = entry.expect("a readable folder");
        let target = to.join(entry.path().strip_prefix(from).expect("below"));
        if entry.file_type().is_dir() {
            fs::create_dir_all(&target).expect("a folder");
        } else {
            fs::copy(entry.path(), &target).expect("a copy");
        }
    }
}
