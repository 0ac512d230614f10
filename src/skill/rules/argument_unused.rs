use crate::lint::{Report, rule};
use crate::skill::Skill;
use crate::text::nearest;

rule! {
    /// `arguments` declares a name that the body never uses as `$name`.
    ///
    /// What the user types in its place is lost: Claude Code puts arguments where the text asks for them. Often the name is spelt
    /// differently in the two places.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// arguments: [issue, branch]
    /// ---
    ///
    /// Fix $issue on the branch $brnach.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// arguments: [issue, branch]
    /// ---
    ///
    /// Fix $issue on the branch $branch.
    /// ```
    ///
    /// Source: Claude Code documentation, "Available string substitutions", read 2026-08-22.
    "argument-unused", Suspicious, "0.1.0", Skill, check
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    let page = &skill.page;
    let Some((_, value)) = page.field("arguments") else {
        return;
    };
    let used: Vec<&str> = dollar_names(page.body()).collect();
    // The whole line of arguments, or one by its place: nothing is lost.
    if used.contains(&"ARGUMENTS") || has_positional(page.body()) {
        return;
    }
    for node in value.as_list().unwrap_or(std::slice::from_ref(value)) {
        for name in node.as_text().unwrap_or_default().split_whitespace() {
            if used.contains(&name) {
                continue;
            }
            let finding = report.at(
                &page.source,
                node.span,
                format!("the argument `{name}` is declared and never used"),
            );
            match nearest(name, used.iter().copied()) {
                Some(near) => finding.help(format!("the body has `${near}`: is that meant?")),
                None => finding.help(format!("write `${name}` where it belongs, or remove the name")),
            };
        }
    }
}

/// The names behind dollar signs.
fn dollar_names(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices('$').map(|(at, _)| {
        let rest = &text[at + 1..];
        let is_part = |character: char| character.is_alphanumeric() || matches!(character, '_' | '-');
        let name = &rest[..rest.find(|character| !is_part(character)).unwrap_or(rest.len())];
        name.trim_end_matches('-')
    })
}

fn has_positional(text: &str) -> bool {
    text.as_bytes()
        .windows(2)
        .any(|pair| pair[0] == b'$' && pair[1].is_ascii_digit())
}
