//! Python: a recogniser for Python 3, hand-written because it must take fragments and things left out for what they are.
//!
//! The alternative, the parser of ruff, knows Python as well, but brings 45 crates and 30 seconds of building, and still needs
//! every fragment to be wrapped and every elision to be replaced before it sees them.

mod expressions;
mod lexer;
mod parser;
mod statements;
mod strings;

use super::{Fault, placeholder};

use lexer::lex;
use parser::{Parser, Stop, unclosed};

/// Why `text` is not Python 3.
pub(super) fn read(text: &str) -> Option<Fault> {
    attempt(text, Reading::File)?;
    let filled = placeholder::fill(text, "#");
    let lexed = lex(&filled);
    let mut start = 0;
    for end in lexed.breaks.iter().copied().chain([text.len()]) {
        let part = &filled[start..end];
        if let Some(failure) = attempt(part, Reading::File)
            && attempt(part, Reading::Arguments).is_some()
            && attempt(part, Reading::Signature).is_some()
            && failure.is_slip(part)
        {
            return Some(Fault::new(start + failure.fault.at, failure.fault.message));
        }
        start = end;
    }
    None
}

/// What a text may be.
#[derive(Clone, Copy)]
enum Reading {
    File,
    /// The inside of a call or of a dictionary.
    Arguments,
    Signature,
}

/// Why a text cannot be read.
struct Failure {
    fault: Fault,
    /// Where the statement begins that holds it.
    statement: usize,
    /// Whether the fault is that a statement is followed by something on its line.
    is_whole: bool,
}

/// The fault of `text` in one reading; none where it is nested too deep to be judged.
fn attempt(text: &str, reading: Reading) -> Option<Failure> {
    let lexed = lex(text);
    let mut parser = Parser::new(text, &lexed);
    let read = match reading {
        Reading::File => parser.file(),
        Reading::Arguments => parser.arguments(),
        Reading::Signature => parser.signature(),
    };
    match read {
        Err(Stop::Fault(fault)) => Some(Failure {
            // A bracket that is never closed is found out some lines later, where its inside makes no sense any more.
            fault: match lexed
                .unclosed
                .filter(|&at| at < fault.at && fault.message.contains("belongs"))
            {
                Some(at) => unclosed(text, at),
                None => fault,
            },
            statement: parser.statement,
            is_whole: parser.is_whole,
        }),
        Err(Stop::TooDeep) | Ok(()) => None,
    }
}

impl Failure {
    /// Whether the statement is Python with a slip, rather than prose, output, a formula, or another language.
    fn is_slip(&self, text: &str) -> bool {
        let rest = &text[self.statement..];
        let line = rest.lines().next().unwrap_or_default().trim_end();
        let fault_line = text[self.fault.at.min(text.len())..]
            .lines()
            .next()
            .unwrap_or_default();
        if self.fault.message.contains("fence") {
            return true;
        }
        let is_foreign = ["=>", "||", "&&", "</", "/>", "::", " for each "]
            .iter()
            .any(|sign| line.contains(sign))
            || fault_line.starts_with(['?', '$', '!'])
            || line.ends_with(';')
            || line.ends_with(") {")
            || (line.ends_with('{') && !line.contains(['=', '(', '[', ':']) && !line.starts_with("return"))
            || fault_line.starts_with('|');
        let word = line
            .split(|next: char| !(next.is_alphanumeric() || next == '_'))
            .next()
            .unwrap_or_default();
        if is_foreign {
            return false;
        }
        if self.is_whole {
            // Two words side by side are prose, or a command, unless the first is one of Python's.
            return match word {
                "print" | "exec" => line[word.len()..].trim_start().starts_with(['"', '\'', 'f', '%']),
                "import" | "from" => line.starts_with("from ") && line.contains(" import "),
                "return" | "raise" | "assert" | "del" => !line.contains('.') || line.contains('('),
                _ => false,
            };
        }
        let after = line[word.len()..].trim_start();
        let heads_block = matches!(
            word,
            "def"
                | "class"
                | "if"
                | "elif"
                | "for"
                | "while"
                | "with"
                | "except"
                | "async"
                | "try"
                | "else"
                | "finally"
        );
        let is_simple = matches!(word, "return" | "raise" | "assert" | "yield" | "await")
            || (word == "from" && line.contains(" import ") && !line.contains(['"', '\'']));
        (line.starts_with('@') && !line.split('(').next().unwrap_or_default().contains(' '))
            || heads_block && (line.contains(['(', ':', '=']))
            || is_simple && line.contains(['(', '[', '{', '"', '\'', '='])
            || !word.is_empty()
                && after.starts_with(['=', '(', '[', '.', '+', '-', '*', '/', ','])
                && line.contains(['=', '('])
    }
}

#[cfg(test)]
mod tests {
    use super::super::Language::Python;
    use super::super::tests::{accepts, refuses};

