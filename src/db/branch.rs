//! The migrations of a branch against those of the branch that it goes to.
//!
//! What a branch adds has to come after what the other one has by now: databases that follow the other one have that already. And
//! what both came from is applied somewhere, so it stays as it is.

use crate::diagnostic::Severity;
use crate::document::sql::{Dialect, Script};

use super::checksum;
use super::migrations::{Migration, Migrations};
use super::verify::Finding;

/// The branch that ours goes to.
#[derive(Debug)]
pub struct Base<'a> {
    /// As people call it: `origin/main`.
    pub name: &'a str,
    /// What it has now.
    pub tip: &'a Migrations,
    /// What it had when ours left it.
    pub fork: &'a Migrations,
}

/// What would go wrong after a merge, in the order of versions.
pub fn compare(ours: &Migrations, base: &Base<'_>, dialect: Dialect) -> Vec<Finding> {
    let newest = base.tip.list.iter().map(|one| one.version).max();
    let mut findings: Vec<Finding> = ours
        .list
        .iter()
        .filter_map(|one| judge(one, base, newest, dialect))
        .collect();
    for gone in &base.fork.list {
        let is_here = find(ours, gone.version).is_some();
        if !is_here && find(base.tip, gone.version).is_some() {
            let message = format!("`{}` has it, and this branch removes it", base.name);
            findings.push(finding(
                "missing-file",
                Severity::Warning,
                gone,
                message,
                "bring it back, unless it was squashed: databases that have it would miss its file"
                    .to_owned(),
            ));
        }
    }
    findings.sort_by_key(|one| one.version);
    findings
}

fn judge(one: &Migration, base: &Base<'_>, newest: Option<i64>, dialect: Dialect) -> Option<Finding> {
    let name = base.name;
    let tip = find(base.tip, one.version);
    if let Some(before) = find(base.fork, one.version) {
        let is_changed = |other: &Migration| other.up.text() != one.up.text();
        if !is_changed(before) || tip.is_some_and(|tip| !is_changed(tip)) {
            return None;
        }
        return Some(if semantic(before, dialect) == semantic(one, dialect) {
            finding(
                "reformatted-file",
                Severity::Warning,
                one,
                format!(
                    "`{name}` has it already, and this branch changes its comments, white space or line ends"
                ),
                "databases that have it will ask for `db migrate repair`".to_owned(),
            )
        } else {
            finding(
                "edited-file",
                Severity::Error,
                one,
                format!("`{name}` has it already, and this branch changes its statements"),
                "put it back and write a new migration".to_owned(),
            )
        });
    }
    if let Some(tip) = tip {
        return (tip.up.text() != one.up.text()).then(|| {
            finding(
                "duplicate-version",
                Severity::Error,
                one,
                format!(
                    "`{name}` has another file of version {}: `{}`",
                    one.version,
                    tip.up.path()
                ),
                format!(
                    "give this one a version of its own: rename it, or merge `{name}` and rename it then"
                ),
            )
        });
    }
    let newest = newest.filter(|newest| *newest > one.version)?;
    Some(finding(
        "out-of-order",
        Severity::Error,
        one,
        format!("`{name}` has version {newest} by now, which this branch would come too late for"),
        format!(
            "merge `{name}`, then give it a later version: `packwright db migrate renumber {}`",
            one.version
        ),
    ))
}

fn find(migrations: &Migrations, version: i64) -> Option<&Migration> {
    let at = migrations.list.binary_search_by_key(&version, |one| one.version);
    at.ok().map(|at| &migrations.list[at])
}

fn semantic(migration: &Migration, dialect: Dialect) -> Vec<u8> {
    checksum::of_scripts([&Script::read(migration.up.text(), dialect)])
}

fn finding(
    rule: &'static str,
    severity: Severity,
    migration: &Migration,
    message: String,
    help: String,
) -> Finding {
    Finding {
        rule,
        severity,
        version: Some(migration.version),
        file: Some(migration.up.path().to_string()),
        message,
        causes: Vec::new(),
        help: Some(help),
        differences: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::migrations::Entry;
    use crate::db::names::Layout;

    fn folder(files: &[(&str, &str)]) -> Migrations {
        let entries = files.iter().map(|(name, text)| Entry::File {
            name: (*name).to_owned(),
            bytes: text.as_bytes().to_vec(),
        });
        Migrations::read("migrations", Layout::of_folder("migrations"), entries.collect())
    }

    /// Rule, version and severity of what is found.
    fn found(
        ours: &[(&str, &str)],
        tip: &[(&str, &str)],
        fork: &[(&str, &str)],
    ) -> Vec<(&'static str, i64, Severity)> {
        let (ours, tip, fork) = (folder(ours), folder(tip), folder(fork));
        let base = Base {
            name: "main",
            tip: &tip,
            fork: &fork,
        };
        compare(&ours, &base, Dialect::Postgres)
            .into_iter()
            .map(|one| (one.rule, one.version.unwrap(), one.severity))
            .collect()
    }

    const ONE: (&str, &str) = ("1_a.sql", "CREATE TABLE a (a int);");
    const TWO: (&str, &str) = ("2_b.sql", "CREATE TABLE b (b int);");
    const THREE: (&str, &str) = ("3_c.sql", "CREATE TABLE c (c int);");

    #[test]
    fn what_comes_after_the_other_branch_is_fine() {
        assert_eq!(found(&[ONE, TWO], &[ONE], &[ONE]), []);
        assert_eq!(found(&[ONE], &[ONE, TWO, THREE], &[ONE]), []);
        assert_eq!(found(&[ONE, TWO], &[ONE, TWO], &[ONE]), [], "taken over by hand");
        assert_eq!(found(&[ONE, TWO, THREE], &[], &[]), []);
    }

    #[test]
    fn what_comes_before_the_other_branch_or_beside_it_is_not() {
        let error = Severity::Error;
        assert_eq!(
            found(&[ONE, TWO], &[ONE, THREE], &[ONE]),
            [("out-of-order", 2, error)]
        );
        let other = ("2_other.sql", "CREATE TABLE o (o int);");
        assert_eq!(
            found(&[ONE, TWO], &[ONE, other], &[ONE]),
            [("duplicate-version", 2, error)]
        );
    }

    #[test]
    fn what_both_came_from_stays_as_it_is() {
        let edited = ("1_a.sql", "CREATE TABLE a (a int, b int);");
        let commented = ("1_a.sql", "CREATE TABLE a (a int); -- first");
        assert_eq!(
            found(&[edited], &[ONE], &[ONE]),
            [("edited-file", 1, Severity::Error)]
        );
        assert_eq!(
            found(&[commented], &[ONE], &[ONE]),
            [("reformatted-file", 1, Severity::Warning)]
        );
        assert_eq!(
            found(&[edited], &[edited], &[ONE]),
            [],
            "the other branch did the same"
        );
        assert_eq!(
            found(&[TWO], &[ONE, TWO], &[ONE, TWO]),
            [("missing-file", 1, Severity::Warning)]
        );
    }
}
