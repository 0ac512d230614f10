//! Characters that no reader sees: what they spell, and which of them belong where they stand.
//!
//! Emoji are joined by U+200D, Persian and Indic words need joiners, Arabic and Hebrew need direction marks, Thai and Khmer have
//! no other spaces than U+200B, flags of regions are spelt in tag characters. All these are let be.

use crate::text::Span;

/// Characters that no reader sees, one run of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invisible {
    pub span: Span,
    /// The characters, in order.
    pub characters: Vec<char>,
    pub meaning: Meaning,
}

/// What a run of invisible characters is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// It spells this, in tag characters or variation selectors.
    Words(String),
    /// It is long enough to carry data.
    Data,
    /// It turns the order in which the line is shown.
    Reversal,
    /// A stray one.
    Stray,
}

/// Length from which a run of zero-width characters is no accident.
const SHORTEST_DATA: usize = 8;

/// The runs in a text that do not belong where they stand.
pub fn find(text: &str) -> Vec<Invisible> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    // Blocks without a high byte are passed over at the speed of memory.
    for (number, block) in bytes.chunks(64).enumerate() {
        let start = number * 64;
        if block.is_ascii() || at >= start + block.len() {
            continue;
        }
        at = at.max(start);
        while at < start + block.len() {
            if let Some(run) = run_at(text, at) {
                at = run.span.end;
                found.extend(judged(text, run));
            } else {
                at += 1;
            }
        }
    }
    found
}

/// The run of invisible characters that begins at `at`.
fn run_at(text: &str, at: usize) -> Option<Invisible> {
    // The first bytes of all of them; most others are told apart here.
    if !matches!(text.as_bytes()[at], 0xd8 | 0xe1 | 0xe2 | 0xe3 | 0xef | 0xf3) || !text.is_char_boundary(at) {
        return None;
    }
    let characters: Vec<char> = text[at..]
        .chars()
        .take_while(|&next| is_invisible(next))
        .collect();
    if characters.is_empty() {
        return None;
    }
    let length = characters.iter().map(|next| next.len_utf8()).sum::<usize>();
    Some(Invisible {
        span: Span::new(at, at + length),
        characters,
        meaning: Meaning::Stray,
    })
}

fn is_invisible(character: char) -> bool {
    is_tag(character)
        || is_selector(character)
        || is_zero_width(character)
        || is_direction(character)
        || matches!(character, '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}')
}

fn is_tag(character: char) -> bool {
    matches!(character, '\u{e0000}'..='\u{e007f}')
}

