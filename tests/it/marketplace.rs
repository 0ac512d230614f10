//! `marketplace init`, `build`, `publish` and `install` with real git: repositories on disk, the whole effect of each command.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

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

#[test]
fn init_writes_a_marketplace_that_builds_and_refuses_to_do_it_twice() {
    let market = Market::empty();
    market.write("src/skills/pdf/SKILL.md", skill("pdf", "x"));
    market.write(
        "src/packwright.toml",
        "# mine\n[rag]\ncollection = \"docs\" # keep\n",
    );
    let dry = market
        .run(
            "src",
            "marketplace init --name pdf-tools --owner Dana --dry-run --format json",
        )
        .expect(0);
    assert_eq!(dry.json()["applied"], false);
    assert_eq!(
        market.sandbox.read("src/packwright.toml"),
        "# mine\n[rag]\ncollection = \"docs\" # keep\n"
    );
    market
        .run("src", "marketplace init --name pdf-tools --owner Dana")
        .expect(0);
    let text = market.sandbox.read("src/packwright.toml");
    assert!(
        text.starts_with("# mine\n[rag]\ncollection = \"docs\" # keep\n\n"),
        "{text}"
    );
    market.run("src", "marketplace build").expect(0);
    let manifest: serde_json::Value =
        serde_json::from_str(&market.sandbox.read("src/.claude-plugin/marketplace.json")).unwrap();
    assert_eq!(manifest["name"], "pdf-tools");
    assert_eq!(manifest["plugins"][0]["skills"][0], "./skills/pdf");
    let again = market
        .run("src", "marketplace init --name other --owner Dana")
        .expect(2);
    says(&again, "describes a marketplace already");
    assert_eq!(market.sandbox.read("src/packwright.toml"), text);
}

#[test]
fn init_refuses_names_that_clients_refuse_and_wants_an_owner() {
    let market = Market::empty();
    for name in ["agent-skills", "Bad", "claude-things"] {
        let run = market
            .run("src", &format!("marketplace init --name {name} --owner Dana"))
            .expect(2);
        says(&run, "--name");
    }
    let run = market.run("src", "marketplace init --name fine").expect(2);
    says(&run, "--owner");
    assert_eq!(market.listing("src"), <[&str; 0]>::default());
}

// build

#[test]
fn build_writes_only_what_differs_and_check_finds_what_is_stale() {
    let market = Market::new();
    market.run("src", "marketplace build --check").expect(0);
    let before = market.sandbox.read("src/.claude-plugin/plugin.json");
    market.write("src/packs/data/.claude-plugin/plugin.json", "{}\n");
    let check = market
        .run("src", "marketplace build --check --format json")
        .expect(1)
        .json();
    assert_eq!(
        check["changes"][0]["path"],
        "packs/data/.claude-plugin/plugin.json"
    );
    assert_eq!(check["changes"].as_array().unwrap().len(), 1);
    assert_eq!(
        market.sandbox.read("src/packs/data/.claude-plugin/plugin.json"),
        "{}\n"
    );
    market.run("src", "marketplace build").expect(0);
    market.run("src", "marketplace build --check").expect(0);
    assert_eq!(market.sandbox.read("src/.claude-plugin/plugin.json"), before);
}

#[test]
fn two_places_give_the_same_bytes() {
    let (one, two) = (Market::new(), Market::new());
    one.run("src", "marketplace publish --to ../folder").expect(0);
    two.git("", "clone -q src elsewhere");
    two.run("elsewhere", "marketplace publish --to ../folder")
        .expect(0);
    let paths = one.listing("folder");
    assert_eq!(paths, two.listing("folder"));
    assert!(
        paths.contains(&"skills/pdf/scripts/run.sh".to_owned()),
        "{paths:?}"
    );
    for path in paths
        .iter()
        .filter(|path| one.sandbox.path(format!("folder/{path}")).is_file())
    {
        let bytes = |market: &Market| fs::read(market.sandbox.path(format!("folder/{path}"))).unwrap();
        assert_eq!(bytes(&one), bytes(&two), "{path}");
    }
    let commit = |market: &Market, from: &str| {
        market
            .run(from, "marketplace publish --to ../market.git")
            .expect(0);
        market.references()
    };
    assert_eq!(commit(&one, "src"), commit(&two, "elsewhere"));
}

