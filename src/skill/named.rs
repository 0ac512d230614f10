//! Paths of a skill's own files as its pages write them outside links: `scripts/run.py` in prose, in code and in commands.

use std::collections::BTreeMap;

use crate::page::Page;
use crate::text::{Source, Span};

use super::links::LinkedPage;
use super::words::is_word_byte;
use super::{FILE_NAME, Skill};

/// Folders that a path in prose is taken for one of the skill by.
const FOLDERS: &[&str] = &[
    "scripts",
    "references",
    "reference",
    "assets",
    "examples",
    "templates",
    "resources",
];

/// What stands before a path that is to be made, or that is only thought of.
const MADE_OR_THOUGHT_OF: &[&str] = &[
    "create",
    "writ",
    "generat",
    "save",
    "output",
    "produc",
    "emit",
    "export",
    "renam",
    "copy",
    "copies",
    "move",
    "delet",
    "remov",
    "add ",
    "adds ",
    "new ",
    "> ",
    "-o ",
    "tee ",
    "mv ",
    "cp ",
    "touch ",
    "mkdir",
    "e.g.",
    "for example",
    "such as",
    "for instance",
    "would ",
    "could ",
    "might ",
    "like ",
    "file:",
    "instead of",
    "not ",
];

/// Words of a line that speaks of other people's files.
const ELSEWHERE: &[&str] = &[
    "project",
    "repo",
    "codebase",
    "workspace",
    "your ",
    "upstream",
    "sdk",
    "exist",
    "would ",
    "coming soon",
    "planned",
];

/// Names that stand for a name.
const PLACEHOLDERS: &[&str] = &[
    "filename",
    "file",
    "name",
    "foo",
    "bar",
    "baz",
    "xxx",
    "topic",
    "script",
    "file-name",
    "doc",
];

/// A path to something under one of the usual folders of a skill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedPath<'a> {
    /// Where the path stands, from the folder on.
    pub span: Span,
    /// From the skill's folder, no dot at its end.
    pub path: &'a str,
    /// Its first part.
    pub folder: &'a str,
    pub base: Base,
    pub setting: Setting,
    /// Whether it is the program of a command: the first word of a line, or of code in backticks that goes on behind it.
    pub is_run: bool,
}

/// What a path is written from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base {
    /// Nothing: `scripts/run.py`.
    Bare,
    /// The current folder: `./scripts/run.py`.
    Here,
    /// The skill's own folder by its name or by what clients put for it: `${CLAUDE_SKILL_DIR}/scripts/run.py`.
    Skill,
}

/// What a path stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// Running text, code in backticks too.
    Prose,
    /// A line of a fence with commands of a shell.
    Command,
    /// Any other fence, or a comment in a shell's.
    Other,
    /// A link or an HTML comment.
    Link,
}

/// Every such path in a page of the skill, in order. Those with placeholders or patterns in them are no paths.
pub fn named_paths<'a>(skill: &'a Skill, page: &'a Page) -> impl Iterator<Item = NamedPath<'a>> {
    let text = page.source.text();
    let body = page.parts.body;
    memchr::memchr_iter(b'/', page.body().as_bytes()).filter_map(move |at| {
        let slash = body.start + at;
        // All of them end with an `s`, but for `reference`.
        if !matches!(text.as_bytes()[..slash].last(), Some(b's' | b'e')) {
            return None;
        }
        let folder = FOLDERS.iter().find(|folder| text[..slash].ends_with(*folder))?;
        let start = slash - folder.len();
        let base = base(skill, &text[..start])?;
        let length = text.as_bytes()[start..]
            .iter()
            .position(|byte| !is_word_byte(*byte));
        let end = length.map_or(text.len(), |length| start + length);
        let path = text[start..end].trim_end_matches(['.', '*', '-', '~', '@']);
        let is_cut = text[end..].starts_with(['{', '<', '[', '$', '\\', '%'])
            || path.contains(['*', '@', '~'])
            || text[start..end].contains("..")
            || path.len() <= folder.len() + 1;
        (!is_cut).then(|| {
            let setting = setting(page, start);
            NamedPath {
                span: Span::new(start, start + path.len()),
                path,
                folder: &path[..folder.len()],
                base,
                setting,
                is_run: is_run(text, start, end, base, setting),
            }
        })
    })
}

