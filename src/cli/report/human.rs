//! Findings for people: each drawn with its lines and what to do, a summary at the end.

use std::fmt::Write as _;

use crate::cli::changes::counted;
use crate::cli::ui::{BAD, BOLD, GOOD, Ui, WARN, styled};
use crate::diagnostic::{Diagnostic, Safety, Severity};
use crate::failure::Result;
use crate::lint::{Linted, Secrets};

use super::Request;
use super::snippet::draw;

/// How much is drawn before it is sent on, in bytes.
const BATCH: usize = 1 << 16;

pub fn print(ui: &Ui, linted: &Linted, request: Request) -> Result<()> {
    draw_all(linted, request, ui.is_colored(), |drawn| ui.print(drawn))?;
    ui.print(summary(linted, request))
}

/// Draws every finding with an empty line after it, and hands the drawings to `print` many at a time.
pub fn draw_all(
    linted: &Linted,
    request: Request,
    is_colored: bool,
    mut print: impl FnMut(&str) -> Result<()>,
) -> Result<()> {
    let secrets = Secrets::of(linted);
    let mut drawn = String::new();
    let mut findings = linted.findings.iter().peekable();
    while let Some(finding) = findings.next() {
        let source = linted.sources.get(&finding.place.path);
        let source = source.filter(|source| !source.text().is_empty());
        let is_secret = source.is_some_and(|source| secrets.touch(finding, source));
        let notes = notes(finding, request);
        draw(&mut drawn, finding, source, is_secret, &notes, is_colored);
        if drawn.len() > BATCH || findings.peek().is_none() {
            print(&drawn)?;
            drawn.clear();
        } else {
            drawn.push('\n');
        }
    }
    Ok(())
}

/// Every finding drawn without colour.
pub fn drawn(linted: &Linted, request: Request) -> String {
    let mut all = String::new();
    // Only what is done with a drawing can fail.
    let _ = draw_all(linted, request, false, |drawn| {
        all.push_str(drawn);
        all.push('\n');
        Ok(())
    });
    all
}

/// What to do, and what `--fix` would do where that says more.
fn notes(finding: &Diagnostic, request: Request) -> Vec<(&'static str, &str)> {
    let mut notes = Vec::new();
    let help = finding.help.as_deref();
    let fix = finding.fix.as_ref();
    let fix = fix.filter(|fix| request.unsafe_fixes || fix.safety == Safety::Safe);
    if let Some(help) = help.filter(|help| fix.is_none_or(|fix| fix.title != *help)) {
        notes.push(("help", help));
    }
    if let Some(fix) = fix {
        let heading = match fix.safety {
            Safety::Safe => "fix",
            Safety::Unsafe => "unsafe fix",
        };
        notes.push((heading, &*fix.title));
    }
    notes
}

/// `2 errors, 1 warning in 3 skills; 2 fixable with --fix, 1 more with --unsafe-fixes`
pub fn summary(linted: &Linted, request: Request) -> String {
    let errors = linted.count(Severity::Error);
    let warnings = linted.count(Severity::Warning);
    let checked = counted(linted.checked.len(), request.noun);
    if errors + warnings == 0 {
        return format!("{}: {checked}, no findings", styled(GOOD, "ok"));
    }
    let mut parts = Vec::new();
    if errors > 0 {
        parts.push(styled(BAD, counted(errors, "error")));
    }
    if warnings > 0 {
        parts.push(styled(WARN, counted(warnings, "warning")));
    }
    let mut summary = format!("{} in {checked}", parts.join(", "));
    let fixes = [
        (linted.fixable(Safety::Safe), "--fix"),
        (linted.fixable(Safety::Unsafe), "--unsafe-fixes"),
    ];
    let mut joint = "; ";
    for (count, flag) in fixes.into_iter().filter(|(count, _)| *count > 0) {
        let word = if joint == "; " { "fixable" } else { "more" };
        let _ = write!(summary, "{joint}{count} {word} with {}", styled(BOLD, flag));
        joint = ", ";
    }
    summary
}
