use std::collections::BTreeSet;

use crate::lint::{Reader, Report, rule};
use crate::skill::{Skill, fields};

rule! {
    /// A client that the project says its skills are for does not read a field of the skill.
    ///
    /// Only Claude Code runs a skill in a forked context; hooks in front matter work in Claude Code, Cline and Kiro CLI; Kiro CLI
    /// and Zencoder pass over `allowed-tools`. The clients are those of `link.to` in the settings and of the profile; without them
    /// the rule is silent.
    ///
    /// ```markdown bad clients=codex,claude-code
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// context: fork
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown good clients=claude-code
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// context: fork
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// context: fork
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// Source: table of the installer `skills` 1.7.4 and the clients' documentation, gathered 2026-11-20.
    "field-ignored-by-client", Suspicious, "0.1.0", Skill, check
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    let options = report.options();
    let profile = options
        .profile
        .as_ref()
        .filter(|profile| profile.reader == Reader::Client);
    let clients = options.clients.iter().chain(profile.map(|profile| &profile.name));
    let clients: BTreeSet<&str> = clients.map(String::as_str).collect();
    if clients.is_empty() {
        return;
    }
    let page = &skill.page;
    for (field, readers) in fields::READERS {
        let Some((key, _)) = page.field(field) else {
            continue;
        };
        let deaf: Vec<&str> = clients
            .iter()
            .copied()
            .filter(|client| !readers.contains(client))
            .collect();
        if !deaf.is_empty() {
            report
                .at(
                    &page.source,
                    key.span,
                    format!("`{field}` is not read by {}", deaf.join(", ")),
                )
                .help("say it in the body too, or allow the finding if the skill works without it");
        }
    }
}
