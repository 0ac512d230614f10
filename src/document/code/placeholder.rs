//! Names that stand for what the reader is to fill in, made into words that a parser takes: `<your-key>`, `{{ name }}`, `${NAME}`,
//! `class {Name}Service`. Every replacement has the length of what it replaces, so that places stay true.

use super::{Language, doubt};

/// Longest name of a placeholder.
const MAX_NAME: usize = 120;

/// The text with placeholders filled in, and lines commented out that only say what else belongs there: `... more fields`, or
/// a command to run. `comment` opens a comment to the end of a line.
pub(super) fn fill(text: &str, comment: &str) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut goes_on = false;
    for line in text.split_inclusive('\n') {
        let code = line.trim_start();
        let indentation = line.len() - code.len();
        let is_hidden = is_remark(code) || is_command(code) || (goes_on && code.len() > comment.len());
        goes_on = is_hidden && code.trim_end().ends_with('\\');
        // Three dots, or the first letters of a command.
        let head = if is_remark(code) {
            code.ceil_char_boundary(3)
        } else {
            comment.len()
        };
        if is_hidden && code.is_char_boundary(head) {
            filled.push_str(&line[..indentation]);
            filled.push_str(comment);
            filled.extend(std::iter::repeat_n(' ', head - comment.len()));
            filled.push_str(&code[head..]);
        } else if line.contains(['<', '{', '$', '[']) {
            fill_line(line, &mut filled);
        } else {
            filled.push_str(line);
        }
    }
    debug_assert_eq!(filled.len(), text.len());
    filled
}

/// `... and so on`
fn is_remark(code: &str) -> bool {
    let rest = code.trim_start_matches(['.', '…']);
    let dots = code.len() - rest.len();
    dots >= 3
        && rest
            .trim_start_matches([' ', '(', '['])
            .starts_with(char::is_alphabetic)
}

/// A command of a shell, as it is shown before the code that needs it.
pub(super) fn is_command(code: &str) -> bool {
    const COMMANDS: [&str; 48] = [
        "apt",
        "apt-get",
        "aws",
        "az",
        "brew",
        "bun",
        "bunx",
        "cargo",
        "cat",
        "cd",
        "celery",
        "conda",
        "cp",
        "curl",
        "deno",
        "docker",
        "docker-compose",
        "echo",
        "export",
        "flask",
        "gcloud",
        "git",
        "gunicorn",
        "helm",
        "kubectl",
        "ls",
        "make",
        "mkdir",
        "mv",
        "node",
        "npm",
        "npx",
        "ollama",
        "pip",
        "pip3",
        "pnpm",
        "poetry",
        "pytest",
        "python",
        "python3",
        "rm",
        "source",
        "streamlit",
        "sudo",
        "uv",
        "uvicorn",
        "wget",
        "yarn",
    ];
    let Some((first, rest)) = code.split_once(' ') else {
        return false;
    };
    let is_flag =
        |word: &str| word.starts_with("--") && word[2..].starts_with(|next: char| next.is_ascii_alphabetic());
    let is_word = first.starts_with(|next: char| next.is_ascii_lowercase())
        && first
            .chars()
            .all(|next| next.is_ascii_alphanumeric() || "-_./".contains(next));
    (is_word && rest.split(' ').any(is_flag) && !rest.starts_with('='))
        || COMMANDS.binary_search(&first).is_ok()
            && rest.split_whitespace().next().is_some_and(|second| {
                second.starts_with(|next: char| next.is_alphanumeric() || "-./~$\"'@".contains(next))
            })
            && !rest.trim_start().starts_with("in ")
}

fn fill_line(line: &str, filled: &mut String) {
    let mut at = 0;
    while let Some(next) = line[at..].find(['<', '{', '$', '[']) {
        let start = at + next;
        filled.push_str(&line[at..start]);
        at = start;
        let length = length(&line[..start], &line[start..]);
        if let Some(length) = length {
            filled.extend(std::iter::repeat_n('_', length));
            at += length;
        } else {
            filled.push_str(&line[at..=at]);
            at += 1;
        }
    }
    filled.push_str(&line[at..]);
}

