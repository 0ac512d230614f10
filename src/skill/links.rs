//! Where a link in a skill leads: inside the skill, out of it, or elsewhere altogether.

use crate::document::markdown::Link;
use crate::page::Page;

use super::Skill;

/// What a link's destination means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A path in the skill's folder, `/` between its parts, empty for the folder itself.
    Inside(String),
    /// A relative path that leaves the folder, with its `..` in front.
    Outside(String),
    /// An absolute path of this machine or site.
    Absolute,
    /// A URL, an anchor, or a placeholder in a template.
    Elsewhere,
}

/// Where a link in a skill leads: from the page's own folder, or else from the skill's, which the specification takes all paths
/// from.
pub fn follow(skill: &Skill, from: &str, destination: &str) -> Target {
    match resolve(from, destination) {
        Target::Inside(path) if from.contains('/') && !skill.has(&path) => {
            match resolve(super::FILE_NAME, destination) {
                Target::Inside(other) if skill.has(&other) => Target::Inside(other),
                _ => Target::Inside(path),
            }
        }
        Target::Outside(path) if is_there_from_own_link(skill, from, destination, &path) => Target::Elsewhere,
        Target::Inside(path)
            if !skill.has(&path) && is_there_from_own_link(skill, from, destination, &path) =>
        {
            Target::Elsewhere
        }
        target => target,
    }
}

/// Whether a dead link in a `SKILL.md` that is itself a symbolic link is right where the page really lies: it was written there.
fn is_there_from_own_link(skill: &Skill, from: &str, destination: &str, path: &str) -> bool {
    let Some(page) = skill.around.own_link().filter(|_| from == super::FILE_NAME) else {
        return false;
    };
    skill.around.has(path) != Some(true)
        && match resolve(page, destination) {
            Target::Outside(path) | Target::Inside(path) => skill.around.has(&path) != Some(false),
            Target::Absolute | Target::Elsewhere => false,
        }
}

/// Where `destination`, written in the page at `from` (a path in the skill's folder), leads.
pub fn resolve(from: &str, destination: &str) -> Target {
    let path = destination.split(['#', '?']).next().unwrap_or_default().trim();
    if path.is_empty() || has_scheme(path) || path.starts_with("//") || is_placeholder(path) || has_host(path)
    {
        return Target::Elsewhere;
    }
    let path = percent_decoded(without_line(path)).replace('\\', "/");
    if path.starts_with('/') || path.starts_with('~') || path.as_bytes().get(1) == Some(&b':') {
        return Target::Absolute;
    }
    // `(url)`, `(link)`, `(path)`: a word that stands for a destination.
    if !path.contains(['/', '.']) {
        return Target::Elsewhere;
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    let path = parts.join("/");
    if parts.first() == Some(&"..") {
        Target::Outside(path)
    } else {
        Target::Inside(path)
    }
}

/// Whether a path has something to be filled in: `{{ name }}.md`, `<name>.md`, `%s.md`, `path/to/file.md`.
fn is_placeholder(path: &str) -> bool {
    path.contains(['{', '}', '<', '>', '$', '*', '[', ']', '|'])
        || ["...", "%s", "%d"].iter().any(|mark| path.contains(mark))
        || path.trim_start_matches(['.', '/']).starts_with("path/to/")
}

/// Whether an address begins here that lacks its scheme: `www.example.com`, `github.com/acme/tools`.
fn has_host(path: &str) -> bool {
    const ENDINGS: &[&str] = &["ai", "app", "com", "dev", "edu", "gov", "io", "net", "org"];
    let first = path.split('/').next().unwrap_or_default();
    first.starts_with("www.")
        || first
            .rsplit_once('.')
            .is_some_and(|(host, ending)| !host.is_empty() && ENDINGS.contains(&ending))
}

/// A path without the line that stands behind it in editors and terminals: `scripts/run.py:12`, `scripts/run.py:12-14`.
fn without_line(path: &str) -> &str {
    let is_line =
        |line: &str| !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    match path.rsplit_once(':') {
        Some((path, line)) if is_line(line) && path.len() > 1 => without_line(path),
        _ => path,
    }
}

/// Whether the text begins with a URL scheme of two letters or more.
fn has_scheme(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, _)| {
        scheme.len() > 1
            && scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|character| character.is_ascii_alphanumeric() || matches!(character, '+' | '-' | '.'))
    })
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let pair = tail.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        let decoded = pair
            .filter(|_| *first == b'%')
            .and_then(|pair| u8::from_str_radix(pair, 16).ok());
        bytes.push(decoded.unwrap_or(*first));
        rest = if decoded.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// A page that links lead to from the skill's own, or that page itself, and where its links lead.
#[derive(Debug, Clone)]
pub(super) struct Linked {
    /// In [`Skill::files`]; none for the skill's own page.
    pub(super) place: Option<usize>,
    /// One for each link of the page.
    pub(super) targets: Vec<Target>,
}

