//! `db recipe`: every recipe up, down and up again on both engines, what is refused, and the rules that the SQL keeps.

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Executor, Row, SqlSafeStr};

use super::Place;
use crate::postgres::{block_on, connect};
use crate::sandbox::Run;

pub const ADMIN: &str = "11111111-1111-4111-8111-111111111111";

/// Every recipe with what it must be given, and other choices of its parameters.
const VARIANTS: &[(&str, &[&[&str]])] = &[
    (
        "agent-memory",
        &[
            &[],
            &[
                "dimensions=3",
                "thought_type=Thought",
                "memory=my memory",
                "context=order",
            ],
        ],
    ),
    (
        "archive-retention",
        &[
            &["table=things"],
            &["table=Big Things", "key=Key", "time=order", "keep_days=1"],
        ],
    ),
    ("audit-log", &[&[], &["table=Audit; Log", "setting=x.y.z"]]),
    ("full-text-search", &[&[], &["table=My \"Texts\""]]),
    (
        "multi-tenant-rls",
        &[&[], &["tenants=user", "members=a b", "projects=P"]],
    ),
    (
        "partitioned-events",
        &[&[], &["table=Über' Events", "months_ahead=0"]],
    ),
    ("portfolio", &[&[], &["profile=user", "skills=Skills"]]),
    (
        "rag-store",
        &[
            &[],
            &["documents=table", "chunks=it's -- \"chunks\"", "dimensions=3"],
        ],
    ),
    (
        "rbac",
        &[&[], &["roles=group", "permissions=Grant", "user_roles=u r"]],
    ),
    ("response-cache", &[&[], &["table=Cache"]]),
    (
        "rls",
        &[
            &["table=things"],
            &[
                "table=Big Things",
                "tenant=Tenant",
                "tenant_type=text",
                "first_tenant=it's me",
            ],
        ],
    ),
    ("task-queue", &[&[], &["table=select"]]),
];

/// Choices that only PostgreSQL has.
const POSTGRES_VARIANTS: &[(&str, &[&str])] = &[
    ("rag-store", &["index=ivfflat", "metric=l2", "language=simple"]),
    ("rag-store", &["index=none", "metric=inner_product"]),
    ("response-cache", &["logged=false"]),
    (
        "rls",
        &["table=things", "tenant_type=bigint", "first_tenant=7", "batch=1"],
    ),
];

impl Place {
    pub fn recipe(&self, name: &str, given: &[&str]) -> Run {
        let mut arguments = vec!["db", "recipe", "add", name];
        for one in given {
            arguments.extend(["--set", one]);
        }
        if self.is_postgres() && name == "portfolio" {
            arguments.extend(["--set", "admin=11111111-1111-4111-8111-111111111111"]);
        }
        if name == "rls" {
            arguments.push("--no-look");
        }
        self.sandbox.run(arguments)
    }

    /// The documented query of a recipe.
    pub fn query_of(&self, name: &str, given: &[&str]) -> String {
        let mut arguments = vec!["db", "recipe", "show", name, "--format", "json"];
        for one in given {
            arguments.extend(["--set", one]);
        }
        if self.is_postgres() && name == "portfolio" {
            arguments.extend(["--set", "admin=11111111-1111-4111-8111-111111111111"]);
        }
        let shown = self.sandbox.run(arguments).expect(0).json();
        shown["query"].as_str().expect("a query").to_owned()
    }

