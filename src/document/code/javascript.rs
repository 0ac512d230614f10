//! JavaScript and TypeScript, with JSX and without.

use oxc_allocator::Allocator;
use oxc_parser::{ParseOptions, Parser};
use oxc_span::SourceType;

use super::{Fault, Language, doubt, placeholder};

/// What a snippet may be the inside of: what stands before and after it there.
const FRAMES: [(&str, &str); 10] = [
    ("async function* _() {", "\n}"),
    ("abstract class _ extends _ {", "\n}"),
    ("({", "\n})"),
    ("_(", "\n)"),
    ("[", "\n]"),
    ("interface _ {", "\n}"),
    ("type _ = ", "\n"),
    ("<>", "\n</>"),
    ("function _(", "\n) {}"),
    ("<_ ", "\n/>"),
];

const ENTITY: &str = "&lt;";

/// Why `text` is not JavaScript or TypeScript.
pub(super) fn read(text: &str, language: Language) -> Option<Fault> {
    let plain = SourceType::ts();
    let with_tags = SourceType::tsx();
    let (first, second) = match language {
        Language::Tsx => (with_tags, plain),
        Language::TypeScript => (plain, with_tags),
        _ => (SourceType::jsx(), with_tags),
    };
    parse(text, first)?;
    parse(text, second)?;
    if is_foreign(text) {
        return None;
    }
    let mut start = 0;
    for end in parts(text) {
        let part = &text[start..end];
        let softened = soften(part, language);
        if !part.trim().is_empty()
            && !is_any(part, plain, with_tags)
            && !is_any(&softened, plain, with_tags)
            && let Some(fault) = parse(part, first).filter(|fault| is_slip(part, &softened, fault))
        {
            let is_entity = part[fault.at.min(part.len())..].starts_with(ENTITY);
            let message = match is_entity {
                true => "`&lt;` is how HTML writes `<`; code is shown as it is".to_owned(),
                false => fault.message,
            };
            return Some(Fault::new(start + fault.at, message));
        }
        start = end;
    }
    None
}

/// Whether the code is JavaScript with a slip, rather than another language, a notation, or the head or tail of something longer.
fn is_slip(part: &str, softened: &str, fault: &Fault) -> bool {
    let at = part.floor_char_boundary(fault.at.min(part.len()));
    let line_start = part[..at].rfind('\n').map_or(0, |before| before + 1);
    let line = part[line_start..].lines().next().unwrap_or_default();
    if part[at..].starts_with(ENTITY) || line.contains(ENTITY) {
        return true;
    }
    let has_placeholder = softened.get(line_start..line_start + line.len()) != Some(line);
    let is_tail = part.trim_start().starts_with(['}', ')', ']', '<']);
    let word = line.trim().split(|next: char| !(next.is_alphanumeric() || next == '_')).next();
    let declares = matches!(word, Some("const" | "let" | "var" | "import" | "export"));
    let message = fault.message.as_str();
    // Words side by side are prose, or another language.
    let is_juxtaposition = message.contains("semicolon") && !declares;
    // Tags are shown without what is between them, and from HTML.
    let is_tag = message.contains("JSX") || message.contains("Did you mean `{");
    // The head of something longer, or a signature where a call would stand.
    let is_head = message.contains("`}` but found `EOF`")
        || (message == "unexpected token" && at >= part.trim_end().len())
        || message.ends_with("but found `:`")
        || message == "empty parenthesized expression";
    !(has_placeholder || is_tail || is_juxtaposition || is_tag || is_head)
}

/// Whether a line of the text is of another language.
fn is_foreign(text: &str) -> bool {
    const HEADS: [&str; 18] = [
        "# ", "#include", "@media", "@import", "@keyframes", "@layer", "@theme", "@use", "@tailwind", "@apply", ":root", "def ",
        "async def ", "op ", "model ", "using ", "<script", "<?",
    ];
    text.lines().map(str::trim).any(|line| {
        HEADS.iter().any(|head| line.starts_with(head))
            || (line.starts_with("from ") && line.contains(" import "))
            || (line.starts_with('.') && line.ends_with('{') && !line.contains('('))
            || line.contains("#{")
            || line.contains("\"\"\"")
    })
}

/// Whether `text` is a program or the inside of something.
fn is_any(text: &str, plain: SourceType, with_tags: SourceType) -> bool {
    parse(text, with_tags).is_none()
        || parse(text, plain).is_none()
        || FRAMES.iter().any(|(before, after)| {
            let framed = format!("{before}{text}{after}");
            parse(&framed, with_tags).is_none() || (text.contains('<') && parse(&framed, plain).is_none())
        })
}

/// The first syntax error. What a parser goes on after (an `await` in the wrong place, a modifier too many) is none.
fn parse(text: &str, source: SourceType) -> Option<Fault> {
    let allocator = Allocator::default();
    let options = ParseOptions {
        allow_return_outside_function: true,
        ..ParseOptions::default()
    };
    let parsed = Parser::new(&allocator, text, source).with_options(options).parse();
    if !parsed.panicked {
        return None;
    }
    let error = parsed.diagnostics.first()?;
    let at = error.labels.first().map_or(text.len(), |label| label.offset() as usize);
    let mut message = error.message.to_string();
    if let Some(first) = message.get_mut(..1) {
        first.make_ascii_lowercase();
    }
    Some(Fault::new(text.floor_char_boundary(at.min(text.len())), message))
}

/// Where the parts of a text end: outside of brackets, before a line below a blank line or a comment.
fn parts(text: &str) -> Vec<usize> {
    let mut ends = Vec::new();
    let mut depth = 0_usize;
    let mut is_break = false;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let code = line.trim();
        let is_comment = code.starts_with("//") || (code.starts_with("/*") && code.ends_with("*/"));
        if code.is_empty() || is_comment {
            is_break = true;
        } else {
            if is_break && depth == 0 && at > 0 {
                ends.push(at);
            }
            is_break = false;
            for byte in code.bytes() {
                match byte {
                    b'(' | b'[' | b'{' => depth += 1,
                    b')' | b']' | b'}' => depth = depth.saturating_sub(1),
                    _ => {}
                }
            }
        }
        at += line.len();
    }
    ends.push(text.len());
    ends
}

/// The text with placeholders filled in and what is left out dropped.
fn soften(text: &str, language: Language) -> String {
    let mut softened = placeholder::fill(text, "//");
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
