//! What the tables and functions of recipes do once they are there.

use sqlx::{AssertSqlSafe, Connection};

use super::Place;
use super::recipe::ADMIN;
use crate::postgres::{block_on, connect};

const OTHER: &str = "22222222-2222-4222-8222-222222222222";

/// A place whose database has the recipe.
fn with(place: Option<Place>, name: &str, given: &[&str]) -> Option<Place> {
    let place = place?;
    prepare(&place, name, given);
    Some(place)
}

fn prepare(place: &Place, name: &str, given: &[&str]) {
    place.write_things();
    place.recipe(name, given).expect(0);
    place.migrate("up").expect(0);
}

/// A plain role for one test, dropped with the value.
struct PlainRole {
    url: String,
    name: String,
}

impl PlainRole {
    fn new(place: &Place) -> Self {
        let database = place.column("SELECT current_database()::text").remove(0);
        let role = Self {
            url: place.url.clone(),
            name: format!("role_of_{database}"),
        };
        place.execute(&format!("CREATE ROLE {}", role.name));
        role
    }
}

impl Drop for PlainRole {
    fn drop(&mut self) {
        block_on(async {
            let mut connection = connect(&self.url).await;
            let script = format!("DROP OWNED BY {0}; DROP ROLE {0}", self.name);
            let dropped = sqlx::raw_sql(AssertSqlSafe(script))
                .execute(&mut connection)
                .await;
            assert!(dropped.is_ok() || std::thread::panicking(), "{dropped:?}");
            connection.close().await.unwrap();
        });
    }
}

fn first_column(rows: Result<Vec<Vec<String>>, String>) -> Vec<String> {
    rows.unwrap().into_iter().map(|row| row[0].clone()).collect()
}

