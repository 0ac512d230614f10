//! The laws of the house, each held by a test that has been seen to fail: every law is also run on a seeded violation.

use std::collections::BTreeSet;
use std::fs;

use crate::sandbox::repository;

/// A source file: its path below the repository, and its text.
type File = (String, String);

/// A law takes the files of `src/` and names what breaks it.
type Law = fn(&[File]) -> Vec<String>;

fn sources() -> Vec<File> {
    let root = repository();
    let mut files: Vec<File> = walkdir::WalkDir::new(root.join("src"))
        .into_iter()
        .map(|entry| entry.expect("a readable source tree"))
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let path = entry.path().strip_prefix(&root).expect("below the root");
            let text = fs::read_to_string(entry.path()).unwrap_or_default();
            (path.to_string_lossy().replace('\\', "/"), text)
        })
        .collect();
    files.sort();
    files
}

/// Runs a law on the real files, where it must hold, and on the same with one more file, where it must not.
#[track_caller]
fn holds(law: Law, seed_path: &str, seed: &str) {
    let files = sources();
    assert_eq!(law(&files), Vec::<String>::new());
    let mut seeded = files;
    seeded.retain(|(path, _)| path != seed_path);
    seeded.push((seed_path.to_owned(), seed.to_owned()));
    assert!(
        !law(&seeded).is_empty(),
        "the law does not notice `{seed}` in {seed_path}"
    );
}

fn rust(files: &[File]) -> impl Iterator<Item = &File> {
    files.iter().filter(|(path, _)| {
        path.rsplit_once('.')
            .is_some_and(|(_, extension)| extension == "rs")
    })
}

/// The code of a file without its tests and comments, with the number of each line.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let end = text.find("#[cfg(test)]\nmod tests").unwrap_or(text.len());
    text[..end]
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
        .map(|(at, line)| (at + 1, line))
}

/// The rooms in the order of `src/lib.rs`.
fn rooms(files: &[File]) -> Vec<String> {
    let lib = &files
        .iter()
        .find(|(path, _)| path == "src/lib.rs")
        .expect("src/lib.rs")
        .1;
    let names = lib
        .lines()
        .filter_map(|line| line.trim().strip_prefix("pub mod ")?.strip_suffix(';'));
    names.map(str::to_owned).collect()
}

fn room_of(path: &str) -> &str {
    let inside = path.strip_prefix("src/").unwrap_or(path);
    inside.split('/').next().unwrap_or(inside).trim_end_matches(".rs")
}

fn imports_point_up(files: &[File]) -> Vec<String> {
    let rooms = rooms(files);
    let rank = |room: &str| rooms.iter().position(|known| known == room);
    let mut broken = Vec::new();
    for (path, text) in rust(files).filter(|(path, _)| path != "src/lib.rs" && path != "src/main.rs") {
        let Some(own) = rank(room_of(path)) else {
            broken.push(format!("{path}: its room is not in src/lib.rs"));
            continue;
        };
        for (line, code) in code(text) {
            for (at, marker) in code.match_indices("crate::") {
                let rest = &code[at + marker.len()..];
                // `use crate::{a, b::c}` names several rooms.
                let names: Vec<&str> = match rest.strip_prefix('{') {
                    Some(list) => list
                        .split(',')
                        .map(|name| name.trim().split("::").next().unwrap_or_default())
                        .collect(),
                    None => vec![
                        rest.split(|c: char| !(c.is_alphanumeric() || c == '_'))
                            .next()
                            .unwrap_or_default(),
                    ],
                };
                for name in names {
                    let name = name.trim_matches(|c: char| !(c.is_alphanumeric() || c == '_'));
                    if rank(name).is_some_and(|other| other > own) {
                        broken.push(format!("{path}:{line}: `{name}` stands below `{}`", rooms[own]));
                    }
                }
            }
        }
    }
    broken
}

#[test]
fn every_import_points_up_the_module_list() {
    holds(
        imports_point_up,
        "src/lint/seeded.rs",
        "//! x\nuse crate::cli::Context;\n",
    );
    holds(
        imports_point_up,
        "src/text.rs",
        "//! x\nuse crate::{diagnostic::Place, lint};\n",
    );
}

