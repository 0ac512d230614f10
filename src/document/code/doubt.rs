//! What lets a snippet pass though it does not parse: it is marked as wrong, leaves something out, is a template, a diff or a
//! transcript, or is about another file.
//!
//! Only asked about snippets that have a fault, which are few.

use super::Language;

/// Words of an info string, or at the head of a comment, that say the code is not meant to be right.
pub(super) fn is_disclaimer(word: &str) -> bool {
    const WORDS: [&str; 28] = [
        "antipattern",
        "anti-pattern",
        "avoid",
        "bad",
        "broken",
        "bug",
        "buggy",
        "compile_fail",
        "diff",
        "don't",
        "dont",
        "error",
        "erroneous",
        "fail",
        "fails",
        "ignore",
        "incorrect",
        "invalid",
        "malformed",
        "never",
        "not",
        "pseudo",
        "pseudocode",
        "skip",
        "syntax-error",
        "template",
        "unsafe",
        "wrong",
    ];
    WORDS.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// Signs that cross something out.
pub(super) fn is_cross(sign: char) -> bool {
    matches!(
        sign,
        '❌' | '✗' | '✘' | '✖' | '❎' | '⛔' | '🚫' | '👎' | '×' | '⚠'
    )
}

/// Whether the fault at byte `at` of `text` is no fault after all.
pub(super) fn excuses(language: Language, text: &str, at: usize) -> bool {
    let line = Line::of(text, at);
    text.chars().any(is_cross)
        || text.lines().any(|line| is_marked_wrong(line) || is_prompt(line))
        || is_diff(text)
        || is_template(language, text)
        || is_http(text)
        || line.around(1).lines().any(|line| is_elided(language, line))
        || line.text().chars().any(is_drawing)
        || (at >= text.trim_end().len() && text.lines().any(|line| is_elided(language, line)))
        || text.lines().any(|line| names_another_file(language, line))
}

/// One line of a text.
struct Line<'a> {
    whole: &'a str,
    start: usize,
    end: usize,
}

impl<'a> Line<'a> {
    fn of(whole: &'a str, at: usize) -> Self {
        let start = whole[..at].rfind('\n').map_or(0, |before| before + 1);
        let end = whole[at..].find('\n').map_or(whole.len(), |length| at + length);
        Self { whole, start, end }
    }

    fn text(&self) -> &'a str {
        &self.whole[self.start..self.end]
    }

    /// The line with `count` lines before and after it.
    fn around(&self, count: usize) -> &'a str {
        let before = self.whole[..self.start]
            .rmatch_indices('\n')
            .nth(count)
            .map_or(0, |(at, _)| at + 1);
        let after = self.whole[self.end..]
            .match_indices('\n')
            .nth(count + 1)
            .map_or(self.whole.len(), |(at, _)| self.end + at);
        &self.whole[before..after]
    }
}

/// The text of a comment on this line, after its sign.
fn comment(line: &str) -> Option<&str> {
    ["//", "#", "--", "/*", "<!--", ";"].iter().find_map(|sign| {
        let (before, after) = line.split_once(sign)?;
        // `https://`, `a--b` and `x;` hold no comment.
        let opens = before.trim().is_empty() || (*sign != ";" && before.ends_with([' ', '\t']));
        opens.then_some(after.trim_start_matches(['/', '#', '-', '*', '!', ' ', '\t']))
    })
}

fn is_marked_wrong(line: &str) -> bool {
    let Some(comment) = comment(line) else {
        return false;
    };
    let words = || {
        comment
            .split(|next: char| !(next.is_alphanumeric() || matches!(next, '_' | '-' | '\'')))
            .filter(|word| !word.is_empty())
    };
    words().next().is_some_and(is_disclaimer)
        || words().any(|word| is_disclaimer(word) && (word.len() > 2 && word == word.to_uppercase()))
        || [
            "(bad",
            "(wrong",
            "(broken",
            "(invalid",
            "(incorrect",
            "(don't",
            ": bad",
            ": wrong",
        ]
        .iter()
        .any(|mark| comment.to_lowercase().contains(mark))
}

/// A line of a transcript: a prompt with what was typed.
fn is_prompt(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("$ ")
        || line.starts_with(">>> ")
        || line.starts_with("> ")
        || line.starts_with("In [")
        || [
            "Traceback (most",
            "error[",
            "error: ",
            "warning: ",
            "thread '",
            "npm ERR!",
        ]
        .iter()
        .any(|head| line.starts_with(head))
        || (line.starts_with('(')
            && line.split_once(") ").is_some_and(|(prompt, _)| {
                matches!(&prompt[1..], "Pdb" | "gdb" | "lldb" | "dlv" | "pprof" | "ipdb")
            }))
        || ["mysql> ", "postgres=# ", "sqlite> ", "irb> ", "db> "]
            .iter()
            .any(|prompt| line.starts_with(prompt))
}

