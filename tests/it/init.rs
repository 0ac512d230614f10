//! `init`.

use crate::sandbox::Sandbox;

#[test]
fn init_makes_a_repository_that_is_clean_and_never_overwrites() {
    let sandbox = Sandbox::new();
    sandbox.write("team-skills/.gitignore", "mine\n");
    sandbox
        .run([
            "init",
            "team-skills",
            "--description",
            "Our \"best\" skills",
            "--owner",
            "A & B",
        ])
        .expect(0);
    assert_eq!(sandbox.read("team-skills/.gitignore"), "mine\n");
    for file in [
        "packwright.toml",
        ".github/workflows/packwright.yml",
        ".pre-commit-config.yaml",
        ".packwright/packwright.schema.json",
        "skills/.gitkeep",
        "agents/.gitkeep",
        "README.md",
    ] {
        assert!(sandbox.path("team-skills").join(file).exists(), "{file}");
    }
    let run = |line: &str| {
        let output = sandbox
            .command(line.split(' '))
            .current_dir(sandbox.path("team-skills"))
            .output()
            .unwrap();
        sandbox.shown(&output)
    };
    let settings = run("config show --format json").expect(0).json();
    assert_eq!(settings["marketplace"]["name"], "team-skills");
    assert_eq!(settings["marketplace"]["description"], "Our \"best\" skills");
    run("skill new first").expect(0);
    run("lint --strict").expect(0);
    let again = sandbox.line("init team-skills").expect(2);
    assert!(again.stderr.contains("is there already"), "{again:?}");
}
