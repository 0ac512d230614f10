//! A real client: Neovim without a screen opens a broken skill, waits for findings, mends it and writes it.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::{env, fs};

use serde_json::{Value, json};

use super::BAD;
use crate::sandbox::{Sandbox, repository};

const VARIABLE: &str = "PACKWRIGHT_TEST_NVIM";

/// Neovim, or `None`, said aloud, where there is none. What `tests/run` found must be there.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn neovim() -> Option<PathBuf> {
    if let Some(found) = env::var_os(VARIABLE).filter(|found| !found.is_empty()) {
        return Some(PathBuf::from(found));
    }
    let folders = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&folders)
        .map(|folder| folder.join("nvim"))
        .find(|program| program.is_file());
    if found.is_none() {
        eprintln!("SKIPPED: needs Neovim; install it, or set {VARIABLE} to its program");
    }
    found
}

#[test]
fn neovim_shows_mends_and_writes() {
    let Some(neovim) = neovim() else {
        return;
    };
    let sandbox = Sandbox::new();
    let path = sandbox.write("skills/pdf-tools/SKILL.md", BAD);
    let answer = sandbox.home().join("answer.json");
    let run = Command::new(neovim)
        .args([
            "--headless",
            "-u",
            "NONE",
            "-i",
            "NONE",
            "-n",
            "--cmd",
            "set fileformats=unix",
        ])
        .arg("-c")
        .arg(format!(
            "luafile {}",
            repository().join("tests/it/lsp/neovim.lua").display()
        ))
        .current_dir(sandbox.path(""))
        .env_clear()
        .env("HOME", sandbox.home())
        .env("PATH", env::var_os("PATH").unwrap_or_default())
        .env("LANG", "C.UTF-8")
        .env("PACKWRIGHT", env!("CARGO_BIN_EXE_packwright"))
        .env("ROOT", sandbox.path("."))
        .env("ANSWER", &answer)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success() && answer.exists(), "{}: {told}", run.status);
    let seen: Value = serde_json::from_str(&fs::read_to_string(answer).unwrap()).unwrap();
    let expected = BAD.replace("Name", "name") + "Grüße 😀 [x](SKILL.md).\n";
    assert_eq!(fs::read_to_string(path).unwrap(), expected);
    assert_eq!(
        seen["before"],
        json!(["key-case", "link-target-missing", "name-missing"])
    );
    assert_eq!(seen["after"], json!(["link-target-missing"]));
    assert_eq!(
        seen["actions"],
        json!(["Write `name`", "Allow `key-case` here, with a reason"])
    );
    assert_eq!(seen["hover"], "link-target-missing");
    assert_eq!(seen["link"], 1);
    assert_eq!(
        seen["completed"],
        json!(["low", "medium", "high", "xhigh", "max"])
    );
}