#[test]
fn hybrid_search_joins_ranks_as_computed_by_hand() {
    let Some(place) = with(Place::postgres(), "rag-store", &["dimensions=3"]) else {
        return;
    };
    place.execute(
        "INSERT INTO documents (source, title) VALUES ('a', 'A'), ('b', 'B');
         INSERT INTO chunks (document_id, position, heading, content, embedding) VALUES
            (1, 0, '', 'reset your password in the settings', '[1,0,0]'),
            (1, 1, '', 'a page about colours', '[0.9,0.1,0]'),
            (2, 0, 'password reset', 'how to reset a password and reset it again', '[0,1,0]'),
            (2, 1, '', 'nothing near', '[0,0,1]');",
    );
    // By meaning: 1, 2, then 3 and 4, which are equally far. By words: 3 (heading), 1.
    let rows = place
        .answers(
            &[],
            "SELECT chunk_id, round(score::numeric, 6), vector_rank, text_rank FROM search_chunks_rrf('reset password', '[1,0,0]') ORDER BY score DESC, chunk_id",
        )
        .unwrap();
    let score = |vector: f64, text: f64| {
        (((1.0 / (60.0 + vector)) + if text > 0.0 { 1.0 / (60.0 + text) } else { 0.0 }) * 1e6).round() / 1e6
    };
    // to_jsonb orders keys by length, then by name: round, chunk_id, text_rank, vector_rank.
    assert_eq!(rows.len(), 4, "{rows:?}");
    let found: Vec<(String, f64)> = rows
        .iter()
        .map(|row| (row[1].clone(), row[0].parse().unwrap()))
        .collect();
    assert_eq!(
        found,
        [
            ("1".to_owned(), score(1.0, 2.0)),
            ("3".to_owned(), score(3.0, 1.0)),
            ("2".to_owned(), score(2.0, 0.0)),
            ("4".to_owned(), score(4.0, 0.0)),
        ]
    );
    let weighted = place.answers(
        &[],
        "SELECT chunk_id FROM search_chunks_weighted('reset password', '[1,0,0]', vector_weight => 0, text_weight => 1) WHERE text_score > 0",
    );
    assert_eq!(first_column(weighted), ["3", "1"]);
    let filtered = place.answers(
        &[],
        "SELECT chunk_id FROM search_chunks_rrf('reset password', '[1,0,0]', document_ids => '{2}')",
    );
    assert_eq!(first_column(filtered), ["3", "4"]);
    // The function sees to it that the index goes on until there are enough.
    let many = place.answers(
        &["INSERT INTO documents (source) SELECT 's' || n FROM generate_series(1, 400) AS n;
           INSERT INTO chunks (document_id, position, content, embedding)
               SELECT id, 0, 'x', ARRAY[1, id / 1000.0, 0]::real[]::extensions.vector FROM documents WHERE source LIKE 's%';
           SET enable_seqscan = off"],
        "SELECT count(*) FROM search_chunks_rrf('nothing', '[1,0,0]', 150, candidates => 150)",
    );
    assert_eq!(first_column(many), ["150"]);
    assert_eq!(
        place
            .answers(&[], &place.query_of("rag-store", &["dimensions=3"]))
            .unwrap()[0]
            .len(),
        4
    );
}

#[test]
fn documents_are_found_by_words_on_sqlite() {
    let place = with(Some(Place::sqlite()), "rag-store", &["dimensions=2"]).unwrap();
    place.execute(
        "INSERT INTO documents (source, title) VALUES ('a', 'A');
         INSERT INTO chunks (document_id, position, heading, content, embedding) VALUES
            (1, 0, '', 'reset your password in the settings', x'0000803F00000000'),
            (1, 1, 'password reset', 'how it goes', NULL), (1, 2, '', 'nothing', NULL);
         UPDATE chunks SET content = 'colours' WHERE id = 3; DELETE FROM chunks WHERE id = 3;",
    );
    let rows = place.answers(&[], &place.query_of("rag-store", &["dimensions=2"]));
    assert_eq!(first_column(rows), ["2", "1"]);
    let wrong = place.answers(&["UPDATE chunks SET embedding = x'00' WHERE id = 1"], "SELECT 1");
    assert!(wrong.unwrap_err().contains("CHECK"));
}

#[test]
fn an_agent_recalls_its_own_memories_only() {
    let Some(place) = Place::postgres() else { return };
    let role = PlainRole::new(&place);
    let given = ["dimensions=3", &format!("role={}", role.name)];
    prepare(&place, "agent-memory", &given);
    place.execute(
        "INSERT INTO agent_memory (agent_id, thought_type, content, embedding, created_at) VALUES
            ('assistant', 'observation', 'near', '[1,0,0]', '2026-01-01'), ('assistant', 'reflection', 'far', '[0,1,0]', '2026-01-02'),
            ('assistant', 'action', 'not asked for', '[1,0,0]', '2026-01-03'), ('rival', 'observation', 'secret', '[1,0,0]', '2026-01-01');
         INSERT INTO agent_context (session_id, agent_id, user_query) VALUES (gen_random_uuid(), 'rival', 'q');",
    );
    let query = place.query_of("agent-memory", &["dimensions=3"]);
    let become_role = format!("SET ROLE {}", role.name);
    let rows = place
        .answers(&[&become_role, "SET app.agent_id = 'assistant'"], &query)
        .unwrap();
    let contents: Vec<&str> = rows.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(contents, ["near", "far"], "{rows:?}");
    let count = |agent: &str| {
        let bind = format!("SET app.agent_id = '{agent}'");
        first_column(place.answers(
            &[&become_role, &bind],
            "SELECT (SELECT count(*) FROM agent_memory) * 10 + (SELECT count(*) FROM agent_context)",
        ))
    };
    assert_eq!(
        (count("assistant"), count("rival"), count("")),
        (vec!["30".to_owned()], vec!["11".to_owned()], vec!["0".to_owned()])
    );
    let stolen = place.answers(
        &[
            &become_role,
            "SET app.agent_id = 'assistant'",
            "INSERT INTO agent_memory (agent_id, thought_type, content) VALUES ('rival', 'action', 'x')",
        ],
        "SELECT 1",
    );
    assert!(stolen.unwrap_err().contains("row-level security"));
}

#[test]
fn two_workers_take_different_tasks_and_a_lost_one_cannot_finish() {
    let Some(place) = with(Place::postgres(), "task-queue", &[]) else {
        return;
    };
    place.execute(
        "INSERT INTO task_queue (task_type, priority) VALUES ('a', 5), ('b', 9), ('c', 1);
         INSERT INTO task_queue (task_type, scheduled_at) VALUES ('later', now() + interval '1 hour');",
    );
    let ids = |rows: Vec<(i64,)>| rows.into_iter().map(|(id,)| id).collect::<Vec<_>>();
    block_on(async {
        let (mut one, mut two) = (connect(&place.url).await, connect(&place.url).await);
        let claim = "SELECT id FROM claim_task_queue('w', 2)";
        sqlx::raw_sql("BEGIN").execute(&mut one).await.unwrap();
        let first: Vec<(i64,)> = sqlx::query_as(claim).fetch_all(&mut one).await.unwrap();
        // While the first has not committed, the second goes past its tasks instead of waiting.
        sqlx::raw_sql("SET statement_timeout = '5s'")
            .execute(&mut two)
            .await
            .unwrap();
        let second: Vec<(i64,)> = sqlx::query_as(claim).fetch_all(&mut two).await.unwrap();
        sqlx::raw_sql("COMMIT").execute(&mut one).await.unwrap();
        let mut first = ids(first);
        first.sort_unstable();
        assert_eq!((first, ids(second)), (vec![1, 2], vec![3]));
        one.close().await.unwrap();
        two.close().await.unwrap();
    });
    place.execute("UPDATE task_queue SET lease_until = now() - interval '1 second' WHERE id = 1");
    let again = place.answers(&[], "SELECT id FROM claim_task_queue('other', 5)");
    assert_eq!(first_column(again), ["1"]);
    let ends = place.answers(
        &[],
        "SELECT complete_task_queue(1, 1)::text || extend_task_queue(1, 2) || complete_task_queue(1, 2) || complete_task_queue(1, 2) AS ends",
    );
    assert_eq!(first_column(ends), ["falsetruetruefalse"]);
    let fails = place.answers(
        &["SELECT fail_task_queue(2, 1, 'no')"],
        "SELECT status || (scheduled_at > now()) || error_message AS state FROM task_queue WHERE id = 2",
    );
    assert_eq!(first_column(fails), ["pendingtrueno"]);
    place.execute(
        "UPDATE task_queue SET attempts = 3, lease_until = now() - interval '1 second' WHERE id = 3",
    );
    let given_up = place.answers(
        &["SELECT count(*) FROM claim_task_queue('w', 9)"],
        "SELECT status FROM task_queue WHERE id = 3",
    );
    assert_eq!(first_column(given_up), ["failed"]);
}

#[test]
fn tasks_are_taken_by_priority_on_sqlite() {
    let place = with(Some(Place::sqlite()), "task-queue", &[]).unwrap();
    place.execute(
        "INSERT INTO task_queue (task_type, priority) VALUES ('a', 5), ('b', 9);
         INSERT INTO task_queue (task_type, scheduled_at) VALUES ('later', '2999-01-01T00:00:00.000Z');
         INSERT INTO task_queue (task_type, status, lease_until, attempts) VALUES ('lost', 'processing', '2020-01-01T00:00:00.000Z', 1);",
    );
    let query = place.query_of("task-queue", &[]);
    let mut taken = first_column(place.answers(&[], &query));
    taken.sort();
    assert_eq!(taken, ["1", "2", "4"]);
    assert_eq!(place.answers(&[], &query).unwrap().len(), 0);
}

#[test]
fn a_response_is_cached_until_it_is_too_old() {
    if let Some(place) = with(Place::postgres(), "response-cache", &[]) {
        let query = place.query_of("response-cache", &[]);
        assert_eq!(first_column(place.answers(&[], &query)), ["null"]);
        place.execute("SELECT put_ai_response_cache('small-model', 'What is a migration?', 'a step')");
        assert_eq!(first_column(place.answers(&[], &query)), ["a step"]);
        place.execute("SELECT put_ai_response_cache('small-model', 'What is a migration?', 'old', interval '-1 second')");
        assert_eq!(first_column(place.answers(&[], &query)), ["null"]);
        assert_eq!(
            first_column(place.answers(&[], "SELECT purge_ai_response_cache()")),
            ["1"]
        );
    }
    let place = with(Some(Place::sqlite()), "response-cache", &[]).unwrap();
    let insert = "INSERT INTO ai_response_cache (model, prompt_hash, response) VALUES ('small-model', '5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9', 'a step')";
    place.execute(insert);
    assert_eq!(
        first_column(place.answers(&[], &place.query_of("response-cache", &[]))),
        ["a step"]
    );
    assert_eq!(
        place.column("SELECT CAST(hits AS TEXT) FROM ai_response_cache"),
        ["1"]
    );
}

#[test]
fn tampering_with_the_audit_log_is_found() {
    let Some(place) = with(Place::postgres(), "audit-log", &["audited=things"]) else {
        return;
    };
    place.execute(
        "SET app.actor = 'ada';
         INSERT INTO things (id, body) VALUES (10, NULL); UPDATE things SET body = 'x' WHERE id = 10; DELETE FROM things WHERE id = 10;
         INSERT INTO audit_log (actor, action) VALUES ('bob', 'login'), ('', 'logout');",
    );
    let query = place.query_of("audit-log", &["audited=things"]);
    let faults = |change: &str| place.answers(&[change], &query).unwrap();
    assert_eq!(
        faults("SET timezone = 'Asia/Tokyo'; SET datestyle = 'German'"),
        [[""; 0]; 0]
    );
    assert_eq!(
        first_column(place.answers(
            &[],
            "SELECT string_agg(id || actor || action, ' ' ORDER BY id) AS all FROM audit_log"
        )),
        ["1adainsert 2adaupdate 3adadelete 4boblogin 5adalogout"]
    );
    assert_eq!(
        first_column(place.answers(&[], "SELECT (details -> 'after')::text AS details FROM audit_log WHERE id = 1 AND details -> 'after' ? 'body'")).len(),
        1
    );
    for change in [
        "UPDATE audit_log SET actor = 'eve'",
        "DELETE FROM audit_log",
        "TRUNCATE audit_log",
    ] {
        let refused = place.answers(&[change], "SELECT 1").unwrap_err();
        assert!(refused.contains("cannot be changed or removed"), "{refused}");
    }
    let tampered = |change: &str| {
        let script = format!("BEGIN; ALTER TABLE audit_log DISABLE TRIGGER USER; {change}");
        place
            .answers(&[&script], &query)
            .unwrap()
            .into_iter()
            .map(|row| row.join(": "))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        tampered("UPDATE audit_log SET actor = 'eve' WHERE id = 2"),
        ["2: it was changed"]
    );
    assert_eq!(
        tampered(
            "UPDATE audit_log SET actor = 'eve' WHERE id = 2; UPDATE audit_log AS a SET hash = hash_audit_log(a) WHERE id = 2"
        ),
        ["3: it does not follow the entry before it"]
    );
    assert_eq!(
        tampered("DELETE FROM audit_log WHERE id = 3"),
        [
            "4: entries before it are missing",
            "4: it does not follow the entry before it"
        ]
    );
    let cut = place.answers(
        &["BEGIN; CREATE TEMP TABLE kept AS SELECT hash FROM audit_log WHERE id = 5; ALTER TABLE audit_log DISABLE TRIGGER USER; DELETE FROM audit_log WHERE id = 5"],
        "SELECT fault FROM verify_audit_log((SELECT hash FROM kept))",
    );
    assert_eq!(first_column(cut), ["the newest entries are missing"]);
}

#[test]
fn two_writers_of_the_audit_log_make_one_chain() {
    let Some(place) = with(Place::postgres(), "audit-log", &[]) else {
        return;
    };
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let url = &place.url;
            scope.spawn(move || {
                block_on(async {
                    let mut connection = connect(url).await;
                    for _ in 0..25 {
                        sqlx::query("INSERT INTO audit_log (actor, action) VALUES ($1, 'x')")
                            .bind(writer.to_string())
                            .execute(&mut connection)
                            .await
                            .unwrap();
                    }
                    connection.close().await.unwrap();
                });
            });
        }
    });
    assert_eq!(
        place.column("SELECT (count(*) || ' ' || max(id))::text FROM audit_log"),
        ["100 100"]
    );
    assert_eq!(
        place
            .answers(&[], &place.query_of("audit-log", &[]))
            .unwrap()
            .len(),
        0
    );
}

