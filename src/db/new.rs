//! `db migrate new`: the files of a migration that is yet to be written.

use std::path::Path;

use crate::changes::ChangeSet;
use crate::failure::{Failure, Result};

use super::names;
use super::names::Layout;
use super::script::UNWRITTEN;

/// The files of a new migration. Its version is `now` (fourteen digits), or one above the newest where that is later.
pub fn files(
    folder: &Path,
    layout: Layout,
    newest: Option<i64>,
    name: &str,
    simple: bool,
    now: &str,
) -> Result<ChangeSet> {
    let Some(slug) = names::slug(name) else {
        return Err(
            Failure::user(format!("`{name}` has no letters or digits to name a file with"))
                .hint("say in a few words what changes, for example `add users`"),
        );
    };
    let now: i64 = now.parse().unwrap_or_default();
    let version = newest.map_or(now, |newest| now.max(newest.saturating_add(1)));
    let mut set = ChangeSet::new(folder);
    let words = slug.replace('_', " ");
    if simple || layout == Layout::Supabase {
        set.create(
            format!("{version}_{slug}.sql"),
            format!("-- {words}\n{UNWRITTEN}\n"),
        );
    } else {
        set.create(
            format!("{version}_{slug}.up.sql"),
            format!("-- {words}\n{UNWRITTEN}\n"),
        );
        set.create(
            format!("{version}_{slug}.down.sql"),
            format!("-- undo: {words}\n{UNWRITTEN}\n"),
        );
    }
    Ok(set)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::slashed;

    fn names(layout: Layout, newest: Option<i64>, simple: bool) -> Vec<String> {
        let set = files(
            Path::new("m"),
            layout,
            newest,
            "Add users",
            simple,
            "20261121083000",
        )
        .unwrap();
        set.changes.iter().map(|change| slashed(change.path())).collect()
    }

    #[test]
    fn a_new_migration_comes_after_every_other() {
        assert_eq!(
            names(Layout::Sqlx, Some(7), false),
            [
                "20261121083000_add_users.up.sql",
                "20261121083000_add_users.down.sql"
            ]
        );
        assert_eq!(names(Layout::Sqlx, None, true), ["20261121083000_add_users.sql"]);
        assert_eq!(
            names(Layout::Supabase, None, false),
            ["20261121083000_add_users.sql"]
        );
        assert_eq!(
            names(Layout::Sqlx, Some(20_991_231_235_959), true),
            ["20991231235960_add_users.sql"]
        );
        assert!(files(Path::new("m"), Layout::Sqlx, None, "!!", false, "1").is_err());
    }
}