#[test]
fn settings_that_make_no_marketplace_are_refused_with_every_fault() {
    let market = Market::empty();
    says(
        &market.run("src", "marketplace build").expect(2),
        "marketplace init",
    );
    market.write(
        "src/packwright.toml",
        "[marketplace]\nname = \"m\"\nowner = { name = \"o\" }\n",
    );
    says(
        &market.run("src", "marketplace build").expect(2),
        "describes no pack",
    );
    market.write(
        "src/packwright.toml",
        "[marketplace]\nname = \"m\"\nowner = { name = \"o\" }\n[[pack]]\nname = \"A\"\nversion = \"1\"\npath = \"../x\"\n",
    );
    let run = market.run("src", "marketplace build").expect(2);
    for words in ["kebab case", "no version", "leave its folder"] {
        says(&run, words);
    }
    market.write(
        "src/packwright.toml",
        "[marketplace]\nname = \"m\"\nowner = { name = \"o\" }\n[[pack]]\nname = \"a\"\nversion = \"1.0.0\"\n",
    );
    says(
        &market.run("src", "marketplace build").expect(2),
        "neither a skill nor an agent",
    );
}

// publish

#[test]
fn a_dry_run_lists_every_file_and_changes_nothing() {
    let market = Market::new();
    let (before, refs) = (market.sandbox.listing(), market.references());
    for to in ["../market.git", "../folder"] {
        let run = market
            .run(
                "src",
                &format!("marketplace publish --to {to} --dry-run --format json"),
            )
            .expect(0)
            .json();
        assert_eq!(run["schema_version"], 1);
        assert_eq!(run["published"], false);
        let files: BTreeMap<String, &serde_json::Value> = run["files"]
            .as_array()
            .unwrap()
            .iter()
            .map(|file| (file["path"].as_str().unwrap().to_owned(), file))
            .collect();
        let paths: Vec<&str> = files.keys().map(String::as_str).collect();
        assert_eq!(
            paths,
            [
                ".claude-plugin/marketplace.json",
                ".claude-plugin/plugin.json",
                "README.md",
                "agents/dana.md",
                "packs/data/.claude-plugin/plugin.json",
                "packs/data/skills/csv/SKILL.md",
                "skills/pdf/SKILL.md",
                "skills/pdf/scripts/run.sh",
            ]
        );
        let script = files["skills/pdf/scripts/run.sh"];
        assert_eq!(script["executable"], true);
        assert_eq!(script["bytes"], 19);
        assert_eq!(script["sha256"], sha256(b"#!/bin/sh\necho pdf\n"));
    }
    let human = market
        .run("src", "marketplace publish --to ../market.git --dry-run")
        .expect(0);
    assert!(
        human.stdout.contains(&sha256(b"#!/bin/sh\necho pdf\n")),
        "{}",
        human.stdout
    );
    assert_eq!(market.sandbox.listing(), before);
    assert_eq!(market.references(), refs);
}

#[test]
fn published_to_git_installed_from_git_and_verified() {
    let market = Market::new();
    let published = market
        .run("src", "marketplace publish --to ../market.git --format json")
        .expect(0)
        .json();
    let commit = published["commit"].as_str().unwrap();
    assert_eq!(market.git("market.git", "rev-parse main").trim(), commit);
    assert_eq!(
        market.git("market.git", "rev-parse docs--v1.0.0^{commit}").trim(),
        commit
    );
    assert_eq!(
        market.git("market.git", "rev-parse data--v0.1.0^{commit}").trim(),
        commit
    );
    assert_eq!(market.git("market.git", "cat-file -t docs--v1.0.0").trim(), "tag");
    let tree = market.git("market.git", "ls-tree -r --format=%(objectmode)%x20%(path) main");
    assert!(
        tree.contains("100755 skills/pdf/scripts/run.sh") && !tree.contains("notes.txt"),
        "{tree}"
    );
    let source = market.git("src", "rev-parse HEAD");
    assert!(
        market
            .git("market.git", "log -1 --format=%b")
            .contains(source.trim())
    );
    market.git("market.git", "fsck --strict");

    let installed = market
        .run(
            "user",
            "marketplace install all --from ../market.git --format json",
        )
        .expect(0)
        .json();
    assert_eq!(installed["packs"][1]["status"], "installed");
    assert_eq!(installed["packs"][1]["source"]["commit"], commit);
    let listing = market.listing("user");
    for path in [
        ".agents/skills/pdf/scripts/run.sh",
        ".agents/skills/csv/SKILL.md",
        ".claude/agents/dana.md",
        ".claude/skills/csv -> ../../.agents/skills/csv",
        ".claude/skills/pdf -> ../../.agents/skills/pdf",
    ] {
        assert!(listing.contains(&path.to_owned()), "{path} in {listing:?}");
    }
    // Every file of the lock file is on disk with that digest.
    let lock: toml::Table = market.sandbox.read("user/packwright.lock").parse().unwrap();
    let mut checked = 0;
    for pack in lock["pack"].as_array().unwrap() {
        for (folder, files) in pack["skills"].as_table().unwrap() {
            for (file, stamp) in files.as_table().unwrap() {
                let bytes = fs::read(market.sandbox.path(format!("user/{folder}/{file}"))).unwrap();
                assert!(
                    stamp.as_str().unwrap().ends_with(&sha256(&bytes)),
                    "{folder}/{file}"
                );
                checked += 1;
            }
        }
    }
    assert_eq!(checked, 3);
    let before = market.sandbox.read("user/packwright.lock");
    let again = market
        .run(
            "user",
            "marketplace install all --from ../market.git --format json",
        )
        .expect(0)
        .json();
    assert_eq!(again["changes"].as_array().unwrap().len(), 0);
    assert_eq!(market.sandbox.read("user/packwright.lock"), before);
    assert_eq!(market.listing("user"), listing);
}