#[test]
fn the_chain_of_the_audit_log_holds_on_sqlite() {
    let place = with(Some(Place::sqlite()), "audit-log", &[]).unwrap();
    let (zero, one, two) = ("0".repeat(64), "a".repeat(64), "b".repeat(64));
    let insert = |id: u8, previous: &str, hash: &str| {
        format!(
            "INSERT INTO audit_log (id, actor, action, previous_hash, hash) VALUES ({id}, 'ada', 'x', '{previous}', '{hash}')"
        )
    };
    place.execute(&insert(1, &zero, &one));
    for wrong in [
        insert(3, &one, &two),
        insert(2, &zero, &two),
        insert(2, &two, &two),
    ] {
        let refused = place.answers(&[&wrong], "SELECT 1").unwrap_err();
        assert!(refused.contains("does not follow the newest one"), "{refused}");
    }
    place.execute(&insert(2, &one, &two));
    for wrong in ["UPDATE audit_log SET actor = 'eve'", "DELETE FROM audit_log"] {
        assert!(place.answers(&[wrong], "SELECT 1").is_err());
    }
    let query = place.query_of("audit-log", &[]);
    assert_eq!(place.answers(&[], &query).unwrap().len(), 0);
    let tampered = format!(
        "DROP TRIGGER audit_log_keep_update; UPDATE audit_log SET hash = '{}' WHERE id = 1",
        "c".repeat(64)
    );
    let faults = place.answers(&[&tampered], &query).unwrap();
    assert_eq!(faults, [["2", "it does not follow the entry before it"]]);
}