/// Whether the word that ends with the path at `start..end` is the program of a command.
fn is_run(text: &str, start: usize, end: usize, base: Base, setting: Setting) -> bool {
    let before = &text[..start];
    let word = before.rfind([' ', '\t', '\n', '`']).map_or(0, |at| at + 1);
    let before = &before[..word];
    let rest = text[end..].strip_prefix(' ').unwrap_or_default();
    let has_arguments = !rest.starts_with([' ', '#', '`']) && !rest.is_empty();
    match setting {
        Setting::Command => {
            let line = before.rfind('\n').map_or(0, |at| at + 1);
            let prompt = before[line..].trim().trim_start_matches(['$', '>', '%']).trim();
            // A line with nothing but the path may be one of a list of files.
            (prompt.is_empty() || prompt == "sudo") && (base != Base::Bare || has_arguments)
        }
        // Prose that says what to run leaves it to the model how.
        Setting::Prose => before.ends_with('`') && rest.contains('`') && has_arguments && base != Base::Bare,
        Setting::Other | Setting::Link => false,
    }
}

/// A file of the skill that a page runs by its path.
#[derive(Debug, Clone)]
pub struct Run {
    pub path: String,
    /// The text of the page.
    pub source: Source,
    /// Where the path stands in it.
    pub span: Span,
}

/// The skill's files that its pages run by their paths, ordered by path, each where it is run first.
pub(super) fn scripts_run(skill: &Skill) -> Vec<Run> {
    let is_named = |path: &str| {
        path.split_once('/')
            .is_some_and(|(folder, _)| FOLDERS.contains(&folder))
    };
    let mut found: BTreeMap<String, (&Page, Span)> = BTreeMap::new();
    if skill.files.iter().any(|entry| is_named(&entry.path)) {
        for LinkedPage { page, .. } in skill.linked_pages() {
            for named in named_paths(skill, page) {
                if named.is_run && skill.entry(named.path).is_some() {
                    found.entry(named.path.to_owned()).or_insert((page, named.span));
                }
            }
        }
    }
    let runs = found.into_iter().map(|(path, (page, span))| Run {
        path,
        source: page.source.clone(),
        span,
    });
    runs.collect()
}

/// What stands before a path says what it is written from; `None` when that is no folder of the skill.
fn base(skill: &Skill, before: &str) -> Option<Base> {
    let length = before.bytes().rev().position(|byte| !is_word_byte(byte));
    let (before, prefix) = before.split_at(length.map_or(0, |length| before.len() - length));
    let prefix = prefix.trim_start_matches(['*', '_', '@']);
    match prefix {
        "" => {
            let opens = |last: char| last.is_whitespace() || "`\"'([|,*_@‘’“”→—".contains(last);
            (before.is_empty() || before.ends_with(opens)).then_some(Base::Bare)
        }
        "./" => Some(Base::Here),
        "/" => is_skill_placeholder(before).then_some(Base::Skill),
        _ => {
            let prefix = prefix.strip_suffix('/')?;
            if prefix.starts_with("//") {
                return None;
            }
            let name = prefix.rsplit('/').next().unwrap_or(prefix);
            let above = prefix[..prefix.len() - name.len()].trim_start_matches("./");
            let is_variable = before.ends_with('$') && prefix.to_ascii_lowercase().contains("skill");
            let is_own = name == skill.folder_name && (above.is_empty() || above.ends_with("skills/"));
            (is_variable || is_own).then_some(Base::Skill)
        }
    }
}

