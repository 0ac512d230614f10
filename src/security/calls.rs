//! Calls in scripts that run a command line or a program which is put together when the script runs.

use std::sync::LazyLock;

use regex::Regex;

use crate::document::script::{Language, Script};
use crate::text::Span;

use super::{Text, pattern};

/// How far back the beginning of a call is looked for.
const MOST_BYTES: usize = 2000;

/// A call, with what it is given first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call<'a> {
    /// From the name to the end of the first argument.
    pub span: Span,
    pub name: &'a str,
    pub argument: &'a str,
}

/// The call that runs a command line made of more than fixed words, around `shell=True`, `os.system(`, `execSync(`.
pub fn shell_call_at(text: &Text, at: usize) -> Option<Call<'_>> {
    let script = text.script().filter(|script| script.is_code(at))?;
    let whole = text.text();
    let rest = &whole[at..];
    let call = match script.language {
        Language::Python if rest.starts_with("shell") => call_around(whole, script, at).filter(|call| {
            call.name.rsplit('.').next().is_some_and(|name| {
                matches!(
                    name,
                    "run" | "call" | "check_call" | "check_output" | "Popen" | "getoutput"
                )
            })
        })?,
        Language::Python if rest.starts_with("os.") || rest.starts_with("commands.") => {
            call_of(whole, script, at)?
        }
        Language::JavaScript if rest.starts_with("exec") && whole.contains("child_process") => {
            call_of(whole, script, at)
                .filter(|call| {
                    matches!(call.name.rsplit('.').next(), Some("exec" | "execSync"))
                        && !call.name.starts_with("this.")
                })
                .filter(|call| is_put_together(call.argument))?
        }
        _ => return None,
    };
    (!is_fixed(whole, script, call)).then_some(call)
}

/// The call that runs a program made of more than fixed words: `eval(x)`, `exec(x)`, `new Function(x)`, `eval "$1"`.
pub fn evaluation_at(text: &Text, at: usize) -> Option<Call<'_>> {
    let script = text.script().filter(|script| script.is_code(at))?;
    let whole = text.text();
    let before = &whole[..at];
    if before.ends_with(|last: char| last.is_alphanumeric() || matches!(last, '_' | '.' | '$' | '-')) {
        return None;
    }
    let rest = &whole[at..];
    let call = match script.language {
        Language::Python if !before.trim_end().ends_with("def") => call_of(whole, script, at)?,
        Language::JavaScript if rest.starts_with("eval(") || rest.starts_with("new Function(") => {
            if before.trim_end().ends_with("function") {
                return None;
            }
            call_of(whole, script, at)?
        }
        Language::Shell => return shell_eval(whole, at),
        _ => return None,
    };
    (!call.argument.is_empty() && !is_fixed(whole, script, call)).then_some(call)
}

/// `eval "$command"`: the whole command, or its beginning, is a variable. What `$(…)` prints is another matter.
fn shell_eval(text: &str, at: usize) -> Option<Call<'_>> {
    let rest = text[at..].strip_prefix("eval ")?;
    let begins = text[..at].trim_end_matches([' ', '\t']);
    let is_command = begins.is_empty()
        || begins.ends_with(['\n', ';', '&', '|', '(', '{'])
        || ["then", "do", "else", "if", "!"]
            .iter()
            .any(|word| begins.ends_with(word));
    let end = rest.find(['\n', ';']).unwrap_or(rest.len());
    let argument = rest[..end].trim();
    let bare = argument.trim_start_matches(['"', '\'']);
    let is_variable = bare.starts_with('$') && !bare.starts_with("$(") && !argument.starts_with('\'');
    // `eval "$name=()"`: a variable is named by another, and given fixed words.
    let value = bare
        .split_once('=')
        .filter(|(name, _)| !name.contains(char::is_whitespace));
    let is_fixed = value.is_some_and(|(_, value)| !value.replace("\\$", "").contains(['$', '`']));
    (is_command && is_variable && !is_fixed).then(|| Call {
        span: Span::new(at, at + "eval ".len() + rest[..end].trim_end().len()),
        name: "eval",
        argument,
    })
}

/// The call whose name begins at `at`.
fn call_of<'a>(text: &'a str, script: &Script, at: usize) -> Option<Call<'a>> {
    let length = text[at..].find('(')?;
    let start = name_start(text, at);
    let name = text.get(start..at + length)?.trim();
    let argument = argument(text, script, at + length + 1);
    Some(Call {
        span: Span::new(start, argument.end),
        name,
        argument: text.get(argument.start..argument.end)?.trim(),
    })
}