#[test]
fn another_tenant_sees_and_touches_nothing() {
    let Some(place) = Place::postgres() else { return };
    let role = PlainRole::new(&place);
    prepare(&place, "multi-tenant-rls", &[&format!("role={}", role.name)]);
    let session = |tenant: &str| format!("SET ROLE {}; SET app.tenant_id = '{tenant}'", role.name);
    for (tenant, name) in [(ADMIN, "ours"), (OTHER, "theirs")] {
        place.execute(&format!(
            "{}; INSERT INTO tenants (id, name) VALUES ('{tenant}', '{name}');
             INSERT INTO tenant_members (tenant_id, user_id, role) VALUES ('{tenant}', '{tenant}', 'owner');
             INSERT INTO projects (name, created_by) VALUES ('one', '{tenant}'), ('two', NULL);",
            session(tenant)
        ));
    }
    let query = place.query_of("multi-tenant-rls", &[]);
    let seen = |setting: &str| {
        let script = format!("SET ROLE {}; {setting}", role.name);
        place.answers(&[&script], &query).unwrap().len()
    };
    assert_eq!(seen(&format!("SET app.tenant_id = '{ADMIN}'")), 2);
    assert_eq!(seen(&format!("SET app.tenant_id = '{OTHER}'")), 2);
    assert_eq!(seen(""), 0);
    assert_eq!(seen("SET app.tenant_id = ''"), 0);
    assert_eq!(
        seen("SET app.tenant_id = '33333333-3333-4333-8333-333333333333'"),
        0
    );
    let ours = session(ADMIN);
    for (change, counts) in [
        ("UPDATE projects SET name = name || '!'", 2),
        ("DELETE FROM projects", 2),
        ("DELETE FROM tenant_members", 1),
    ] {
        let counted = block_on(async {
            let mut connection = connect(&place.url).await;
            sqlx::raw_sql(AssertSqlSafe(format!("BEGIN; {ours}")))
                .execute(&mut connection)
                .await
                .unwrap();
            let done = sqlx::raw_sql(AssertSqlSafe(change))
                .execute(&mut connection)
                .await
                .unwrap();
            connection.close().await.unwrap();
            done.rows_affected()
        });
        assert_eq!(counted, counts, "{change}");
    }
    for (change, words) in [
        (
            format!("INSERT INTO projects (tenant_id, name) VALUES ('{OTHER}', 'x')"),
            "row-level security",
        ),
        (
            format!("UPDATE projects SET tenant_id = '{OTHER}'"),
            "row-level security",
        ),
        (
            format!("INSERT INTO tenants (id, name) VALUES ('{OTHER}', 'x')"),
            "row-level security",
        ),
        (
            format!("INSERT INTO projects (name, created_by) VALUES ('x', '{OTHER}')"),
            "foreign key",
        ),
        ("TRUNCATE projects".to_owned(), "permission denied"),
    ] {
        let refused = place.answers(&[&ours, &change], "SELECT 1").unwrap_err();
        assert!(refused.contains(words), "{change}: {refused}");
    }
    // Two tenants may give the same name, so a name tells nothing of the other.
    assert_eq!(
        place.column("SELECT count(*)::text FROM projects WHERE name = 'one'"),
        ["2"]
    );
}

