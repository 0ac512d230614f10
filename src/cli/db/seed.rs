//! `db seed`.

use crate::failure::Result;

use super::super::Context;

#[derive(Debug, clap::Args)]
pub struct Arguments {}

#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
pub struct Seeded {}

pub(super) fn seed(_: &Arguments, _: &Context) -> Result<()> {
    Ok(())
}