/// Whether a name is due after this.
fn names_follow(before: &str) -> bool {
    let word = before
        .trim_end()
        .rsplit(|next: char| !next.is_alphanumeric())
        .next();
    matches!(
        word,
        Some(
            "def"
                | "class"
                | "import"
                | "from"
                | "as"
                | "function"
                | "interface"
                | "type"
                | "typeof"
                | "const"
                | "extends"
                | "new"
        )
    )
}

/// Length of the placeholder at the head of `rest`, where one stands there.
fn length(before: &str, rest: &str) -> Option<usize> {
    let (open, close) = ["{{", "${", "<", "{", "[", "$"]
        .into_iter()
        .zip(["}}", "}", ">", "}", "]", ""])
        .find(|(open, _)| rest.starts_with(open))?;
    let inner = &rest[open.len()..];
    let inner = &inner[..inner.floor_char_boundary(MAX_NAME)];
    if open == "$" {
        let name = inner
            .find(|next: char| !(next.is_ascii_alphanumeric() || next == '_'))
            .unwrap_or(inner.len());
        return inner
            .starts_with(|first: char| first.is_ascii_alphanumeric())
            .then_some(1 + name);
    }
    let end = inner.find(close)?;
    let name = inner[..end].trim().trim_matches('"');
    let is_words = name.starts_with(|first: char| first.is_alphabetic() || matches!(first, '_' | '.'))
        && name
            .chars()
            .all(|next| next.is_alphanumeric() || " _-./|:,'".contains(next));
    let in_word =
        |next: Option<char>| next.is_some_and(|next| next.is_alphanumeric() || matches!(next, '_' | '.'));
    let after = inner[end + close.len()..].chars().next();
    let stands_alone = match open {
        "{{" | "${" => is_words,
        // What is compared stands apart from the sign.
        "<" => {
            is_words
                && inner[..end].trim() == &inner[..end]
                && !in_word(before.chars().next_back().filter(|&last| last != '.'))
        }
        "{" => {
            is_words
                && !name.contains([':', ','])
                && (in_word(before.chars().next_back())
                    || in_word(after.filter(|&after| after != '.'))
                    || names_follow(before)
                    || before.trim_end().ends_with('{')
                        && inner[end + 1..].trim_start().starts_with(['}', ',']))
        }
        _ if is_words
            && (in_word(after.filter(|&after| after != '.'))
                || names_follow(before.trim_end_matches(char::is_alphanumeric))) =>
        {
            true
        }
        _ => {
            is_words
                && name.contains(' ')
                && !name.contains(['.', ',', ':', '|', '-'])
                && !name.split(' ').any(|word| {
                    matches!(
                        word,
                        "for" | "in" | "if" | "or" | "and" | "not" | "is" | "lambda" | "await" | "as"
                    )
                })
        }
    };
    stands_alone.then_some(open.len() + end + close.len())
}

/// The same for a language of the family of C, with what is left out dropped: `{ ... }`, `f(...)`, `let x = ...;`.
pub(super) fn soften(text: &str, language: Language) -> String {
    let mut softened = fill(text, "//");
    let mut at = 0;
    while let Some((start, length)) = next_dots(&softened[at..]).map(|(start, length)| (at + start, length)) {
        let line = softened[start..].lines().next().unwrap_or_default();
        let is_left_out = doubt::is_elided(language, line);
        let before = softened[..start].trim_end().chars().next_back();
        let replacement = if !is_left_out {
            None
        } else if before.is_some_and(|before| "=:?&|+".contains(before)) {
            Some("_")
        } else {
            Some(" ")
        };
        if let Some(replacement) = replacement {
            softened.replace_range(start..start + length, &replacement.repeat(length));
        }
        at = start + length;
    }
    softened
}

/// Where three or more dots, or an ellipsis, stand, and how many bytes they are.
fn next_dots(text: &str) -> Option<(usize, usize)> {
    let at = text.find("...").into_iter().chain(text.find('…')).min()?;
    let rest = &text[at..];
    Some((at, rest.len() - rest.trim_start_matches(['.', '…']).len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remarks_keep_their_length_whatever_dots_they_begin_with() {
        for text in ["... more fields\n", "… more\n", ".…x", "..…. and so on"] {
            for comment in ["#", "//", "--"] {
                assert_eq!(fill(text, comment).len(), text.len(), "{text}");
            }
        }
    }
}
