//! Brackets: how deep a text may nest, told before a parser that recurses sees it, and where it may be cut.

/// Deepest nesting of brackets.
const MAX_BRACKETS: usize = 64;
/// Most tags that are open at a time.
const MAX_TAGS: usize = 400;
/// Most signs and spaces between two places where a statement surely ends.
const MAX_RUN: usize = 1_000;
/// Longest text: what it takes to nest `if … else if …`, which ends in statements all the way.
const MAX_BYTES: usize = 32 * 1024;

/// Whether a parser that goes one level deeper with every bracket, tag, prefix and right-hand side may run out of stack.
///
/// An upper bound, counted by lines: a level costs at least one sign or space, and is left where a statement ends. Real code stays
/// far below.
pub(super) fn is_deep(text: &str) -> bool {
    if text.len() > MAX_BYTES {
        return true;
    }
    let bytes = text.as_bytes();
    let (mut brackets, mut tags, mut run, mut at) = (0_usize, 0_usize, 0_usize, 0_usize);
    for line in bytes.split_inclusive(|&byte| byte == b'\n') {
        let counted = line
            .iter()
            .fold(0_u64, |sum, &byte| sum + WEIGHTS[usize::from(byte)]);
        let field = |at: u32| usize::try_from((counted >> at) & 0xffff).unwrap_or(usize::MAX);
        let (opened, closed, signs, angles) = (field(0), field(16), field(32), field(48));
        if brackets + opened > MAX_BRACKETS && deepest(line, brackets) > MAX_BRACKETS {
            return true;
        }
        brackets = (brackets + opened).saturating_sub(closed);
        if angles > 0 {
            let pairs = |pair: [u8; 2]| line.windows(2).filter(|&window| window == pair).count();
            tags = (tags + angles).saturating_sub(2 * pairs(*b"</") + pairs(*b"/>"));
        }
        run = if line.contains(&b';') { signs } else { run + signs };
        at += line.len();
        if run > MAX_RUN / 2 && ends_statement(bytes, at - 1) {
            run = 0;
        }
        if tags > MAX_TAGS || run > MAX_RUN {
            return true;
        }
    }
    false
}

/// What each byte adds: opening brackets, closing brackets, signs and spaces, angle brackets, in 16 bits each, so that one
/// addition a byte counts all four on a line of at most [`MAX_BYTES`].
const WEIGHTS: [u64; 256] = weights();

const fn weights() -> [u64; 256] {
    let mut weights = [0; 256];
    let mut sign = 0_u8;
    loop {
        weights[sign as usize] = match sign {
            b'(' | b'[' | b'{' => 1 | 1 << 32,
            b')' | b']' | b'}' => 1 << 16 | 1 << 32,
            b'<' => 1 << 32 | 1 << 48,
            _ if sign.is_ascii_alphanumeric() || sign >= 0x80 => 0,
            _ => 1 << 32,
        };
        if sign == u8::MAX {
            return weights;
        }
        sign += 1;
    }
}

/// The deepest nesting on a line that begins inside of `brackets` brackets.
fn deepest(line: &[u8], brackets: usize) -> usize {
    let (mut now, mut most) = (brackets, brackets);
    for byte in line {
        match byte {
            b'(' | b'[' | b'{' => now += 1,
            b')' | b']' | b'}' => now = now.saturating_sub(1),
            _ => {}
        }
        most = most.max(now);
    }
    most
}

/// Whether the line break at `at` ends a statement: something is complete before it, and a keyword that only begins one, a tag, a
/// comment or a bracket comes after it.
fn ends_statement(bytes: &[u8], at: usize) -> bool {
    const HEADS: [&[u8]; 22] = [
        b"//",
        b"/*",
        b"}",
        b"<",
        b"{",
        b"const ",
        b"let ",
        b"var ",
        b"return",
        b"export ",
        b"import ",
        b"interface ",
        b"type ",
        b"try ",
        b"throw ",
        b"expect(",
        b"it(",
        b"use ",
        b"pub ",
        b"impl ",
        b"fn ",
        b"#[",
    ];
    let before = bytes[..at].trim_ascii_end().last();
    let is_complete = before.is_some_and(|&last| last.is_ascii_alphanumeric() || b")]}'\"`>".contains(&last));
    let after = bytes[at..].trim_ascii_start();
    is_complete && HEADS.iter().any(|head| after.starts_with(head))
}

/// Where the parts of a text end: outside of brackets, before a line below a blank line or a comment.
pub(super) fn parts(text: &str) -> Vec<usize> {
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
