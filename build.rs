//! Puts two things into the binary: the commit it was built from, and the files under `templates/`, `skills/`, `agents/` and the
//! shipped evaluation set, which `skill new`, `init` and `tour` need wherever the binary is installed.
#![expect(
    clippy::disallowed_methods,
    reason = "a build script looks at the sources and writes to the build folder"
)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

const EMBEDDED: &[(&str, &str)] = &[
    ("TEMPLATES", "templates"),
    ("SKILLS", "skills"),
    ("AGENTS", "agents"),
    ("EVALUATION_SET", "examples/skills-eval"),
];

fn main() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    let mut code = String::new();
    for (name, folder) in EMBEDDED {
        println!("cargo::rerun-if-changed={folder}");
        let mut files = Vec::new();
        collect(&root.join(folder), &mut files);
        files.sort();
        writeln!(
            code,
            "/// The files under `{folder}/`, ordered by path.\npub static {name}: &[EmbeddedFile] = &["
        )
        .expect("writing to a string");
        for file in files {
            let relative = file.strip_prefix(&root).expect("it was found below the root");
            let path = relative.to_string_lossy().replace('\\', "/");
            let executable = is_executable(&file);
            let file = file.to_string_lossy();
            writeln!(
                code,
                "    EmbeddedFile {{ path: {path:?}, contents: include_bytes!({file:?}), executable: {executable} }},"
            )
            .expect("writing to a string");
        }
        code.push_str("];\n");
    }
    fs::write(out.join("embedded.rs"), code).expect("the build folder can be written");

    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-env=PACKWRIGHT_VERSION={}", version());
}

/// `0.1.0 (1a2b3c4 2026-11-21)` in a release build of a git checkout, `0.1.0` elsewhere. Debug builds leave the commit out, so
/// that a commit does not cost a rebuild.
fn version() -> String {
    let number = env::var("CARGO_PKG_VERSION").expect("cargo sets it");
    if env::var("PROFILE").as_deref() != Ok("release") {
        return number;
    }
    if let Some(log) = git(&["rev-parse", "--git-path", "logs/HEAD"]).filter(|log| Path::new(log).exists()) {
        println!("cargo::rerun-if-changed={log}");
    }
    match git(&["log", "-1", "--format=%h %cs"]) {
        Some(commit) => format!("{number} ({commit})"),
        None => number,
    }
}

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !text.is_empty()).then_some(text)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        if path.is_dir() && entry.file_name() != "__pycache__" {
            collect(&path, files);
        } else if path.is_file() && !(hidden && entry.file_name() == ".DS_Store") {
            files.push(path);
        }
    }
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == "py" || extension == "sh")
}
