//! Repositories elsewhere, reached by the user's own `git`.
//!
//! Nothing from outside can become an option or a transport: addresses are read into a [`Remote`] first (four schemes, no leading
//! dash, no control characters), stand behind `--`, and `git` is told to know no other transport.

use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::failure::{Failure, Result};
use crate::text::printable;

use super::address::Remote;
use super::repository::Repository;

/// What a remote repository offers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct References {
    /// The branch that a clone checks out, `refs/heads/main`; nothing while the repository is empty.
    pub head: Option<String>,
    /// Name and commit of every branch and tag, the full name first. Annotated tags are followed to their commits.
    pub commits: Vec<(String, String)>,
}

impl References {
    /// The commit of a reference by its full name.
    pub fn commit(&self, name: &str) -> Option<&str> {
        let found = self.commits.iter().find(|(known, _)| known == name);
        found.map(|(_, commit)| commit.as_str())
    }

    /// Short names of the tags.
    pub fn tags(&self) -> impl Iterator<Item = &str> {
        self.commits
            .iter()
            .filter_map(|(name, _)| name.strip_prefix("refs/tags/"))
    }
}

/// How a push ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pushed {
    Done,
    /// Someone else moved a reference or holds its lock: nothing was changed, and looking again may help.
    Overtaken(String),
}

/// The transports that `git` may use at all.
const TRANSPORTS: &str = "file:https:ssh";

/// Variables that would make `git` work on another repository than the one it is given, as they are set inside hooks.
const MISLEADING_VARIABLES: &[&str] = &[
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_QUARANTINE_PATH",
    "GIT_CONFIG",
];

/// What `git` says when a reference is not where it was, or is being moved.
const OVERTAKEN: &[&str] = &[
    "[rejected]",
    "stale info",
    "cannot lock ref",
    "failed to update ref",
    "reference already exists",
    "Unable to create",
    "incorrect old value",
];

/// Words of `git` and what to do about them.
const HINTS: &[(&[&str], &str)] = &[
    (
        &[
            "Authentication failed",
            "could not read Username",
            "could not read Password",
            "Permission denied",
            "HTTP 403",
        ],
        "check that `git ls-remote` with the same address works: packwright uses git's own keys and credential helpers",
    ),
    (
        &[
            "not found",
            "does not appear to be a git repository",
            "does not exist",
        ],
        "check the address; a repository must be created before anything is published to it",
    ),
    (
        &["Could not resolve host", "Connection refused", "timed out"],
        "check the network and try again",
    ),
    (
        &["does not support --atomic"],
        "packwright publishes branch and tags in one step or not at all; use a server that supports atomic pushes",
    ),
    (
        &["denyCurrentBranch", "checked out"],
        "publish to a bare repository: `git init --bare`",
    ),
    (
        &["dubious ownership"],
        "the repository belongs to someone else; see `git help config`, `safe.directory`",
    ),
];

impl Remote {
    /// The branches and tags there are. `repository` is where `git` takes its settings from, beside the user's own.
    pub fn references(&self, repository: &Repository) -> Result<References> {
        let mut command = git(&repository.folder());
        command.args(["ls-remote", "--symref", "--quiet", "--", &self.address]);
        command.args(["HEAD", "refs/heads/*", "refs/tags/*"]);
        let output = self.run(command, "read")?;
        let mut references = read_references(&String::from_utf8_lossy(&output));
        if references.head.is_none()
            && let Some(folder) = &self.folder
        {
            references.head = Repository::open(folder)?.head_branch();
        }
        Ok(references)
    }

    /// Brings references into `repository` under the same names, each with its commit and no history.
    pub fn fetch(&self, repository: &Repository, names: &[String]) -> Result<()> {
        if names.is_empty() {
            return Ok(());
        }
        let mut command = git(&repository.folder());
        command.args([
            "fetch",
            "--quiet",
            "--depth=1",
            "--no-tags",
            "--no-recurse-submodules",
            "--no-write-fetch-head",
        ]);
        command.args(["--no-auto-maintenance", "--", &self.address]);
        for name in names {
            check_reference(name)?;
            command.arg(format!("+{name}:{name}"));
        }
        self.run(command, "fetch from").map(|_| ())
    }

    /// Moves references (name, and the commit or tag of `repository` that it shall lead to) in one step: all of them or none. A
    /// branch is only moved forward and a tag never.
    pub fn push(&self, repository: &Repository, names: &[(String, String)]) -> Result<Pushed> {
        let mut command = git(&repository.folder());
        command.args([
            "push",
            "--quiet",
            "--atomic",
            "--porcelain",
            "--no-follow-tags",
            "--recurse-submodules=no",
        ]);
        command.args(["--", &self.address]);
        for (name, source) in names {
            check_reference(name)?;
            command.arg(format!("{source}:{name}"));
        }
        let output = start(command)?;
        if output.status.success() {
            return Ok(Pushed::Done);
        }
        let said = format!(
            "{}\n{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        if OVERTAKEN.iter().any(|words| said.contains(words)) {
            return Ok(Pushed::Overtaken(self.cleaned(&said).join("; ")));
        }
        Err(self.explain(&said, "push to"))
    }