/// Lines taken away and lines put in their place.
fn is_diff(text: &str) -> bool {
    let begins = |mark: char| {
        text.lines().any(|line| {
            line.strip_prefix(mark)
                .is_some_and(|rest| !rest.starts_with([mark, '=', '>']))
        })
    };
    text.lines().any(|line| {
        ["@@ ", "diff --git", "<<<<<<< ", ">>>>>>> "]
            .iter()
            .any(|mark| line.starts_with(mark))
    }) || (begins('+') && begins('-'))
}

/// A template that is filled in before anyone parses it.
fn is_template(language: Language, text: &str) -> bool {
    // In these a pair of braces may be code.
    let braces_mean_code = !matches!(
        language,
        Language::Yaml | Language::Toml | Language::Json | Language::Shell | Language::Sql
    );
    ["{%", "<%", "{{#", "{{/", "{{>", "{{-", "{{$", "<#if", "{{ "]
        .iter()
        .any(|mark| text.contains(mark) && !(braces_mean_code && *mark == "{{ "))
        || (!braces_mean_code && text.contains("{{"))
}

/// A request or a response.
fn is_http(text: &str) -> bool {
    let first = text
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with('#') && !line.starts_with("//"));
    first.is_some_and(|line| {
        let method = line.split(' ').next().unwrap_or_default();
        line.starts_with("HTTP/")
            || (matches!(
                method,
                "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD" | "OPTIONS"
            ) && line[method.len()..].trim_start().starts_with(['/', 'h', '{']))
    })
}

/// Whether something is left out on this line.
pub(super) fn is_elided(language: Language, line: &str) -> bool {
    line.contains('…')
        || line.match_indices("...").any(|(at, dots)| {
            let after = line[at + dots.len()..].chars().next();
            // In Python three dots on their own are a value.
            let before = line[..at].trim_end().chars().next_back();
            if language == Language::Python
                && line.trim() != "..."
                && before.is_none_or(|before| "([{,:=>".contains(before))
                && after.is_none_or(|after| ")]},:".contains(after))
            {
                return false;
            }
            // `...names` spreads in these languages.
            let spreads = matches!(
                language,
                Language::TypeScript | Language::Tsx | Language::JavaScript
            ) && after
                .is_some_and(|next| next.is_alphanumeric() || matches!(next, '_' | '$' | '(' | '[' | '{'));
            !spreads
        })
}

/// Arrows, boxes, formulas and other signs that no language here has outside of strings.
fn is_drawing(sign: char) -> bool {
    matches!(sign, '\u{2190}'..='\u{22ff}' | '\u{2500}'..='\u{257f}' | '\u{25a0}'..='\u{25ff}' | '\u{2700}'..='\u{27bf}')
}

/// Endings of files that documents show several of in one block.
const OTHERS: [&str; 34] = [
    "json", "jsonc", "yaml", "yml", "toml", "sql", "sh", "bash", "py", "ts", "tsx", "js", "jsx", "mjs",
    "css", "scss", "html", "xml", "env", "conf", "cfg", "ini", "txt", "md", "lock", "graphql", "proto", "tf",
    "hcl", "prisma", "vue", "go", "swift", "rs",
];

/// A comment that is nothing but the name of a file in another language: several files are shown in one block.
fn names_another_file(language: Language, line: &str) -> bool {
    let Some(comment) = comment(line.trim_start()).filter(|_| !line.starts_with(char::is_alphanumeric))
    else {
        return false;
    };
    let name = comment.trim_end_matches(['*', '/', ' ', ':', '-', '>']);
    let name = name.split(' ').next().unwrap_or_default();
    let Some((stem, extension)) = name.rsplit_once('.') else {
        return matches!(name, "Dockerfile" | "Makefile" | "Caddyfile" | "Procfile");
    };
    let is_name = !stem.is_empty() || !extension.is_empty();
    let own: &[&str] = match language {
        Language::Json | Language::Jsonc => &["json", "jsonc"],
        Language::Yaml => &["yaml", "yml"],
        Language::Toml => &["toml"],
        Language::Sql => &["sql"],
        Language::Shell => &["sh", "bash"],
        Language::Python => &["py"],
        Language::TypeScript | Language::Tsx | Language::JavaScript => {
            &["ts", "tsx", "js", "jsx", "mjs", "cjs", "mts"]
        }
        Language::Rust => &["rs"],
    };
    is_name && OTHERS.contains(&extension) && !own.contains(&extension)
}