/// Crates that one room, or a few, speak to for everyone.
const DOORKEEPERS: &[(&str, &[&str])] = &[
    ("anstream", &["src/cli/ui.rs"]),
    ("clap", &["src/cli/"]),
    ("croner", &["src/jobs/cron.rs"]),
    ("fastrand", &["src/jobs/work.rs", "src/store/"]),
    ("gemm", &["src/rag/embed/"]),
    ("git2", &["src/io/git.rs", "src/io/git/"]),
    ("granit_parser", &["src/document/yaml.rs"]),
    ("indicatif", &["src/cli/ui.rs"]),
    // `db/types/rust.rs` writes code that names it.
    (
        "jiff",
        &["src/io/clock.rs", "src/jobs/cron.rs", "src/db/types/rust.rs"],
    ),
    ("libsqlite3_sys", &["src/store/pages.rs"]),
    ("lsp_types", &["src/lsp/"]),
    ("memmap2", &["src/io/"]),
    ("oxc_allocator", &["src/document/code/javascript.rs"]),
    ("oxc_parser", &["src/document/code/javascript.rs"]),
    ("oxc_span", &["src/document/code/javascript.rs"]),
    ("proc_macro2", &["src/document/code/rust.rs"]),
    ("pulldown_cmark", &["src/document/"]),
    ("mimalloc", &["src/main.rs"]),
    ("rayon", &["src/io/files.rs", "src/rag/"]),
    ("reqwest", &["src/io/http.rs"]),
    ("rustls", &["src/io/http.rs"]),
    ("rustix", &["src/io/"]),
    ("serde_saphyr", &["src/document/yaml.rs"]),
    ("sqlx", &["src/store/", "src/db/", "src/rag/", "src/jobs/"]),
    ("syn", &["src/document/code/rust.rs"]),
    ("tempfile", &["src/io/"]),
    ("tera", &["src/scaffold.rs"]),
    ("toml_parser", &["src/document/code/toml.rs"]),
    ("unicode_width", &["src/cli/report/"]),
    ("walkdir", &["src/io/files.rs"]),
];

fn third_parties_have_one_door(files: &[File]) -> Vec<String> {
    let mut broken = Vec::new();
    for (path, text) in rust(files) {
        for (line, code) in code(text) {
            for (name, doors) in DOORKEEPERS {
                let speaks = code.match_indices(&format!("{name}::")).any(|(at, _)| {
                    !code[..at]
                        .ends_with(|before: char| before.is_alphanumeric() || matches!(before, '_' | ':'))
                });
                if speaks && !doors.iter().any(|door| path.starts_with(door)) {
                    broken.push(format!("{path}:{line}: `{name}` belongs to {}", doors.join(", ")));
                }
            }
        }
    }
    broken
}

#[test]
fn each_third_party_has_its_door() {
    holds(
        third_parties_have_one_door,
        "src/skill/seeded.rs",
        "//! x\nuse walkdir::WalkDir;\n",
    );
    holds(
        third_parties_have_one_door,
        "src/cli/rag.rs",
        "//! x\nlet bar = indicatif::ProgressBar::new(1);\n",
    );
}

/// Files that may touch disk, network, clock, processes or the environment: they open the lint that forbids it.
const WORLDLY: &[&str] = &["src/io/", "src/store/", "src/cli/", "src/main.rs"];

fn only_edges_touch_the_world(files: &[File]) -> Vec<String> {
    let opens = |text: &str| text.contains("clippy::disallowed_methods");
    let touches = |text: &str| {
        let words = [
            "std::fs::",
            "std::env::",
            "std::process::Command",
            "SystemTime::now",
            "Instant::now",
            "tokio::fs::",
        ];
        code(text).any(|(_, line)| words.iter().any(|word| line.contains(word)))
    };
    rust(files)
        .filter(|(path, text)| {
            !WORLDLY.iter().any(|door| path.starts_with(door)) && (opens(text) || touches(text))
        })
        .map(|(path, _)| format!("{path} touches the world"))
        .collect()
}

#[test]
fn only_the_edges_touch_the_world() {
    holds(
        only_edges_touch_the_world,
        "src/page/seeded.rs",
        "//! x\nfn f() { std::fs::read(\"x\"); }\n",
    );
    let clippy = fs::read_to_string(repository().join("clippy.toml")).unwrap();
    for method in [
        "std::fs::read",
        "std::env::var",
        "std::time::SystemTime::now",
        "std::process::Command::new",
    ] {
        assert!(
            clippy.contains(&format!("\"{method}\"")),
            "clippy.toml does not forbid {method}"
        );
    }
}