#[test]
fn permissions_come_through_all_ancestors_and_end() {
    for place in Place::each() {
        place.recipe("rbac", &[]).expect(0);
        place.migrate("up").expect(0);
        place.execute(
            "INSERT INTO roles (name, parent_id) VALUES ('reader', NULL), ('writer', 1), ('admin', 2), ('stranger', NULL);
             INSERT INTO permissions (name) VALUES ('page.read'), ('page.write'), ('user.remove'), ('other.thing');
             INSERT INTO role_permissions VALUES (1, 1), (2, 2), (3, 3), (4, 4);
             INSERT INTO user_roles (user_id, role_id) VALUES ('alice', 2), ('bob', 3);
             INSERT INTO user_roles (user_id, role_id, expires_at) VALUES ('alice', 4, '2020-01-01T00:00:00.000Z');",
        );
        let query = place.query_of("rbac", &[]);
        assert_eq!(
            first_column(place.answers(&[], &query)),
            ["page.read", "page.write"]
        );
        let circle = place
            .answers(&["UPDATE roles SET parent_id = 3 WHERE id = 1"], "SELECT 1")
            .unwrap_err();
        assert!(circle.contains("inherit from itself"), "{circle}");
        if place.is_postgres() {
            let asked = "SELECT has_permissions('bob', 'page.read')::text || has_permissions('alice', 'user.remove') || has_permissions('alice', 'other.thing') AS has";
            assert_eq!(first_column(place.answers(&[], asked)), ["truefalsefalse"]);
        }
    }
}

