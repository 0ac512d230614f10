use unicode_normalization::UnicodeNormalization;

use crate::lint::{Report, rule};
use crate::skill::Skill;

use super::name_characters;

rule! {
    /// The name is not the name of the skill's folder.
    ///
    /// The specification requires them to be equal. Claude Code takes the command name from the folder, so that a skill is then
    /// listed under one name and called by another. Both are compared after Unicode normalisation (NFKC). A name that only its
    /// capitals and spaces keep from being the folder's has the rule `name-characters`; a folder called `template` is there to be
    /// copied.
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
    /// ```markdown good folder=template
    /// ---
    /// name: my-skill
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
    let is_template = folder.eq_ignore_ascii_case("template");
    let is_said_already =
        || name_characters::kebab_case(name) == *folder && !name.chars().all(name_characters::is_allowed);
    if !folder.is_empty() && !is_template && !name.nfkc().eq(folder.nfkc()) && !is_said_already() {
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