    fn run(&self, command: Command, verb: &str) -> Result<Vec<u8>> {
        let output = start(command)?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        Err(self.explain(&String::from_utf8_lossy(&output.stderr), verb))
    }

    /// What `git` said, line by line, without the password that may stand in the address.
    fn cleaned(&self, said: &str) -> Vec<String> {
        let shown = self.shown();
        let lines = said
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && *line != "Done");
        lines
            .map(|line| printable(&line.replace(&self.address, &shown)).into_owned())
            .take(12)
            .collect()
    }

    fn explain(&self, said: &str, verb: &str) -> Failure {
        let mut failure = Failure::user(format!("git could not {verb} `{}`", self.shown()));
        for line in self.cleaned(said) {
            failure = failure.caused_by(line);
        }
        match HINTS
            .iter()
            .find(|(words, _)| words.iter().any(|word| said.contains(word)))
        {
            Some((_, hint)) => failure.hint(*hint),
            None => failure,
        }
    }
}

/// `git`, quiet, in one language, with no questions asked, knowing only the transports we allow.
fn git(repository: &Path) -> Command {
    let mut command = Command::new("git");
    command.arg("--git-dir").arg(repository);
    command.args(["-c", "protocol.ext.allow=never", "-c", "core.fsmonitor=false"]);
    for variable in MISLEADING_VARIABLES {
        command.env_remove(variable);
    }
    command
        .env("GIT_ALLOW_PROTOCOL", TRANSPORTS)
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("LC_ALL", "C")
        .stdin(Stdio::null());
    command
}

fn start(mut command: Command) -> Result<Output> {
    command.output().map_err(|error| {
        let failure = Failure::user("cannot start `git`").because(&error);
        match error.kind() {
            ErrorKind::NotFound => failure
                .hint("install git and see that it is on the path, or publish to and install from a folder"),
            _ => failure,
        }
    })
}

fn read_references(text: &str) -> References {
    let mut references = References::default();
    for line in text.lines() {
        let Some((value, name)) = line.split_once('\t') else {
            continue;
        };
        if name == "HEAD" {
            if let Some(branch) = value.strip_prefix("ref: ") {
                references.head = Some(branch.to_owned());
            }
        } else if let Some(tag) = name.strip_suffix("^{}") {
            let known = references.commits.iter_mut().find(|(known, _)| known == tag);
            if let Some((_, commit)) = known {
                value.clone_into(commit);
            }
        } else {
            references.commits.push((name.to_owned(), value.to_owned()));
        }
    }
    references
}

/// Refuses a name that is no branch or tag as git has them, so that it can be neither an option nor a pattern.
fn check_reference(name: &str) -> Result<()> {
    let full = name.starts_with("refs/heads/") || name.starts_with("refs/tags/");
    if full && git2::Reference::is_valid_name(name) {
        return Ok(());
    }
    Err(Failure::user(format!(
        "`{}` is no name of a branch or tag",
        printable(name)
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsStr;

    #[test]
    fn options_stand_before_the_dashes_and_transports_are_closed() {
        let command = git(Path::new("/r"));
        let words: Vec<String> = command
            .get_args()
            .map(|word| word.to_string_lossy().into_owned())
            .collect();
        assert!(words.contains(&"protocol.ext.allow=never".to_owned()));
        let transports = command.get_envs().find(|(name, _)| *name == "GIT_ALLOW_PROTOCOL");
        assert_eq!(
            transports.and_then(|(_, value)| value),
            Some(OsStr::new("file:https:ssh"))
        );
    }

    #[test]
    fn references_are_branches_or_tags_and_nothing_else() {
        for good in ["refs/heads/main", "refs/tags/pdf--v1.0.0+build.1"] {
            assert!(check_reference(good).is_ok(), "{good}");
        }
        for bad in [
            "main",
            "--force",
            "+refs/heads/main",
            "refs/heads/a:b",
            "refs/heads/*",
            "refs/heads/a..b",
            "refs/x/y",
            "refs/heads/",
        ] {
            assert!(check_reference(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_answer_of_ls_remote_is_read() {
        let text = "ref: refs/heads/main\tHEAD\naa\tHEAD\naa\trefs/heads/main\nbb\trefs/tags/x--v1.0.0\ncc\trefs/tags/x--v1.0.0^{}\n";
        let references = read_references(text);
        assert_eq!(references.head.as_deref(), Some("refs/heads/main"));
        assert_eq!(references.commit("refs/tags/x--v1.0.0"), Some("cc"));
        assert_eq!(references.tags().collect::<Vec<_>>(), ["x--v1.0.0"]);
        assert_eq!(read_references("nonsense"), References::default());
    }
}