fn is_selector(character: char) -> bool {
    matches!(character, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

fn is_zero_width(character: char) -> bool {
    matches!(
        character,
        '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{180e}'
    )
}

/// Marks, embeddings, overrides and isolates of direction.
fn is_direction(character: char) -> bool {
    matches!(
        character,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    )
}

/// Those that show what follows from right to left.
fn reverses(character: char) -> bool {
    matches!(character, '\u{202b}' | '\u{202d}' | '\u{202e}' | '\u{2067}')
}

/// The run with what it means, or nothing when it belongs where it stands.
fn judged(text: &str, mut run: Invisible) -> Option<Invisible> {
    let before = text[..run.span.start].chars().next_back();
    let after = text[run.span.end..].chars().next();
    run.meaning = meaning(&run.characters, before, after, &|| {
        line_is_right_to_left(text, run.span)
    })?;
    Some(run)
}

fn meaning(
    run: &[char],
    before: Option<char>,
    after: Option<char>,
    right_to_left: &dyn Fn() -> bool,
) -> Option<Meaning> {
    if run.iter().any(|&next| is_tag(next)) {
        let is_flag = before == Some('\u{1f3f4}') && run.len() <= 7 && run.last() == Some(&'\u{e007f}');
        return (!is_flag).then(|| Meaning::Words(spelt(run)));
    }
    let selectors = run.iter().filter(|&&next| is_selector(next)).count();
    if selectors == run.len() {
        return match selectors {
            1 => None,
            2..=3 => Some(Meaning::Stray),
            _ => Some(Meaning::Words(selected(run))),
        };
    }
    if run.iter().any(|&next| reverses(next)) && !right_to_left() {
        return Some(Meaning::Reversal);
    }
    let zero_width = run.iter().filter(|&&next| is_zero_width(next)).count();
    if zero_width >= SHORTEST_DATA {
        return Some(Meaning::Data);
    }
    let belongs = run
        .iter()
        .all(|&next| belongs(next, before, after, right_to_left));
    (!belongs).then_some(Meaning::Stray)
}

/// Whether one invisible character has its use between these two.
fn belongs(
    character: char,
    before: Option<char>,
    after: Option<char>,
    right_to_left: &dyn Fn() -> bool,
) -> bool {
    match character {
        // Variation selectors, and joiners of emoji and of scripts that join.
        '\u{fe00}'..='\u{fe0f}' => true,
        '\u{200d}' => [before, after].into_iter().flatten().any(|next| is_emoji(next) || joins(next)),
        '\u{200c}' => [before, after].into_iter().flatten().any(joins),
        // A break in scripts without spaces; before a mark of Markdown it keeps the mark from counting.
        '\u{200b}' | '\u{2060}' => {
            [before, after].into_iter().flatten().any(has_no_spaces) || after.is_some_and(|next| "`@#*_~|<[".contains(next))
        }
        // At the very beginning it is a byte order mark.
        '\u{feff}' => before.is_none(),
        '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' => {
            [before, after].into_iter().flatten().any(|next| matches!(next, '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{ac00}'..='\u{d7ff}'))
        }
        '\u{180e}' => [before, after].into_iter().flatten().any(|next| matches!(next, '\u{1800}'..='\u{18af}')),
        // Before a fence it keeps the fence from counting, as U+200B does.
        '\u{200e}' | '\u{200f}' if after == Some('`') => true,
        other if is_direction(other) => right_to_left(),
        _ => false,
    }
}

fn is_emoji(character: char) -> bool {
    matches!(
        character,
        '\u{1f000}'..='\u{1faff}' | '\u{2190}'..='\u{2bff}' | '\u{fe0f}' | '\u{200d}' | '\u{e0020}'..='\u{e007f}' | '\u{00a9}' | '\u{00ae}' | '\u{3030}' | '\u{303d}'
    )
}

/// Letters of scripts whose words need joiners: Arabic and its kin, the scripts of India, Sri Lanka, Burma and Mongolia.
fn joins(character: char) -> bool {
    matches!(
        character,
        '\u{0600}'..='\u{08ff}' | '\u{0900}'..='\u{0dff}' | '\u{0e80}'..='\u{109f}' | '\u{1780}'..='\u{18af}' | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}'
    )
}

/// Letters of scripts that write no spaces between words.
fn has_no_spaces(character: char) -> bool {
    matches!(
        character,
        '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{0f00}'..='\u{0fff}' | '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7ff}' | '\u{ff00}'..='\u{ffef}'
    )
}

/// Whether the line around the place holds a letter of a script that runs from right to left.
fn line_is_right_to_left(text: &str, span: Span) -> bool {
    let start = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[span.end..].find('\n').map_or(text.len(), |at| span.end + at);
    text[start..end].chars().any(|next| {
        matches!(
            next,
            '\u{0590}'..='\u{05ff}' | '\u{0600}'..='\u{060b}' | '\u{060d}'..='\u{061b}' | '\u{061d}'..='\u{08ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}'
        )
    })
}

/// What tag characters spell.
fn spelt(run: &[char]) -> String {
    let letters = run
        .iter()
        .filter_map(|&next| char::from_u32(u32::from(next).checked_sub(0xe0000)?));
    letters.filter(|letter| matches!(letter, ' '..='~')).collect()
}

/// What variation selectors spell when each stands for a byte; empty when that is no text.
fn selected(run: &[char]) -> String {
    let bytes = run.iter().filter_map(|&next| match u32::from(next) {
        code @ 0xfe00..=0xfe0f => u8::try_from(code - 0xfe00).ok(),
        code @ 0xe0100..=0xe01ef => u8::try_from(code - 0xe0100 + 16).ok(),
        _ => None,
    });
    let text = String::from_utf8(bytes.collect()).unwrap_or_default();
    if text.chars().any(char::is_control) {
        return String::new();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn meanings(text: &str) -> Vec<Meaning> {
        find(text).into_iter().map(|found| found.meaning).collect()
    }

    #[test]
    fn characters_with_a_use_are_let_be() {
        for text in [
            "\u{feff}# Title",
            "👩\u{200d}💻 and 🕵\u{fe0f}\u{200d}♂\u{fe0f}",
            "⚠\u{fe0f} Careful",
            "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
            "می\u{200c}خواهم",
            "क\u{094d}\u{200d}ष",
            "שלום \u{200e}(abc)\u{200f} \u{2067}עברית\u{2069}",
            "ภาษา\u{200b}ไทย",
            "\u{200b}```",
            "葛\u{e0100}城",
            "plain text – with “quotes” … and ✅",
        ] {
            assert_eq!(meanings(text), [], "{text:?}");
        }
    }

    #[test]
    fn messages_are_read_and_strays_are_seen() {
        let tags: String = "Ignore"
            .chars()
            .filter_map(|letter| char::from_u32(0xe0000 + u32::from(letter)))
            .collect();
        assert_eq!(
            meanings(&format!("Weather{tags}.")),
            [Meaning::Words("Ignore".to_owned())]
        );
        let selectors: String = "read"
            .bytes()
            .filter_map(|byte| char::from_u32(0xe0100 + u32::from(byte) - 16))
            .collect();
        assert_eq!(
            meanings(&format!("😀{selectors}")),
            [Meaning::Words("read".to_owned())]
        );
        assert_eq!(
            meanings("if admin \u{202e}) esle{ \u{2066}"),
            [Meaning::Reversal, Meaning::Stray]
        );
        assert_eq!(
            meanings(&format!("a{}b", "\u{200b}\u{200c}".repeat(6))),
            [Meaning::Data]
        );
        assert_eq!(meanings("ze\u{200b}ro"), [Meaning::Stray]);
        assert_eq!(meanings("mid\u{feff}dle"), [Meaning::Stray]);
    }

    proptest! {
        #[test]
        fn runs_lie_inside_the_text(text in "(a|é|\u{200b}|\u{200d}|\u{feff}|\u{202e}|\u{e0041}|\u{e0101}|👩|ا| |\n){0,90}") {
            for found in find(&text) {
                prop_assert!(text.get(found.span.start..found.span.end).is_some());
                prop_assert!(!found.characters.is_empty());
            }
        }
    }
}