#[test]
fn published_to_a_folder_installed_from_it_and_updated() {
    let market = Market::new();
    market.run("src", "marketplace publish --to ../folder").expect(0);
    market
        .run("user", "marketplace install docs --from ../folder")
        .expect(0);
    market.release("1.1.0");
    market.git("src", "rm -q agents/dana.md");
    market.git_with("src", &["commit", "-q", "-m", "no agent"]);
    market
        .run("src", "marketplace publish docs --to ../folder")
        .expect(0);
    let run = market
        .run("user", "marketplace install docs --from ../folder --format json")
        .expect(0)
        .json();
    assert_eq!(run["packs"][0]["status"], "updated");
    assert_eq!(run["packs"][0]["before"], "1.0.0");
    let listing = market.listing("user");
    assert!(
        listing.contains(&".agents/skills/pdf/references.md".to_owned()),
        "{listing:?}"
    );
    assert!(
        !listing.iter().any(|path| path.contains("dana.md")),
        "{listing:?}"
    );
    // A pack that was not named stays published.
    market
        .run("user", "marketplace install data --from ../folder")
        .expect(0);
}

#[test]
fn a_version_is_published_once_and_other_content_is_refused() {
    let market = Market::new();
    for to in ["../market.git", "../folder"] {
        market
            .run("src", &format!("marketplace publish --to {to}"))
            .expect(0);
        let refs = market.references();
        let again = market
            .run("src", &format!("marketplace publish --to {to} --format json"))
            .expect(0)
            .json();
        assert_eq!(again["packs"][0]["status"], "already-published");
        assert_eq!(again["published"], false);
        market.write("src/skills/pdf/SKILL.md", skill("pdf", "Changed for good."));
        market.commit("changed");
        let run = market
            .run("src", &format!("marketplace publish --to {to}"))
            .expect(2);
        says(&run, "`docs` 1.0.0 is published");
        says(&run, "`skills/pdf/SKILL.md` was changed");
        says(&run, "such as `1.0.1`");
        assert_eq!(market.references(), refs);
        market.git("src", "reset -q --hard HEAD^");
    }
    market.set_version("0.9.0");
    market.commit("older");
    for to in ["../market.git", "../folder"] {
        says(
            &market
                .run("src", &format!("marketplace publish --to {to}"))
                .expect(2),
            "is older than 1.0.0",
        );
    }
}

#[test]
fn a_new_version_keeps_the_old_one_and_what_else_lies_in_the_repository() {
    let market = Market::new();
    market
        .run("src", "marketplace publish docs --to ../market.git")
        .expect(0);
    market.git("", "clone -q market.git other");
    market.write("other/CODEOWNERS", "* @dana\n");
    market.git("other", "add -A");
    market.git("other", "commit -q -m owners");
    market.git("other", "push -q origin main");
    market
        .run("src", "marketplace publish data --to ../market.git")
        .expect(0);
    market.release("1.1.0");
    market
        .run("src", "marketplace publish --to ../market.git")
        .expect(0);
    let tree = market.git("market.git", "ls-tree -r --name-only main");
    for path in [
        "CODEOWNERS",
        "skills/pdf/references.md",
        "packs/data/skills/csv/SKILL.md",
    ] {
        assert!(tree.lines().any(|line| line == path), "{path} in {tree}");
    }
    market
        .run("user", "marketplace install docs@1.0.0 --from ../market.git")
        .expect(0);
    assert!(
        !market
            .listing("user")
            .contains(&".agents/skills/pdf/references.md".to_owned())
    );
    let run = market
        .run("user", "marketplace install docs@3.0.0 --from ../market.git")
        .expect(2);
    says(&run, "there is 1.1.0, 1.0.0");
    let run = market
        .run("user", "marketplace install dosc --from ../market.git")
        .expect(2);
    says(&run, "did you mean `docs`?");
    market
        .run("user", "marketplace install docs --from ../market.git")
        .expect(0);
    assert!(
        market
            .listing("user")
            .contains(&".agents/skills/pdf/references.md".to_owned())
    );
}