#[test]
fn articles_are_found_by_the_words_of_their_titles_first() {
    for place in Place::each() {
        place.recipe("full-text-search", &[]).expect(0);
        place.migrate("up").expect(0);
        place.execute(
            "INSERT INTO articles (title, body) VALUES ('On databases', 'How to migrate one, and why.'), ('Migrations', 'What they are.'), ('Migrations in rust', 'No.');
             INSERT INTO articles (title, body) VALUES ('Colours', 'Red and blue.');
             UPDATE articles SET body = 'No: rust again.' WHERE id = 3;",
        );
        let rows = place
            .answers(&[], &place.query_of("full-text-search", &[]))
            .unwrap();
        let texts: Vec<String> = rows.iter().map(|row| row.join(" ")).collect();
        assert_eq!(rows.len(), 2, "{rows:?}");
        assert!(
            texts[0].contains("What they are") || texts[0].contains("<mark>Migrations</mark>"),
            "{texts:?}"
        );
        assert!(texts[1].contains("<mark>migrate</mark>"), "{texts:?}");
    }
}

#[test]
fn events_land_in_their_months_and_queries_read_no_others() {
    let Some(place) = with(Place::postgres(), "partitioned-events", &[]) else {
        return;
    };
    place.execute(
        "INSERT INTO events (at, kind) VALUES ('2026-01-06', 'a'), ('2026-01-07', 'a'), ('2026-02-01', 'b'), ('2025-12-31 23:59:59+00', 'b');
         SELECT make_events_partitions(1, '2025-12-01');
         INSERT INTO events (at, kind) VALUES ('2026-01-11', 'b'), ('1999-01-01', 'old');",
    );
    let places = "SELECT tableoid::regclass || ' ' || count(*) FROM events WHERE at < '2026-03-01' GROUP BY tableoid ORDER BY 1";
    assert_eq!(
        place.column(places),
        [
            "events_2025_12 1",
            "events_2026_01 3",
            "events_2026_02 1",
            "events_default 1"
        ]
    );
    let query = place.query_of("partitioned-events", &[]);
    assert_eq!(place.answers(&[], &query).unwrap().len(), 3);
    let plan = place.column(&format!("EXPLAIN {query}")).join("\n");
    assert!(
        plan.contains("events_2026_01")
            && !plan.contains("events_2026_02")
            && !plan.contains("events_default"),
        "{plan}"
    );
    assert_eq!(
        first_column(place.answers(
            &[],
            "SELECT count(*) FROM make_events_partitions(1, '2025-12-01')"
        )),
        ["0"]
    );
    let dropped = first_column(place.answers(&[], "SELECT drop_events_partitions(1) AS name"));
    assert!(
        dropped.starts_with(&["events_2025_12".to_owned(), "events_2026_01".to_owned()]),
        "{dropped:?}"
    );
    assert!(place.answers(&[], "SELECT drop_events_partitions(0)").is_err());
    assert_eq!(place.column("SELECT kind FROM events"), ["old"]);
}

