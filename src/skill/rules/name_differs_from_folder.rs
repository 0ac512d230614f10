use unicode_normalization::UnicodeNormalization;

use crate::lint::{Report, rule};
use crate::skill::Skill;

rule! {
    /// The name is not the name of the skill's folder.
    ///
    /// The specification requires them to be equal. Claude Code takes the command name from the folder, so that a skill is then
    /// listed under one name and called by another. Both are compared after Unicode normalisation (NFKC).
    ///
    /// ```markdown bad folder=pdf
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown good folder=pdf-tools
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// Source: Agent Skills specification, `name` field.
    "name-differs-from-folder", Correctness, "0.1.0", Skill, check, refused_by [Spec, Gh]
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    let Some((name, span)) = skill.page.text_field("name") else {
        return;
    };
    let folder = &skill.folder_name;
    if !folder.is_empty() && !name.nfkc().eq(folder.nfkc()) {
        report
            .at(
                &skill.page.source,
                span,
                format!("the name is `{name}`, the folder is `{folder}`"),
            )
            .help(format!(
                "rename the folder to `{name}`, or write `name: {folder}`"
            ));
    }
}
