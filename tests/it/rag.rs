//! `rag ingest`, `search` and `eval`, from outside and into the store's file.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};
use std::{fs, thread};

use packwright::rag::embed::LocalModel;
use packwright::rag::embed::wordpiece::Encoding;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, SqliteConnection};

use crate::model::model_folder;
use crate::sandbox::Sandbox;

const STORE: &str = ".packwright/store.db";

/// A sandbox with a few documents and no model.
fn documents() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write(
        "docs/policies.md",
        "---\ntitle: Row policies\n---\n\n# Policies\n\nIntro.\n\n## Writing a policy\n\nA policy names the tenant.\n",
    );
    sandbox.write("docs/backups.md", "# Backups\n\nDump the database every night.\n");
    sandbox.write("README.md", "# The project\n\nHow to build.\n");
    sandbox
}

/// The same with the model.
fn with_model(mut sandbox: Sandbox) -> Option<Sandbox> {
    let folder = model_folder()?;
    sandbox.set("PACKWRIGHT_MODEL_DIR", &folder.to_string_lossy());
    Some(sandbox)
}

fn sql<T>(store: &Path, work: impl AsyncFnOnce(&mut SqliteConnection) -> Result<T, sqlx::Error>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime
        .block_on(async {
            let mut connection =
                SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(store)).await?;
            let answer = work(&mut connection).await?;
            connection.close().await?;
            Ok::<_, sqlx::Error>(answer)
        })
        .unwrap()
}

fn numbers(store: &Path, query: &'static str) -> Vec<i64> {
    sql(store, async |connection| {
        sqlx::query_scalar(query).fetch_all(connection).await
    })
}

fn number(store: &Path, query: &'static str) -> i64 {
    numbers(store, query)[0]
}

/// What must hold whenever nobody is writing, also after a kill.
#[track_caller]
fn check_store(store: &Path) {
    let sound: String = sql(store, async |connection| {
        sqlx::query_scalar("PRAGMA integrity_check")
            .fetch_one(connection)
            .await
    });
    assert_eq!(sound, "ok");
    let tables = number(
        store,
        "SELECT count(*) FROM sqlite_schema WHERE name = 'packwright_rag_chunk'",
    );
    if tables == 0 {
        return;
    }
    let chunks: BTreeSet<i64> = numbers(store, "SELECT id FROM packwright_rag_chunk")
        .into_iter()
        .collect();
    if number(
        store,
        "SELECT count(*) FROM packwright_rag_collection WHERE model IS NOT NULL",
    ) == 1
    {
        let vectors: BTreeSet<i64> = numbers(store, "SELECT chunk_id FROM packwright_rag_vector")
            .into_iter()
            .collect();
        assert_eq!(chunks, vectors, "every chunk has its vector");
        let blocks: Vec<(i64, Vec<u8>, Vec<u8>)> = sql(store, async |connection| {
            sqlx::query_as("SELECT vectors, chunk_ids, codes FROM packwright_rag_block")
                .fetch_all(connection)
                .await
        });
        let mut coded = Vec::new();
        for (count, ids, codes) in blocks {
            let count = usize::try_from(count).unwrap();
            assert_eq!((ids.len(), codes.len()), (count * 8, count * 388));
            coded.extend(
                ids.chunks_exact(8)
                    .map(|id| i64::from_le_bytes(id.try_into().unwrap())),
            );
        }
        assert_eq!(coded.len(), chunks.len(), "no code twice");
        assert_eq!(
            coded.into_iter().collect::<BTreeSet<_>>(),
            chunks,
            "the codes are those of the chunks"
        );
    }
    if number(store, "SELECT count(*) FROM packwright_rag_collection") == 1 {
        let indexed: BTreeSet<i64> = numbers(store, "SELECT rowid FROM packwright_rag_text_1")
            .into_iter()
            .collect();
        assert_eq!(chunks, indexed, "every chunk is in the keyword index");
    }
    let holes = "SELECT count(*) FROM (SELECT 1 FROM packwright_rag_chunk GROUP BY document_id HAVING max(ordinal) + 1 <> count(*))";
    assert_eq!(number(store, holes), 0, "documents are whole");
}

