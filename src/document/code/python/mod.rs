//! Python: a recogniser for Python 3, hand-written because it must take fragments and things left out for what they are.
//!
//! The alternative, the parser of ruff, knows Python as well, but brings 45 crates and 30 seconds of building, and still needs
//! every fragment to be wrapped and every elision to be replaced before it sees them.

mod expressions;
mod grammar;
mod lexer;

use super::{Fault, placeholder};

use grammar::{Parser, Stop, unclosed};
use lexer::lex;

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
            fault: match lexed.unclosed.filter(|&at| at < fault.at && fault.message.contains("belongs")) {
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
        let fault_line = text[self.fault.at.min(text.len())..].lines().next().unwrap_or_default();
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
            "def" | "class" | "if" | "elif" | "for" | "while" | "with" | "except" | "async" | "try" | "else" | "finally"
        );
        let is_simple = matches!(word, "return" | "raise" | "assert" | "yield" | "await")
            || (word == "from" && line.contains(" import ") && !line.contains(['"', '\'']));
        (line.starts_with('@') && !line.split('(').next().unwrap_or_default().contains(' '))
            || heads_block && (line.contains(['(', ':', '=']))
            || is_simple && line.contains(['(', '[', '{', '"', '\'', '='])
            || !word.is_empty() && after.starts_with(['=', '(', '[', '.', '+', '-', '*', '/', ',']) && line.contains(['=', '('])
    }
}
