use crate::lint::{Report, rule};
use crate::skill::Skill;

rule! {
    /// `license` names a file that is not in the skill.
    ///
    /// Who receives the skill alone, as installers copy it, has no terms to read.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// license: Complete terms in LICENSE.txt
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown good files=LICENSE.txt
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// license: Complete terms in LICENSE.txt
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// license: MIT
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// Source: Agent Skills specification, `license` field: a license name or the name of a bundled license file.
    "license-file-missing", Suspicious, "0.1.0", Skill, check
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    let page = &skill.page;
    let Some((text, span)) = page.text_field("license") else {
        return;
    };
    let is_part_of_name =
        |character: char| character.is_alphanumeric() || matches!(character, '.' | '_' | '-' | '/');
    let words = text.split(|character: char| !is_part_of_name(character));
    for word in words.map(|word| word.trim_matches(['.', '-', '/'])) {
        let name = word.rsplit('/').next().unwrap_or(word).to_uppercase();
        let is_file = ["LICENSE", "LICENCE", "COPYING", "NOTICE"].iter().any(|start| {
            name.strip_prefix(start)
                .is_some_and(|rest| matches!(rest, ".TXT" | ".MD" | ".RST"))
        });
        let is_elsewhere = word.starts_with("..") || text.contains("://");
        if is_file && !is_elsewhere && !skill.has(word) {
            report
                .at(&page.source, span, format!("there is no `{word}` in the skill"))
                .help("add the file, or write the license's SPDX identifier instead");
        }
    }
}
