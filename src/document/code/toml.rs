//! TOML: its grammar alone. That a key or table comes twice is no fault, because one block may show several files.

use toml_parser::decoder::Encoding;
use toml_parser::parser::{Event, EventKind, RecursionGuard, parse_document};
use toml_parser::{ParseError, Source};

use super::Fault;

/// Deepest nesting of arrays and inline tables.
const MAX_DEPTH: u32 = 64;

/// Why `text` is not TOML.
pub(super) fn read(text: &str) -> Option<Fault> {
    let source = Source::new(text);
    let tokens = source.lex().into_vec();
    let mut first: Option<ParseError> = None;
    let mut events: Vec<Event> = Vec::with_capacity(tokens.len());
    let mut keep = |event: Event| events.push(event);
    parse_document(
        &tokens,
        &mut RecursionGuard::new(&mut keep, MAX_DEPTH),
        &mut first,
    );
    for event in events {
        let Some(raw) = source.get(event) else {
            continue;
        };
        match event.kind() {
            EventKind::Scalar if !is_stand_in(raw.as_str(), event.encoding()) => {
                let _ = raw.decode_scalar(&mut (), &mut first);
            }
            EventKind::SimpleKey => raw.decode_key(&mut (), &mut first),
            _ => {}
        }
    }
    let error = first?;
    let place = error.unexpected().or(error.context());
    let at = place.map_or(text.len(), |place| place.start());
    Some(Fault::new(at, error.description()))
}

/// A name for a value: `<name>`, `YOUR_KEY`.
fn is_stand_in(word: &str, quotes: Option<Encoding>) -> bool {
    quotes.is_none()
        && (word.starts_with('<')
            || word
                .chars()
                .all(|next| next.is_ascii_uppercase() || matches!(next, '_' | '0'..='9'))
                && word.starts_with(|first: char| first.is_ascii_uppercase()))
}

#[cfg(test)]
mod tests {
    use super::super::Language::Toml;
    use super::super::tests::{accepts, refuses};

    #[test]
    fn files_and_parts_of_them_are_read() {
        accepts(
            Toml,
            &[
                "[a.\"b c\"]\nd = 1979-05-27 07:32:00Z\ne = \"\"\"x\ny\"\"\"\nf = { g = [1, 2.5,] }\n[[h]]\n",
                "[a]\nb = 1\n\n# Or\n[a]\nb = 2\n",
                "key = <your-key>\nother = YOUR_KEY\n",
                "[a]\nb = [\n  ...\n]\n",
                "name = \"{{ name }}\"\nport = {{ port }}\n",
                "# requirements.txt\nrequests==2.0\n",
            ],
        );
    }

    #[test]
    fn what_no_reader_takes_is_found() {
        refuses(
            Toml,
            &[
                ("a = hello\n", "hello"),
                ("a = \"x\nb = 1\n", "\n"),
                ("[a\nb = 1\n", "\n"),
                ("a: 1\n", ""),
                ("a = [1, 2\nb = 3\n", ""),
                ("a = \"\\d\"\n", "d"),
            ],
        );
    }
}