/// Whether a text ends with a placeholder for the folder of the skill: `${CLAUDE_SKILL_DIR}`, `{baseDir}`, `<skill-dir>`.
fn is_skill_placeholder(before: &str) -> bool {
    let open = match before.as_bytes().last() {
        Some(b'}') => '{',
        Some(b'>') => '<',
        _ => return false,
    };
    let inside = before
        .rfind(open)
        .map_or("", |at| &before[at + 1..before.len() - 1]);
    let inside = inside.to_ascii_lowercase();
    inside.len() < 40 && (inside.contains("skill") || inside == "basedir") && !inside.contains("name")
}

fn setting(page: &Page, at: usize) -> Setting {
    let markdown = &page.markdown;
    let holds = |spans: &[Span]| spans.iter().any(|span| span.contains(at));
    if holds(&markdown.comments) || markdown.links.iter().any(|link| link.span.contains(at)) {
        return Setting::Link;
    }
    let text = page.source.text();
    let line = text[..at].rfind('\n').map_or(0, |at| at + 1);
    let before = text[line..at].trim_start();
    // `[name]: path` says where a link leads.
    if before.starts_with('[') && before.trim_end().ends_with("]:") {
        return Setting::Other;
    }
    let next = markdown.fences.partition_point(|fence| fence.span.start <= at);
    let Some(fence) = next.checked_sub(1).map(|at| &markdown.fences[at]) else {
        return Setting::Prose;
    };
    if !fence.span.contains(at) {
        return Setting::Prose;
    }
    let is_shell = match fence.info.split([' ', ',', '{']).next().unwrap_or_default() {
        // Where nothing says what the lines are, those that begin with a path may be a listing.
        "" => !before.is_empty(),
        language => matches!(
            language,
            "sh" | "bash" | "shell" | "zsh" | "console" | "shell-session" | "terminal"
        ),
    };
    if is_shell && !before.contains('#') {
        Setting::Command
    } else {
        Setting::Other
    }
}

/// Whether a page speaks of skills so much that the paths in it are those of skills to be written.
fn teaches_skills(page: &Page) -> bool {
    page.source.text().matches(FILE_NAME).nth(3).is_some()
}

/// Whether a path, written in the page `from`, leads to something in the skill: from the skill's folder or from the page's.
pub fn is_there(skill: &Skill, from: &str, path: &str) -> bool {
    let beside = from.rsplit_once('/').map(|(above, _)| format!("{above}/{path}"));
    skill.has(path) || beside.is_some_and(|beside| skill.has(&beside))
}

