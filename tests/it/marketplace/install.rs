//! `marketplace install`: what is there, what is locked, what others put there.

use std::fs;

use super::{Market, says, skill};

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
