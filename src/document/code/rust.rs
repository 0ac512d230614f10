//! Rust: files, and what documents show of them: statements, expressions, methods without their `impl`, arms, fields.

use std::borrow::Cow;
use std::str::FromStr;

use proc_macro2::TokenStream;

use super::nesting::{is_deep, parts};
use super::placeholder::soften;
use super::{Fault, Language};

/// What a snippet may be the inside of: what stands before and after it there.
const FRAMES: [(&str, &str); 8] = [
    ("async fn _f() {", "\n}"),
    ("impl _T {", "\n}"),
    ("trait _T {", "\n}"),
    ("struct _T {", "\n}"),
    ("enum _T {", "\n}"),
    ("fn _f() { match _x {", "\n} }"),
    ("fn _f() { _T {", "\n}; }"),
    ("type _T = ", "\n;"),
];

/// Why `text` is not Rust.
pub(super) fn read(text: &str) -> Option<Fault> {
    if is_deep(text) {
        return None;
    }
    attempt("", text, "")?;
    let softened = without_hash(&soften(text, Language::Rust));
    if is_any(text) || is_any(&softened) || text.lines().any(is_table) {
        return None;
    }
    let mut start = 0;
    for end in parts(text) {
        let (part, soft_part) = (&text[start..end], &softened[start..end]);
        if !part.trim().is_empty() && !is_any(part) && !is_any(soft_part) {
            // The reading that comes furthest is nearest to what was meant.
            let fault = FRAMES
                .iter()
                .chain(&[("", "")])
                .filter_map(|(before, after)| attempt(before, soft_part, after))
                .max_by_key(|fault| fault.at)?;
            return is_slip(part, soft_part, &fault).then(|| Fault::new(start + fault.at, fault.message));
        }
        start = end;
    }
    None
}

fn is_any(text: &str) -> bool {
    FRAMES
        .iter()
        .any(|(before, after)| attempt(before, text, after).is_none())
        || attempt("", text, "").is_none()
}

/// The first syntax error of `text` between `before` and `after`, as a file.
fn attempt(before: &str, text: &str, after: &str) -> Option<Fault> {
    let framed = if before.is_empty() {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(format!("{before}{text}{after}"))
    };
    let error = match TokenStream::from_str(&framed) {
        Ok(tokens) => syn::parse2::<syn::File>(tokens)
            .err()
            .map(|error| (error.span(), error.to_string())),
        Err(error) => Some((
            error.span(),
            "a bracket or a quote is not closed, or closes nothing".to_owned(),
        )),
    };
    let fault = error.map(|(span, message)| {
        let at = span.byte_range().start.saturating_sub(before.len());
        Fault::new(text.floor_char_boundary(at.min(text.len())), message)
    });
    // The reader keeps every text it has seen on this thread; no span is looked at after this.
    proc_macro2::extra::invalidate_current_thread_spans();
    fault
}

/// Whether the code is Rust with a slip.
fn is_slip(part: &str, softened: &str, fault: &Fault) -> bool {
    let start = part[..fault.at].rfind('\n').map_or(0, |before| before + 1);
    let line = part[start..].lines().next().unwrap_or_default();
    let has_placeholder = softened.get(start..start + line.len()) != Some(line);
    let is_tail = part.trim_start().starts_with(['}', ')', ']']);
    // Several expressions one below the other are ways to write the same. A `let` must end.
    let above = part[..start]
        .trim_end()
        .rsplit('\n')
        .next()
        .unwrap_or_default()
        .trim_start();
    let is_alternative = fault.message.contains("expected `;`")
        && !["let ", "use ", "const ", "static ", "return "]
            .iter()
            .any(|word| above.starts_with(word));
    !(has_placeholder || is_tail || is_alternative)
}

/// A heading of a `Cargo.toml`.
fn is_table(line: &str) -> bool {
    line.strip_prefix('[')
        .and_then(|line| line.strip_suffix(']'))
        .is_some_and(|name| {
            name.starts_with(|first: char| first.is_ascii_lowercase())
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        })
}

/// Lines that rustdoc hides, `# use crate::Name;`, without their sign.
fn without_hash(text: &str) -> String {
    text.split_inclusive('\n')
        .map(|line| match line.strip_prefix("# ") {
            Some(rest) => format!("  {rest}"),
            None => line.to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::Language::Rust;
    use super::super::tests::{accepts, refuses};

    #[test]
    fn files_and_fragments_are_read() {
        accepts(
            Rust,
            &[
                "use std::fs;\n\nfn main() -> Result<(), Box<dyn Error>> { Ok(()) }\n",
                "use std::fs;\nlet text = fs::read_to_string(\"a\")?;\nprintln!(\"{text}\");\n",
                "# use std::fs;\nlet x: Vec<_> = a.iter().map(|b| b + 1).collect();\n",
                "fn get(&self) -> &str {\n    &self.name\n}\n",
                "name: String,\npub age: u8,\n",
                "Some(x) if x > 1 => x,\nNone => 0,\n",
                "A,\nB(u8),\n",
                "#[derive(Debug)]\nstruct A { ... }\nimpl A { fn f(...) { ... } }\n",
                "fn f() {\n    // ...\n    todo!()\n}\n",
                "a + b\n",
                "let x = <your value>;\nlet y = {name};\n",
                "vec![]        // empty\nvec![1, 2]    // two\n",
                "[dependencies]\nserde = \"1\"\n",
                "error[E0382]: borrow of moved value: `s`\n",
                "// ❌\nlet x = ;\n",
            ],
        );
    }

    #[test]
    fn slips_are_found() {
        refuses(
            Rust,
            &[
                ("fn main() {\n    let x = ;\n}\n", ";"),
                ("let x = 5\nlet y = 6;\n", "let y"),
                ("fn f(a: u8 b: u8) {}\n", "b: u8"),
                ("fn main() {\n    println!(\"a);\n}\n", ""),
            ],
        );
    }
}
