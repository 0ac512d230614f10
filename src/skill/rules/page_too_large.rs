use crate::io::files::EntryKind;
use crate::lint::{Report, rule};
use crate::skill::Skill;

rule! {
    /// A Markdown page of the skill is larger than 1 MiB.
    ///
    /// No model can read it whole, Claude Code does not look into files of that size when it validates, and neither does this linter:
    /// other rules say nothing about the page.
    ///
    /// ```markdown bad files=references/tables.md bytes=2000000
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// The tables are in `references/tables.md`.
    /// ```
    ///
    /// ```markdown good files=references/tables.md bytes=20000
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// The tables are in `references/tables.md`.
    /// ```
    ///
    /// Source: Claude Code 2.1, `claude plugin validate`, which passes over files above 1 MiB with a note, seen 2026-11.
    "page-too-large", Suspicious, "0.2.0", Skill, check
}

const MOST_BYTES: u64 = 1024 * 1024;

fn check(skill: &Skill, report: &mut Report<'_>) {
    let own = skill.page.source.text().len() as u64;
    let own =
        (own > MOST_BYTES && skill.page.has_fields()).then(|| (skill.page.source.path().to_string(), own));
    let others = skill.files.iter().filter_map(|entry| match entry.kind {
        EntryKind::File { bytes, .. } if bytes > MOST_BYTES && crate::skill::is_markdown(&entry.path) => {
            Some((skill.shown(&entry.path), bytes))
        }
        _ => None,
    });
    for (path, bytes) in own.into_iter().chain(others) {
        report
            .file(
                &path,
                format!("the page has {} KiB, and pages are read up to 1024", bytes / 1024),
            )
            .help("split it by topic, or keep the data in a file that a script searches");
    }
}