/// The call that has the code at `at` among its arguments.
fn call_around<'a>(text: &'a str, script: &Script, at: usize) -> Option<Call<'a>> {
    let floor = text.floor_char_boundary(at.saturating_sub(MOST_BYTES));
    let mut depth = 0_usize;
    for (offset, byte) in text.as_bytes()[floor..at].iter().enumerate().rev() {
        let here = floor + offset;
        match byte {
            b')' | b']' | b'}' if script.is_code(here) => depth += 1,
            b'(' | b'[' | b'{' if script.is_code(here) => {
                if depth > 0 {
                    depth -= 1;
                    continue;
                }
                let start = name_start(text, here);
                let argument = argument(text, script, here + 1);
                return Some(Call {
                    span: Span::new(start, argument.end),
                    name: text.get(start..here)?,
                    argument: text.get(argument.start..argument.end)?.trim(),
                });
            }
            _ => {}
        }
    }
    None
}

/// Where the dotted name that ends at `end` begins.
fn name_start(text: &str, end: usize) -> usize {
    let before = &text[..end];
    before
        .trim_end_matches(|part: char| part.is_ascii_alphanumeric() || matches!(part, '_' | '.'))
        .len()
}

/// The first argument of a call whose bracket stands before `start`.
fn argument(text: &str, script: &Script, start: usize) -> Span {
    let mut depth = 0_usize;
    let end = text.floor_char_boundary((start + MOST_BYTES).min(text.len()));
    for (offset, byte) in text.as_bytes()[start.min(end)..end].iter().enumerate() {
        let here = start + offset;
        match byte {
            b'(' | b'[' | b'{' if script.is_code(here) => depth += 1,
            b')' | b']' | b'}' if script.is_code(here) => {
                if depth == 0 {
                    return Span::new(start, here);
                }
                depth -= 1;
            }
            b',' if depth == 0 && script.is_code(here) => return Span::new(start, here),
            _ => {}
        }
    }
    Span::new(start.min(end), end)
}

/// Whether the first argument is made of fixed words only, or is a name that is given fixed words wherever it is given something.
fn is_fixed(text: &str, script: &Script, call: Call<'_>) -> bool {
    let argument = call.argument;
    let end = call.span.start + text[call.span.start..call.span.end].trim_end().len();
    let from = end.saturating_sub(argument.len());
    if argument.starts_with(['"', '\'', '`', 'r', 'b', 'u', '('])
        && is_literal(text, script, Span::new(from, end))
    {
        return true;
    }
    let is_name = !argument.is_empty()
        && argument
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_name && is_given_fixed_words(text, script, argument)
}

/// Whether a span holds nothing but strings without holes, and white space and brackets around them.
fn is_literal(text: &str, script: &Script, span: Span) -> bool {
    let has_string = script.strings.iter().any(|string| span.contains(string.start));
    let has_hole = (script.strings.iter())
        .filter(|string| span.contains(string.start))
        .any(|string| {
            text[..string.start].ends_with(['f', 'F']) && text[string.start..string.end].contains('{')
        });
    let code: String = (text[span.start..span.end].char_indices())
        .filter(|(at, _)| script.is_code(span.start + at))
        .map(|(_, letter)| letter)
        .collect();
    has_string
        && !has_hole
        && code.chars().all(|letter| {
            letter.is_whitespace() || matches!(letter, '(' | ')' | 'r' | 'b' | 'u' | '+' | '\\')
        })
}

fn is_given_fixed_words(text: &str, script: &Script, name: &str) -> bool {
    let mut is_given = false;
    for (at, _) in text.match_indices(name) {
        let before = &text[..at];
        let rest = &text[at + name.len()..];
        let is_word = !before.ends_with(|last: char| last.is_alphanumeric() || matches!(last, '_' | '.'));
        let Some(value) = rest
            .trim_start_matches([' ', '\t'])
            .strip_prefix('=')
            .filter(|value| !value.starts_with(['=', '>']))
        else {
            continue;
        };
        if !is_word || !script.is_code(at) {
            continue;
        }
        let line_end = value.find('\n').unwrap_or(value.len());
        let start = text.len() - value.len();
        let value = &value[..line_end];
        let lead = value.len() - value.trim_start().len();
        is_given = is_literal(
            text,
            script,
            Span::new(
                start + lead,
                start + value.trim_end_matches([';', ' ', '\r']).len().max(lead),
            ),
        );
        if !is_given {
            return false;
        }
    }
    is_given
}

