//! `marketplace init`, `build`, `lint`, `publish` and `install` with real git: repositories on disk, the whole effect of each command.

mod describe;
mod faults;
mod hostile;
mod install;
mod lint;
mod publish;

use std::fs;
use std::process::Command;

use sha2::{Digest as _, Sha256};

use crate::sandbox::{Run, Sandbox};

/// `work/src` is a repository with a marketplace of two packs; `work/user` is where packs are installed.
struct Market {
    sandbox: Sandbox,
}

const SETTINGS: &str = r#"# our packs
[marketplace]
name = "team-tools"
description = "Tools of the team"
owner = { name = "Team" }

[[pack]]
name = "docs"
version = "1.0.0"
description = "Documents"

[[pack]]
name = "data"
version = "0.1.0"
description = "Data"
path = "packs/data"
"#;

fn skill(name: &str, body: &str) -> String {
    format!(
        "---\nname: {name}\ndescription: Works on {name} files. Use when {name} files are mentioned.\n---\n\n# {name}\n\n{body}\n"
    )
}

impl Market {
    fn empty() -> Self {
        let mut sandbox = Sandbox::new();
        for (name, value) in [
            ("GIT_AUTHOR_NAME", "Dana"),
            ("GIT_AUTHOR_EMAIL", "dana@example.org"),
            ("GIT_COMMITTER_NAME", "Dana"),
            ("GIT_COMMITTER_EMAIL", "dana@example.org"),
        ] {
            sandbox.set(name, value);
        }
        fs::create_dir(sandbox.path("src")).unwrap();
        fs::create_dir_all(sandbox.path("user/.claude")).unwrap();
        Self { sandbox }
    }

    fn new() -> Self {
        let market = Self::empty();
        market.git("src", "init -q -b main");
        market.write("src/packwright.toml", SETTINGS);
        market.write("src/README.md", "# Team tools\n");
        market.write(
            "src/skills/pdf/SKILL.md",
            skill("pdf", "Run [it](scripts/run.sh)."),
        );
        market.executable("src/skills/pdf/scripts/run.sh", "#!/bin/sh\necho pdf\n");
        market.write("src/agents/dana.md", "---\nname: dana\ndescription: Works on documents. Use when a document is at hand.\n---\n\nYou work on documents.\n");
        market.write(
            "src/packs/data/skills/csv/SKILL.md",
            skill("csv", "Reads tables."),
        );
        market.write("src/notes.txt", "not part of any pack\n");
        market.run("src", "marketplace build").expect(0);
        market.commit("first");
        market.git("", "init -q --bare -b main market.git");
        market
    }

    fn write(&self, path: &str, contents: impl AsRef<[u8]>) {
        self.sandbox.write(path, contents);
    }

    fn executable(&self, path: &str, contents: &str) {
        let path = self.sandbox.write(path, contents);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
        }
    }

    /// Runs git and gives its output.
    #[track_caller]
    fn git(&self, folder: &str, line: &str) -> String {
        self.git_with(folder, &line.split_whitespace().collect::<Vec<_>>())
    }

    #[track_caller]
    fn git_with(&self, folder: &str, arguments: &[&str]) -> String {
        let mut command = Command::new("git");
        command
            .args(arguments)
            .current_dir(self.sandbox.path(folder))
            .env("HOME", self.sandbox.home())
            .env("GIT_CONFIG_NOSYSTEM", "1");
        for who in ["AUTHOR", "COMMITTER"] {
            command
                .env(format!("GIT_{who}_NAME"), "Dana")
                .env(format!("GIT_{who}_EMAIL"), "dana@example.org")
                .env(format!("GIT_{who}_DATE"), "2026-01-02T03:04:05Z");
        }
        let output = command.output().expect("git is installed");
        assert!(output.status.success(), "git {arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn commit(&self, message: &str) {
        self.git("src", "add -A");
        self.git_with("src", &["commit", "-q", "-m", message]);
    }

    fn command(&self, folder: &str, line: &str) -> Command {
        let mut command = self.sandbox.command(line.split_whitespace());
        command.current_dir(self.sandbox.path(folder));
        command
    }

    fn run(&self, folder: &str, line: &str) -> Run {
        let output = self.command(folder, line).output().unwrap();
        self.sandbox.shown(&output)
    }

    fn listing(&self, folder: &str) -> Vec<String> {
        let prefix = format!("{folder}/");
        let all = self.sandbox.listing();
        all.iter()
            .filter_map(|path| path.strip_prefix(&prefix).map(str::to_owned))
            .collect()
    }

    /// References of the bare repository with what they lead to.
    fn references(&self) -> String {
        self.git("market.git", "for-each-ref --format=%(refname)=%(objectname)")
    }

    /// Changes a file of `docs`, gives it a version, and commits.
    fn release(&self, version: &str) {
        self.write("src/skills/pdf/references.md", format!("{version}\n"));
        self.set_version(version);
        self.commit(version);
    }

    fn set_version(&self, version: &str) {
        let text = self.sandbox.read("src/packwright.toml");
        let start = text.find("version = \"").unwrap() + 11;
        let end = start + text[start..].find('"').unwrap();
        self.write(
            "src/packwright.toml",
            format!("{}{version}{}", &text[..start], &text[end..]),
        );
        self.run("src", "marketplace build").expect(0);
    }

    /// A marketplace in `work/evil` that someone else made: a manifest with one plugin `evil` and these files.
    fn evil(&self, entry: &str, files: &[(&str, &str)]) {
        let _ = fs::remove_dir_all(self.sandbox.path("evil"));
        let manifest = format!(r#"{{"name":"evil","owner":{{"name":"E"}},"plugins":[{entry}]}}"#);
        self.write("evil/.claude-plugin/marketplace.json", manifest);
        for (path, contents) in files {
            self.write(&format!("evil/{path}"), contents);
        }
    }
}

#[track_caller]
fn says(run: &Run, words: &str) {
    assert!(run.stderr.contains(words), "no `{words}` in\n{}", run.stderr);
}

fn sha256(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    for byte in Sha256::digest(bytes) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

// init
