//! Command lines that only read: what may run without anybody being asked.

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

/// Whether every command on every line only reads.
pub fn reads_only(command: &str) -> bool {
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
