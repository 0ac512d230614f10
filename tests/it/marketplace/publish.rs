//! `marketplace publish`, to git and to a folder.

use std::collections::BTreeMap;
use std::fs;

use super::{Market, says, sha256, skill};

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