#[test]
fn what_was_ingested_is_found_with_file_and_lines() {
    let sandbox = documents();
    let answer = sandbox.line("rag ingest --format json").expect(0).json();
    assert_eq!(
        (&answer["added"], &answer["model"]),
        (&3.into(), &serde_json::Value::Null)
    );
    let run = sandbox.line("rag search tenant policies").expect(0);
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert_eq!(lines.len(), 3, "{run:?}");
    assert!(
        lines[0].starts_with(" 1. docs/policies.md:5-11  Policies  "),
        "{run:?}"
    );
    assert_eq!(
        lines[1..],
        ["    ## Writing a policy", "    A policy names the tenant."]
    );
    assert!(
        run.stderr
            .contains("searching by keywords only: the collection `default` has no vectors"),
        "{run:?}"
    );
    let found = sandbox
        .line("rag search tenant --mode keyword --format json")
        .expect(0)
        .json();
    let hit = &found["results"][0];
    assert_eq!(hit["path"], "docs/policies.md");
    assert_eq!((&hit["first_line"], &hit["last_line"]), (&5.into(), &11.into()));
    assert_eq!(hit["title"], "Row policies");
    assert_eq!(
        (&found["mode"], &found["note"]),
        (&"keyword".into(), &serde_json::Value::Null)
    );
    let none = sandbox.line("rag search zebra --mode keyword").expect(0);
    assert_eq!(
        (none.stdout.as_str(), none.stderr.as_str()),
        ("", "note: no passage has any of these words\n")
    );
    check_store(&sandbox.path(STORE));
}

#[test]
fn without_a_model_ingest_says_so_and_goes_on_unless_it_is_required() {
    let sandbox = documents();
    let run = sandbox.line("rag ingest").expect(0);
    assert!(
        run.stderr
            .contains("note: the model `all-MiniLM-L6-v2` is not on this machine"),
        "{run:?}"
    );
    assert!(
        run.stderr
            .contains("`packwright model pull all-MiniLM-L6-v2` fetches it"),
        "{run:?}"
    );
    assert!(
        run.stdout.contains("without vectors: searched by keywords only"),
        "{run:?}"
    );
    let quiet = sandbox.line("rag ingest --no-embed").expect(0);
    assert_eq!(quiet.stderr, "");
    let run = sandbox.line("rag ingest --require-model").expect(2);
    insta::assert_snapshot!(run.stderr, @r"
    error: the model `all-MiniLM-L6-v2` is not on this machine
    hint: `packwright model pull all-MiniLM-L6-v2` fetches it
    ");
}

#[test]
fn the_same_content_is_not_ingested_again_whatever_its_time_or_the_way_it_is_named() {
    let sandbox = documents();
    sandbox.line("rag ingest --no-embed").expect(0);
    let file = fs::File::options()
        .write(true)
        .open(sandbox.path("docs/backups.md"))
        .unwrap();
    file.set_modified(std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000))
        .unwrap();
    for line in [
        "rag ingest",
        "rag ingest docs README.md",
        "rag ingest ./docs/../docs docs/backups.md README.md",
    ] {
        let run = sandbox
            .run(line.split(' ').chain(["--no-embed", "--format", "json"]))
            .expect(0);
        assert_eq!(
            (&run.json()["unchanged"], &run.json()["chunks"]),
            (&3.into(), &0.into()),
            "{line}"
        );
    }
    sandbox.write("packwright.toml", "");
    let output = sandbox
        .command(["rag", "ingest", "backups.md", "--no-embed", "--format", "json"])
        .current_dir(sandbox.path("docs"))
        .output()
        .unwrap();
    let answer = sandbox.shown(&output).expect(0).json();
    assert_eq!(
        (&answer["unchanged"], &answer["total"]["documents"]),
        (&1.into(), &3.into())
    );
}

