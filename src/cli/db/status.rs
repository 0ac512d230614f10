//! `db migrate status`.

use crate::db::standing::State;
use crate::db::status::{self, Overview, Version};
use crate::failure::Result;
use crate::text::{printable, slashed};

use super::super::ui::{BAD, DIM, GOOD, WARN, styled};
use super::super::{Context, Format};
use super::migrate::{Migrate, Place};
use super::{answer, time};

pub(super) fn status(arguments: &Migrate, context: &Context) -> Result<()> {
    let place = Place::of(arguments, context)?;
    let Place {
        url,
        folder,
        migrations,
        ..
    } = &place;
    let overview = context.block_on(status::overview(place.request()))?;
    for warning in &overview.warnings {
        context.ui.warn(printable(warning));
    }
    let is_applied = |one: &&Version| !matches!(one.state, State::Pending | State::Partial | State::Failed);
    let applied = overview.versions.iter().filter(is_applied).count();
    let pending = overview.versions.len() - applied;
    match context.format {
        Format::Json => {
            let answer = answer::status(url, folder, migrations.layout, (applied, pending), overview);
            context.ui.print_json(&answer)
        }
        Format::Human => {
            show_versions(context, &overview)?;
            context.ui.print(printable(&format!(
                "{applied} applied, {pending} pending: {url} and {}",
                slashed(folder)
            )))
        }
    }
}

fn show_versions(context: &Context, overview: &Overview) -> Result<()> {
    for one in &overview.versions {
        let style = match one.state {
            State::Applied => GOOD,
            State::Pending | State::Reformatted | State::Partial => WARN,
            State::Edited | State::Missing | State::Failed | State::Undoing => BAD,
        };
        let mut remarks: Vec<String> = Vec::new();
        remarks.extend(one.installed_on.clone());
        remarks.extend(one.took.map(time));
        remarks.extend(
            one.progress
                .map(|(done, of)| format!("{done} of {of} statements done")),
        );
        if one.is_late {
            remarks.push("a later version is applied".to_owned());
        }
        context.ui.print(format_args!(
            "{} {:>14}  {}  {}",
            styled(style, format_args!("{:>11}", one.state.name())),
            one.version,
            printable(&one.description),
            styled(DIM, remarks.join(", "))
        ))?;
    }
    Ok(())
}
