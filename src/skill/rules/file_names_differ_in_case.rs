use std::collections::BTreeMap;

use crate::lint::{Report, rule};
use crate::skill::{FILE_NAME, Skill};

rule! {
    /// Two paths in the skill differ in letter case only.
    ///
    /// On macOS and Windows only one of the two files survives a checkout, and it is not said which.
    ///
    /// ```markdown bad files=references/forms.md,references/Forms.md
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read `references/forms.md` and `references/Forms.md`.
    /// ```
    ///
    /// ```markdown good files=references/forms.md
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read `references/forms.md`.
    /// ```
    ///
    /// Source: Git documentation, `core.ignoreCase`, read 2026-11.
    "file-names-differ-in-case", Suspicious, "0.2.0", Skill, check
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    let mut seen = BTreeMap::from([(FILE_NAME.to_lowercase(), FILE_NAME)]);
    for entry in &skill.files {
        if let Some(other) = seen.insert(entry.path.to_lowercase(), &entry.path) {
            report
                .file(
                    &skill.shown(&entry.path),
                    format!("`{}` and `{other}` differ in letter case only", entry.path),
                )
                .help("rename one of them: not every file system can hold both");
        }
    }
}
