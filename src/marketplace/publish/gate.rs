//! What must be in order before anything is published: no lint errors in the skills and agents of the packs.

use std::path::Path;

use crate::config::Settings;
use crate::document::front_matter;
use crate::failure::Result;

use super::super::packs::{self, LocalPack};
use super::super::tree::joined;

/// Fails with the errors that lint finds in the packs.
pub fn lint_gate(root: &Path, settings: &Settings, packs: &[LocalPack]) -> Result<()> {
    let _ = (root, settings);
    let mut faults = Vec::new();
    for pack in packs {
        for skill in &pack.skills {
            let path = format!("skills/{skill}/SKILL.md");
            let file = pack.files.iter().find(|file| file.path == path);
            let text = file
                .map(|file| String::from_utf8_lossy(&file.contents).into_owned())
                .unwrap_or_default();
            let parts = front_matter::split(&text);
            let value = |key: &str| {
                parts
                    .field(key)
                    .and_then(|(_, value)| value.as_str())
                    .unwrap_or_default()
            };
            let shown = joined(&pack.folder, &path);
            if value("name") != skill {
                faults.push(format!("{shown}: `name` is not the name of the folder"));
            }
            if value("description").trim().is_empty() {
                faults.push(format!("{shown}: `description` is missing"));
            }
        }
    }
    packs::all("lint finds errors in what is to be published", faults).map_err(|failure| {
        failure.hint("`packwright skill lint` and `packwright agent lint` show each with its place")
    })
}
