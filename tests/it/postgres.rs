//! A PostgreSQL database for one test, on the servers that `PACKWRIGHT_TEST_DATABASE_URL` (PostgreSQL 18) and
//! `PACKWRIGHT_TEST_OLDER_DATABASE_URL` (16) name.
#![expect(clippy::disallowed_methods, reason = "this is a test")]

use std::env;
use std::sync::atomic::{AtomicU32, Ordering};
#[cfg(target_os = "linux")]
use std::{
    fs,
    net::TcpListener,
    os::unix::fs::{DirBuilderExt, PermissionsExt},
    os::unix::process::CommandExt,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
#[cfg(target_os = "linux")]
use tempfile::TempDir;

const NEWEST: &str = "PACKWRIGHT_TEST_DATABASE_URL";
const OLDER: &str = "PACKWRIGHT_TEST_OLDER_DATABASE_URL";
const PROGRAMS: &str = "PACKWRIGHT_TEST_POSTGRES_BIN";

/// A database of its own, dropped with the value.
#[derive(Debug)]
pub struct TestDatabase {
    server: String,
    name: String,
    pub url: String,
}

impl TestDatabase {
    /// A new database, or `None`, said aloud, where there is no server. In CI a missing server is a failure.
    pub fn new() -> Option<Self> {
        Self::on(NEWEST)
    }

    /// A new database on each server that there is.
    pub fn each() -> Vec<Self> {
        [NEWEST, OLDER].into_iter().filter_map(Self::on).collect()
    }

    #[expect(clippy::print_stderr, reason = "a skipped test says so")]
    fn on(variable: &str) -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let Ok(server) = env::var(variable) else {
            assert!(env::var_os("CI").is_none(), "in CI {variable} must be set");
            eprintln!("SKIPPED the part on PostgreSQL: {variable} is not set");
            return None;
        };
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("packwright_test_{}_{count}", std::process::id());
        execute(&server, &format!("CREATE DATABASE {name}"));
        Some(Self {
            url: with_database(&server, &name),
            server,
            name,
        })
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let statement = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        execute(&self.server, &statement);
    }
}

/// A server of one test's own, which it may kill. Ends with the value.
#[cfg(target_os = "linux")]
#[derive(Debug)]
pub struct Cluster {
    /// Holds the data and the log.
    folder: TempDir,
    programs: PathBuf,
    process: Option<Child>,
    port: u16,
}

#[cfg(target_os = "linux")]
impl Cluster {
    /// A running server with an empty cluster, or `None`, said aloud, where its programs are not known. In CI that is a failure.
    #[expect(clippy::print_stderr, reason = "a skipped test says so")]
    pub fn new() -> Option<Self> {
        let Some(programs) = env::var_os(PROGRAMS) else {
            assert!(env::var_os("CI").is_none(), "in CI {PROGRAMS} must be set");
            eprintln!("SKIPPED the part with a server of its own: {PROGRAMS} is not set");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        // The server refuses root, so that another user has to get in.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let data = folder.path().join("data");
        fs::DirBuilder::new().mode(0o700).create(&data).unwrap();
        if is_root() {
            std::os::unix::fs::chown(&data, Some(NOBODY), Some(NOBODY)).unwrap();
        }
        let mut cluster = Self {
            folder,
            programs: programs.into(),
            process: None,
            port: 0,
        };
        let made = cluster
            .program("initdb")
            .args([
                "--username=postgres",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
            ])
            .output()
            .unwrap();
        assert!(made.status.success(), "{made:?}");
        cluster.port = TcpListener::bind("127.0.0.1:0")
            .and_then(|free| free.local_addr())
            .unwrap()
            .port();
        cluster.start();
        Some(cluster)
    }

    pub fn url(&self) -> String {
        format!(
            "postgres://postgres@127.0.0.1:{}/postgres?sslmode=disable",
            self.port
        )
    }

    /// Starts the server and waits until it takes connections, after whatever it has to recover.
    pub fn start(&mut self) {
        let log = fs::File::create(self.folder.path().join("log")).unwrap();
        let port = self.port.to_string();
        let mut command = self.program("postgres");
        for setting in [
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "fsync=off",
        ] {
            command.args(["-c", setting]);
        }
        let server = command.args(["-p", &port]).stderr(log).stdout(Stdio::null());
        self.process = Some(server.spawn().unwrap());
        let begun = Instant::now();
        let options: PgConnectOptions = self.url().parse().unwrap();
        while block_on(async { options.connect().await.is_err() }) {
            let log = || fs::read_to_string(self.folder.path().join("log"));
            assert!(begun.elapsed() < Duration::from_mins(1), "{:?}", log());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Ends the server at once, as a machine does that fails: nothing is tidied up, every connection breaks.
    pub fn kill(&mut self) {
        let Some(mut process) = self.process.take() else {
            return;
        };
        process.kill().unwrap();
        process.wait().unwrap();
        // What serves connections notices by itself that its parent is gone, and holds the data until then.
        let begun = Instant::now();
        while self.is_in_use() {
            assert!(
                begun.elapsed() < Duration::from_mins(1),
                "the server's children live on"
            );
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Whether a process of the server lives.
    fn is_in_use(&self) -> bool {
        let data = self.folder.path().join("data");
        let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
        processes
            .filter_map(|one| fs::read_link(one.path().join("cwd")).ok())
            .any(|folder| folder == data)
    }

    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.programs.join(name));
        command
            .arg("-D")
            .arg(self.folder.path().join("data"))
            .current_dir(self.folder.path())
            .env_clear()
            .env("LC_ALL", "C")
            .stdin(Stdio::null());
        if is_root() {
            command.uid(NOBODY).gid(NOBODY);
        }
        command
    }
}

#[cfg(target_os = "linux")]
impl Drop for Cluster {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The user without rights, on every Linux.
#[cfg(target_os = "linux")]
const NOBODY: u32 = 65534;

#[cfg(target_os = "linux")]
fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// The same server with another database.
fn with_database(url: &str, name: &str) -> String {
    let (before, parameters) = url.split_once('?').unwrap_or((url, ""));
    let start = before.find("://").map_or(0, |at| at + 3);
    let server = before[start..]
        .find('/')
        .map_or(before, |at| &before[..start + at]);
    match parameters {
        "" => format!("{server}/{name}"),
        parameters => format!("{server}/{name}?{parameters}"),
    }
}

/// Runs async work of a test.
pub fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(work)
}

pub async fn connect(url: &str) -> PgConnection {
    let options: PgConnectOptions = url.parse().expect("a PostgreSQL URL");
    options.connect().await.expect("the test server answers")
}

fn execute(url: &str, statement: &str) {
    block_on(async {
        let mut connection = connect(url).await;
        sqlx::raw_sql(AssertSqlSafe(statement))
            .execute(&mut connection)
            .await
            .unwrap_or_else(|error| panic!("{statement}: {error}"));
        connection.close().await.expect("a goodbye");
    });
}