#[test]
fn what_is_not_committed_is_not_published() {
    let market = Market::new();
    market.write("src/skills/pdf/new.md", "x");
    market.write("src/skills/pdf/SKILL.md", skill("pdf", "y"));
    let run = market
        .run("src", "marketplace publish --to ../market.git")
        .expect(2);
    says(&run, "new `skills/pdf/new.md`");
    says(&run, "changed `skills/pdf/SKILL.md`");
    assert_eq!(market.references(), "");
    // Ignored files are no changes, and do not ship.
    market.git("src", "checkout -q .");
    market.write("src/.gitignore", "new.md\n.env\n");
    market.write("src/skills/pdf/.env", "KEY=1\n");
    market.git("src", "add .gitignore");
    market.git("src", "commit -q -m ignore");
    let run = market
        .run("src", "marketplace publish --to ../market.git --format json")
        .expect(0);
    assert!(
        !run.stdout.contains("new.md") && !run.stdout.contains(".env"),
        "{}",
        run.stdout
    );
}

#[test]
fn stale_manifests_lint_errors_and_files_that_must_not_ship_are_refused() {
    let market = Market::new();
    let refuse = |words: &[&str]| {
        market.commit("bad");
        for to in ["../market.git", "../folder"] {
            let run = market
                .run("src", &format!("marketplace publish --to {to}"))
                .expect(2);
            for words in words {
                says(&run, words);
            }
        }
        assert_eq!(market.references(), "");
        assert!(!market.sandbox.path("folder").exists());
        market.git("src", "reset -q --hard HEAD^");
    };
    market.write("src/.claude-plugin/plugin.json", "{}");
    refuse(&["stale", ".claude-plugin/plugin.json", "marketplace build"]);
    market.write(
        "src/skills/pdf/SKILL.md",
        "---\nname: other\n---\n\nNo description.\n",
    );
    refuse(&["lint", "skills/pdf/SKILL.md:", "description"]);
    market.write("src/packs/data/skills/csv/.env", "KEY=1\n");
    market.write("src/packs/data/skills/csv/server.pem", "x");
    refuse(&[".env` (6 bytes) must not ship: secrets", "server.pem"]);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("../../notes.txt", market.sandbox.path("src/skills/pdf/notes.txt"))
            .unwrap();
        refuse(&["`skills/pdf/notes.txt`", "outside the files of its pack"]);
        std::os::unix::fs::symlink("/etc/hostname", market.sandbox.path("src/skills/pdf/host.txt")).unwrap();
        refuse(&["an absolute path"]);
    }
}

#[cfg(unix)]
#[test]
fn a_link_inside_a_pack_ships_as_a_copy() {
    let market = Market::new();
    std::os::unix::fs::symlink("../pdf/scripts", market.sandbox.path("src/skills/pdf/tools")).unwrap();
    market.commit("link");
    market
        .run("src", "marketplace publish docs --to ../market.git")
        .expect(0);
    let tree = market.git("market.git", "ls-tree -r main");
    assert!(
        tree.contains("skills/pdf/tools/run.sh") && !tree.contains("120000"),
        "{tree}"
    );
}

#[test]
fn places_that_hold_something_else_are_left_alone() {
    let market = Market::new();
    market.write("full/thesis.md", "ten years of work");
    says(
        &market.run("src", "marketplace publish --to ../full").expect(2),
        "something else",
    );
    market.run("src", "marketplace publish --to ../folder").expect(0);
    market.write("folder/mine.md", "mine");
    market.release("1.1.0");
    let run = market.run("src", "marketplace publish --to ../folder").expect(2);
    says(&run, "`mine.md` was added");
    assert_eq!(market.sandbox.read("folder/mine.md"), "mine");
    says(
        &market.run("src", "marketplace publish --to ../src").expect(2),
        "checked out",
    );
    says(
        &market
            .run("src", "marketplace publish --to skills/pdf/out")
            .expect(2),
        "part of what is published",
    );
    says(
        &market
            .run(
                "src",
                "marketplace publish --to ../nowhere.git/x --format json --dry-run",
            )
            .expect(0),
        "",
    );
    // Another marketplace in the repository.
    market.git("", "init -q --bare -b main theirs.git");
    market.git("", "clone -q theirs.git theirs");
    market.write(
        "theirs/.claude-plugin/marketplace.json",
        r#"{"name":"theirs","plugins":[]}"#,
    );
    market.git("theirs", "add -A");
    market.git("theirs", "commit -q -m x");
    market.git("theirs", "push -q origin HEAD:main");
    says(
        &market
            .run("src", "marketplace publish --to ../theirs.git")
            .expect(2),
        "holds the marketplace `theirs`",
    );
}

#[test]
fn a_refused_push_leaves_nothing_behind() {
    let market = Market::new();
    let (work, refs) = (market.sandbox.listing(), market.references());
    market.executable(
        "market.git/hooks/pre-receive",
        "#!/bin/sh\necho no entry >&2\nexit 1\n",
    );
    let run = market
        .run("src", "marketplace publish --to ../market.git")
        .expect(2);
    says(&run, "no entry");
    assert_eq!(market.references(), refs);
    fs::remove_file(market.sandbox.path("market.git/hooks/pre-receive")).unwrap();
    let left: Vec<String> = market
        .sandbox
        .listing()
        .into_iter()
        .filter(|path| !path.starts_with("market.git/objects"))
        .collect();
    let before: Vec<String> = work
        .into_iter()
        .filter(|path| !path.starts_with("market.git/objects"))
        .collect();
    assert_eq!(left, before);
}

