//! What checking commands print: findings for people and for programs.

mod human;
mod json;

pub use json::Findings;

use crate::failure::Result;
use crate::lint::Linted;

use super::{Context, Format, Outcome};

/// Prints findings in the format asked for. `subject` names what was checked, in the singular.
pub fn print(context: &Context, linted: &Linted, subject: &str) -> Result<Outcome> {
    match context.format {
        Format::Human => human::print(&context.ui, linted, subject)?,
        Format::Json => context.ui.print_json(&Findings::new(linted))?,
    }
    Ok(if linted.has_errors() {
        Outcome::Problems
    } else {
        Outcome::Clean
    })
}
