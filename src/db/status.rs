//! `db migrate status`: every version and how it stands.

use std::time::Duration;

use crate::failure::Result;

use super::history::Keeper;
use super::migrate::{Request, close, finding_lines, look};
use super::standing::{self, State};

/// One version as `status` shows it.
#[derive(Debug, Clone)]
pub struct Version {
    pub version: i64,
    pub description: String,
    pub file: Option<String>,
    pub state: State,
    pub is_late: bool,
    pub can_be_undone: bool,
    pub installed_on: Option<String>,
    pub took: Option<Duration>,
    /// For a file of which only the beginning is applied: how many statements of how many.
    pub progress: Option<(usize, usize)>,
}

/// Every version and who keeps the history.
#[derive(Debug, Clone)]
pub struct Overview {
    pub keeper: Keeper,
    pub versions: Vec<Version>,
    pub warnings: Vec<String>,
}

/// How every version stands. Changes nothing, not even where there is no database yet.
pub async fn overview(request: Request<'_>) -> Result<Overview> {
    let (database, history) = look(request).await?;
    close(database, request.url).await?;
    let standings = standing::compare(request.migrations, &history.rows, request.dialect());
    let mut warnings = standing::remarks(&standings);
    warnings.extend(finding_lines(request.migrations));
    let versions = standings.iter().map(|standing| {
        let row = standing.applied;
        let note = row.and_then(|row| row.note.as_ref());
        Version {
            version: standing.version,
            description: standing.description.to_owned(),
            file: standing.migration.map(|one| one.up.path().to_string()),
            state: standing.state,
            is_late: standing.is_late,
            can_be_undone: standing.migration.is_some_and(|one| one.down.is_some()),
            installed_on: row.and_then(|row| row.installed_on.clone()),
            took: row.and_then(|row| row.duration),
            progress: match standing.state {
                State::Partial => note,
                State::Undoing => row.and_then(|row| row.undo.as_ref()),
                _ => None,
            }
            .map(|note| (note.statements_done, note.statements)),
        }
    });
    Ok(Overview {
        keeper: history.keeper,
        versions: versions.collect(),
        warnings,
    })
}