#[test]
fn an_edited_file_replaces_all_its_chunks_and_other_files_keep_all_theirs() {
    let sandbox = Sandbox::new();
    let long = |word: &str| {
        (0..12).fold(String::new(), |mut text, part| {
            let _ = write!(
                text,
                "## Part {part}\n\n{}\n\n",
                format!("{word} number {part} says more. ").repeat(20)
            );
            text
        })
    };
    sandbox.write("docs/long.md", long("apple"));
    sandbox.write("docs/other.md", long("cherry"));
    sandbox.line("rag ingest --no-embed").expect(0);
    let store = sandbox.path(STORE);
    let of = "SELECT count(*) FROM packwright_rag_chunk JOIN packwright_rag_document AS d ON d.id = document_id WHERE path = 'docs/other.md'";
    let before = number(&store, of);
    assert!(before > 5);
    sandbox.write("docs/long.md", "# Short\n\nbanana only\n");
    let answer = sandbox
        .line("rag ingest --no-embed --format json")
        .expect(0)
        .json();
    assert_eq!((&answer["updated"], &answer["unchanged"]), (&1.into(), &1.into()));
    assert_eq!(
        number(&store, of),
        before,
        "every chunk of a file with many chunks survives"
    );
    assert_eq!(
        number(&store, "SELECT count(*) FROM packwright_rag_chunk"),
        before + 1
    );
    let found = |word: &str| {
        let found = sandbox
            .run(["rag", "search", word, "--mode", "keyword", "--format", "json"])
            .expect(0)
            .json();
        found["results"].as_array().unwrap().len()
    };
    assert_eq!((found("apple"), found("banana"), found("cherry")), (0, 1, 5));
    check_store(&store);
}

#[test]
fn vanished_files_stay_until_they_are_pruned() {
    let sandbox = documents();
    sandbox.line("rag ingest --no-embed").expect(0);
    fs::remove_file(sandbox.path("docs/backups.md")).unwrap();
    let run = sandbox.line("rag ingest --no-embed").expect(0);
    assert!(run.stderr.contains("  vanished docs/backups.md"), "{run:?}");
    let elsewhere = sandbox
        .line("rag ingest README.md --no-embed --prune --format json")
        .expect(0)
        .json();
    assert_eq!(
        elsewhere["vanished"],
        serde_json::json!([]),
        "only what was looked for can be gone"
    );
    let found = sandbox.line("rag search dump --mode keyword").expect(0);
    assert!(found.stdout.contains("docs/backups.md"), "{found:?}");
    let dry = sandbox
        .line("rag ingest --no-embed --prune --dry-run --format json")
        .expect(0)
        .json();
    assert_eq!(
        (&dry["vanished"][0], &dry["pruned"]),
        (&"docs/backups.md".into(), &false.into())
    );
    let named = sandbox
        .line("rag ingest docs/backups.md --no-embed --prune --format json")
        .expect(0)
        .json();
    assert_eq!(
        (&named["pruned"], &named["total"]["documents"]),
        (&true.into(), &2.into())
    );
    assert_eq!(
        sandbox.line("rag search dump --mode keyword").expect(0).stdout,
        ""
    );
    check_store(&sandbox.path(STORE));
    let run = sandbox.line("rag ingest docs/backups.md --no-embed").expect(2);
    assert!(
        run.stderr.contains("error: `docs/backups.md` is not there"),
        "{run:?}"
    );
}