#[test]
fn old_rows_move_to_the_archive_and_undoing_does_not_lose_them() {
    for place in Place::each() {
        let place = with(
            Some(place),
            "archive-retention",
            &["table=things", "batch=2", "keep_days=30"],
        )
        .unwrap();
        place.execute(
            "DELETE FROM things; INSERT INTO things (id, created_at, body) VALUES (1, '2020-01-01T00:00:00.000Z', 'a'), (2, '2020-01-02T00:00:00.000Z', 'b'),
                (3, '2020-01-03T00:00:00.000Z', NULL), (4, '2999-01-01T00:00:00.000Z', 'new')",
        );
        let query = place.query_of("archive-retention", &["table=things", "batch=2", "keep_days=30"]);
        let moved: Vec<String> = (0..3)
            .map(|_| first_column(place.answers(&[], &query)).concat())
            .collect();
        assert_eq!(moved, ["2", "1", "0"]);
        assert_eq!(place.column("SELECT CAST(id AS text) FROM things"), ["4"]);
        assert_eq!(
            place.column("SELECT CAST(id AS text) || coalesce(body, '-') FROM things_archive ORDER BY id"),
            ["1a", "2b", "3-"]
        );
        let run = place.migrate("down").expect(2);
        assert!(
            run.stderr.contains("the archive holds rows") || run.stderr.contains("CHECK"),
            "{run:?}"
        );
        assert_eq!(
            place.column("SELECT CAST(count(*) AS text) FROM things_archive"),
            ["3"]
        );
    }
}

