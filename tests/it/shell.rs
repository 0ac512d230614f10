//! The door itself: version, help, usage errors, settings, pipes.

use std::process::Stdio;

use crate::sandbox::Sandbox;

#[test]
fn version_and_help_are_data_on_stdout() {
    let sandbox = Sandbox::new();
    let version = sandbox.line("--version").expect(0);
    assert!(version.stdout.starts_with("packwright 0."), "{version:?}");
    assert_eq!(version.stderr, "");
    let help = sandbox.line("--help").expect(0);
    assert!(help.stdout.contains("Usage: packwright"), "{help:?}");
}

#[test]
fn a_wrong_command_is_a_usage_error_with_a_suggestion() {
    let run = Sandbox::new().line("confg show").expect(2);
    assert_eq!(run.stdout, "");
    assert!(run.stderr.contains("'config'"), "{run:?}");
}

#[test]
fn every_shell_gets_completions_and_every_command_a_page() {
    let sandbox = Sandbox::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = sandbox.run(["completions", shell]).expect(0);
        assert!(run.stdout.contains("packwright"), "{shell}");
    }
    sandbox.line("man --to pages").expect(0);
    let pages = sandbox.listing();
    for page in ["pages/packwright.1", "pages/packwright-config-show.1"] {
        assert!(pages.iter().any(|path| path == page), "{page} in {pages:?}");
    }
}

#[test]
fn settings_faults_name_file_line_value_and_remedy() {
    let sandbox = Sandbox::new();
    sandbox.write("packwright.toml", "[rag]\ncolection = \"docs\"\n");
    let run = sandbox.line("config check").expect(2);
    insta::assert_snapshot!(run.stderr, @r#"
    error: `packwright.toml` cannot be used as it stands
    caused by: line 2: unknown key `colection` in `colection = "docs"`
    hint: line 2: did you mean `collection`?
    "#);
}

#[test]
fn settings_are_found_upwards() {
    let sandbox = Sandbox::new();
    sandbox.write("packwright.toml", "[rag]\ncollection = \"docs\"\n");
    sandbox.write("deep/er/file", "");
    let output = sandbox
        .command(["config", "check"])
        .current_dir(sandbox.path("deep/er"))
        .output()
        .unwrap();
    assert_eq!(
        sandbox.shown(&output).expect(0).stdout,
        "../../packwright.toml: ok\n"
    );
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_error() {
    let sandbox = Sandbox::new();
    let mut child = sandbox
        .command(["completions", "bash"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}
