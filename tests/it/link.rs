//! `skill link`: made, checked, taken back exactly.

use crate::sandbox::Sandbox;

#[cfg(unix)]
#[test]
fn links_are_made_checked_and_taken_back_exactly() {
    let sandbox = Sandbox::new();
    sandbox.line("skill new pdf").expect(0);
    sandbox.line("skill new csv").expect(0);
    sandbox.write(".claude/settings.json", "{}");
    let before = sandbox.listing();
    sandbox
        .line("skill link pdf csv --to claude-code,codex,windsurf")
        .expect(0);
    let links: Vec<String> = sandbox
        .listing()
        .into_iter()
        .filter(|path| path.contains(" -> "))
        .collect();
    assert_eq!(
        links,
        [
            ".agents/skills/csv -> ../../skills/csv",
            ".agents/skills/pdf -> ../../skills/pdf",
            ".claude/skills/csv -> ../../.agents/skills/csv",
            ".claude/skills/pdf -> ../../.agents/skills/pdf",
            ".windsurf/skills/csv -> ../../.agents/skills/csv",
            ".windsurf/skills/pdf -> ../../.agents/skills/pdf",
        ]
    );
    assert!(
        sandbox
            .read(".windsurf/skills/pdf/SKILL.md")
            .contains("name: pdf")
    );
    let linked = sandbox.listing();
    sandbox
        .line("skill link pdf csv --to claude-code,codex,windsurf")
        .expect(0);
    assert_eq!(sandbox.listing(), linked, "linking again changes nothing");
    sandbox.line("skill link --check").expect(0);

    std::fs::remove_file(sandbox.path(".windsurf/skills/pdf")).unwrap();
    let run = sandbox.line("skill link --check --format json").expect(1);
    assert_eq!(run.json()["faults"][0]["path"], ".windsurf/skills/pdf");

    sandbox.line("skill link pdf --remove --to windsurf").expect(0);
    assert!(sandbox.path(".claude/skills/pdf").exists());
    sandbox.line("skill link pdf csv --remove").expect(0);
    assert_eq!(sandbox.listing(), before);
}

#[cfg(unix)]
#[test]
fn links_of_others_are_never_replaced() {
    let sandbox = Sandbox::new();
    sandbox.line("skill new pdf").expect(0);
    sandbox.write(".claude/skills/pdf/SKILL.md", "theirs");
    let run = sandbox.line("skill link pdf --to claude-code").expect(2);
    assert!(
        run.stderr
            .contains("`.claude/skills/pdf` is there and is not a link"),
        "{run:?}"
    );
    assert!(!sandbox.path(".agents").exists(), "nothing was done by halves");
    let run = sandbox.line("skill link pdff --to claude-code").expect(2);
    assert!(run.stderr.contains("did you mean `pdf`?"), "{run:?}");
    let run = sandbox.line("skill link pdf --to claude-cod").expect(2);
    assert!(run.stderr.contains("did you mean `claude-code`?"), "{run:?}");
}

#[test]
fn copies_are_updated_and_edited_ones_kept() {
    let sandbox = Sandbox::new();
    sandbox.line("skill new pdf --template reference").expect(0);
    sandbox.line("skill link pdf --to claude-code --copy").expect(0);
    sandbox.line("skill link --check").expect(0);
    sandbox.write("skills/pdf/references/guide.md", "# New text\n");
    sandbox.line("skill link pdf --to claude-code --copy").expect(0);
    assert_eq!(
        sandbox.read(".claude/skills/pdf/references/guide.md"),
        "# New text\n"
    );
    sandbox.write(".claude/skills/pdf/SKILL.md", "edited here");
    let run = sandbox.line("skill link pdf --to claude-code --copy").expect(2);
    assert!(run.stderr.contains("was changed since it was copied"), "{run:?}");
    let run = sandbox.line("skill link pdf --remove").expect(0);
    assert!(run.stderr.contains("left alone"), "{run:?}");
    assert_eq!(sandbox.read(".claude/skills/pdf/SKILL.md"), "edited here");
    assert!(!sandbox.path(".agents/skills/pdf").exists());
}

#[test]
fn links_for_all_projects_go_to_the_home_folder() {
    let sandbox = Sandbox::new();
    sandbox.line("skill new pdf").expect(0);
    sandbox.line("skill link pdf --to claude-code --global").expect(0);
    let text = std::fs::read_to_string(sandbox.home().join(".claude/skills/pdf/SKILL.md")).unwrap();
    assert!(text.contains("name: pdf"));
    assert!(!sandbox.path(".claude").exists());
}
