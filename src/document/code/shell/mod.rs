//! Shell: what must close does close. Quotes, substitutions, here-documents and compound commands; not more, because a block of
//! shell often holds output and placeholders between its commands, which are words like any other.
//!
//! Compound commands stand on a stack; only what nests inside of words (`$(…)` in `"…"` in `$(…)`) recurses, to a limit.

mod documents;
mod words;

use super::Fault;

use documents::Document;

/// Deepest nesting of substitutions; deeper ones are not judged.
const MAX_DEPTH: usize = 60;
/// How far the end of `((…))` is looked for.
const MAX_ARITHMETIC: usize = 400;
/// How far the beginning of a `curl` is looked for from a parenthesis.
const MAX_ADDRESS: usize = 500;

/// Why `text` is not a shell script.
pub(super) fn read(text: &str) -> Option<Fault> {
    let mut reader = Reader {
        text,
        bytes: text.as_bytes(),
        at: 0,
        depth: 0,
        documents: Vec::new(),
    };
    match reader.list(None) {
        Err(Stop::Fault(fault)) => Some(fault),
        Err(Stop::TooDeep) | Ok(()) => None,
    }
}

enum Stop {
    Fault(Fault),
    TooDeep,
}

/// A compound command that is open, and where it begins.
#[derive(Debug, Clone, Copy)]
struct Open {
    kind: Kind,
    at: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Whether `then` was seen.
    If(bool),
    /// `for`, `while`, `until`, `select`; whether `do` was seen.
    Loop(bool),
    /// Whether a pattern comes next.
    Case(bool),
    Parenthesis,
    /// Whether it is the body of a function.
    Brace(bool),
}

impl Kind {
    fn is_same(self, other: Self) -> bool {
        std::mem::discriminant(&self) == std::mem::discriminant(&other)
    }

    fn closer(self) -> &'static str {
        match self {
            Self::If(_) => "fi",
            Self::Loop(_) => "done",
            Self::Case(_) => "esac",
            Self::Parenthesis => ")",
            Self::Brace(_) => "}",
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    depth: usize,
    documents: Vec<Document>,
}

impl Reader<'_> {
    /// Commands to the end of the text, or to the `)` of the substitution that begins at `opened`.
    fn list(&mut self, opened: Option<usize>) -> Result<(), Stop> {
        let mut open: Vec<Open> = Vec::new();
        // Whether a command may begin here, and whether the word before could name a function.
        let (mut begins, mut names) = (true, false);
        while let Some(byte) = self.peek() {
            let at = self.at;
            if begins
                && let Some(Open {
                    kind: Kind::Case(true),
                    ..
                }) = open.last()
            {
                self.pattern(&mut open)?;
                continue;
            }
            match byte {
                b' ' | b'\t' | b'\r' => self.at += 1,
                b'\\' if matches!(self.bytes.get(at + 1), Some(b'\n' | b'\r')) => self.at += 2,
                b'\n' => {
                    self.at += 1;
                    self.documents()?;
                    (begins, names) = (true, false);
                }
                b'#' => self.skip_line(),
                b';' | b'&' | b'|' => {
                    self.operator(&mut open);
                    (begins, names) = (true, false);
                }
                b'<' | b'>' => {
                    self.redirection()?;
                    names = false;
                }
                b'(' if begins && self.looking_at("((") && self.arithmetic() => {
                    (begins, names) = (false, false);
                }
                b'(' if names && self.empty_parentheses() => {
                    (begins, names) = (true, true);
                }
                b'(' if self.ends_address() => {
                    return Err(fault(at, "a parenthesis in an address that is not quoted"));
                }
                b'(' => {
                    self.at += 1;
                    open.push(Open {
                        kind: Kind::Parenthesis,
                        at,
                    });
                    begins = true;
                }
                b')' => {
                    self.at += 1;
                    match open.last() {
                        Some(Open {
                            kind: Kind::Parenthesis,
                            ..
                        }) => {
                            open.pop();
                        }
                        _ if opened.is_some() => return Self::end(&open),
                        Some(Open {
                            kind: Kind::Case(false),
                            ..
                        }) => return Err(fault(at, "`;;` is missing before this pattern")),
                        // A smiley, `a)` in a list: prose.
                        _ => {}
                    }
                    begins = false;
                }
                _ => {
                    let was_function = names && begins;
                    let word = self.word()?;
                    let is_last = matches!(self.peek(), None | Some(b'\n' | b'\r')) || self.looking_at(" #");
                    if word == "{" && (begins || is_last) {
                        open.push(Open {
                            kind: Kind::Brace(was_function),
                            at,
                        });
                        begins = true;
                    } else if begins {
                        begins = self.reserved(word, at, &mut open)?;
                        names = !begins && is_name(word);
                        if word == "function" {
                            self.function_name();
                            (begins, names) = (true, true);
                        }
                    } else {
                        names = false;
                    }
                }
            }
        }
        if let Some(at) = opened {
            return Err(fault(at, "this `$(` is never closed"));
        }
        self.documents()?;
        open.retain(|open| self.has_body(*open));
        Self::end(&open)
    }

