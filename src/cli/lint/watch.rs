//! `lint --watch`: look again whenever a file changes.

use std::time::Duration;

use crate::cli::{Context, Outcome};
use crate::failure::{Kind, Result};
use crate::io::{clock, files};
use crate::workspace::Scope;

use super::LintArguments;

/// How often the files' stamps are looked at. A look at a thousand skills costs some ten milliseconds, and needs no limits of the
/// system to be raised, nor a network drive to tell of changes.
const EVERY: Duration = Duration::from_millis(400);

/// Looks until interrupted. A failure that a change may mend, such as a settings file half written, is told and waited out.
pub fn run(arguments: &LintArguments, scope: Scope, context: &Context) -> Result<Outcome> {
    let paths = super::paths(arguments, context)?;
    let mut last = None;
    loop {
        let now = files::stamps(&paths);
        if last.as_ref() != Some(&now) {
            context.ui.clear_screen()?;
            let looked = super::once(arguments, scope, &context.with_settings_read_anew());
            context.ui.flush()?;
            match looked {
                Err(failure) if matches!(failure.kind, Kind::ClosedPipe | Kind::Interrupted) => {
                    return Err(failure);
                }
                Err(failure) => context.ui.fail(&failure),
                Ok(_) => {}
            }
            context.ui.note("waiting for changes; Ctrl-C ends");
            last = Some(now);
        }
        clock::wait(EVERY);
    }
}
