//! What runs packwright for others: the pre-commit hooks, the GitHub action, and the workflows that are scaffolded.

use std::fs;
use std::path::Path;

use regex::Regex;
use serde_json::Value;

use crate::sandbox::{Sandbox, repository};

fn yaml(path: impl AsRef<Path>) -> Value {
    let path = path.as_ref();
    let text = fs::read_to_string(path).unwrap();
    serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name]
        .as_str()
        .unwrap_or_else(|| panic!("no `{name}` in {value}"))
}

const SKILL: &str = "---\nname: pdf-tools\ndescription: Reads PDF files. Use when a task mentions a PDF.\n---\n\nRead the file.\n";

#[test]
fn hooks_run_commands_that_are_there() {
    let sandbox = Sandbox::new();
    let hooks = yaml(repository().join(".pre-commit-hooks.yaml"));
    let ids: Vec<&str> = hooks
        .as_array()
        .unwrap()
        .iter()
        .map(|hook| text(hook, "id"))
        .collect();
    assert_eq!(ids, ["packwright-lint", "packwright-skill-lint"]);
    sandbox.write("skills/pdf-tools/SKILL.md", SKILL);
    for hook in hooks.as_array().unwrap() {
        let entry = text(hook, "entry").strip_prefix("packwright ").unwrap();
        let run = sandbox
            .line(&format!("{entry} skills/pdf-tools/SKILL.md"))
            .expect(0);
        assert!(run.stdout.starts_with("ok: 1 "), "{run:?}");
    }
}

#[test]
fn hooks_get_the_files_that_they_can_judge() {
    let hooks = yaml(repository().join(".pre-commit-hooks.yaml"));
    let takes = |at: usize, path: &str| {
        let hook = &hooks[at];
        let matches = |pattern: &str| Regex::new(pattern).unwrap().is_match(path);
        matches(text(hook, "files")) && !hook["exclude"].as_str().is_some_and(matches)
    };
    for (path, lint, skill_lint) in [
        ("skills/pdf/SKILL.md", true, true),
        ("SKILL.md", true, true),
        ("packs/a/skills/pdf/skill.md", true, true),
        ("agents/reviewer.md", true, false),
        (".claude/agents/team/reviewer.md", true, false),
        ("agents/README.md", false, false),
        ("AGENTS.md", false, false),
        ("skills/creator/agents/grader.md", false, false),
        ("skills/pdf/references/guide.md", false, false),
        ("docs/my-skill.md", false, false),
    ] {
        assert_eq!((takes(0, path), takes(1, path)), (lint, skill_lint), "{path}");
    }
}

#[test]
fn what_init_scaffolds_runs() {
    let sandbox = Sandbox::new();
    sandbox.run(["init", ".", "--name", "team-skills"]).expect(0);
    sandbox.line("skill new pdf").expect(0);
    let workflow = yaml(sandbox.path(".github/workflows/packwright.yml"));
    let hooks = yaml(sandbox.path(".pre-commit-config.yaml"));
    let steps = workflow["jobs"]["lint"]["steps"].as_array().unwrap();
    let hooks = hooks["repos"][0]["hooks"].as_array().unwrap();
    let commands = steps.iter().filter_map(|step| step["run"].as_str());
    let commands: Vec<&str> = commands
        .chain(hooks.iter().map(|hook| text(hook, "entry")))
        .filter_map(|command| command.strip_prefix("packwright "))
        .collect();
    assert_eq!(commands, ["lint --format github", "lint"]);
    for command in commands {
        sandbox.line(command).expect(0);
    }
}

#[cfg(unix)]
mod action {
    use std::process::Command;

    use super::*;
    use crate::sandbox::Run;

    /// Runs the step `lint` of the action as the runner does, with these inputs.
    fn lint(sandbox: &Sandbox, paths: &str, arguments: &str, sarif: &str) -> Run {
        let action = yaml(repository().join("action.yml"));
        let steps = action["runs"]["steps"].as_array().unwrap();
        let step = steps.iter().find(|step| step["id"] == "lint").unwrap();
        for (variable, input) in [("PATHS", "paths"), ("ARGS", "args"), ("SARIF_FILE", "sarif-file")] {
            assert_eq!(text(&step["env"], variable), format!("${{{{ inputs.{input} }}}}"));
            assert!(action["inputs"][input].is_object(), "{input}");
        }
        let script = sandbox.write("../step.sh", text(step, "run"));
        let binary = Path::new(env!("CARGO_BIN_EXE_packwright")).parent().unwrap();
        let prepared = sandbox.command(["--version"]);
        let mut bash = Command::new("bash");
        bash.args(["--noprofile", "--norc", "-e", "-o", "pipefail"])
            .arg(script)
            .current_dir(sandbox.path(""))
            .env_clear();
        for (name, value) in prepared.get_envs() {
            bash.env(name, value.unwrap_or_default());
        }
        let path = std::env::var("PATH").unwrap_or_default();
        bash.env("PATH", format!("{}:{path}", binary.display()))
            .env("GITHUB_OUTPUT", sandbox.path("../output"))
            .env("PATHS", paths)
            .env("ARGS", arguments)
            .env("SARIF_FILE", sarif);
        sandbox.shown(&bash.output().unwrap())
    }

    #[test]
    fn it_annotates_writes_sarif_and_fails_on_errors() {
        let sandbox = Sandbox::new();
        sandbox.write("skills/pdf-tools/SKILL.md", SKILL);
        sandbox.write("my skills/other/SKILL.md", SKILL);
        let clean = lint(&sandbox, "skills\n", "--strict --no-cache", "").expect(0);
        assert_eq!(clean.stdout, "");
        let run = lint(&sandbox, "", "", "out.sarif").expect(1);
        assert!(
            run.stdout
                .starts_with("::error file=my skills/other/SKILL.md,line=2,"),
            "{run:?}"
        );
        assert!(sandbox.read("out.sarif").contains("name-differs-from-folder"));
        assert_eq!(sandbox.read("../output"), "sarif-file=out.sarif\n");
        let named = lint(&sandbox, "skills\nmy skills/other/SKILL.md\n", "--statistics", "");
        assert!(named.stderr.contains("prints human or json"), "{named:?}");
    }

    #[test]
    fn a_run_that_cannot_look_has_no_report() {
        let sandbox = Sandbox::new();
        let run = lint(&sandbox, "--fix\nnowhere", "", "out.sarif").expect(2);
        assert!(run.stderr.contains("`--fix`"), "a path is no flag: {run:?}");
        assert!(!sandbox.path("../output").exists());
    }
}