#[test]
fn visitors_see_what_is_published_and_the_administrator_changes_it() {
    let Some(place) = Place::postgres() else { return };
    let role = PlainRole::new(&place);
    prepare(&place, "portfolio", &[&format!("editor={}", role.name)]);
    let visitor = format!("SET ROLE {}", role.name);
    let admin = format!("{visitor}; SET app.user_id = '{ADMIN}'");
    place.execute(&format!(
        "{admin}; INSERT INTO profile (name) VALUES ('Ada');
         INSERT INTO projects (title, slug, is_published) VALUES ('Engine', 'engine', true), ('Draft', 'draft', false);
         INSERT INTO testimonials (author_name, content, is_visible) VALUES ('Bob', 'good', true), ('Eve', 'bad', false);
         INSERT INTO page_layouts (page_name, is_published) VALUES ('home', true);",
    ));
    let query = place.query_of("portfolio", &[]);
    let site = |who: &str| -> serde_json::Value {
        serde_json::from_str(&place.answers(&[who], &query).unwrap()[0][0]).unwrap()
    };
    let counts = |site: &serde_json::Value| {
        ["projects", "testimonials"].map(|name| site[name].as_array().unwrap().len())
    };
    assert_eq!(counts(&site(&visitor)), [1, 1]);
    assert_eq!(
        counts(&site(&format!("{visitor}; SET app.user_id = '{OTHER}'"))),
        [1, 1]
    );
    assert_eq!(counts(&site(&admin)), [2, 2]);
    assert_eq!(site(&visitor)["profile"]["name"], "Ada");
    let refused = place
        .answers(
            &[&visitor, "INSERT INTO profile (name) VALUES ('Eve')"],
            "SELECT 1",
        )
        .unwrap_err();
    assert!(refused.contains("row-level security"), "{refused}");
    place.execute(&format!(
        "{visitor}; UPDATE profile SET name = 'Eve'; DELETE FROM profile"
    ));
    assert_eq!(place.column("SELECT name FROM profile"), ["Ada"]);
}

#[test]
fn a_table_in_use_comes_under_row_security_step_by_step() {
    let Some(place) = Place::postgres() else { return };
    let role = PlainRole::new(&place);
    place.write_things();
    place.migrate("up").expect(0);
    let add = |arguments: &str| place.sandbox.line(&format!("db recipe add rls {arguments}"));
    let run = add("--table thingz").expect(2);
    assert!(
        run.stderr
            .contains("has no table `thingz` in the schema `public`"),
        "{run:?}"
    );
    // What is there is left alone: the column and its index exist, so four steps remain.
    place.execute(
        "CREATE TABLE half (id bigint PRIMARY KEY, tenant_id bigint); CREATE INDEX ON half (tenant_id);",
    );
    let run = add("--table half --dry-run").expect(0);
    assert_eq!(run.stdout.matches(".up.sql").count(), 4, "{run:?}");
    place.execute("DROP TABLE half");
    let run = add(&format!(
        "--table things --set first_tenant={ADMIN} --set batch=2"
    ))
    .expect(0);
    assert_eq!(run.stdout.matches(".up.sql").count(), 7, "{run:?}");
    assert!(run.stdout.contains("_enable_rls_things.up.sql"), "{run:?}");
    place.migrate("verify").expect(0);
    place.migrate("up").expect(0);
    place.execute(&format!(
        "GRANT SELECT, INSERT, UPDATE ON things TO {}",
        role.name
    ));
    let seen = |tenant: &str| {
        let script = format!("SET ROLE {}; SET app.tenant_id = '{tenant}'", role.name);
        place
            .answers(&[&script], &place.query_of("rls", &["table=things"]))
            .unwrap()
    };
    assert_eq!(seen(ADMIN), [vec!["3".to_owned(), ADMIN.to_owned()]]);
    assert_eq!(seen(OTHER).len() + seen("").len(), 0);
    place.execute(&format!(
        "SET ROLE {}; SET app.tenant_id = '{OTHER}'; INSERT INTO things (id) VALUES (9)",
        role.name
    ));
    assert_eq!(seen(OTHER).len(), 1);
    let run = add("--table things").expect(2);
    assert!(run.stderr.contains("has row level security already"), "{run:?}");
    place.migrate("down --to 1").expect(0);
    place.migrate("up").expect(0);
}
