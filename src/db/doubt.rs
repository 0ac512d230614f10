//! A statement in doubt: begun outside a transaction by a run that was killed, so that nobody noted whether it took effect.
//!
//! What can be found out is found out, so that the next run completes by itself: an index that was built concurrently is there and
//! whole, there and broken (then it is dropped, to be built again), or not there; what was to be dropped is gone or is not.

use sqlx::AssertSqlSafe;

use crate::document::sql::{Statement, TokenKind};
use crate::failure::Result;
use crate::store::{Database, Explain as _, sqlstate};

use super::record::Writer;
use super::script::Job;

/// Whether the statement, which is in doubt, took effect. What it left half done is removed.
pub async fn took_effect(writer: &mut Writer<'_>, job: &Job<'_>, statement: &Statement) -> Result<bool> {
    let (Some(built), Database::Postgres(connection)) =
        (concurrent_index(job, statement), &mut *writer.database)
    else {
        return Ok(false);
    };
    let asked = "could not be asked for an index";
    let state: Option<(String, bool)> = sqlx::query_as(include_str!("sql/postgres/index_state.sql"))
        .bind(&built.table)
        .bind(&built.index)
        .fetch_optional(&mut **connection)
        .await
        .explain(writer.url, asked)?;
    match state {
        None => Ok(false),
        Some((_, true)) => Ok(true),
        Some((broken, false)) => {
            let drop = include_str!("sql/postgres/drop_index.sql").replace("the_index", &broken);
            sqlx::raw_sql(AssertSqlSafe(drop))
                .execute(&mut **connection)
                .await
                .map(|_| false)
                .explain(
                    writer.url,
                    &format!("could not drop the half-built index `{broken}`"),
                )
        }
    }
}

/// Whether the error of a statement in doubt says that it had taken effect: what it drops is gone, what it makes is there.
pub fn shows_effect(job: &Job<'_>, statement: &Statement, error: &sqlx::Error) -> bool {
    let begins = |keyword| job.script.begins_with(statement, &[keyword]);
    match sqlstate(error) {
        // undefined_object, invalid_catalog_name
        Some("42704" | "3D000") => begins("drop"),
        // duplicate_database
        Some("42P04") => begins("create"),
        _ => false,
    }
}

/// Names as the statement writes them.
#[derive(Debug, PartialEq, Eq)]
struct Built {
    index: String,
    table: String,
}

/// The names in `CREATE [UNIQUE] INDEX CONCURRENTLY [IF NOT EXISTS] name ON [ONLY] table …`. An index that the server is left to name
/// cannot be looked for.
fn concurrent_index(job: &Job<'_>, statement: &Statement) -> Option<Built> {
    let mut code = job.script.code_of(statement).peekable();
    let mut next_is = |keyword: &str| {
        code.next_if(|(kind, word)| *kind == TokenKind::Word && word.eq_ignore_ascii_case(keyword))
            .is_some()
    };
    if !next_is("create") {
        return None;
    }
    next_is("unique");
    if !(next_is("index") && next_is("concurrently")) {
        return None;
    }
    if next_is("if") && !(next_is("not") && next_is("exists")) {
        return None;
    }
    let (_, index) = code.next()?;
    if !code.next()?.1.eq_ignore_ascii_case("on") {
        return None;
    }
    code.next_if(|(_, word)| word.eq_ignore_ascii_case("only"));
    let table: String = code
        .take_while(|(kind, word)| *kind != TokenKind::Open && !word.eq_ignore_ascii_case("using"))
        .map(|(_, word)| word)
        .collect();
    Some(Built {
        index: index.to_owned(),
        table,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::sql::Dialect;
    use crate::text::Source;

    fn names(text: &str) -> Option<(String, String)> {
        let source = Source::new("m/1_a.sql", format!("-- no-transaction\n{text}"));
        let job = Job::read(&source, Dialect::Postgres).unwrap();
        let built = concurrent_index(&job, &job.script.statements[0])?;
        Some((built.index, built.table))
    }

    #[test]
    fn the_names_of_an_index_and_its_table_are_read() {
        let named = |index: &str, table: &str| Some((index.to_owned(), table.to_owned()));
        assert_eq!(names("CREATE INDEX CONCURRENTLY a ON t (x)"), named("a", "t"));
        assert_eq!(
            names("create unique index concurrently if not exists \"A b\" on only s.\"T\" using gin (x)"),
            named("\"A b\"", "s.\"T\"")
        );
        assert_eq!(names("CREATE INDEX CONCURRENTLY ON t (x)"), None);
        assert_eq!(names("CREATE INDEX a ON t (x)"), None);
    }
}