fn sql_lives_in_files(files: &[File]) -> Vec<String> {
    let starts = [
        "SELECT ",
        "INSERT INTO",
        "UPDATE ",
        "DELETE FROM",
        "CREATE TABLE",
        "DROP TABLE",
        "ALTER TABLE",
    ];
    let mut broken = Vec::new();
    for (path, text) in rust(files) {
        for (line, code) in code(text) {
            let literal = starts.iter().any(|start| {
                code.contains(&format!("\"{start}")) || code.contains(&format!("\"{}", start.to_lowercase()))
            });
            if literal && !path.starts_with("src/document/") {
                broken.push(format!("{path}:{line}: SQL belongs in a .sql file"));
            }
        }
    }
    broken
}

#[test]
fn sql_lives_in_sql_files() {
    holds(
        sql_lives_in_files,
        "src/db/seeded.rs",
        "//! x\nlet query = \"SELECT 1 FROM t\";\n",
    );
}

fn files_are_short_or_say_why(files: &[File]) -> Vec<String> {
    rust(files)
        .filter(|(_, text)| {
            let head: String = text.lines().take_while(|line| line.starts_with("//!")).collect();
            text.lines().count() > 500 && !head.contains("Long because")
        })
        .map(|(path, text)| format!("{path} has {} lines and does not say why", text.lines().count()))
        .collect()
}

#[test]
fn files_over_500_lines_say_why() {
    holds(
        files_are_short_or_say_why,
        "src/skill/seeded.rs",
        &format!("//! x\n{}", "fn f() {}\n".repeat(501)),
    );
}

fn names_are_nouns(files: &[File]) -> Vec<String> {
    let empty = [
        "util", "utils", "common", "helper", "helpers", "misc", "manager", "core", "base",
    ];
    files
        .iter()
        .map(|(path, _)| path)
        .filter(|path| {
            path.trim_end_matches(".rs")
                .split('/')
                .any(|part| empty.contains(&part))
        })
        .map(|path| format!("{path} is a room without a noun"))
        .collect()
}

#[test]
fn every_room_has_a_noun() {
    holds(names_are_nouns, "src/lint/utils.rs", "//! x\n");
}

fn modules_say_what_they_are(files: &[File]) -> Vec<String> {
    let is_rule = |path: &str| path.contains("/rules/") && !path.ends_with("/mod.rs");
    rust(files)
        .filter(|(path, text)| !is_rule(path) && !text.starts_with("//! "))
        .map(|(path, _)| format!("{path} does not begin with what it is"))
        .collect()
}

#[test]
fn every_module_says_what_it_is() {
    holds(modules_say_what_they_are, "src/lint/seeded.rs", "fn f() {}\n");
}

fn rules_are_named_like_their_files(files: &[File]) -> Vec<String> {
    let mut broken = Vec::new();
    let mut names = BTreeSet::new();
    for (path, text) in rust(files).filter(|(path, _)| path.contains("/rules/") && !path.ends_with("/mod.rs"))
    {
        let stem = path
            .rsplit('/')
            .next()
            .unwrap_or(path)
            .trim_end_matches(".rs")
            .replace('_', "-");
        let macro_body = text.split("rule! {").nth(1).unwrap_or_default();
        let named = macro_body
            .lines()
            .find(|line| !line.trim().is_empty() && !line.trim().starts_with("///"))
            .and_then(|line| line.split('"').nth(1));
        if named != Some(stem.as_str()) {
            broken.push(format!("{path}: the rule is named {named:?}"));
        }
        if !names.insert(stem.clone()) {
            broken.push(format!("{path}: `{stem}` exists already"));
        }
        let module = path.rsplit('/').next().unwrap_or(path).trim_end_matches(".rs");
        let list = format!(
            "{}/mod.rs",
            path.rsplit_once('/').map_or("", |(folder, _)| folder)
        );
        let listed = files
            .iter()
            .any(|(other, text)| *other == list && text.contains(&format!("    {module}::RULE,")));
        if !listed {
            broken.push(format!("{path}: not in the slice of {list}"));
        }
        if text.lines().count() > 160 {
            broken.push(format!("{path}: a rule of {} lines", text.lines().count()));
        }
    }
    broken
}

