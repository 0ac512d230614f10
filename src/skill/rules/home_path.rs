use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::lint::{Report, rule};
use crate::skill::Skill;
use crate::text::Span;

rule! {
    /// A path into somebody's home folder.
    ///
    /// It exists on one machine, fails on all others, and tells the world a login name. Names that stand for any user, homes that
    /// containers and CI runners have by custom (of `node`, `runner`, `ubuntu`), and `~/` are fine. Below `/home` only paths that go
    /// on as a person's do (`projects/`, `Documents/`, `.claude/` …) are reported, for a container may call its user anything. Each home
    /// is reported once a file.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// The template lies in `C:\Users\kowalski\templates\form.pdf`.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// The template lies in `~/templates/form.pdf`, on Windows in `C:\Users\<name>\templates\form.pdf`.
    /// ```
    ///
    /// Source: Agent Skills specification, "File references": relative paths from the skill root, read 2026-11.
    "home-path", Suspicious, "0.2.0", Skill, check
}

/// Names that stand for any user, or that systems give.
const NOBODY: &str = "admin alice bob carol ci default demo desktop dev developer documents downloads foo guest jane jdoe joe john \
                      johndoe library me public root runner shared somebody someone test tester travis vagrant xxx you";

/// How people's paths go on below `/home`.
const PERSONAL: &str = "desktop/ documents/ downloads/ projects/ repos/ code/ src/ git/ github/ work/ workspace/ dev/ .claude/ \
                        .codex/ .config/ .local/ .ssh/ .cursor/";

/// What stands before the name.
static HOME: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"/(?:Users|home)/|:\\+Users\\+").ok());

fn check(skill: &Skill, report: &mut Report<'_>) {
    let Some(home) = HOME.as_ref() else {
        return;
    };
    for source in skill.sources() {
        let mut seen = BTreeSet::new();
        for found in home.find_iter(source.text()) {
            let person = person(source.text(), found.as_str(), found.start());
            if let Some(span) = person.filter(|span| seen.insert(source.slice(*span))) {
                report
                    .at(
                        source,
                        span,
                        format!("`{}` is somebody's home folder", source.slice(span)),
                    )
                    .help("write `~/`, or a path relative to the skill or the project");
            }
        }
    }
}

/// The path to the home of the person named behind `home` at `at`; `None` when that is no person's, or no path begins there.
fn person(text: &str, home: &str, at: usize) -> Option<Span> {
    let before = text[..at].chars().next_back();
    let is_windows = home.starts_with(':');
    let is_start = if is_windows {
        before.is_some_and(|before| before.is_ascii_alphabetic())
    } else {
        before.is_none_or(|before| !(before.is_alphanumeric() || "/.-_}>)~*".contains(before)))
    };
    let start = at + home.len();
    let length = text[start..].find(|next: char| !(next.is_alphanumeric() || "._-".contains(next)))?;
    let end = start + length;
    let name = text[start..end].to_lowercase();
    let rest = text[end..].strip_prefix(if is_windows { '\\' } else { '/' })?;
    let rest = rest.trim_start_matches('\\');
    let stands_for_many = NOBODY.split(' ').any(|nobody| nobody == name)
        || name.len() < 2
        || name.starts_with('.')
        || ["user", "name", "your", "example"]
            .iter()
            .any(|word| name.contains(word));
    let is_personal = !home.ends_with("home/") || {
        let rest: String = rest.chars().take(12).collect::<String>().to_lowercase();
        PERSONAL.split(' ').any(|folder| rest.starts_with(folder))
    };
    let goes_on = rest.starts_with(|next: char| next.is_alphanumeric() || next == '.');
    let first = at - usize::from(is_windows);
    (is_start && !stands_for_many && is_personal && goes_on).then_some(Span::new(first, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persons_are_told_from_roles() {
        let found = |text: &str| {
            let home = HOME.as_ref().unwrap().find(text)?;
            person(text, home.as_str(), home.start()).map(|span| text[span.start..span.end].to_owned())
        };
        for (text, expected) in [
            ("'~U/kowalski/x'", Some("~U/kowalski")),
            ("C:\\Users\\Kowalski\\x", Some("C:\\Users\\Kowalski")),
            (
                "\"C:\\\\Users\\\\Kowalski\\\\x\"",
                Some("C:\\\\Users\\\\Kowalski"),
            ),
            ("cd ~h/kowalski/projects/x", Some("~h/kowalski")),
            ("cd ~h/node/app", None),
            ("~U/yourname/x", None),
            ("C:\\Users\\Public\\x", None),
            ("https://example.com~U/kowalski/x", None),
            ("~U/kowalski/", None),
            ("~U/é", None),
        ] {
            let written = |text: &str| text.replace("~U", "/Users").replace("~h", "/home");
            assert_eq!(found(&written(text)), expected.map(written), "{text}");
        }
    }
}