#[test]
fn addresses_cannot_become_options_or_commands() {
    let market = Market::new();
    let touched = market.sandbox.path("touched");
    for to in [
        format!("ext::sh -c 'touch {}'", touched.display()),
        format!("--upload-pack=touch {}", touched.display()),
        format!("ssh://-oProxyCommand=touch%20{}/x", touched.display()),
        "http://user:secret@localhost/x".to_owned(),
        "git://localhost/x".to_owned(),
    ] {
        for line in [
            vec!["marketplace", "publish"],
            vec!["marketplace", "install", "docs"],
        ] {
            let flag = if line.len() == 2 {
                format!("--to={to}")
            } else {
                format!("--from={to}")
            };
            let mut command = market
                .sandbox
                .command(line.iter().copied().chain([flag.as_str()]));
            let run = market
                .sandbox
                .shown(&command.current_dir(market.sandbox.path("src")).output().unwrap())
                .expect(2);
            assert!(!run.stderr.contains("secret"), "{}", run.stderr);
        }
    }
    assert!(!touched.exists());
}

// install

#[test]
fn files_that_were_changed_are_not_lost() {
    let market = Market::new();
    market
        .run("src", "marketplace publish --to ../market.git")
        .expect(0);
    market
        .run("user", "marketplace install docs --from ../market.git")
        .expect(0);
    market.write("user/.agents/skills/pdf/SKILL.md", "mine");
    market.write("user/.agents/skills/pdf/extra.md", "mine too");
    market.release("1.1.0");
    market
        .run("src", "marketplace publish --to ../market.git")
        .expect(0);
    for line in [
        "marketplace install docs --from ../market.git",
        "marketplace install docs --from ../market.git --dry-run",
    ] {
        let run = market.run("user", line).expect(2);
        says(&run, "`.agents/skills/pdf/SKILL.md` was changed");
        says(&run, "`.agents/skills/pdf/extra.md` was added");
        assert_eq!(market.sandbox.read("user/.agents/skills/pdf/SKILL.md"), "mine");
    }
    market
        .run("user", "marketplace install docs --from ../market.git --force")
        .expect(0);
    assert_eq!(
        market.sandbox.read("user/.agents/skills/pdf/references.md"),
        "1.1.0\n"
    );
    // What interpreters leave behind is no change, and a lost file comes back.
    market.write("user/.agents/skills/pdf/__pycache__/x.pyc", "");
    fs::remove_file(market.sandbox.path("user/.agents/skills/pdf/references.md")).unwrap();
    let run = market
        .run(
            "user",
            "marketplace install docs --from ../market.git --format json",
        )
        .expect(0)
        .json();
    assert_eq!(run["packs"][0]["status"], "restored");
    assert_eq!(
        market.sandbox.read("user/.agents/skills/pdf/references.md"),
        "1.1.0\n"
    );
}

#[test]
fn what_others_put_there_is_not_taken_over() {
    let market = Market::new();
    market
        .run("src", "marketplace publish --to ../market.git")
        .expect(0);
    market.write("user/.agents/skills/pdf/SKILL.md", "someone's own");
    let run = market
        .run("user", "marketplace install docs --from ../market.git")
        .expect(2);
    says(&run, "packwright did not install it");
    assert!(!market.listing("user").contains(&"packwright.lock".to_owned()));
    assert!(!market.sandbox.path("user/.claude/agents").exists());
}

#[test]
fn a_lock_file_that_cannot_be_read_is_never_written_over() {
    let market = Market::new();
    market
        .run("src", "marketplace publish --to ../market.git")
        .expect(0);
    for text in [
        "version = 1\n[[pack]",
        "version = 2\n",
        "",
        "\0",
        "version = 1\n[[pack]]\nname = \"x\"\n",
    ] {
        market.write("user/packwright.lock", text);
        let run = market
            .run("user", "marketplace install docs --from ../market.git --force")
            .expect(2);
        says(&run, "packwright.lock");
        assert_eq!(market.sandbox.read("user/packwright.lock"), text);
    }
    assert_eq!(market.listing("user"), [".claude", "packwright.lock"]);
}