#[test]
fn files_that_are_no_text_are_reported_and_harm_nobody() {
    let sandbox = documents();
    sandbox.write("docs/binary.md", b"\x00\x01\x02");
    sandbox.write("docs/latin.txt", b"caf\xe9");
    sandbox.write("docs/large.txt", "word ".repeat(2_100_000));
    sandbox.write("docs/picture.png", b"\x89PNG");
    sandbox.write("notes.log", "an error happened\n");
    let run = sandbox.line("rag ingest docs notes.log --no-embed").expect(0);
    insta::assert_snapshot!(run.stderr, @r"
       skipped docs/binary.md: not text: it holds zero bytes
       skipped docs/large.txt: 10 MB; files over 10 MB are left out
       skipped docs/latin.txt: not UTF-8 at byte 3
    ");
    assert!(
        run.stdout
            .starts_with("default: 3 added, 0 updated, 0 unchanged, 3 skipped\n"),
        "{run:?}"
    );
}

#[test]
fn a_dry_run_changes_nothing() {
    let sandbox = documents();
    let before = sandbox.listing();
    let answer = sandbox
        .line("rag ingest --dry-run --format json")
        .expect(0)
        .json();
    assert_eq!((&answer["added"], &answer["dry_run"]), (&3.into(), &true.into()));
    assert!(answer["tokens"].as_u64() > Some(10));
    assert_eq!(sandbox.listing(), before);
}

#[test]
fn what_is_not_there_is_named_with_what_to_do() {
    let sandbox = documents();
    let run = sandbox.line("rag search x").expect(2);
    insta::assert_snapshot!(run.stderr, @r"
    error: nothing was ingested into `sqlite:.packwright/store.db` yet
    hint: `packwright rag ingest` reads the documents of this repository into it
    ");
    sandbox.line("rag ingest --no-embed").expect(0);
    let run = sandbox.line("rag search x --collection defalt").expect(2);
    insta::assert_snapshot!(run.stderr, @r"
    error: there is no collection `defalt` in `sqlite:.packwright/store.db`
    hint: did you mean `default`?
    ");
    let run = sandbox.line("rag search x --mode vector").expect(2);
    insta::assert_snapshot!(run.stderr, @r"
    error: the collection `default` has no vectors
    hint: `packwright rag ingest` adds them once the model is there
    ");
    let run = sandbox
        .line("rag search x --database-url postgres://me:s3cret@127.0.0.1:1/db")
        .expect(2);
    assert!(!run.stderr.contains("s3cret"), "{run:?}");
    sandbox.run(["rag", "search", " "]).expect(2);
    let none = sandbox.run(["rag", "search", "-k", "0", "x"]).expect(2);
    assert!(none.stderr.contains("0 is not in 1..=1000"), "{none:?}");
}

#[test]
fn a_store_of_a_newer_packwright_is_left_alone() {
    let sandbox = documents();
    sandbox.line("rag ingest --no-embed").expect(0);
    sql(&sandbox.path(STORE), async |connection| {
        sqlx::query("UPDATE packwright_rag_schema SET version = 99")
            .execute(connection)
            .await
    });
    let run = sandbox.line("rag ingest --no-embed").expect(2);
    assert!(
        run.stderr.contains("has the tables of `rag` in version 99"),
        "{run:?}"
    );
}

const RUN: &str = "q1 Q0 a 1 3 t\nq1 Q0 x 2 2 t\nq1 Q0 b 3 1 t\nq9 Q0 a 1 1 t\n";
const QRELS: &str = "q1 0 a 2\nq1 0 b 1\nq2 0 a 1\n";

#[test]
fn a_run_is_judged_with_each_query_and_the_mean() {
    let sandbox = Sandbox::new();
    sandbox.write("run.txt", RUN);
    sandbox.write("qrels.txt", QRELS);
    let line = "rag eval --run run.txt --qrels qrels.txt --per-query --format json";
    let answer = sandbox.line(line).expect(0).json();
    let names: Vec<&String> = answer["aggregate"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["nDCG@10", "AP", "RR", "P@10", "recall@100", "hit@10"]);
    let close = |value: &serde_json::Value, want: f64| {
        assert!(
            (value.as_f64().unwrap() - want).abs() < 1e-12,
            "{value} is not {want}"
        );
    };
    let query = &answer["queries"]["q1"];
    close(&query["nDCG@10"], (2.0 + 0.5) / (2.0 + 1.0 / 3f64.log2()));
    close(&query["AP"], 5.0 / 6.0);
    close(&query["P@10"], 0.2);
    close(&answer["queries"]["q2"]["RR"], 0.0);
    close(&answer["aggregate"]["RR"], 0.5);
    let counts = &answer["counts"];
    assert_eq!(
        (&counts["judged"], &counts["missing"], &counts["unjudged"]),
        (&2.into(), &1.into(), &1.into())
    );
    let table = sandbox
        .line("rag eval --run run.txt --qrels qrels.txt --per-query --measure RR,P@5")
        .expect(0);
    insta::assert_snapshot!(table.stdout, @r"
    query      RR     P@5
    q1     1.0000  0.4000
    q2     0.0000  0.0000
    mean   0.5000  0.2000
    2 judged queries, 1 of them without results (counted as 0), 1 queries not judged (left out)
    ");
}

#[test]
fn a_mean_below_its_bar_is_a_problem() {
    let sandbox = Sandbox::new();
    sandbox.write("run.txt", RUN);
    sandbox.write("qrels.txt", QRELS);
    let line =
        |bars: &str| format!("rag eval --run run.txt --qrels qrels.txt --measure RR --fail-under {bars}");
    sandbox.line(&line("rr=0.5")).expect(0);
    let run = sandbox.line(&line("rr=0.51,hit@1=0.5,P@1=0.75")).expect(1);
    assert!(
        run.stdout
            .contains("failed: RR is 0.5000, below 0.51\nfailed: P@1 is 0.5000, below 0.75\n"),
        "{run:?}"
    );
    let answer = sandbox
        .line(&format!("{} --format json", line("rr=0.6")))
        .expect(1)
        .json();
    assert_eq!(
        answer["failures"],
        serde_json::json!([{"measure": "RR", "value": 0.5, "least": 0.6}])
    );
    for (bars, said) in [
        ("rr", "has no `=`"),
        ("rr=2", "the bar `2` is not a number from 0 to 1"),
        ("rr=nan", "the bar `nan`"),
        ("rank=0.1", "unknown measure `rank`"),
    ] {
        let run = sandbox.line(&line(bars)).expect(2);
        assert!(run.stderr.contains(said), "{run:?}");
    }
}

#[test]
fn malformed_files_are_named_with_line_value_and_form() {
    let sandbox = Sandbox::new();
    sandbox.write("run.txt", RUN);
    sandbox.write("qrels.txt", QRELS);
    sandbox.write("bad.qrels", "q1 0 a 1\nq1 0 b high\n");
    sandbox.write("bad.run", "q1 Q0 a 1 1 t\nq1 Q0 b\n");
    sandbox.write("empty", "");
    sandbox.write("latin", b"q1 0 \xe9 1\n");
    let stderr = |run: &str, qrels: &str| {
        sandbox
            .line(&format!("rag eval --run {run} --qrels {qrels}"))
            .expect(2)
            .stderr
    };
    insta::assert_snapshot!(stderr("run.txt", "bad.qrels"), @r"
    error: bad.qrels:2: the grade `high` is not a whole number
    hint: a line is `query 0 document grade`, or `query document grade` parted by tabs
    ");
    insta::assert_snapshot!(stderr("bad.run", "qrels.txt"), @r"
    error: bad.run:2: expected 6 fields: query, `Q0`, document, rank, score and tag
    hint: a line is `query Q0 document rank score tag`
    ");
    assert!(stderr("run.txt", "empty").contains("error: `empty` judges nothing"));
    assert!(stderr("run.txt", "latin").contains("`latin` is not UTF-8"));
    assert!(stderr("missing", "qrels.txt").contains("cannot read `missing`"));
    assert!(
        sandbox
            .line("rag eval")
            .expect(2)
            .stderr
            .contains("--dataset <DIR|FILE>")
    );
    sandbox.write("set/queries.jsonl", "{\"_id\": \"1\"}\n{\"text\": 1}\n");
    sandbox.write("set/qrels.tsv", "query-id\tcorpus-id\tscore\n1\ta\t1\n");
    let run = sandbox.line("rag eval --dataset set").expect(2);
    assert!(
        run.stderr.contains("set/queries.jsonl:2: not a record"),
        "{run:?}"
    );
    fs::remove_file(sandbox.path("set/qrels.tsv")).unwrap();
    sandbox.write("set/queries.jsonl", "{\"_id\": \"1\", \"text\": \"x\"}\n");
    let run = sandbox.line("rag eval --dataset set").expect(2);
    assert!(
        run.stderr.contains("`set` has no judgements") && run.stderr.contains("qrels/test.tsv"),
        "{run:?}"
    );
}

#[test]
fn questions_are_put_to_the_ingested_collection() {
    let sandbox = documents();
    sandbox.line("rag ingest --no-embed").expect(0);
    sandbox.write(
        "set/queries.jsonl",
        "{\"_id\": \"1\", \"text\": \"dump database\"}\n{\"_id\": \"2\", \"text\": \"zebra\"}\n",
    );
    sandbox.write(
        "set/qrels/test.tsv",
        "query-id\tcorpus-id\tscore\n1\tdocs/backups.md\t2\n2\tdocs/gone.md\t1\n",
    );
    let run = sandbox
        .line("rag eval --dataset set --mode keyword --measure RR,hit@1")
        .expect(0);
    insta::assert_snapshot!(run.stdout, @r"
    query      RR   hit@1
    mean   0.5000  0.5000
    keyword search, 2 judged queries, 1 of them without results (counted as 0), 0 queries not judged (left out)
    ");
    assert!(run.stderr.contains("cannot be found: 1, such as `docs/gone.md`"));
    sandbox.write(
        "questions.jsonl",
        "{\"text\": \"tenant\", \"relevant\": [\"docs/policies.md\"]}\n",
    );
    let answer = sandbox
        .line("rag eval --dataset questions.jsonl --format json")
        .expect(0)
        .json();
    assert_eq!(
        (&answer["mode"], &answer["aggregate"]["nDCG@10"]),
        (&"keyword".into(), &1.0.into())
    );
    let run = sandbox
        .line("rag eval --dataset questions.jsonl --mode hybrid")
        .expect(2);
    assert!(
        run.stderr
            .contains("error: the collection `default` has no vectors"),
        "{run:?}"
    );
}

#[test]
fn a_corpus_is_ingested_for_the_measurement_alone() {
    let sandbox = Sandbox::new();
    let corpus = "{\"_id\": \"1\", \"title\": \"Cats\", \"text\": \"They purr.\"}\n{\"_id\": \"2\", \"title\": \"Dogs\", \"text\": \"They bark.\"}\n{\"_id\": \"3\", \"text\": \"\"}\n";
    sandbox.write("set/corpus.jsonl", corpus);
    sandbox.write(
        "set/queries.jsonl",
        "{\"_id\": \"q\", \"text\": \"who barks\"}\n{\"_id\": \"r\", \"text\": \"cat\"}\n",
    );
    sandbox.write("set/qrels.tsv", "query-id\tcorpus-id\tscore\nq\t2\t1\nr\t1\t1\n");
    let before = sandbox.listing();
    let saved = sandbox
        .line("rag eval --dataset set --mode keyword --save-run run.txt --measure RR")
        .expect(0);
    let again = sandbox
        .line("rag eval --run run.txt --qrels set/qrels.tsv --measure RR")
        .expect(0);
    let mean = |run: &crate::sandbox::Run| run.stdout.lines().nth(1).map(str::to_owned);
    assert_eq!(mean(&saved), mean(&again));
    fs::remove_file(sandbox.path("run.txt")).unwrap();
    let answer = sandbox
        .line("rag eval --dataset set --mode keyword --format json")
        .expect(0)
        .json();
    assert_eq!(
        (&answer["schema_version"], &answer["aggregate"]["RR"]),
        (&1.into(), &1.0.into())
    );
    assert!(answer.get("queries").is_none());
    assert_eq!(sandbox.listing(), before);
    let run = sandbox.line("rag eval --dataset set --mode vector").expect(2);
    assert!(
        run.stderr
            .contains("error: the model `all-MiniLM-L6-v2` is not on this machine"),
        "{run:?}"
    );
    let Some(sandbox) = with_model(sandbox) else {
        return;
    };
    for mode in ["vector", "hybrid"] {
        let answer = sandbox
            .line(&format!("rag eval --dataset set --mode {mode} --format json"))
            .expect(0)
            .json();
        assert_eq!(
            (&answer["mode"], &answer["aggregate"]["RR"]),
            (&mode.into(), &1.0.into())
        );
    }
}

#[test]
fn meaning_finds_what_words_do_not() {
    let Some(sandbox) = with_model(documents()) else {
        return;
    };
    let answer = sandbox.line("rag ingest --format json").expect(0).json();
    assert_eq!(answer["model"], "all-MiniLM-L6-v2");
    assert_eq!(answer["total"]["vectors"], answer["total"]["chunks"]);
    check_store(&sandbox.path(STORE));
    let line = "rag search keep customers apart --mode vector -k 1 --format json";
    let found = sandbox.line(line).expect(0).json();
    let hit = &found["results"][0];
    assert_eq!(
        (&hit["path"], &hit["vector_rank"], &hit["keyword_rank"]),
        (&"docs/policies.md".into(), &1.into(), &serde_json::Value::Null)
    );
    let found = sandbox
        .line("rag search nightly database copies --format json")
        .expect(0)
        .json();
    assert_eq!(found["mode"], "hybrid");
    assert_eq!(found["results"][0]["path"], "docs/backups.md");
    let scores: Vec<f64> = found["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|hit| hit["score"].as_f64().unwrap())
        .collect();
    assert!(scores.windows(2).all(|pair| pair[0] > pair[1]), "{scores:?}");
    let unchanged = sandbox.line("rag ingest --format json").expect(0).json();
    assert_eq!(
        (&unchanged["unchanged"], &unchanged["chunks"]),
        (&3.into(), &0.into())
    );
    let run = sandbox.line("rag ingest --no-embed").expect(2);
    assert!(
        run.stderr
            .contains("without that model new documents would have none"),
        "{run:?}"
    );
}

#[test]
fn a_collection_without_vectors_gets_them_when_it_is_ingested_again() {
    let Some(sandbox) = with_model(documents()) else {
        return;
    };
    sandbox.line("rag ingest --no-embed").expect(0);
    let part = sandbox.line("rag ingest README.md").expect(0);
    assert!(
        part.stdout
            .contains("1 of them with vectors: ingest the other documents too"),
        "{part:?}"
    );
    let run = sandbox.line("rag search build").expect(0);
    assert!(
        run.stderr.contains(
            "searching by keywords only: only 1 of 3 chunks of the collection `default` have vectors"
        ),
        "{run:?}"
    );
    let all = sandbox.line("rag ingest --format json").expect(0).json();
    assert_eq!((&all["updated"], &all["unchanged"]), (&2.into(), &1.into()));
    sandbox.line("rag search build --mode vector").expect(0);
    check_store(&sandbox.path(STORE));
}

#[test]
fn vectors_of_another_model_are_not_compared_with_ours() {
    let Some(sandbox) = with_model(documents()) else {
        return;
    };
    sandbox.line("rag ingest").expect(0);
    sql(&sandbox.path(STORE), async |connection| {
        let other = "UPDATE packwright_rag_collection SET revision = '0123456789abcdef'";
        sqlx::query(other).execute(connection).await
    });
    let run = sandbox.line("rag search build").expect(2);
    assert!(
        run.stderr.contains(
            "the collection `default` has vectors of `all-MiniLM-L6-v2 (01234567, 384 dimensions)`"
        ),
        "{run:?}"
    );
    let run = sandbox.line("rag ingest").expect(2);
    assert!(
        run.stderr.contains("vectors of two models cannot be compared"),
        "{run:?}"
    );
    sandbox.line("rag search build --mode keyword").expect(0);
}

/// Short files with words of their own, and one of several chunks.
fn many_files(sandbox: &Sandbox) {
    for number in 0..60 {
        let mut text = format!("# Note {number}\n\n");
        for line in 0..if number == 30 { 30 } else { 1 + number % 2 } {
            let _ = writeln!(
                text,
                "Sentence {line} of note {number} speaks of subject {}.",
                number * 31 % 17 + line
            );
        }
        sandbox.write(format!("docs/folder{}/note{number}.md", number % 4), text);
    }
}

type ChunkRow = (String, i64, i64, i64, String, Vec<u8>, Vec<u8>);

fn rows(store: &Path) -> Vec<ChunkRow> {
    sql(store, async |connection| {
        sqlx::query_as(
            "SELECT path, ordinal, first_line, last_line, text, hash, floats FROM packwright_rag_chunk AS c \
             JOIN packwright_rag_document AS d ON d.id = c.document_id JOIN packwright_rag_vector AS v ON v.chunk_id = c.id \
             ORDER BY path, ordinal",
        )
        .fetch_all(connection)
        .await
    })
}

#[test]
fn an_ingest_killed_at_any_moment_loses_nothing_and_the_next_one_completes() {
    let Some(sandbox) = with_model(Sandbox::new()) else {
        return;
    };
    many_files(&sandbox);
    let store = sandbox.path(STORE);
    // The first run checks the model's digests; the second is what later ones are like.
    let mut undisturbed = Vec::new();
    let mut whole = Duration::ZERO;
    for _ in 0..2 {
        let _ = fs::remove_dir_all(sandbox.path(".packwright"));
        let begun = Instant::now();
        sandbox.line("rag ingest").expect(0);
        whole = begun.elapsed();
        undisturbed = rows(&store);
    }
    assert!(undisturbed.len() >= 60);
    fs::remove_dir_all(sandbox.path(".packwright")).unwrap();

    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut killed = 0;
    while killed < 20 {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let moment = whole.mul_f64(f64::from(u32::try_from(state >> 32).unwrap()) / f64::from(u32::MAX));
        let mut child = sandbox
            .command(["rag", "ingest"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        thread::sleep(moment);
        child.kill().unwrap();
        let ended = child.wait().unwrap();
        killed += 1;
        if store.exists() {
            check_store(&store);
        }
        if ended.success() {
            assert_eq!(rows(&store), undisturbed);
            fs::remove_dir_all(sandbox.path(".packwright")).unwrap();
        }
    }
    sandbox.line("rag ingest").expect(0);
    check_store(&store);
    assert_eq!(rows(&store), undisturbed);
}

#[cfg(unix)]
#[test]
fn an_interrupted_ingest_says_how_to_go_on() {
    let Some(sandbox) = with_model(Sandbox::new()) else {
        return;
    };
    many_files(&sandbox);
    let child = sandbox
        .command(["rag", "ingest"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let store = sandbox.path(STORE);
    while !store.exists() {
        thread::yield_now();
    }
    let process = child.id().to_string();
    assert!(
        std::process::Command::new("kill")
            .args(["-INT", &process])
            .status()
            .unwrap()
            .success()
    );
    let run = sandbox.shown(&child.wait_with_output().unwrap());
    // It may have been done just before.
    if run.code != 0 {
        assert_eq!(run.code, 130, "{run:?}");
        assert!(
            run.stderr.contains("error: interrupted; run again to go on"),
            "{run:?}"
        );
    }
    sandbox.line("rag ingest").expect(0);
    check_store(&store);
}

#[derive(serde::Deserialize)]
struct Tokens {
    text: String,
    ids: Vec<u32>,
    spans: Vec<(u32, u32)>,
}

#[derive(serde::Deserialize)]
struct Embedded {
    text: String,
    tokens: usize,
    first_ids: Vec<u32>,
    vector: Vec<f32>,
}

fn local_model() -> Option<LocalModel> {
    let folder = model_folder()?;
    let config = fs::read_to_string(folder.join("config.json")).unwrap();
    let vocab = fs::read_to_string(folder.join("vocab.txt")).unwrap();
    let weights = fs::read(folder.join("model.safetensors")).unwrap();
    Some(LocalModel::new(&config, &vocab, weights).unwrap())
}

#[test]
fn token_ids_and_places_equal_the_reference() {
    let Some(model) = local_model() else { return };
    let cases: Vec<Tokens> = serde_json::from_str(include_str!("../data/wordpiece-reference.json")).unwrap();
    for case in cases {
        let wanted = Encoding {
            ids: case.ids,
            spans: case.spans,
        };
        assert_eq!(model.tokenizer().encode(&case.text), wanted, "{:?}", case.text);
    }
}

#[test]
fn vectors_equal_the_reference() {
    let Some(model) = local_model() else { return };
    let cases: Vec<Embedded> = serde_json::from_str(include_str!("../data/minilm-reference.json")).unwrap();
    let texts: Vec<&str> = cases.iter().map(|case| case.text.as_str()).collect();
    let together = model.embed(&texts);
    for (case, vector) in cases.iter().zip(together) {
        let input = model.tokenizer().model_input(&case.text, model.max_tokens());
        assert_eq!(input.len(), case.tokens);
        assert!(input.starts_with(&case.first_ids));
        let alone = model.embed(&[&case.text]).remove(0);
        for vector in [vector, alone] {
            let cosine: f32 = vector.iter().zip(&case.vector).map(|(a, b)| a * b).sum();
            assert!(cosine >= 0.99999, "{cosine} for {:?}", case.text);
            let far = vector.iter().zip(&case.vector).map(|(a, b)| (a - b).abs());
            assert!(far.fold(0.0, f32::max) < 5e-6);
        }
    }
}
