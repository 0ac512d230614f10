//! What migrations cost: `cargo bench --bench migrate [-- FILES]`.
//!
//! The binary applies so many files (500 unless told otherwise), each a table and an index, then finds nothing to do, then tells how
//! all stand; on SQLite on the disk, and on the PostgreSQL server that `PACKWRIGHT_TEST_DATABASE_URL` names. Wall time, medians of
//! seven rounds. `PACKWRIGHT_BENCH_SQLX` and `PACKWRIGHT_BENCH_DBMATE` may name the programs of sqlx-cli and dbmate: each round then
//! runs all of them one after the other, since one and the same disk is ten times slower in one minute than in the next.
//! sqlx-cli is given a file that it made itself, and so in WAL mode.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a bench runs programs, writes files, takes times and tells them"
)]

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};

const ROUNDS: usize = 7;
const OURS: &str = "packwright";

#[derive(Clone, Copy, PartialEq)]
enum Tool {
    Packwright,
    Sqlx,
    Dbmate,
}

#[derive(Clone, Copy)]
enum Deed {
    Up,
    Nothing,
    Status,
}

/// A program that migrates.
struct Program {
    tool: Tool,
    path: OsString,
}

fn main() {
    let files = std::env::args()
        .find_map(|argument| argument.parse().ok())
        .unwrap_or(500);
    let scratch = tempfile::tempdir().expect("a temporary folder");
    write_files(scratch.path(), files);
    let mut programs = vec![Program {
        tool: Tool::Packwright,
        path: env!("CARGO_BIN_EXE_packwright").into(),
    }];
    for (tool, variable) in [
        (Tool::Sqlx, "PACKWRIGHT_BENCH_SQLX"),
        (Tool::Dbmate, "PACKWRIGHT_BENCH_DBMATE"),
    ] {
        programs.extend(std::env::var_os(variable).map(|path| Program { tool, path }));
    }
    println!("{files} migrations, medians of {ROUNDS} rounds, wall time");
    bench(&programs, scratch.path(), None);
    match std::env::var("PACKWRIGHT_TEST_DATABASE_URL") {
        Ok(server) => bench(&programs, scratch.path(), Some(&server)),
        Err(_) => println!("postgres   PACKWRIGHT_TEST_DATABASE_URL is not set"),
    }
}

/// Runs everything on one engine and prints it.
fn bench(programs: &[Program], scratch: &Path, server: Option<&str>) {
    let engine = if server.is_some() { "postgres" } else { "sqlite" };
    // By deed, then by program.
    let mut times = vec![vec![Vec::new(); programs.len()]; 3];
    for round in 0..ROUNDS {
        for (place, program) in programs.iter().enumerate() {
            let name = format!("packwright_bench_{}_{round}_{place}", std::process::id());
            let url = match server {
                Some(server) => {
                    execute(server, &format!("CREATE DATABASE {name}"));
                    of_database(server, &name)
                }
                None => format!("sqlite:{}", scratch.join(format!("{name}.db")).display()),
            };
            if program.tool == Tool::Sqlx && server.is_none() {
                run(Command::new(&program.path).args(["database", "create", "--database-url", &url]));
            }
            for (deed, times) in [Deed::Up, Deed::Nothing, Deed::Status]
                .into_iter()
                .zip(&mut times)
            {
                times[place].push(time(program, deed, &url, scratch));
            }
            if let Some(server) = server {
                execute(server, &format!("DROP DATABASE {name} WITH (FORCE)"));
            }
        }
    }
    for (deed, times) in ["up", "nothing pending", "status"].iter().zip(times) {
        let medians: Vec<Duration> = times.into_iter().map(median).collect();
        for (program, median) in programs.iter().zip(&medians) {
            let ratio = match program.tool {
                Tool::Packwright => String::new(),
                _ => format!(
                    "   {OURS} takes {:.2} of it",
                    medians[0].as_secs_f64() / median.as_secs_f64()
                ),
            };
            println!(
                "{engine:<9} {deed:<16} {:<11} {:>8.1} ms{ratio}",
                program.tool.name(),
                median.as_secs_f64() * 1000.0
            );
        }
    }
}

impl Tool {
    fn name(self) -> &'static str {
        match self {
            Self::Packwright => OURS,
            Self::Sqlx => "sqlx-cli",
            Self::Dbmate => "dbmate",
        }
    }
}

fn time(program: &Program, deed: Deed, url: &str, scratch: &Path) -> Duration {
    let mut command = Command::new(&program.path);
    command.current_dir(scratch);
    let plain = folder(scratch, Tool::Packwright);
    match program.tool {
        Tool::Packwright => {
            let verb = match deed {
                Deed::Up | Deed::Nothing => "up",
                Deed::Status => "status",
            };
            command
                .args(["db", "migrate", verb, "--database-url", url, "--dir"])
                .arg(plain);
        }
        Tool::Sqlx => {
            let verb = match deed {
                Deed::Up | Deed::Nothing => "run",
                Deed::Status => "info",
            };
            command
                .args(["migrate", verb, "--database-url", url, "--source"])
                .arg(plain);
        }
        Tool::Dbmate => {
            let verb = match deed {
                Deed::Up | Deed::Nothing => "migrate",
                Deed::Status => "status",
            };
            command
                .args(["--url", url, "--no-dump-schema", "--migrations-dir"])
                .arg(folder(scratch, Tool::Dbmate))
                .arg(verb);
        }
    }
    let start = Instant::now();
    run(&mut command);
    start.elapsed()
}

fn run(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().expect("the program runs");
    assert!(output.status.success(), "{command:?}: {output:?}");
}

/// dbmate has both ways in one file, under markers; the others take plain files.
fn folder(scratch: &Path, tool: Tool) -> PathBuf {
    scratch.join(if tool == Tool::Dbmate { "marked" } else { "plain" })
}

fn write_files(scratch: &Path, files: usize) {
    for tool in [Tool::Packwright, Tool::Dbmate] {
        let folder = folder(scratch, tool);
        std::fs::create_dir(&folder).expect("a folder");
        for number in 1..=files {
            let up = format!(
                "CREATE TABLE t{number} (id BIGINT PRIMARY KEY, name TEXT NOT NULL, made BIGINT NOT NULL, note TEXT);\nCREATE INDEX t{number}_name ON t{number} (name);\n"
            );
            let text = if tool == Tool::Dbmate {
                format!("-- migrate:up\n{up}\n-- migrate:down\nDROP TABLE t{number};\n")
            } else {
                up
            };
            let name = format!("{}_table_{number}.sql", 20_260_101_000_000 + number);
            std::fs::write(folder.join(name), text).expect("a file");
        }
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.swap_remove(times.len() / 2)
}

/// The same server with another database.
fn of_database(server: &str, name: &str) -> String {
    let (before, parameters) = server.split_once('?').unwrap_or((server, ""));
    let (address, _) = before.rsplit_once('/').expect("a URL with a database");
    format!("{address}/{name}?{parameters}")
}

fn execute(server: &str, statement: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let options: PgConnectOptions = server.parse().expect("a PostgreSQL URL");
        let mut connection: PgConnection = options.connect().await.expect("the server answers");
        sqlx::raw_sql(AssertSqlSafe(statement))
            .execute(&mut connection)
            .await
            .expect("the statement runs");
        connection.close().await.expect("a goodbye");
    });
}