#[test]
fn a_rule_is_one_file_of_its_name_and_listed() {
    let rule = "rule! {\n    /// x\n    \"other-name\", Style, \"0.1.0\", Skill, check\n}\n";
    holds(
        rules_are_named_like_their_files,
        "src/skill/rules/seeded.rs",
        rule,
    );
}

fn unsafe_code_is_rare_and_explained(files: &[File]) -> Vec<String> {
    let mut broken = Vec::new();
    for (path, text) in rust(files) {
        let blocks = code(text)
            .filter(|(_, line)| line.contains("unsafe {") || line.contains("unsafe fn "))
            .count();
        let explained = text.matches("SAFETY:").count() + text.matches("# Safety").count();
        if blocks > explained {
            broken.push(format!(
                "{path}: {blocks} unsafe places, {explained} SAFETY comments"
            ));
        }
        if blocks > 0 && text.lines().count() > 300 {
            broken.push(format!("{path}: unsafe code belongs in a small file of its own"));
        }
    }
    broken
}

#[test]
fn unsafe_code_is_rare_and_explained_everywhere() {
    holds(
        unsafe_code_is_rare_and_explained,
        "src/io/seeded.rs",
        "//! x\nfn f() { unsafe { g() } }\n",
    );
}

/// Holds that a folder has exactly these files; `UPDATE=1` writes them.
#[track_caller]
fn is_fresh(folder: &str, files: Vec<(String, String)>) {
    let root = repository().join(folder);
    let update = std::env::var_os("UPDATE").is_some();
    if update {
        fs::create_dir_all(&root).unwrap();
    }
    let mut expected = BTreeSet::new();
    for (name, text) in files {
        let path = root.join(&name);
        let is_stale = fs::read_to_string(&path).unwrap_or_default() != text;
        if update && is_stale {
            fs::write(&path, &text).unwrap();
        } else {
            assert!(
                !is_stale,
                "{folder}/{name} is stale: run the tests once with UPDATE=1"
            );
        }
        expected.insert(name);
    }
    for entry in fs::read_dir(&root).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().to_string_lossy().into_owned();
        if !expected.contains(&name) && update {
            fs::remove_file(entry.path()).unwrap();
        } else {
            assert!(
                expected.contains(&name),
                "{folder}/{name} is not what the binary writes"
            );
        }
    }
}

#[test]
fn schemas_are_fresh() {
    let schemas = packwright::cli::schemas().into_iter();
    let text = |schema| serde_json::to_string_pretty(&schema).unwrap() + "\n";
    is_fresh(
        "schemas",
        schemas.map(|(name, schema)| (name, text(schema))).collect(),
    );
}

#[test]
fn the_pages_of_the_rules_are_fresh() {
    is_fresh("docs/rules", packwright::cli::rule_pages());
}

/// Whoever writes a path of their own machine into a file finds out here.
#[test]
fn no_file_names_a_machine() {
    let root = repository();
    let tracked = std::process::Command::new("git")
        .args(["ls-files", "-z"])
        .current_dir(&root)
        .output();
    let Ok(tracked) = tracked else {
        return;
    };
    let roots = ["root", "home", "Users"].map(|name| format!("/{name}/"));
    for path in String::from_utf8_lossy(&tracked.stdout)
        .split('\0')
        .filter(|path| !path.is_empty())
    {
        // The rule about such paths shows one.
        if path.ends_with("home_path.rs") || path.ends_with("home-path.md") {
            continue;
        }
        let text = fs::read(root.join(path)).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        for word in &roots {
            let hit = text.match_indices(word.as_str()).any(|(at, _)| {
                !text[..at].ends_with(|before: char| {
                    before.is_alphanumeric() || matches!(before, '.' | '}' | '_' | '-' | '/' | ']')
                })
            });
            assert!(!hit, "{path} names `{word}`");
        }
    }
}

#[test]
fn the_manifests_of_this_repository_are_fresh() {
    let sandbox = crate::sandbox::Sandbox::new();
    let mut check = sandbox.command(["marketplace", "build", "--check"]);
    let output = check.current_dir(repository()).output().unwrap();
    sandbox.shown(&output).expect(0);
}
