//! Marketplaces and lock files that mean harm.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::{Market, says, sha256};

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
