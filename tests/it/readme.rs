//! What the READMEs show is run: every `$` line of a `console` block, in order, each README in a copy of its own folder.
//!
//! A line under a command is output that must be printed; a line with only `…` stands for any lines.
#![cfg(unix)]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::sandbox::{Sandbox, repository};

/// A command of a console block and the output shown under it.
struct Shown {
    line: usize,
    command: String,
    output: Vec<String>,
}

fn shown(text: &str) -> Vec<Shown> {
    let mut found: Vec<Shown> = Vec::new();
    let mut inside = false;
    for (at, line) in text.lines().enumerate() {
        match line.trim_end() {
            "```console" => inside = true,
            "```" => inside = false,
            line if inside => match (line.strip_prefix("$ "), found.last_mut()) {
                (Some(command), _) => found.push(Shown {
                    line: at + 1,
                    command: command.to_owned(),
                    output: Vec::new(),
                }),
                (None, Some(last)) => last.output.push(line.to_owned()),
                (None, None) => panic!("line {}: output without a command", at + 1),
            },
            _ => {}
        }
    }
    found
}

/// Whether `actual` is `expected`, where `…` stands for any lines.
fn fits(expected: &[String], actual: &[&str]) -> bool {
    match expected {
        [] => actual.iter().all(|line| line.trim().is_empty()),
        [first, rest @ ..] if first.trim() == "…" => {
            (0..=actual.len()).any(|skip| fits(rest, &actual[skip..]))
        }
        [first, rest @ ..] => match actual {
            [line, others @ ..] => line.trim_end() == first.trim_end() && fits(rest, others),
            [] => false,
        },
    }
}

fn run_all(readme: &str, sandbox: &Sandbox) {
    let text = fs::read_to_string(repository().join(readme)).unwrap();
    let commands = shown(&text);
    assert!(!commands.is_empty(), "{readme} shows no command");
    let binary = Path::new(env!("CARGO_BIN_EXE_packwright")).parent().unwrap();
    let mut folder = sandbox.path("");
    for Shown {
        line,
        command,
        output,
    } in commands
    {
        if let Some(into) = command.strip_prefix("cd ") {
            folder = folder.join(into);
            continue;
        }
        let needs_model = command.contains("--mode vector") || command.contains("--mode hybrid");
        if needs_model && crate::model::model_folder().is_none() {
            continue;
        }
        let prepared = sandbox.command(["--version"]);
        let mut shell = Command::new("sh");
        shell
            .args(["-c", &command])
            .current_dir(&folder)
            .env_clear()
            .stdin(Stdio::null());
        for (name, value) in prepared.get_envs() {
            shell.env(name, value.unwrap_or_default());
        }
        let path = std::env::var("PATH").unwrap_or_default();
        shell.env("PATH", format!("{}:{path}", binary.display()));
        let run = sandbox.shown(&shell.output().unwrap());
        assert_eq!(
            run.code, 0,
            "{readme}:{line}: `{command}`\n{}\n{}",
            run.stdout, run.stderr
        );
        if !output.is_empty() {
            let lines: Vec<&str> = run.stdout.lines().collect();
            assert!(
                fits(&output, &lines),
                "{readme}:{line}: `{command}` printed\n{}",
                run.stdout
            );
        }
    }
}

/// A sandbox with a git identity and, when there is one, the model.
fn sandbox() -> Sandbox {
    let mut sandbox = Sandbox::new();
    for (name, value) in [
        ("GIT_AUTHOR_NAME", "A. Reader"),
        ("GIT_AUTHOR_EMAIL", "reader@example.com"),
        ("GIT_COMMITTER_NAME", "A. Reader"),
        ("GIT_COMMITTER_EMAIL", "reader@example.com"),
    ] {
        sandbox.set(name, value);
    }
    if let Some(folder) = crate::model::model_folder() {
        sandbox.set("PACKWRIGHT_MODEL_DIR", &folder.to_string_lossy());
    }
    sandbox
}

#[test]
fn the_readme_can_be_followed() {
    run_all("README.md", &sandbox());
}

#[test]
fn every_example_can_be_followed() {
    for example in ["minimal-pack", "team-marketplace", "docs-rag"] {
        let sandbox = sandbox();
        sandbox.copy_from_repository(&format!("examples/{example}"), "");
        run_all(&format!("examples/{example}/README.md"), &sandbox);
    }
    let sandbox = sandbox();
    sandbox.copy_from_repository("skills", "skills");
    sandbox.copy_from_repository("examples/skills-eval", "examples/skills-eval");
    run_all("examples/skills-eval/README.md", &sandbox);
}

#[test]
fn the_two_commands_are_named() {
    let text = fs::read_to_string(repository().join("README.md")).unwrap();
    for command in ["cargo run --release -- tour", "tests/run"] {
        assert!(text.contains(command), "README.md does not name `{command}`");
    }
}
