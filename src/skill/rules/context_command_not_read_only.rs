use crate::document::markdown::Markdown;
use crate::lint::{Report, rule};
use crate::skill::Skill;
use crate::text::{Source, Span};

rule! {
    /// A command that the client runs while it loads the skill does more than read.
    ///
    /// Claude Code runs what stands in backticks behind an exclamation mark, and fences that are opened with one, before the model
    /// sees the text, and puts the output in its place. Nobody is asked. Commands of git and the system that only read are let be,
    /// without redirection and without arguments of the user in them.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// State of the service: !`npm run report -- --publish`
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// State of the tree: !`git status --short | head -20`
    /// ```
    ///
    /// Source: Claude Code documentation, skills, "Inject dynamic context", read 2026-08-22; snyk agent-scan, issue codes, E006.
    "context-command-not-read-only", Suspicious, "0.1.0", Skill, check
}

/// Programs that only read, whatever they are given.
const READERS: &[&str] = &[
    "basename", "cat", "cut", "date", "df", "diff", "dirname", "du", "echo", "false", "file", "grep", "head",
    "hostname", "id", "jq", "ls", "nl", "printf", "ps", "pwd", "readlink", "realpath", "rg", "sort", "stat",
    "tail", "test", "tr", "tree", "true", "type", "uname", "uniq", "uptime", "wc", "which", "whoami", "[",
];

/// Commands of programs that do more than read: the first words that only read.
const READING: &[(&str, &[&str])] = &[
    (
        "git",
        &[
            "blame",
            "branch",
            "cat-file",
            "config --get",
            "describe",
            "diff",
            "for-each-ref",
            "grep",
            "log",
            "ls-files",
            "ls-tree",
            "merge-base",
            "name-rev",
            "reflog",
            "remote",
            "rev-list",
            "rev-parse",
            "shortlog",
            "show",
            "stash list",
            "status",
            "symbolic-ref",
            "tag",
            "worktree list",
        ],
    ),
    (
        "gh",
        &[
            "issue list",
            "issue view",
            "pr checks",
            "pr diff",
            "pr list",
            "pr status",
            "pr view",
            "repo view",
            "run list",
            "run view",
            "auth status",
        ],
    ),
    ("npm", &["ls", "list", "outdated", "pkg get", "view"]),
    ("docker", &["ps", "images", "version", "info"]),
    (
        "kubectl",
        &["get", "config current-context", "version", "describe"],
    ),
];

fn check(skill: &Skill, report: &mut Report<'_>) {
    let page = &skill.page;
    for (span, command) in commands(&page.source, &page.markdown) {
        if !command.trim().is_empty() && !reads_only(command) {
            let shown = command.trim().lines().next().unwrap_or_default();
            report
                .at(
                    &page.source,
                    span,
                    format!("`{shown}` runs while the skill is loaded, and may do more than read"),
                )
                .help(
                    "let the model run it, so that the user is asked; keep commands here to those that read",
                );
        }
    }
}

/// The commands that are run when the page is loaded, with where each stands.
fn commands<'a>(source: &'a Source, markdown: &'a Markdown) -> impl Iterator<Item = (Span, &'a str)> {
    let text = source.text();
    let spans = markdown.codes.iter().filter_map(move |&span| {
        let before = text[..span.start].strip_suffix('!')?;
        let begins = before.is_empty() || before.ends_with([' ', '\t', '\n', '(', '*', ':', '|']);
        let command = source.slice(span).strip_prefix('`')?.strip_suffix('`')?;
        (begins && !command.starts_with('`')).then_some((span, command))
    });
    let fences = markdown.fences.iter().filter(|fence| fence.info.starts_with('!'));
    spans.chain(fences.map(move |fence| {
        let words = source.slice(fence.span);
        let inside = words.split_once('\n').map_or("", |(_, inside)| inside);
        (
            fence.span,
            inside.rsplit_once("```").map_or(inside, |(inside, _)| inside),
        )
    }))
}

/// Whether every command on every line only reads.
fn reads_only(command: &str) -> bool {
    let harmless = ["2>/dev/null", "2> /dev/null", "2>&1", ">/dev/null", "> /dev/null"];
    let mut plain = command.to_owned();
    for redirection in harmless {
        plain = plain.replace(redirection, "");
    }
    let is_open = plain.contains(['>', '`'])
        || plain.contains("$(")
        || plain.contains("$ARGUMENTS")
        || plain.contains("<(");
    let parts = plain
        .split(['\n', ';', '|', '&'])
        .map(str::trim)
        .filter(|part| !part.is_empty() && !part.starts_with('#'));
    !is_open && parts.into_iter().all(part_reads_only)
}

fn part_reads_only(part: &str) -> bool {
    let mut words = part.split_whitespace().skip_while(|word| {
        let name = word.split('=').next().unwrap_or_default();
        word.contains('=')
            && !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
    });
    let Some(program) = words.next() else {
        return true;
    };
    let rest: Vec<&str> = words.collect();
    let asks_version = matches!(
        rest.as_slice(),
        ["--version" | "-v" | "-V" | "version" | "--help" | "-h"]
    );
    let joined = rest
        .iter()
        .filter(|word| !word.starts_with('-') || rest.len() == 1)
        .copied()
        .collect::<Vec<_>>()
        .join(" ");
    let deletes = ["-delete", "-exec", "-execdir", "-ok", "-fprint"]
        .iter()
        .any(|flag| rest.contains(flag));
    READERS.contains(&program)
        || (program == "find" && !deletes)
        || (program == "command" && rest.first() == Some(&"-v"))
        || asks_version
        || READING.iter().any(|(known, commands)| {
            *known == program
                && commands
                    .iter()
                    .any(|command| joined == *command || joined.starts_with(&format!("{command} ")))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_is_told_from_doing() {
        for command in [
            "git status --short",
            "git log --oneline -10",
            "git --no-pager diff HEAD~1",
            "gh pr view 12 --json title",
            "ls -la | head -5",
            "cat package.json 2>/dev/null || echo none",
            "node --version",
            "find . -name '*.md'",
            "FOO=1 git rev-parse HEAD",
        ] {
            assert!(reads_only(command), "{command}");
        }
        for command in [
            "npm test",
            "git push",
            "rm -rf x",
            "cat a > b",
            "echo $(rm x)",
            "ls $ARGUMENTS",
            "find . -delete",
            "curl x",
            "git stash",
        ] {
            assert!(!reads_only(command), "{command}");
        }
    }
}
