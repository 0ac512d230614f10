use memchr::memmem;

use crate::document::script::{Language, Script};
use crate::lint::{Report, rule};
use crate::skill::Skill;
use crate::text::Span;

rule! {
    /// A script asks a question and waits for the answer.
    ///
    /// Agents run scripts without a terminal: nobody answers, and the run hangs until it is killed. What a script needs to know it
    /// must take as arguments. A script that looks whether it has a terminal, or has a flag such as `--yes` that answers for the
    /// user, is fine, and so is a question
    /// that stands behind `or` or `else`: there was another way to give the answer.
    ///
    /// ```python bad path=scripts/fill.py
    /// """Fills in a form."""
    /// name = input("Name? ")
    /// print(name)
    /// ```
    ///
    /// ```bash bad path=scripts/clean.sh
    /// #!/usr/bin/env bash
    /// set -eu
    /// read -r -p "Delete everything? " answer
    /// [ "$answer" = y ] && rm -r out
    /// ```
    ///
    /// ```python good path=scripts/fill.py
    /// """Fills in a form: does not call input()."""
    /// import sys
    /// name = sys.argv[1] if len(sys.argv) > 1 else sys.exit("usage: fill.py NAME")
    /// print(name)
    /// ```
    ///
    /// Source: agentskills.io, "Using scripts in skills", "Avoid interactive prompts", read 2026-11.
    "interactive-prompt", Suspicious, "0.2.0", Skill, check
}

const PYTHON: &[&str] = &[
    "input(",
    "getpass(",
    "click.confirm(",
    "click.prompt(",
    "typer.confirm(",
    "typer.prompt(",
    "Prompt.ask(",
    "Confirm.ask(",
    "questionary.",
];
const SHELL: &[&str] = &["read "];
const JAVASCRIPT: &[&str] = &[
    "readline.question(",
    "rl.question(",
    "inquirer.prompt(",
    "prompts(",
];

/// Words of scripts that can do without an answer.
const WAYS_OUT: &[&str] = &[
    "isatty",
    "isTTY",
    "-t 0",
    "-t 1",
    "--yes",
    "'-y'",
    "\"-y\"",
    "--force",
    "--no-input",
    "--non-interactive",
    "--noninteractive",
    "--interactive",
    "--no-confirm",
    "--skip-confirm",
    "--auto",
    "--batch",
    "--confirm",
    "NONINTERACTIVE",
    "EOFError",
];

fn check(skill: &Skill, report: &mut Report<'_>) {
    for (_, source, script) in skill.own_scripts() {
        let text = source.text();
        let calls = match script.language {
            Language::Python => PYTHON,
            Language::Shell => SHELL,
            Language::JavaScript => JAVASCRIPT,
        };
        let mut places: Vec<Span> = calls
            .iter()
            .flat_map(|call| memmem::find_iter(text.as_bytes(), call).map(move |at| (at, call)))
            .filter(|(at, _)| asks(text, *at, script))
            .map(|(at, call)| Span::new(at, at + call.trim_end_matches(['(', ' ', '.']).len()))
            .collect();
        places.sort();
        if let Some(first) = places.first()
            && !WAYS_OUT.iter().any(|way| text.contains(way))
        {
            let call = source.slice(*first);
            report
                .at(
                    source,
                    *first,
                    format!("`{call}` waits for an answer that no agent gives"),
                )
                .help("take the answer as an argument, or go without when there is no terminal");
        }
    }
}

/// Whether a call of that name stands there and asks the user.
fn asks(text: &str, at: usize, script: &Script) -> bool {
    let before = text[..at].chars().next_back();
    let is_name_before = before.is_some_and(|before| before.is_alphanumeric() || "_.$-".contains(before));
    let line = text[..at].rfind('\n').map_or(0, |at| at + 1);
    let line_before = text[line..at].trim_start();
    // What is asked only for want of a value: `arguments.user or input("User: ")`.
    let is_fallback = line_before.ends_with(" or ") || line_before.ends_with(" else ");
    if is_name_before || is_fallback || !script.is_code(at) || line_before.ends_with("def ") {
        return false;
    }
    if script.language != Language::Shell {
        return true;
    }
    let line_after = text[at..].lines().next().unwrap_or_default();
    let is_command = line_before.is_empty()
        || ["if", "then", "do", "else", "!", ";", "&&", "||", "{"]
            .iter()
            .any(|word| line_before.trim_end().ends_with(word));
    // With `-p` there is a question; without, input may come from a file or a pipe.
    let has_question = line_after
        .split_whitespace()
        .take(4)
        .any(|word| word.starts_with('-') && word.contains('p'));
    is_command && has_question && !line_after.contains('<') && !line_before.contains('|')
}
