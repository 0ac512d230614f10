//! Change sets on the screen: what will change, as a list or as a diff, then the deed.

use serde::Serialize;
use similar::TextDiff;

use crate::changes::{Change, ChangeSet};
use crate::failure::Result;
use crate::io::files;
use crate::text::{printable, slashed};

use super::ui::{BAD, BOLD, GOOD, NOTE, styled};
use super::{Context, Format};

/// Answer of mutating commands with `--format json`.
#[derive(Debug, Serialize, schemars::JsonSchema)]
#[expect(
    clippy::struct_field_names,
    reason = "the names of the fields are the shape of the answer"
)]
pub struct Changes {
    schema_version: u32,
    /// False with `--dry-run` or `--diff`.
    applied: bool,
    changes: Vec<Changed>,
}

#[derive(Debug, Serialize, schemars::JsonSchema)]
struct Changed {
    /// `create`, `edit`, `link` or `remove`.
    verb: &'static str,
    path: String,
    /// Bytes of a created or edited file.
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<usize>,
    /// What a link holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<String>,
}

impl Changes {
    pub fn new(set: &ChangeSet, applied: bool) -> Self {
        Self {
            schema_version: 1,
            applied,
            changes: set.changes.iter().map(|change| changed(set, change)).collect(),
        }
    }
}

/// Shows a change set and applies it, unless `dry_run`.
pub fn show_and_apply(context: &Context, set: &ChangeSet, dry_run: bool) -> Result<()> {
    if !dry_run {
        files::apply(set)?;
    }
    match context.format {
        Format::Json => context.ui.print_json(&Changes::new(set, !dry_run)),
        Format::Human => {
            for change in &set.changes {
                let path = printable(&slashed(&set.root.join(change.path()))).into_owned();
                let detail = match change {
                    Change::Create { contents, .. } => format!(" ({})", size(contents.len())),
                    Change::Link { target, .. } => format!(" -> {}", slashed(target)),
                    Change::Edit { .. } | Change::Remove { .. } => String::new(),
                };
                let word = match (dry_run, change) {
                    (true, _) => change.verb(),
                    (false, Change::Create { .. }) => "created",
                    (false, Change::Edit { .. }) => "edited",
                    (false, Change::Link { .. }) => "linked",
                    (false, Change::Remove { .. }) => "removed",
                };
                context.ui.print(format_args!(
                    "{} {path}{detail}",
                    styled(GOOD, format_args!("{word:>10}"))
                ))?;
            }
            if dry_run {
                context.ui.note("dry run: nothing was changed");
            }
            Ok(())
        }
    }
}

fn changed(set: &ChangeSet, change: &Change) -> Changed {
    Changed {
        verb: change.verb(),
        path: slashed(&set.root.join(change.path())),
        bytes: match change {
            Change::Create { contents, .. } => Some(contents.len()),
            Change::Edit { after, .. } => Some(after.len()),
            Change::Link { .. } | Change::Remove { .. } => None,
        },
        target: match change {
            Change::Link { target, .. } => Some(slashed(target)),
            _ => None,
        },
    }
}

/// The edits of a set as a unified diff.
pub fn diff(set: &ChangeSet) -> String {
    let mut lines = Vec::new();
    for change in &set.changes {
        let Change::Edit { path, before, after } = change else {
            continue;
        };
        let (before, after) = (String::from_utf8_lossy(before), String::from_utf8_lossy(after));
        let path = slashed(&set.root.join(path));
        let diff = TextDiff::from_lines(&*before, &*after);
        let unified = diff
            .unified_diff()
            .header(&format!("a/{path}"), &format!("b/{path}"))
            .to_string();
        lines.push(styled_diff(&unified));
    }
    lines.join("\n")
}

/// A unified diff in colours.
pub fn styled_diff(unified: &str) -> String {
    let line = |line: &str| {
        let line = printable(line);
        match line.chars().next() {
            _ if line.starts_with("+++") || line.starts_with("---") => styled(BOLD, line),
            Some('+') => styled(GOOD, line),
            Some('-') => styled(BAD, line),
            Some('@') => styled(NOTE, line),
            _ => line.into_owned(),
        }
    };
    unified.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// `812 B`, `3.4 kB`, `1.2 MB`.
#[expect(clippy::cast_precision_loss, reason = "one digit is shown")]
pub fn size(bytes: usize) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

/// `1 skill`, `2 skills`, `2 entries`.
pub fn counted(count: usize, noun: &str) -> String {
    match (count, noun.strip_suffix('y')) {
        (1, _) => format!("1 {noun}"),
        (_, Some(stem)) => format!("{count} {stem}ies"),
        _ => format!("{count} {noun}s"),
    }
}
