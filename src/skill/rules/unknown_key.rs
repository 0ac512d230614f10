use crate::diagnostic::Fix;
use crate::lint::{Report, rule};
use crate::page::{Page, tools};
use crate::skill::{Skill, fields};
use crate::text::{Edit, nearest};

rule! {
    /// The front matter holds a key that neither the specification nor Claude Code knows.
    ///
    /// Clients pass over it without a word, so that a misspelt field does nothing. `skills-ref`, uploads to claude.ai and the
    /// Skills API refuse the whole skill. Data of your own belongs under `metadata`.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// licens: MIT
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// allowed_tools: Read
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
    /// metadata:
    ///   team: documents
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// Source: Agent Skills specification, "Frontmatter" (six keys); Claude Code documentation, "Skills", frontmatter reference,
    /// read 2026-08-22.
    "unknown-key", Suspicious, "0.1.0", Skill, check, refused_by [Spec, ClaudeUpload]
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    let page = &skill.page;
    for (key, value) in page.parts.fields() {
        let Some(name) = key.as_text() else {
            continue;
        };
        let differs_in_case = fields::known().any(|known| known.eq_ignore_ascii_case(name));
        if fields::is_known(name) || differs_in_case || fields::METADATA.contains(&name) {
            continue;
        }
        let finding = report.at(&page.source, key.span, format!("there is no key `{name}`"));
        let meant = fields::MEANT.iter().find(|(written, _)| *written == name);
        let near = match meant {
            // Other clients list themselves there.
            Some(_) if name == "tools" && !names_tools(page) => None,
            Some((_, meant)) => Some(*meant),
            // A plural is a word of its own: `agents` lists clients.
            None => nearest(name, fields::known()).filter(|near| name.strip_suffix('s') != Some(near)),
        };
        match near {
            Some(near) => {
                let finding = finding.help(format!("did you mean `{near}`?"));
                if page.field(near).is_none() && (near != "when_to_use" || value.as_str().is_some()) {
                    // The field begins to count: more than the text changes.
                    let edit = Edit::replace(key.span, near);
                    finding.fix(Fix::risky(format!("write `{near}`"), vec![edit]));
                }
            }
            None => {
                finding.help("remove it, or move it under `metadata`, which is for data of your own");
            }
        }
    }
}

fn names_tools(page: &Page) -> bool {
    let named = tools::in_field(page, "tools");
    named
        .iter()
        .any(|tool| tools::KNOWN.contains(&tool.name.as_str()))
}