#[test]
fn frozen_installs_what_the_lock_file_says_or_nothing() {
    let market = Market::new();
    market
        .run("src", "marketplace publish --to ../market.git")
        .expect(0);
    says(
        &market.run("user", "marketplace install all --frozen").expect(2),
        "no `packwright.lock`",
    );
    market
        .run("user", "marketplace install all --from ../market.git")
        .expect(0);
    market.release("1.1.0");
    market
        .run("src", "marketplace publish --to ../market.git")
        .expect(0);
    let lock = market.sandbox.read("user/packwright.lock");
    let listing = market.listing("user");
    for folder in [".agents", ".claude/skills", ".claude/agents"] {
        fs::remove_dir_all(market.sandbox.path(format!("user/{folder}"))).unwrap();
    }
    market.run("user", "marketplace install all --frozen").expect(0);
    assert_eq!(market.listing("user"), listing);
    assert_eq!(market.sandbox.read("user/packwright.lock"), lock);
    says(
        &market
            .run("user", "marketplace install docs@1.1.0 --frozen")
            .expect(2),
        "locked at 1.0.0",
    );
    says(
        &market
            .run("user", "marketplace install docs --copy --frozen")
            .expect(2),
        "not what the lock file says",
    );
    // A tag that was moved to other content is noticed with and without --frozen.
    market.git("market.git", "tag -f -a -m moved docs--v1.0.0 main");
    let run = market.run("user", "marketplace install all --frozen").expect(2);
    assert!(
        run.stderr.contains("1.0.0") && run.stderr.contains("1.1.0"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_version_with_other_content_than_before_is_refused() {
    let market = Market::new();
    market.run("src", "marketplace publish --to ../folder").expect(0);
    market
        .run("user", "marketplace install docs --from ../folder")
        .expect(0);
    fs::remove_dir_all(market.sandbox.path("folder")).unwrap();
    market.write("src/skills/pdf/SKILL.md", skill("pdf", "Something else."));
    market.commit("changed");
    market.run("src", "marketplace publish --to ../folder").expect(0);
    let run = market
        .run("user", "marketplace install docs --from ../folder")
        .expect(2);
    says(&run, "not the one that was installed before");
    // And a folder that is not what was published is not installed from.
    market.write("folder/skills/pdf/SKILL.md", "tampered");
    says(
        &market
            .run("user", "marketplace install docs --from ../folder")
            .expect(2),
        "not what was published",
    );
}

#[test]
fn clients_copies_and_other_folders() {
    let market = Market::new();
    market
        .run("src", "marketplace publish --to ../market.git")
        .expect(0);
    let run = market
        .run(
            "user",
            "marketplace install docs --from ../market.git --to codex --format json",
        )
        .expect(0)
        .json();
    assert_eq!(run["packs"][0]["left_out"][0], "dana");
    assert!(
        !market
            .listing("user")
            .iter()
            .any(|path| path.starts_with(".claude/"))
    );
    market
        .run(
            "user",
            "marketplace install docs --from ../market.git --to claude-code,cursor --copy",
        )
        .expect(0);
    let listing = market.listing("user");
    assert!(
        listing.contains(&".claude/skills/pdf/SKILL.md".to_owned()),
        "{listing:?}"
    );
    says(
        &market
            .run(
                "user",
                "marketplace install docs --from ../market.git --to claud-code",
            )
            .expect(2),
        "did you mean `claude-code`?",
    );
    market
        .run(
            "user",
            "marketplace install docs --from ../market.git --dir ../plain",
        )
        .expect(0);
    let plain = market.listing("plain");
    for path in ["agents/dana.md", "packwright.lock", "skills/pdf/SKILL.md"] {
        assert!(plain.contains(&path.to_owned()), "{plain:?}");
    }
}

#[test]
fn two_packs_cannot_hold_the_same_skill() {
    let market = Market::empty();
    market.evil(
        r#"{"name":"a","source":"./a"},{"name":"b","source":"./b"}"#,
        &[("a/skills/x/SKILL.md", "a"), ("b/skills/x/SKILL.md", "b")],
    );
    says(
        &market
            .run("user", "marketplace install all --from ../evil")
            .expect(2),
        "both hold `.agents/skills/x`",
    );
    market
        .run("user", "marketplace install a --from ../evil")
        .expect(0);
    says(
        &market
            .run("user", "marketplace install b --from ../evil --force")
            .expect(2),
        "belongs to the installed pack `a`",
    );
    assert_eq!(market.sandbox.read("user/.agents/skills/x/SKILL.md"), "a");
}

/// Paths and contents.
type Files<'a> = &'a [(&'a str, &'a str)];

#[test]
fn hostile_marketplaces_install_nothing_and_write_nowhere() {
    let market = Market::empty();
    let fine = ("p/skills/x/SKILL.md", "x");
    let cases: &[(&str, Files<'_>, &str)] = &[
        (r#"{"name":"../../evil","source":"./p"}"#, &[fine], "kebab case"),
        (r#"{"name":"evil","source":"/etc"}"#, &[fine], "does not begin"),
        (
            r#"{"name":"evil","source":"./../src"}"#,
            &[fine],
            "leave its folder",
        ),
        (
            r#"{"name":"evil","source":"./p/../../src"}"#,
            &[fine],
            "leave its folder",
        ),
        (r#"{"name":"evil","source":"C:/x"}"#, &[fine], "does not begin"),
        (
            r#"{"name":"evil","source":"./p","skills":["./../../src"]}"#,
            &[fine],
            "leave its folder",
        ),
        (
            r#"{"name":"evil","source":{"source":"url","url":"ext::sh"}}"#,
            &[fine],
            "outside the marketplace",
        ),
        (
            r#"{"name":"evil","source":"./p","version":"x"}"#,
            &[fine],
            "no version",
        ),
        (
            r#"{"name":"evil","source":"./p"}"#,
            &[("p/skills/Bad Name/SKILL.md", "x")],
            "no name of a skill",
        ),
        (
            r#"{"name":"evil","source":"./p"}"#,
            &[fine, ("p/skills/x/NUL.md", "")],
            "device",
        ),
        (
            r#"{"name":"evil","source":"./p"}"#,
            &[fine, ("p/skills/x/a.md", ""), ("p/skills/x/A.md", "")],
            "case does not count",
        ),
        (
            r#"{"name":"evil","source":"./p"}"#,
            &[fine, ("p/skills/x/a\u{202e}dm.exe", "")],
            "invisible",
        ),
        (
            r#"{"name":"evil","source":"./p"}"#,
            &[("p/notes.md", "x")],
            "neither a skill nor an agent",
        ),
        (
            r#"{"name":"evil","source":"./p"},{"name":"evil","source":"./q"}"#,
            &[fine],
            "twice",
        ),
        ("[", &[fine], "refused"),
    ];
    for (entry, files, why) in cases {
        market.evil(entry, files);
        let run = market
            .run("user", "marketplace install all --from ../evil")
            .expect(2);
        says(&run, why);
        assert_eq!(market.listing("user"), [".claude"], "{entry}");
    }
    assert_eq!(market.listing("src"), <[&str; 0]>::default());
}

#[cfg(unix)]
#[test]
fn links_in_a_marketplace_are_refused_from_a_folder_and_from_git() {
    let market = Market::empty();
    market.evil(
        r#"{"name":"evil","source":"./p"}"#,
        &[("p/skills/x/SKILL.md", "x")],
    );
    std::os::unix::fs::symlink("/etc", market.sandbox.path("evil/p/skills/x/etc")).unwrap();
    says(
        &market
            .run("user", "marketplace install all --from ../evil")
            .expect(2),
        "is a link",
    );
    market.git("evil", "init -q -b main");
    market.git("evil", "add -A");
    market.git("evil", "commit -q -m x");
    market.git("", "clone -q --bare evil evil.git");
    says(
        &market
            .run("user", "marketplace install all --from ../evil.git")
            .expect(2),
        "is a link",
    );
    // A path that git itself would not check out: written as raw objects.
    let blob = market.git("evil", "hash-object -w p/skills/x/SKILL.md");
    let tree = |entries: &str| {
        let file = market.sandbox.write("entries", entries);
        let mut command = Command::new("git");
        command
            .args(["mktree", "--missing"])
            .current_dir(market.sandbox.path("evil.git"));
        let output = command.stdin(fs::File::open(file).unwrap()).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    market.git("evil.git", "fetch -q ../evil main");
    let manifest = market.git("evil.git", "rev-parse main:.claude-plugin");
    let up = tree(&format!(
        "100644 blob {}\tpwned.md\n100644 blob {}\tSKILL.md\n",
        blob.trim(),
        blob.trim()
    ));
    let skill = tree(&format!(
        "040000 tree {up}\t..\n100644 blob {}\tSKILL.md\n",
        blob.trim()
    ));
    let skills = tree(&format!("040000 tree {skill}\tx\n"));
    let pack = tree(&format!("040000 tree {skills}\tskills\n"));
    let root = tree(&format!(
        "040000 tree {}\t.claude-plugin\n040000 tree {pack}\tp\n",
        manifest.trim()
    ));
    let commit = market.git("evil.git", &format!("commit-tree -m x {root}"));
    market.git(
        "evil.git",
        &format!("update-ref refs/heads/main {}", commit.trim()),
    );
    says(
        &market
            .run("user", "marketplace install all --from ../evil.git")
            .expect(2),
        "leave its folder",
    );
    assert_eq!(market.listing("user"), [".claude"]);
    // A link in the user's own project that leads out of it.
    std::os::unix::fs::symlink("/tmp", market.sandbox.path("user/.agents")).unwrap();
    market.evil(
        r#"{"name":"evil","source":"./p"}"#,
        &[("p/skills/pw-never-there/SKILL.md", "x")],
    );
    says(
        &market
            .run("user", "marketplace install all --from ../evil")
            .expect(2),
        "leads out of",
    );
    assert!(!Path::new("/tmp/skills/pw-never-there").exists());
}

#[test]
fn a_hostile_lock_file_removes_nothing() {
    let market = Market::new();
    market
        .run("src", "marketplace publish --to ../market.git")
        .expect(0);
    market
        .run("user", "marketplace install docs --from ../market.git")
        .expect(0);
    let lock = market.sandbox.read("user/packwright.lock");
    market.write("victim.md", "dear");
    let stamp = format!("644 {}", sha256(b"dear"));
    market.write(
        "user/packwright.lock",
        lock.replace(
            "[pack.agents]\n",
            &format!("[pack.agents]\n\"../victim.md\" = \"{stamp}\"\n"),
        ),
    );
    says(
        &market
            .run("user", "marketplace install docs --from ../market.git --force")
            .expect(2),
        "leave its folder",
    );
    assert_eq!(market.sandbox.read("victim.md"), "dear");
}

// killed

/// A repository that takes a while to publish.
fn large() -> Market {
    let market = Market::new();
    for at in 0..40 {
        let name = format!("skill-{at}");
        market.write(
            &format!("src/skills/{name}/SKILL.md"),
            skill(&name, &"words ".repeat(200)),
        );
        market.write(
            &format!("src/skills/{name}/data.bin"),
            vec![u8::try_from(at).unwrap(); 20_000],
        );
    }
    market.run("src", "marketplace build").expect(0);
    market.commit("many");
    market
}

/// Kills a publication twenty times, spread over the time that a whole one takes; `whole` looks at what is there after each kill,
/// and after the run that completes it.
fn kill_twenty_times(to: &str, whole: impl Fn(&Market, &str, bool)) {
    let market = large();
    let line = format!("marketplace publish docs --to {to}");
    let started = Instant::now();
    market.run("src", &line).expect(0);
    let took = started.elapsed();
    let mut killed = 0;
    for at in 1..=20u32 {
        let version = format!("1.{at}.0");
        market.release(&version);
        let mut child = market
            .command("src", &line)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Not a wait for something to happen: any moment is a good one to be killed at.
        let spread = Duration::from_micros(u64::from(at * 7919 % 1000));
        std::thread::sleep(took.mul_f64(f64::from(at) / 20.0) + spread);
        let _ = child.kill();
        killed += u32::from(!child.wait().unwrap().success());
        whole(&market, &version, false);
        market.run("src", &line).expect(0);
        whole(&market, &version, true);
        assert!(!market.sandbox.path("src/.packwright").exists());
    }
    assert!(
        killed >= 5,
        "only {killed} of 20 were killed before they were done"
    );
}

#[cfg(unix)]
#[test]
fn killed_while_publishing_to_git_loses_nothing() {
    kill_twenty_times("../market.git", |market, version, completed| {
        if !completed {
            return;
        }
        let tag = format!("docs--v{version}");
        assert_eq!(
            market.git("market.git", "rev-parse main^{tree}"),
            market.git("market.git", &format!("rev-parse {tag}^{{tree}}"))
        );
        let manifest = market.git("market.git", "show main:.claude-plugin/plugin.json");
        assert!(
            manifest.contains(&format!("\"version\": \"{version}\"")),
            "{manifest}"
        );
        let minor: usize = version.split('.').nth(1).unwrap().parse().unwrap();
        assert_eq!(market.git("market.git", "tag").lines().count(), minor + 1);
        assert_eq!(
            market.git("market.git", "rev-list --count main").trim(),
            (minor + 1).to_string()
        );
        market.git("market.git", "fsck --connectivity-only");
    });
}

#[cfg(unix)]
#[test]
fn killed_while_publishing_to_a_folder_leaves_the_old_or_the_new_one() {
    kill_twenty_times("../folder", |market, version, completed| {
        let root = market.sandbox.path("folder");
        let index: serde_json::Value =
            serde_json::from_slice(&fs::read(root.join(".claude-plugin/published.json")).unwrap()).unwrap();
        let listed = index["files"].as_object().unwrap();
        let on_disk = market.listing("folder");
        let files: Vec<&String> = on_disk
            .iter()
            .filter(|path| root.join(path).is_file() && *path != ".claude-plugin/published.json")
            .collect();
        assert_eq!(files, listed.keys().collect::<Vec<_>>());
        for (path, stamp) in listed {
            let bytes = fs::read(root.join(path)).unwrap();
            assert!(
                stamp.as_str().unwrap().ends_with(&sha256(&bytes)),
                "{path} after {version}"
            );
        }
        if completed {
            assert_eq!(index["packs"]["docs"]["version"], *version);
            let beside = fs::read_dir(market.sandbox.path("")).unwrap();
            let left = beside.filter(|entry| {
                entry
                    .as_ref()
                    .unwrap()
                    .file_name()
                    .to_string_lossy()
                    .starts_with(".packwright")
            });
            assert_eq!(left.count(), 0);
        }
    });
}