/// Whether a path that is not there can only be meant as one of the skill's own files. `from` is the page's path.
pub fn means_own_file(skill: &Skill, from: &str, page: &Page, named: &NamedPath<'_>) -> bool {
    let name = named.path.rsplit('/').next().unwrap_or_default();
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let stem = stem.to_ascii_lowercase();
    let is_placeholder = PLACEHOLDERS.contains(&stem.as_str())
        || stem.starts_with("your")
        || stem.starts_with("my-")
        || stem.contains("yyyy");
    let is_file =
        !ending.is_empty() && ending.len() <= 10 && ending.bytes().any(|byte| byte.is_ascii_alphabetic());
    let is_elsewhere = match named.setting {
        Setting::Prose | Setting::Command => false,
        Setting::Other => named.base != Base::Skill,
        Setting::Link => true,
    };
    if !is_file || is_placeholder || is_elsewhere {
        return false;
    }
    let line = page.source.line_span(page.source.locate(named.span.start).line);
    let line_text = page.source.slice(line).to_lowercase();
    let before = page.source.slice(Span::new(
        line.start.max(named.span.start.saturating_sub(40)),
        named.span.start,
    ));
    let before = before.to_lowercase();
    if MADE_OR_THOUGHT_OF.iter().any(|word| before.contains(word)) {
        return false;
    }
    if named.base == Base::Skill {
        return true;
    }
    let nearby = Span::new(named.span.start.saturating_sub(120), named.span.start);
    let nearby = page.source.slice(nearby);
    let is_of_another_skill = ["`'", "skill's ", "skill’s "]
        .iter()
        .any(|mark| nearby.contains(mark))
        || (skill.around.skills_with(named.path)).any(|name| page.source.text().contains(name));
    let after = page.source.slice(Span::new(named.span.end, line.end));
    // Code follows.
    let is_title = line_text.starts_with('#') && !line_text.contains("see ")
        || after.contains(':') && after.trim_matches(['*', '`', ':', ' ']).is_empty();
    if is_of_another_skill
        || is_title
        || skill.around.has_above(named.path)
        || ELSEWHERE.iter().any(|word| line_text.contains(word))
    {
        return false;
    }
    if teaches_skills(page) || teaches_skills(&skill.page) {
        return false;
    }
    let prefix = format!("{}/", named.folder);
    if skill.files.iter().any(|entry| entry.path.starts_with(&prefix)) {
        return true;
    }
    let is_pointed_at = before.contains("see ") || before.contains("reference:");
    from == FILE_NAME
        && (matches!(named.folder, "scripts" | "references") || is_pointed_at)
        && !(named.base == Base::Here && named.setting == Setting::Command)
        && !skill.around.has_above(named.folder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(body: &str) -> Vec<(String, Base, Setting)> {
        let skill = Skill::from_text("pdf", body, &[]);
        named_paths(&skill, &skill.page)
            .map(|named| (named.path.to_owned(), named.base, named.setting))
            .collect()
    }

    #[test]
    fn paths_are_taken_for_what_they_are_written_from() {
        let run = |base, setting| vec![("scripts/run.py".to_owned(), base, setting)];
        for (body, expected) in [
            ("Run `scripts/run.py`.", run(Base::Bare, Setting::Prose)),
            ("Run **scripts/run.py**.", run(Base::Bare, Setting::Prose)),
            ("- ./scripts/run.py", run(Base::Here, Setting::Prose)),
            (
                "`${CLAUDE_SKILL_DIR}/scripts/run.py`",
                run(Base::Skill, Setting::Prose),
            ),
            ("$SKILL_DIR/scripts/run.py", run(Base::Skill, Setting::Prose)),
            (
                "`~/.claude/skills/pdf/scripts/run.py`",
                run(Base::Skill, Setting::Prose),
            ),
            (
                "```sh\npython scripts/run.py x\n```",
                run(Base::Bare, Setting::Command),
            ),
            ("```sh\n# scripts/run.py\n```", run(Base::Bare, Setting::Other)),
            (
                "```yaml\nrun: scripts/run.py\n```",
                run(Base::Bare, Setting::Other),
            ),
            ("[x](scripts/run.py)", run(Base::Bare, Setting::Link)),
            ("https://x.com/skills/pdf/scripts/run.py", Vec::new()),
            ("skills/docx/scripts/run.py", Vec::new()),
            ("my-app/scripts/run.py", Vec::new()),
            ("https://x.com/scripts/run.py", Vec::new()),
            ("{project}/scripts/run.py", Vec::new()),
            ("scripts/<name>.py, scripts/*.py, scripts/...", Vec::new()),
            ("transcripts/run.py", Vec::new()),
        ] {
            assert_eq!(found(body), expected, "{body}");
        }
    }

    proptest! {
        #[test]
        fn spans_lie_inside_the_text(text in "(scripts|references|/|\\.|\\$|\\{|\\}|<|>|`|é|\n|```|skill| |a){0,30}") {
            let skill = Skill::from_text("a", &text, &[]);
            for named in named_paths(&skill, &skill.page) {
                prop_assert_eq!(text.get(named.span.start..named.span.end), Some(named.path));
            }
        }
    }
}
