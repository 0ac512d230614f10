//! Connections: servers that are away for a moment, replicas that are read, limits that are kept.

use std::time::Duration;

use packwright::store::{Database, Patience, Url};

use super::Place;
use crate::postgres::block_on;

#[cfg(target_os = "linux")]
#[test]
fn a_server_that_comes_back_is_waited_for_and_a_wrong_database_is_not() {
    let Some(mut cluster) = crate::postgres::Cluster::new() else {
        return;
    };
    let place = Place::at(cluster.url());
    let settings = |retries: u32| {
        let text = format!("[database]\nconnect_retries = {retries}\n");
        place.sandbox.write("packwright.toml", &text);
    };
    place.write(&[("1_a.sql", "CREATE TABLE a (a INTEGER);")]);
    cluster.kill();
    settings(2);
    let run = place.migrate("up").expect(2);
    assert!(run.stderr.contains("caused by: it was tried 3 times"), "{run:?}");
    // Pauses of two seconds and less, thirty of them: longer than any start takes.
    settings(30);
    let run = place.start("up");
    std::thread::sleep(Duration::from_millis(300));
    cluster.start();
    place.sandbox.shown(&run.wait_with_output().unwrap()).expect(0);
    let other = cluster.url().replace("/postgres?", "/nowhere?");
    let run = place
        .sandbox
        .run(["db", "migrate", "status", "--database-url", &other])
        .expect(2);
    assert!(
        run.stderr.contains("database \"nowhere\" does not exist") && !run.stderr.contains("tried"),
        "{run:?}"
    );
}

#[test]
fn what_may_be_a_moment_old_is_read_from_a_replica_and_what_decides_is_not() {
    let (Some(mut place), Some(replica)) = (Place::postgres(), Place::postgres()) else {
        return;
    };
    place.write(&[("1_primary.sql", "CREATE TABLE a (a INTEGER);")]);
    place.migrate("up").expect(0);
    // Told apart by what was done to it: a real one would have the same rows.
    replica.write(&[("7_replica.sql", "CREATE TABLE b (b INTEGER);")]);
    replica.migrate("up").expect(0);
    let nobody = "postgres://postgres:s3cret@127.0.0.1:1/postgres?sslmode=disable";
    let descriptions = |place: &Place| {
        let run = place.sandbox.line("db history --format json").expect(0);
        let entries = run.json()["entries"].as_array().unwrap().clone();
        let words: Vec<String> = entries
            .iter()
            .map(|one| one["description"].as_str().unwrap().to_owned())
            .collect();
        (words, run.stderr)
    };
    assert_eq!(descriptions(&place), (vec!["primary".to_owned()], String::new()));

    place.sandbox.set("DATABASE_REPLICA_URLS", &replica.url);
    assert_eq!(descriptions(&place), (vec!["replica".to_owned()], String::new()));
    let states = place.states();
    assert_eq!(states.keys().copied().collect::<Vec<_>>(), [1]);

    place.sandbox.set("DATABASE_REPLICA_URLS", nobody);
    let (words, told) = descriptions(&place);
    assert_eq!(words, ["primary"]);
    assert!(
        told.contains("warning: the replica `postgres://postgres@127.0.0.1:1/postgres` cannot be opened: "),
        "{told}"
    );
    assert!(told.contains("warning: reading from `postgres://"), "{told}");
    assert!(!told.contains("s3cret"), "{told}");

    place.sandbox.set("DATABASE_REPLICA_URLS", "sqlite:copy.db");
    let run = place.sandbox.line("db history").expect(2);
    assert!(run.stderr.contains("only PostgreSQL has replicas"), "{run:?}");
}

#[test]
fn replicas_of_the_settings_belong_to_the_url_of_the_settings() {
    let (Some(place), Some(replica)) = (Place::postgres(), Place::postgres()) else {
        return;
    };
    place.write(&[("1_primary.sql", "CREATE TABLE a (a INTEGER);")]);
    place.migrate("up").expect(0);
    replica.write(&[("7_replica.sql", "CREATE TABLE b (b INTEGER);")]);
    replica.migrate("up").expect(0);
    let text = format!(
        "[database]\nreplica_urls = [\"{0}\"]\n\n[env.own]\nurl = \"{1}\"\nreplica_urls = [\"{0}\"]\n\n[env.bare]\nurl = \"{1}\"\n",
        replica.url, place.url
    );
    place.sandbox.write("packwright.toml", &text);
    for (arguments, expected) in [
        ("db history", "primary"),
        ("db history --env own", "replica"),
        ("db history --env bare", "primary"),
    ] {
        let run = place.sandbox.line(arguments).expect(0);
        assert!(run.stdout.contains(expected), "{arguments}: {run:?}");
    }
}