    /// Whether more than the first line of a compound command is shown.
    fn has_body(&self, open: Open) -> bool {
        let line_start = self.text[..open.at].rfind('\n').map_or(0, |before| before + 1);
        let mut lines = self.text[line_start..].lines();
        let indentation = |line: &str| line.len() - line.trim_start().len();
        let first = lines.next().map_or(0, indentation);
        let body = lines.find(|line| !line.trim().is_empty());
        body.is_some_and(|line| indentation(line) > first)
            && !matches!(open.kind, Kind::If(false) | Kind::Loop(false))
    }

    /// What is still open where a list ends.
    fn end(open: &[Open]) -> Result<(), Stop> {
        let left = open
            .iter()
            .rev()
            .find(|open| !matches!(open.kind, Kind::Parenthesis | Kind::Brace(false)));
        match left {
            Some(open) => Err(unclosed(*open)),
            None => Ok(()),
        }
    }

    /// A word where a command begins. Says whether a command may begin after it.
    fn reserved(&mut self, word: &str, at: usize, open: &mut Vec<Open>) -> Result<bool, Stop> {
        let mut begin = |kind| {
            open.push(Open { kind, at });
            Ok(true)
        };
        match word {
            "if" => return begin(Kind::If(false)),
            "while" | "until" => return begin(Kind::Loop(false)),
            "for" | "select" => {
                let _ = begin(Kind::Loop(false));
                self.skip_spaces();
                return Ok(self.looking_at("((") && self.arithmetic());
            }
            "case" => return self.case(at, open),
            "[[" => {
                self.test(at)?;
                return Ok(false);
            }
            "!" | "time" | "coproc" => return Ok(true),
            _ => {}
        }
        let (kind, closes) = match word {
            "then" | "elif" | "else" => (Kind::If(false), false),
            "fi" => (Kind::If(false), true),
            "do" => (Kind::Loop(false), false),
            "done" => (Kind::Loop(false), true),
            "esac" => (Kind::Case(false), true),
            "}" => (Kind::Brace(false), true),
            _ => return Ok(false),
        };
        let Some(innermost) = open.last_mut() else {
            // Without anything open these are words of a sentence, but for two that are no words.
            return match word {
                "fi" | "esac" => Err(fault(at, format!("this `{word}` closes nothing"))),
                _ => Ok(false),
            };
        };
        if !innermost.kind.is_same(kind) {
            let innermost = *innermost;
            let is_open = open.iter().any(|other| other.kind.is_same(kind));
            let is_strict = !matches!(innermost.kind, Kind::Parenthesis | Kind::Brace(false));
            if is_open && closes && is_strict {
                return Err(unclosed(innermost));
            }
            return Ok(false);
        }
        match (&mut innermost.kind, word) {
            (Kind::If(then), "then" | "else") => *then = true,
            (Kind::If(then), "elif") => *then = false,
            (Kind::Loop(run), "do") => *run = true,
            (Kind::If(false), "fi") => return Err(fault(at, "there is no `then` for this `fi`")),
            (Kind::Loop(false), "done") => return Err(fault(at, "there is no `do` for this `done`")),
            _ => {
                open.pop();
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// `case word in`, up to the first pattern.
    fn case(&mut self, at: usize, open: &mut Vec<Open>) -> Result<bool, Stop> {
        loop {
            match self.peek() {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.at += 1,
                Some(b'#') => self.skip_line(),
                None | Some(b';' | b'&' | b'|' | b'(' | b')' | b'<' | b'>') => return Ok(false),
                _ => {
                    if self.word()? == "in" {
                        open.push(Open {
                            kind: Kind::Case(true),
                            at,
                        });
                        return Ok(true);
                    }
                }
            }
        }
    }

    /// A pattern of a `case` with its `)`, or `esac`.
    fn pattern(&mut self, open: &mut Vec<Open>) -> Result<(), Stop> {
        let begin = self.at;
        match self.peek() {
            None | Some(b' ' | b'\t' | b'\n' | b'\r' | b'(' | b'|' | b';' | b'<' | b'>' | b'&') => {
                self.at += 1;
            }
            Some(b'\\') if matches!(self.bytes.get(begin + 1), Some(b'\n' | b'\r')) => self.at += 2,
            Some(b'#') => self.skip_line(),
            Some(b')') => {
                self.at += 1;
                if let Some(Open { kind, .. }) = open.last_mut() {
                    *kind = Kind::Case(false);
                }
            }
            _ => {
                if self.word()? == "esac" {
                    open.pop();
                }
            }
        }
        Ok(())
    }

    /// `[[ … ]]`.
    fn test(&mut self, at: usize) -> Result<(), Stop> {
        loop {
            match self.peek() {
                None => return Err(fault(at, "this `[[` is never closed")),
                Some(b' ' | b'\t' | b'\n' | b'\r' | b'(' | b')' | b'|' | b'&' | b'<' | b'>' | b';') => {
                    self.at += 1;
                }
                Some(b'#')
                    if self.bytes[self.at - 1].is_ascii_whitespace()
                        && self.bytes.get(self.at + 1) == Some(&b' ') =>
                {
                    self.skip_line();
                }
                _ => {
                    if self.word()? == "]]" {
                        return Ok(());
                    }
                }
            }
        }
    }

    /// `;`, `&&`, `|` and their like.
    fn operator(&mut self, open: &mut [Open]) {
        let ends_clause = [";;&", ";;", ";&"].iter().find(|end| self.looking_at(end));
        if let (
            Some(end),
            Some(Open {
                kind: kind @ Kind::Case(_),
                ..
            }),
        ) = (ends_clause, open.last_mut())
        {
            *kind = Kind::Case(true);
            self.at += end.len();
        } else {
            self.at += 1;
            if self.bytes[self.at - 1] == b'&' && self.peek() == Some(b'>') {
                self.at += 1;
            }
        }
    }

    /// `<`, `>` and their like; remembers a here-document.
    fn redirection(&mut self) -> Result<(), Stop> {
        let at = self.at;
        if self.looking_at("<<<") {
            self.at += 3;
        } else if self.looking_at("<<") {
            self.at += 2;
            self.here_document(at);
        } else {
            self.at += 1;
            match self.peek() {
                Some(b'(') => {
                    self.at += 1;
                    return self.substitution(at);
                }
                Some(b'&' | b'|') => self.at += 1,
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether the parenthesis here goes on with a URL that is to be fetched.
    fn ends_address(&self) -> bool {
        let near = &self.text[self.text.floor_char_boundary(self.at.saturating_sub(MAX_ADDRESS))..self.at];
        let line = near.rsplit('\n').next().unwrap_or_default();
        let word = line.rsplit([' ', '\t', '"', '\'']).next().unwrap_or_default();
        word.starts_with("http") && word.contains("://") && line.trim_start().starts_with("curl ")
    }

    /// Skips the `()` of a function.
    fn empty_parentheses(&mut self) -> bool {
        let inner = self.text[self.at + 1..].trim_start_matches([' ', '\t']);
        if inner.starts_with(')') {
            self.at = self.text.len() - inner.len() + 1;
            return true;
        }
        false
    }

    /// The name after `function`, and its parentheses.
    fn function_name(&mut self) {
        self.skip_spaces();
        while self
            .peek()
            .is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b':' | b'.'))
        {
            self.at += 1;
        }
        let at = self.at;
        self.skip_spaces();
        if self.peek() != Some(b'(') || !self.empty_parentheses() {
            self.at = at;
        }
    }
}

fn is_name(word: &str) -> bool {
    word.chars()
        .all(|next| next.is_alphanumeric() || matches!(next, '_' | '-' | ':' | '.' | '@' | '/'))
}

fn fault(at: usize, message: impl Into<String>) -> Stop {
    Stop::Fault(Fault::new(at, message))
}

fn unclosed(open: Open) -> Stop {
    fault(open.at, format!("no `{}` closes this", open.kind.closer()))
}

#[cfg(test)]
mod tests {
    use super::super::Language::Shell;
    use super::super::tests::{accepts, refuses};

    #[test]
    fn scripts_fragments_and_output_are_read() {
        accepts(
            Shell,
            &[
                "git clone <url> && cd <your-project>\n",
                "cat > a.txt <<'EOF'\nit's \"here\nEOF\necho done\n",
                "git commit -m \"$(cat <<'EOF'\nfeat: it's done (at last)\nEOF\n)\"\n",
                "cat <<-A <<B\n\ta\n\tA\nb\nB\n",
                "for ((i = 0; i < 3; i++)); do echo $((i << 2)); done\n",
                "for f in *.md; do\n  if [[ $f =~ ^(a|b)\\.md$ ]]; then echo \"${f%.md}\"; fi\ndone\n",
                "case \"$1\" in\n  -h|--help) usage ;;\n  (x) ;&\n  *)\n    exit 1\nesac\n",
                "case $x in a) case $y in b) ;; esac ;; esac\n",
                "f() {\n  local a=(one 'two' \"$(date)\")\n  diff <(sort a) <(sort b)\n}\nfunction g { f; }\n",
                "if ! grep -q x y; then :; elif true; then :; else false; fi\n",
                "while read -r line; do\n  echo \"$line\"\ndone < <(ls)\n",
                "echo ${a:-'}'} ${b[@]} $'it\\'s' $\"x\" `date`\n",
                "shopt -s extglob; rm !(*.md)\n",
                "@test \"adds\" {\n  run add 1 2\n}\n",
                "npm test\n# can't fail\nError: can't find the users' files\n",
                "curl -d '{\n  \"a\": 1\n}' https://example.com\n{\n  \"id\": 1\n}\n",
                "my-tool [options] {a|b} <file> # (optional)\n  --flag   What it does (default: 1)\n",
                "copy C:\\Users\\me\\a.txt D:\\\n",
                "for f in *; do\n",
                "if [ -f x ]; then\n  # explain\nfi\n",
                "if user_wants_to_save:\n  save()\n",
                "# BAD\necho \"unclosed\n",
                "$ echo \"unclosed\n",
                "echo \"...\n",
                "cat <<EOF\n...\n",
                "then run it, and when it is done, fine\ndone\n",
                "cat <<NAME>> x\n",
                "if true; then\r\n  ls\r\nfi\r\n",
            ],
        );
    }

    #[test]
    fn what_never_closes_is_found() {
        refuses(
            Shell,
            &[
                ("ls\necho \"a b\nls\n", "\"a b"),
                ("echo 'a b\n", "'a b"),
                ("x=`date\nls\n", "`date"),
                ("x=$(date\nls\n", "$(date"),
                ("x=${a\nls\n", "${a"),
                ("[[ -f x && -f y\nls\n", "[["),
                ("if true; then\n  ls\n", "if true"),
                ("while true; do\n  if x; then\n    ls\ndone\n", "if x"),
                ("for f in *\n  ls $f\ndone\n", "done"),
                ("if true\n  ls\nfi\n", "fi"),
                ("ls\nfi\n", "fi"),
                ("case $1 in\n  a) ls\n  b) ls ;;\nesac\n", ") ls ;;"),
                ("f() {\n  ls\n", "{"),
                ("cat <<EOF\n  a\n  EOF\nls\n", "<<EOF"),
                ("x=$(cat <<'EOF'\na\n)\n", "<<'EOF'"),
                ("curl http://localhost/query?q=rate(x[5m])\n", "(x[5m])"),
            ],
        );
    }
}
