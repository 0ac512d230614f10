use crate::document::script::{Language, interpreter};
use crate::lint::{Report, rule};
use crate::skill::Skill;

rule! {
    /// The skill has a `compatibility` field, and it does not name what runs the skill's scripts.
    ///
    /// The field is there for what the skill needs of its surroundings. Off by default: Python is nearly everywhere, and few skills
    /// have the field.
    ///
    /// ```markdown bad files=scripts/fill.mjs
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// compatibility: Needs network access.
    /// ---
    ///
    /// Run `node scripts/fill.mjs`.
    /// ```
    ///
    /// ```markdown good files=scripts/fill.mjs
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// compatibility: Needs Node.js 20 and network access.
    /// ---
    ///
    /// Run `node scripts/fill.mjs`.
    /// ```
    ///
    /// Source: Agent Skills specification, `compatibility` field: "required system packages", read 2026-11.
    "tool-not-in-compatibility", Pedantic, "0.2.0", Skill, check
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    let Some((compatibility, span)) = skill.page.text_field("compatibility") else {
        return;
    };
    let told = compatibility.to_lowercase();
    let mut missing: Vec<(&str, &str)> = Vec::new();
    for (path, source, script) in skill.own_scripts() {
        let (tool, words): (&str, &[&str]) = match script.language {
            Language::Python => ("Python", &["python", "uv", "pip", "conda"]),
            Language::JavaScript => (
                "Node.js",
                &["node", "npm", "npx", "bun", "deno", "javascript", "typescript"],
            ),
            Language::Shell if interpreter(source.text()) == Some("zsh") => ("zsh", &["zsh"]),
            Language::Shell => continue,
        };
        let is_named = words.iter().any(|word| told.contains(word));
        if !is_named && missing.iter().all(|(known, _)| *known != tool) {
            missing.push((tool, path));
        }
    }
    for (tool, path) in missing {
        report
            .at(
                &skill.page.source,
                span,
                format!("`{path}` needs {tool}, and `compatibility` does not say so"),
            )
            .help(format!("name {tool} in the field"));
    }
}