#[test]
fn statements_are_limited_where_the_settings_say_so_and_those_of_migrations_are_not() {
    let Some(place) = Place::postgres() else { return };
    let limit = |url: Url| {
        block_on(async {
            let Database::Postgres(mut connection) = Database::open(&url).await.unwrap() else {
                panic!("no server");
            };
            let limit: String = sqlx::query_scalar("SHOW statement_timeout")
                .fetch_one(&mut *connection)
                .await
                .unwrap();
            limit
        })
    };
    let patience = Patience {
        statement: Some(Duration::from_secs(7)),
        ..Patience::default()
    };
    let url = Url::parse(&place.url).unwrap().with_patience(patience);
    assert_eq!(limit(url.clone()), "7s");
    assert_eq!(limit(url.unhurried()), "0");
    place
        .sandbox
        .write("packwright.toml", "[database]\nstatement_timeout_seconds = 1\n");
    place.write(&[("1_slow.sql", "SELECT pg_sleep(1.5);")]);
    place.migrate("up").expect(0);
}

#[test]
fn a_writer_on_sqlite_is_waited_for_as_long_as_the_settings_say() {
    let place = Place::sqlite();
    place.sandbox.line("jobs enqueue one").expect(0);
    place
        .sandbox
        .write("packwright.toml", "[database]\nbusy_timeout_ms = 50\n");
    block_on(async {
        use sqlx::{ConnectOptions as _, Executor as _};
        let options: sqlx::sqlite::SqliteConnectOptions = place.url.parse().unwrap();
        let mut other = options.connect().await.unwrap();
        other.execute("BEGIN IMMEDIATE").await.unwrap();
        let run = place.sandbox.line("jobs enqueue two").expect(2);
        assert!(run.stderr.contains("another program is writing to it"), "{run:?}");
        other.execute("COMMIT").await.unwrap();
    });
    place.sandbox.line("jobs enqueue two").expect(0);
}

/// `PgBouncer`, where it is installed: nothing else hands sessions round as the poolers of the clouds do.
#[cfg(target_os = "linux")]
#[test]
fn a_pooler_in_transaction_mode_is_refused_and_one_in_session_mode_is_not() {
    use sqlx::postgres::PgConnectOptions;
    use std::os::unix::process::CommandExt as _;
    use std::process::{Command, Stdio};

    let Some(program) = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer"]
        .into_iter()
        .find(|path| std::path::Path::new(path).exists())
    else {
        eprintln!("SKIPPED the test with a real pooler: PgBouncer is not installed");
        return;
    };
    let Some(mut place) = Place::postgres() else {
        return;
    };
    place.write(&[("1_a.sql", "CREATE TABLE a (a INTEGER);")]);
    let server: PgConnectOptions = place.url.parse().unwrap();
    for (mode, code) in [("transaction", 2), ("session", 0)] {
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .and_then(|free| free.local_addr())
            .unwrap()
            .port();
        let settings = format!(
            "[databases]\n* = user=postgres host={} port={}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\npool_mode = {mode}\nignore_startup_parameters = extra_float_digits\n\n",
            server.get_host(),
            server.get_port()
        );
        place.sandbox.write("pooler.ini", &settings);
        let mut command = Command::new(program);
        command
            .arg(place.sandbox.path("pooler.ini"))
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if rustix::process::geteuid().is_root() {
            // It refuses root.
            let open = |path: &std::path::Path| {
                use std::os::unix::fs::PermissionsExt as _;
                std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
            };
            open(place.sandbox.path("").parent().unwrap());
            open(&place.sandbox.path(""));
            command.uid(65534).gid(65534);
        }
        let mut pooler = command.spawn().unwrap();
        let (path, parameters) = place.url.split_once('?').unwrap_or((&place.url, ""));
        let name = path.rsplit_once('/').unwrap().1;
        let url = format!("postgres://postgres@127.0.0.1:{port}/{name}?{parameters}");
        place.sandbox.set("DATABASE_URL", &url);
        let run = place.migrate("up");
        pooler.kill().unwrap();
        pooler.wait().unwrap();
        assert_eq!(run.code, code, "{mode}: {run:?}");
        assert_eq!(
            run.stderr.contains("goes through a pooler in transaction mode"),
            code == 2,
            "{mode}: {run:?}"
        );
    }
}