/// The same with the page.
#[derive(Debug, Clone, Copy)]
pub struct LinkedPage<'a> {
    /// From the skill's folder.
    pub path: &'a str,
    pub page: &'a Page,
    targets: &'a [Target],
}

impl<'a> LinkedPage<'a> {
    pub(super) fn new(path: &'a str, page: &'a Page, targets: &'a [Target]) -> Self {
        Self { path, page, targets }
    }

    /// Its links, and where each leads.
    pub fn links(self) -> impl Iterator<Item = (&'a Link, &'a Target)> {
        self.page.markdown.links.iter().zip(self.targets)
    }
}

/// The skill's own page and every Markdown page that links lead to from it, nearest first.
pub(super) fn linked(skill: &Skill) -> Vec<Linked> {
    let targets_in = |from: &str, page: &Page| {
        let links = page.markdown.links.iter();
        links.map(|link| follow(skill, from, &link.destination)).collect()
    };
    let mut found = vec![Linked {
        place: None,
        targets: targets_in(super::FILE_NAME, &skill.page),
    }];
    let mut seen = vec![false; skill.files.len()];
    let mut next = 0;
    while let Some(linked) = found.get(next) {
        let inside = linked.targets.iter().filter_map(|target| match target {
            Target::Inside(path) if skill.pages.contains_key(path) => skill.place(path),
            _ => None,
        });
        let new: Vec<usize> = inside
            .filter(|at| !std::mem::replace(&mut seen[*at], true))
            .collect();
        found.extend(new.into_iter().map(|at| {
            let path = skill.files[at].path.as_str();
            Linked {
                place: Some(at),
                targets: targets_in(path, &skill.pages[path]),
            }
        }));
        next += 1;
    }
    found
}

/// The file that was probably meant by a path that is not there: the same path in other letters, the same name in another folder
/// or with another ending, or a near path.
pub fn similar<'a>(skill: &'a Skill, path: &str) -> Option<&'a str> {
    let paths = || skill.files.iter().map(|entry| entry.path.as_str());
    let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_lowercase();
    let stem = |path: &str| {
        path.rsplit_once('.')
            .map_or(path, |(stem, _)| stem)
            .to_lowercase()
    };
    let (wanted, wanted_stem) = (name(path), stem(path));
    paths()
        .find(|other| other.eq_ignore_ascii_case(path))
        .or_else(|| paths().find(|other| name(other) == wanted))
        .or_else(|| paths().find(|other| other.contains('.') && stem(other) == wanted_stem))
        .or_else(|| {
            // `gcp.md` was not meant for `aws.md`.
            let begins_alike = |near: &&str| name(near).chars().next() == wanted.chars().next();
            crate::text::nearest(path, paths()).filter(begins_alike)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn destinations_are_told_apart() {
        let inside = |path: &str| Target::Inside(path.to_owned());
        let outside = |path: &str| Target::Outside(path.to_owned());
        for (from, destination, expected) in [
            ("SKILL.md", "references/a.md#part", inside("references/a.md")),
            ("SKILL.md", "./references/", inside("references")),
            ("references/a.md", "../scripts/run.py", inside("scripts/run.py")),
            ("references/a.md", "b.md", inside("references/b.md")),
            ("SKILL.md", "my%20file.md", inside("my file.md")),
            ("SKILL.md", "references\\a.md", inside("references/a.md")),
            ("SKILL.md", "../other/SKILL.md", outside("../other/SKILL.md")),
            ("a/b.md", "../x/../../../c.md", outside("../../c.md")),
            ("SKILL.md", "/etc/hosts", Target::Absolute),
            ("SKILL.md", "C:/x.md", Target::Absolute),
            ("SKILL.md", "https://example.com/a.md", Target::Elsewhere),
            ("SKILL.md", "mailto:a@b.c", Target::Elsewhere),
            ("SKILL.md", "#anchor", Target::Elsewhere),
            ("SKILL.md", "{{ url }}/a.md", Target::Elsewhere),
            ("SKILL.md", "url", Target::Elsewhere),
            ("SKILL.md", "www.example.com/a.md", Target::Elsewhere),
            ("SKILL.md", "github.com/acme/a", Target::Elsewhere),
            ("SKILL.md", ".com/a.md", inside(".com/a.md")),
            ("SKILL.md", "./path/to/file.md", Target::Elsewhere),
            ("SKILL.md", "docs/%s.md", Target::Elsewhere),
            ("SKILL.md", "scripts/run.py:12", inside("scripts/run.py")),
            ("SKILL.md", "scripts/run.py:12:3", inside("scripts/run.py")),
            ("SKILL.md", "${CLAUDE_SKILL_DIR}/a.md", Target::Elsewhere),
        ] {
            assert_eq!(resolve(from, destination), expected, "{destination}");
        }
    }
}