    /// Every row of the last statement of a script, all columns as text, in one session. The error is the database's own words.
    pub fn answers(&self, script: &[&str], query: &str) -> Result<Vec<Vec<String>>, String> {
        block_on(async {
            if self.is_postgres() {
                let mut connection = connect(&self.url).await;
                for one in script {
                    sqlx::raw_sql(AssertSqlSafe(*one))
                        .execute(&mut connection)
                        .await
                        .map_err(|error| error.to_string())?;
                }
                let query = query.trim().trim_end_matches(';');
                let wrapped = format!("SELECT to_jsonb(answer)::text FROM (\n{query}\n) AS answer");
                let rows = connection
                    .fetch_all(AssertSqlSafe(wrapped).into_sql_str())
                    .await
                    .map_err(|error| error.to_string())?;
                let text = |value: &serde_json::Value| match value {
                    serde_json::Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
                Ok(rows
                    .iter()
                    .map(|row| {
                        let row: serde_json::Value = serde_json::from_str(&row.get::<String, _>(0)).unwrap();
                        row.as_object().unwrap().values().map(text).collect()
                    })
                    .collect())
            } else {
                let options: SqliteConnectOptions = self.url.parse().unwrap();
                let mut connection = options.foreign_keys(true).connect().await.unwrap();
                for one in script {
                    sqlx::raw_sql(AssertSqlSafe(*one))
                        .execute(&mut connection)
                        .await
                        .map_err(|error| error.to_string())?;
                }
                let rows = sqlx::raw_sql(AssertSqlSafe(query))
                    .fetch_all(&mut connection)
                    .await
                    .map_err(|error| error.to_string())?;
                Ok(rows
                    .iter()
                    .map(|row| {
                        let columns = 0..row.columns().len();
                        columns
                            .map(|at| {
                                row.try_get_unchecked::<Option<String>, _>(at)
                                    .unwrap()
                                    .unwrap_or_default()
                            })
                            .collect()
                    })
                    .collect())
            }
        })
    }

    /// The tables that recipes for existing tables are for.
    pub fn write_things(&self) {
        let text = if self.is_postgres() {
            "CREATE TABLE things (id bigint PRIMARY KEY, created_at timestamptz NOT NULL DEFAULT now(), body text);
             CREATE TABLE \"Big Things\" (\"Key\" text PRIMARY KEY, \"order\" timestamptz NOT NULL DEFAULT now());
             INSERT INTO things (id) SELECT generate_series(1, 3);"
        } else {
            "CREATE TABLE things (id INTEGER PRIMARY KEY, created_at TEXT NOT NULL DEFAULT '2026-11-21T00:00:00.000Z', body TEXT);
             CREATE TABLE \"Big Things\" (\"Key\" TEXT PRIMARY KEY, \"order\" TEXT NOT NULL DEFAULT '');
             INSERT INTO things (id) VALUES (1), (2), (3);"
        };
        self.write(&[("1_things.sql", text)]);
    }
}

/// Runs the recipe in its folder up, down, up, with the catalog compared in a scratch database; then runs its query.
fn goes_both_ways(place: &Place, name: &str, given: &[&str]) {
    let of_postgres = ["thought_type=", "setting="];
    let given: Vec<&str> = given
        .iter()
        .copied()
        .filter(|one| place.is_postgres() || !of_postgres.iter().any(|start| one.starts_with(start)))
        .collect();
    let given = given.as_slice();
    let _ = std::fs::remove_dir_all(place.sandbox.path("migrations"));
    place.write_things();
    let first_fills = name == "rls" && !given.iter().any(|one| one.starts_with("first_tenant"));
    if first_fills {
        // Without a first tenant the rows must have one by then; these tables have no rows.
        place.write(&[(
            "1_things.sql",
            "CREATE TABLE things (id bigint PRIMARY KEY, created_at timestamptz);",
        )]);
    }
    place.recipe(name, given).expect(0);
    let verified = place.migrate("verify --format json").expect(0).json();
    assert_eq!(
        verified["findings"].as_array().unwrap().len(),
        0,
        "{name} {given:?}: {verified:#}"
    );
    assert!(verified["reversed"].as_u64().unwrap() >= 1, "{verified:#}");
    place.migrate("up").expect(0);
    let query = place.query_of(name, given);
    if let Err(error) = place.answers(&[], &query) {
        panic!("{name} {given:?}: {error}\n{query}");
    }
    place.migrate("down --to 1").expect(0);
    place.migrate("up").expect(0);
}

fn each_variant(place: &Place, names: &[&str]) {
    for (name, variants) in VARIANTS.iter().filter(|(name, _)| names.contains(name)) {
        for given in *variants {
            goes_both_ways_anew(place, name, given);
        }
    }
    if place.is_postgres() {
        for (name, given) in POSTGRES_VARIANTS.iter().filter(|(name, _)| names.contains(name)) {
            goes_both_ways_anew(place, name, given);
        }
    }
}

/// In a database of its own.
fn goes_both_ways_anew(place: &Place, name: &str, given: &[&str]) {
    let fresh = if place.is_postgres() {
        Place::postgres()
    } else {
        Some(Place::sqlite())
    };
    if let Some(fresh) = fresh {
        goes_both_ways(&fresh, name, given);
    }
}

const ON_BOTH: [&[&str]; 3] = [
    &["agent-memory", "archive-retention", "audit-log"],
    &["full-text-search", "portfolio", "rag-store"],
    &["rbac", "response-cache", "task-queue"],
];

#[test]
fn recipes_go_up_down_and_up_on_sqlite() {
    for names in ON_BOTH {
        each_variant(&Place::sqlite(), names);
    }
}

#[test]
fn recipes_with_memory_archive_and_audit_go_up_down_and_up_on_postgres() {
    let Some(place) = Place::postgres() else { return };
    each_variant(&place, ON_BOTH[0]);
}

#[test]
fn recipes_with_texts_go_up_down_and_up_on_postgres() {
    let Some(place) = Place::postgres() else { return };
    each_variant(&place, ON_BOTH[1]);
}

#[test]
fn recipes_with_roles_cache_and_queue_go_up_down_and_up_on_postgres() {
    let Some(place) = Place::postgres() else { return };
    each_variant(&place, ON_BOTH[2]);
}

#[test]
fn recipes_that_only_postgres_has_go_up_down_and_up() {
    let Some(place) = Place::postgres() else { return };
    each_variant(&place, &["multi-tenant-rls", "partitioned-events", "rls"]);
}

#[test]
fn what_an_earlier_migration_makes_is_not_made_again() {
    for place in Place::each() {
        place.recipe("task-queue", &[]).expect(0);
        let run = place.recipe("task-queue", &[]).expect(2);
        assert!(
            run.stderr.contains("table `task_queue` is made in `migrations/"),
            "{run:?}"
        );
        assert!(
            run.stderr.contains("hint: give it other names: --set table=…"),
            "{run:?}"
        );
        place.recipe("task-queue", &["table=other_queue"]).expect(0);
        // An index may not be called like a table either.
        place.write(&[(
            "9_x.sql",
            "DROP TABLE other_queue; CREATE TABLE ai_response_cache_expires_at_idx (a integer);",
        )]);
        let run = place.recipe("response-cache", &[]).expect(2);
        assert!(
            run.stderr
                .contains("index `ai_response_cache_expires_at_idx` is made in"),
            "{run:?}"
        );
    }
}

#[test]
fn the_extension_is_installed_by_the_first_recipe_that_wants_it() {
    let Some(place) = Place::postgres() else { return };
    place.recipe("rag-store", &["dimensions=3"]).expect(0);
    let listed = place.sandbox.listing().join("\n");
    assert!(listed.contains("_vector.up.sql"), "{listed}");
    let second = place.recipe("agent-memory", &["dimensions=3"]).expect(0);
    assert!(!second.stdout.contains("_vector"), "{second:?}");
    let verified = place.migrate("verify").expect(0);
    assert!(verified.stdout.contains("all is well"), "{verified:?}");
}

#[test]
fn a_recipe_that_the_engine_cannot_do_says_what_serves_instead() {
    let place = Place::sqlite();
    let run = place.recipe("multi-tenant-rls", &[]).expect(2);
    insta::assert_snapshot!(run.stderr, @r"
    error: there is no recipe `multi-tenant-rls` for sqlite
    caused by: SQLite has no row level security. Keep each tenant in a file of its own: that separates them better than a column could.
    hint: for PostgreSQL, say `--engine postgres` or name the database with `--database-url`
    ");
    let run = place.recipe("task-queu", &[]).expect(2);
    assert!(run.stderr.contains("did you mean `task-queue`?"), "{run:?}");
    let run = place.recipe("task-queue", &["tabel=x"]).expect(2);
    assert!(run.stderr.contains("did you mean `table`?"), "{run:?}");
    let run = place.recipe("task-queue", &["max_attempts=0"]).expect(2);
    assert!(run.stderr.contains("`max_attempts` must be 1 to 1000"), "{run:?}");
    let run = place.recipe("task-queue", &["role=x"]).expect(2);
    assert!(
        run.stderr
            .contains("no parameter of the recipe `task-queue` on sqlite"),
        "{run:?}"
    );
    assert!(!place.sandbox.path("migrations").exists());
}

#[test]
fn list_show_and_new_know_the_recipes() {
    let place = Place::sqlite();
    let list = place.sandbox.line("db recipe list").expect(0);
    assert_eq!(list.stdout.lines().count(), 12, "{list:?}");
    let list = place
        .sandbox
        .line("db recipe list --format json")
        .expect(0)
        .json();
    for recipe in list["recipes"].as_array().unwrap() {
        let name = recipe["name"].as_str().unwrap();
        place.sandbox.line(&format!("db recipe show {name}")).expect(0);
    }
    let sql = place
        .sandbox
        .line("db recipe show task-queue --sql --engine postgres --set table=jobs")
        .expect(0);
    assert!(
        sql.stdout.contains("CREATE TABLE public.jobs (") && sql.stdout.contains("DROP TABLE public.jobs;")
    );
    let run = place
        .migrate("new --recipe task-queue --set table=jobs the queue")
        .expect(0);
    assert!(run.stdout.contains("_the_queue.up.sql"), "{run:?}");
    place.migrate("up").expect(0);
    assert_eq!(place.tables().iter().filter(|name| *name == "jobs").count(), 1);
    place.migrate("new").expect(2);
}

#[test]
fn a_folder_of_supabase_gets_files_of_its_layout() {
    let place = Place::sqlite();
    place.sandbox.write("supabase/migrations/.gitkeep", "");
    let run = place.recipe("task-queue", &[]).expect(0);
    assert_eq!(run.stdout.lines().count(), 1, "{run:?}");
    assert!(
        run.stdout.contains("supabase/migrations/") && run.stdout.contains("_task_queue.sql"),
        "{run:?}"
    );
    let name = place
        .sandbox
        .listing()
        .into_iter()
        .find(|path| path.contains("_task_queue"))
        .unwrap();
    assert!(place.sandbox.read(name).contains("jsonb"));
}

/// Rules of schema lint that can be asked of a live catalog: a query each, which finds what breaks it.
const RULES: &[(&str, &str)] = &[
    (
        "a foreign key has an index that begins with its columns",
        "SELECT conrelid::regclass || ' ' || conname FROM pg_constraint WHERE contype = 'f' AND conparentid = 0 AND NOT EXISTS (
            SELECT FROM pg_index WHERE indrelid = conrelid AND (indkey::smallint[])[0:cardinality(conkey) - 1] @> conkey)",
    ),
    (
        "a function has a fixed search_path",
        "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace
            AND NOT coalesce(array_to_string(proconfig, ',') LIKE '%search_path=\"\"%', false)",
    ),
    (
        "a table has a primary key",
        "SELECT oid::regclass::text FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace AND relname NOT LIKE '%\\_migrations'
            AND relname NOT LIKE 'packwright%' AND NOT EXISTS (SELECT FROM pg_index WHERE indrelid = pg_class.oid AND indisprimary)",
    ),
    (
        "no old types",
        "SELECT attrelid::regclass || '.' || attname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
            WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND attnum > 0 AND relname NOT LIKE '%\\_migrations' AND relname NOT LIKE 'packwright%'
            AND format_type(atttypid, atttypmod) ~ '^(timestamp without|character|json$|money|real|double)'",
    ),
    (
        "tables, views and functions have comments",
        "SELECT oid::regclass::text FROM pg_class WHERE relkind IN ('r', 'p', 'v') AND relnamespace = 'public'::regnamespace
            AND relname NOT LIKE '%\\_migrations' AND relname NOT LIKE 'packwright%' AND relname NOT IN ('things', 'Big Things') AND obj_description(oid, 'pg_class') IS NULL
         UNION ALL SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND obj_description(oid, 'pg_proc') IS NULL",
    ),
    (
        "nothing is granted to PUBLIC",
        "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND (proacl IS NULL OR EXISTS (SELECT FROM aclexplode(proacl) WHERE grantee = 0))
         UNION ALL SELECT oid::regclass::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND EXISTS (SELECT FROM aclexplode(relacl) WHERE grantee = 0)",
    ),
    (
        "row security binds the owner and has policies",
        "SELECT oid::regclass::text FROM pg_class WHERE relrowsecurity AND (NOT relforcerowsecurity OR NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = pg_class.oid))
         UNION ALL SELECT polrelid::regclass::text FROM pg_policy JOIN pg_class ON pg_class.oid = polrelid WHERE NOT relrowsecurity",
    ),
    (
        "a policy that lets write checks what is written, says something, and asks once",
        "SELECT polrelid::regclass || ' ' || polname FROM pg_policy WHERE polcmd IN ('*', 'a', 'w') AND polwithcheck IS NULL
         UNION ALL SELECT polrelid::regclass || ' ' || polname FROM pg_policy WHERE pg_get_expr(polqual, polrelid) = 'true'
         UNION ALL SELECT polrelid::regclass || ' ' || polname FROM pg_policy
            WHERE pg_get_expr(coalesce(polqual, polwithcheck), polrelid) ~ '(current_setting|is_portfolio_admin)' AND pg_get_expr(coalesce(polqual, polwithcheck), polrelid) !~ 'SELECT'",
    ),
    (
        "one permissive policy for a command",
        "SELECT one.polrelid::regclass || ' ' || one.polname FROM pg_policy AS one JOIN pg_policy AS other
            ON other.polrelid = one.polrelid AND other.oid <> one.oid AND (other.polcmd = one.polcmd OR '*' IN (one.polcmd, other.polcmd))",
    ),
    (
        "a view asks with the rights of who asks",
        "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'v' AND relnamespace = 'public'::regnamespace AND NOT coalesce('security_invoker=true' = ANY (reloptions), false)",
    ),
    (
        "the extension is not in the schema public",
        "SELECT extname::text FROM pg_extension WHERE extnamespace = 'public'::regnamespace",
    ),
    (
        "no index repeats another",
        "SELECT one.indexrelid::regclass::text FROM pg_index AS one JOIN pg_index AS other ON other.indrelid = one.indrelid AND other.indexrelid <> one.indexrelid
            AND other.indkey::text = one.indkey::text AND other.indpred IS NULL AND one.indpred IS NULL AND other.indoption = one.indoption
            JOIN pg_class AS a ON a.oid = one.indexrelid JOIN pg_class AS b ON b.oid = other.indexrelid AND b.relam = a.relam
            WHERE one.indrelid NOT IN (SELECT oid FROM pg_class WHERE relname LIKE 'packwright%')",
    ),
];

#[test]
fn the_sql_of_recipes_keeps_the_rules_of_a_good_schema() {
    let Some(place) = Place::postgres() else { return };
    place.write_things();
    for (name, variants) in VARIANTS {
        let mut given = variants[0].to_vec();
        match *name {
            "portfolio" => given.push("projects=portfolio_projects"),
            "rls" => given.push("first_tenant=11111111-1111-4111-8111-111111111111"),
            _ => {}
        }
        place.recipe(name, &given).expect(0);
    }
    place.migrate("up").expect(0);
    for (rule, query) in RULES {
        assert_eq!(place.column(query), [""; 0], "{rule}");
    }
}