    #[test]
    fn the_whole_language_is_read() {
        accepts(
            Python,
            &[
                "from __future__ import annotations\nfrom . import a\nfrom ..b.c import (d as e, f,)\nimport g.h as i, j\n",
                "@a.b(c)\nasync def f[T: int = str, *Ts, **P](a, /, b: T = 1, *args: *Ts, c, **k) -> dict[str, T]:\n    return await g(*args, **k)\n",
                "class A[T](B, metaclass=M):\n    x: int = 1\n    y: list[int]\n    def f(self): ...\n",
                "try:\n    pass\nexcept* (A, B) as e:\n    raise C from e\nelse:\n    pass\nfinally:\n    pass\n",
                "with (open(a) as f, open(b) as g):\n    pass\nwith a, b as (c, d):\n    pass\n",
                "match p:\n    case Point(x=0, y=[_, *rest]) | {\"k\": -1, **r} if x > 0:\n        pass\n    case _:\n        pass\nmatch = match(x)[0]\n",
                "x = [a if b else c for a, (b, c) in d if e if not f async for g in h]\ny = {**a, 'b': lambda *c, d=1, **e: (yield)}\n",
                "print(f\"{x!r:>{width}} {d['k']} {{}} {f'{y}'}\", rf'\\d{n}', b'\\x00', end='')\n",
                "if (n := len(a)) > 1 and not b is not c not in d: e = f = 1; del g[1:2, ::3], h\n",
                "a @= b; c **= 1_000 + 0xFF + 1e-5j + .5\nassert a, 'b'\nglobal z\ntype X[T] = list[T]\n",
                "x = \\\n    1 if a else \\\n    2\n\"\"\"doc\n'quotes' \"inside\"\n\"\"\"\n",
                "def f():\n\tif a:\n\t\treturn 1\r\n\telse:\r\n\t\treturn 2\r\n",
                "for x, *y in a, b:\n    break\nelse:\n    pass\nwhile True: continue\n",
            ],
        );
    }

    #[test]
    fn fragments_and_sketches_are_read() {
        accepts(
            Python,
            &[
                "    def f(self):\n        return self.x\n\n    def g(self): pass\n",
                "return await x\n",
                "except ValueError as e:\n    log(e)\n",
                "elif x:\n    y()\n",
                "\"a\": 1,\n\"b\": [2],\n",
                "name=\"x\",\nsize=3,\n",
                "f(a=1, ...)\nx = {'a': 1, ...}\nclass A:\n    ...\ndef g(a, ...): ...\n",
                "def f():\n    # explain\n\nx = 1\n",
                "if a:  # why\n",
                "... more of this\nx = 1\n",
                "x = [\n    1,\n    ...\n    2,\n]\n",
                "pip install x --upgrade\nimport x\npython a.py \\\n  --b 'c' \\\n  --d e\n",
                "%pip install x\n!ls\nimport y\n",
                "x = <your value>\nfrom a.<name> import <Name>\nclass {Name}Service: pass\ny = ${KEY}\n",
                "A(*, b: 'C' = None, c=<factory>) -> 'D'\nmodule.f(x: int) -> None\n",
                ">>> x\n1\n",
                "(Pdb) n\n",
                "Traceback (most recent call last):\n  File \"a\"\nTypeError: 'x' object is not y\n",
                "# requirements.txt\nrequests==2.0.1\n",
                "TypeError: 'x' object is not callable\n",
                "Some words, and more of them (in parentheses)\n",
                "loss = KL(a || b)\nimportance = |w|\n",
                "const a = b;\n",
                "# BAD\nprint \"x\"\n",
                "# Wrong: no colon\nif x\n    y\n",
                "- x = 1\n+ x = 2 3\n",
                "{% for x in y %}\nz = {{ x }}\n{% endfor %}\n",
            ],
        );
    }

    #[test]
    fn slips_are_found() {
        refuses(
            Python,
            &[
                ("x = \"a\ny = 1\n", "\"a"),
                ("x = f\"{a\"\n", ""),
                ("def f():\n    \"\"\"doc\n    return 1\n", "\"\"\"doc"),
                ("x = foo(1,\ny = 2\nz = 3\n", "("),
                ("x = {'a': [1, 2}\n", "}"),
                ("f(a=1, b)\n", "b)"),
                ("def f(a=1, b): pass\n", "b)"),
                ("x = {'a': 1, 'b'}\n", "'b'"),
                ("def f()\n    pass\n", "\n    pass"),
                ("def f():\npass\n", "pass"),
                ("if x:\n    a()\n   b()\n", "b()"),
                ("x = [1, 2 3]\n", "3]"),
                ("print \"hello\"\n", "\"hello"),
                ("from a import B C\n", "C"),
                ("\\\"\\\"\\\"doc\\\"\\\"\\\"\nx = 1\n", ""),
                ("x = (1, 2))\n", ")\n"),
                ("x = 'between an entity's words'\n", "s words"),
                ("x = “a”\n", "“"),
                ("```python\nx = 1\n", "```"),
            ],
        );
    }
}