/// Whether a command line of JavaScript has holes, or is joined of parts.
fn is_put_together(argument: &str) -> bool {
    static JOINED: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"['\x22`]\s*\+\s*[A-Za-z_$]|[A-Za-z_$)\]]\s*\+\s*['\x22`]"));
    (argument.starts_with('`') && argument.contains("${")) || JOINED.is_match(argument)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::security::{Lead, text_of};
    use proptest::prelude::*;

    fn is_found(path: &str, words: &str) -> bool {
        text_of(path, words).is_some_and(|text| {
            text.leads(Lead::ShellCall)
                .any(|at| shell_call_at(&text, at).is_some())
                || text
                    .leads(Lead::Evaluate)
                    .any(|at| evaluation_at(&text, at).is_some() || shell_call_at(&text, at).is_some())
        })
    }

    #[test]
    fn command_lines_with_holes_are_seen() {
        for (path, words) in [
            ("a.py", "subprocess.run(f\"ls {folder}\", shell=True)\n"),
            (
                "a.py",
                "subprocess.Popen(\n    server['cmd'],\n    shell=True,\n)\n",
            ),
            ("a.py", "subprocess.run(\"ls \" + folder, shell=True)\n"),
            (
                "a.py",
                "cmd = 'ls'\ncmd = make()\nsubprocess.run(cmd, shell=True)\n",
            ),
            ("a.py", "os.system(\"rm %s\" % name)\n"),
            ("a.py", "os.popen(command)\n"),
            ("a.py", "result = eval(expression)\n"),
            ("a.py", "exec(code, scope)\n"),
            (
                "a.js",
                "const { execSync } = require('child_process');\nexecSync(`git log ${range}`);\n",
            ),
            (
                "a.js",
                "import cp from 'node:child_process';\ncp.exec('ls ' + folder);\n",
            ),
            ("a.js", "const r = eval(input);\n"),
            ("a.js", "const f = new Function(body);\n"),
            ("a.sh", "eval \"$1\"\n"),
            ("a.sh", "if x; then\n  eval $command || true\nfi\n"),
        ] {
            assert!(is_found(path, words), "{words}");
        }
    }

    #[test]
    fn fixed_command_lines_are_let_be() {
        for (path, words) in [
            ("a.py", "subprocess.run(\"ls | wc -l\", shell=True)\n"),
            ("a.py", "CMD = \"ls | wc -l\"\nsubprocess.run(CMD, shell=True)\n"),
            (
                "a.py",
                "subprocess.run([\"ls\", folder])\n# shell=True is not needed\n",
            ),
            ("a.py", "os.system('clear')\n"),
            ("a.py", "print(\"never use shell=True\")\n"),
            (
                "a.py",
                "model.eval()\nast.literal_eval(x)\ndef eval(x):\n    pass\n",
            ),
            ("a.js", "const m = /a/.exec(text);\n"),
            (
                "a.js",
                "import { execSync } from 'child_process';\nexecSync('git status');\nexecSync('git log', { cwd: folder + '/x' });\n",
            ),
            ("a.sh", "eval \"$(ssh-agent -s)\"\nyq eval '.a' x\n"),
            ("a.json", "{\"cmd\": \"eval(x)\"}\n"),
        ] {
            assert!(!is_found(path, words), "{words}");
        }
    }

    proptest! {
        #[test]
        fn nothing_breaks_the_readers(words in "(eval\\(|exec\\(|shell=True|os.system\\(|\\(|\\)|\"|'|`|\\$\\{|,|=|\n|é|x| |child_process|f){0,40}", python in any::<bool>()) {
            let path = if python { "a.py" } else { "a.js" };
            if let Some(text) = text_of(path, &words) {
                for at in text.leads(Lead::ShellCall).chain(text.leads(Lead::Evaluate)) {
                    for call in [shell_call_at(&text, at), evaluation_at(&text, at)].into_iter().flatten() {
                        prop_assert!(words.get(call.span.start..call.span.end).is_some());
                    }
                }
            }
        }
    }
}
