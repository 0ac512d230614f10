//! The queue's tables, in numbered steps of their own: they share a database with tables of the user and are no business of
//! `db migrate`.

use crate::store::Engine;

use super::Connection;
use super::connection::{on, sql};

/// The steps that lead from nothing to the present tables; the place of a step, from 1, is the version it makes.
const fn steps(engine: Engine) -> [&'static str; 1] {
    match engine {
        Engine::Sqlite => [include_str!("sql/sqlite/create_jobs_1.sql")],
        Engine::Postgres => [include_str!("sql/postgres/create_jobs_1.sql")],
    }
}

/// The version this packwright knows.
#[expect(clippy::cast_possible_wrap, reason = "a handful")]
pub const VERSION: i64 = steps(Engine::Sqlite).len() as i64;

/// The version of the tables; 0 where there are none.
pub async fn version(connection: &mut Connection<'_>) -> Result<i64, sqlx::Error> {
    let engine = connection.engine();
    let there: bool = on!(connection, inner => {
        sqlx::query_scalar(sql!(engine, "has_jobs_schema.sql")).fetch_one(&mut **inner).await
    })?;
    if !there {
        return Ok(0);
    }
    on!(connection, inner => {
        sqlx::query_scalar(sql!(engine, "jobs_schema_version.sql")).fetch_one(&mut **inner).await
    })
}

/// Makes the tables, or brings them to the present version, in one transaction. Gives the version they have then, which is
/// greater than [`VERSION`] when a newer packwright made them.
pub async fn prepare(connection: &mut Connection<'_>) -> Result<i64, sqlx::Error> {
    let found = version(connection).await?;
    if found >= VERSION {
        return Ok(found);
    }
    connection.begin().await?;
    let result = bring_up(connection).await;
    connection.end(result).await
}

async fn bring_up(connection: &mut Connection<'_>) -> Result<i64, sqlx::Error> {
    let engine = connection.engine();
    if engine == Engine::Postgres {
        connection
            .raw(include_str!("sql/postgres/lock_jobs_schema.sql"))
            .await?;
    }
    // Another process may have been first.
    let found = version(connection).await?;
    let missing = steps(engine)
        .into_iter()
        .zip(1..)
        .skip_while(|(_, version)| *version <= found);
    for (step, version) in missing {
        connection.raw(step).await?;
        on!(connection, inner => {
            sqlx::query(sql!(engine, "insert_jobs_schema_version.sql")).bind(version).execute(&mut **inner).await.map(drop)
        })?;
    }
    Ok(found.max(VERSION))
}
