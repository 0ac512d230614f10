//! What lint costs: `cargo bench --bench lint [-- SKILLS]`.
//!
//! The binary is run on a generated corpus, cold (no cache) and warm, and on ten times as many skills to see the growth. CPU time
//! is that of the whole process, medians of five runs. `PACKWRIGHT_BENCH_PEER` may hold the command line of another linter, which
//! is then run on the same corpus, and compared; `PACKWRIGHT_BENCH_CORPUS` a folder of one's own to lint beside the generated one.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a bench runs programs, writes files, takes times and tells them"
)]

mod corpus;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const BINARY: &str = env!("CARGO_BIN_EXE_packwright");
const ROUNDS: usize = 5;

/// One run of a command.
#[derive(Clone, Copy)]
struct Cost {
    wall: Duration,
    cpu: Duration,
    /// Peak of resident memory in MB, where the system tells.
    memory: Option<f64>,
}

fn main() {
    let skills = std::env::args()
        .find_map(|argument| argument.parse().ok())
        .unwrap_or(1000);
    let scratch = tempfile::tempdir().expect("a temporary folder");
    let cache = scratch.path().join("cache");
    let small = scratch.path().join("small");
    corpus::write(&small, skills);
    let (files, bytes) = size(&small);
    println!("{skills} skills, {files} files, {:.1} MB", megabytes(bytes));
    let cold = median(|| run(&["lint", "--no-cache", "--quiet"], &small, &cache));
    show("cold", &cold);
    // The first run fills the cache; stamps younger than two seconds are not trusted.
    std::thread::sleep(Duration::from_millis(2100));
    run(&["lint", "--quiet"], &small, &cache);
    let warm = median(|| run(&["lint", "--quiet"], &small, &cache));
    show("warm", &warm);
    let one = first_skill(&small);
    show(
        "one skill",
        &median(|| run(&["lint", "--no-cache", "--quiet"], &one, &cache)),
    );
    let large = scratch.path().join("large");
    corpus::write(&large, skills * 10);
    let grown = median(|| run(&["lint", "--no-cache", "--quiet"], &large, &cache));
    show("ten times", &grown);
    println!(
        "growth: {:.2} times the CPU for ten times the skills",
        grown.cpu.as_secs_f64() / cold.cpu.as_secs_f64()
    );
    println!(
        "warm: {:.2} of cold",
        warm.cpu.as_secs_f64() / cold.cpu.as_secs_f64()
    );
    // Last, since the system tells the peak memory of the largest child only.
    if let Some(peer) = std::env::var_os("PACKWRIGHT_BENCH_PEER") {
        compare(&peer.to_string_lossy(), cold.cpu, &small, &cache);
    }
    if let Some(own) = std::env::var_os("PACKWRIGHT_BENCH_CORPUS") {
        let own = PathBuf::from(own);
        let cost = median(|| run(&["lint", "--no-cache", "--quiet"], &own, &cache));
        show("own", &Cost { memory: None, ..cost });
        if let Some(peer) = std::env::var_os("PACKWRIGHT_BENCH_PEER") {
            compare(&peer.to_string_lossy(), cost.cpu, &own, &cache);
        }
    }
}

/// Runs another linter on the same folder.
fn compare(peer: &str, ours: Duration, folder: &Path, cache: &Path) {
    let mut words = peer.split_whitespace();
    let program = words.next().expect("a command line");
    let arguments: Vec<&str> = words.collect();
    let theirs = median(|| run_program(program, &arguments, folder, cache));
    show(
        "peer",
        &Cost {
            memory: None,
            ..theirs
        },
    );
    println!(
        "ours: {:.2} of its CPU",
        ours.as_secs_f64() / theirs.cpu.as_secs_f64()
    );
}

fn show(what: &str, cost: &Cost) {
    let memory = cost
        .memory
        .map_or(String::new(), |memory| format!(", {memory:.0} MB"));
    println!(
        "{what:<10} {:>8.1} ms CPU, {:>8.1} ms wall{memory}",
        milliseconds(cost.cpu),
        milliseconds(cost.wall)
    );
}

fn median(cost: impl Fn() -> Cost) -> Cost {
    let mut costs: Vec<Cost> = (0..ROUNDS).map(|_| cost()).collect();
    costs.sort_by_key(|cost| cost.cpu);
    costs.swap_remove(ROUNDS / 2)
}

/// Runs the binary as its own small process, so that what it used can be asked of the system.
fn run(arguments: &[&str], folder: &Path, cache: &Path) -> Cost {
    run_program(BINARY, arguments, folder, cache)
}

fn run_program(program: &str, arguments: &[&str], folder: &Path, cache: &Path) -> Cost {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .current_dir(folder)
        .env("XDG_CACHE_HOME", cache)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let before = children();
    let start = Instant::now();
    let status = command.status().expect("the binary runs");
    let wall = start.elapsed();
    assert!(matches!(status.code(), Some(0 | 1)), "{status}");
    let after = children();
    Cost {
        wall,
        cpu: after.0.saturating_sub(before.0),
        memory: after.1,
    }
}

/// CPU time of the children that have ended, and the peak memory in MB of the largest of them so far.
#[cfg(unix)]
fn children() -> (Duration, Option<f64>) {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeValLike;
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("the system tells");
    let time = usage.user_time() + usage.system_time();
    let microseconds = u64::try_from(time.num_microseconds()).unwrap_or_default();
    let unit = if cfg!(target_os = "macos") { 1 } else { 1024 };
    let bytes = u64::try_from(usage.max_rss()).unwrap_or_default() * unit;
    (Duration::from_micros(microseconds), Some(megabytes(bytes)))
}

#[cfg(not(unix))]
fn children() -> (Duration, Option<f64>) {
    (Duration::ZERO, None)
}

fn first_skill(root: &Path) -> PathBuf {
    let mut folders: Vec<PathBuf> = std::fs::read_dir(root.join("pack-0/skills"))
        .expect("skills")
        .map(|entry| entry.expect("a skill").path())
        .collect();
    folders.sort();
    folders.swap_remove(0)
}

fn size(root: &Path) -> (usize, u64) {
    let files = walkdir::WalkDir::new(root).into_iter().filter_map(Result::ok);
    let sizes = files.filter_map(|entry| {
        entry
            .metadata()
            .ok()
            .filter(std::fs::Metadata::is_file)
            .map(|file| file.len())
    });
    sizes.fold((0, 0), |(files, bytes), size| (files + 1, bytes + size))
}

#[expect(clippy::cast_precision_loss, reason = "a figure for people")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
