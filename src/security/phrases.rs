//! Phrases that turn an agent against the one it works for: orders to forget its instructions, orders to keep something from the
//! user, and the hidden places where such orders are put.

use std::sync::LazyLock;

use regex::Regex;

use crate::text::Span;

use super::surroundings as around;
use super::{Form, Lead, Manner, Text, pattern};

/// Orders to drop the instructions that came before, or the limits. They stand at the beginning of what they are matched with.
static OVERRIDE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)^(?:",
        // ignore all previous instructions
        r"(?:ignore|disregard|forget|discard)\s+(?:(?:all|any|every|everything|of|the|your|my|these|those|other)\s+)*",
        r"(?:(?:previous|prior|preceding|earlier|above|system|safety|developer|original|initial|existing)(?:\s+and\s+|\s*,\s*|\s+)){1,3}",
        r"(?P<object>instructions?|prompts?|guidelines|directives?|guardrails|directions|programming|training|rules|constraints|restrictions)",
        // disregard your instructions, ignore any safety policies
        r"|(?:ignore|disregard|forget|override|bypass)\s+(?:all\s+)?(?:of\s+)?your\s+(?:own\s+)?(?:instructions|guidelines|guardrails|programming|training|restrictions|rules)",
        r"|(?:ignore|disregard|override|bypass)\s+(?:all|any|your|the)?\s*(?:content|ethical|safety)\s+(?:polic(?:y|ies)|guidelines?|guardrails|restrictions|filters|rules|measures|checks)",
        r"|(?:override|overrides)\s+(?:all\s+|any\s+|your\s+|the\s+)*(?:system|safety|developer)\s+(?:prompts?|instructions)",
        r"|forget\s+everything\s+(?:above|before|you(?:'ve|\s+have|\s+were)\s+(?:been\s+)?(?:told|taught|instructed))",
        // you are now unrestricted
        r"|you\s+are\s+now\s+(?:in\s+)?(?:an?\s+|the\s+)?(?:unrestricted|unfiltered|uncensored|jailbroken|dan\b|developer\s+mode|god\s+mode)",
        r"|no\s+longer\s+bound\s+by\s+(?:any\s+|your\s+|the\s+)*(?:rules|restrictions|guidelines|policies|instructions|safety)",
        // reveal your system prompt
        r"|(?:reveal|print)\s+(?:your|the)\s+(?:full\s+|entire\s+|hidden\s+)?system\s+prompt",
        r"|<\|im_start\|>\s*system\b|<<sys>>\s+[a-z]|<\|system\|>\s*[a-z]",
        r")",
    ))
});

/// An order to keep something from the user.
static CONCEALMENT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)(?:",
        r"\b(?:do\s+not|don['’]t|never|must\s+not|should\s+not)\s+(?:ever\s+|explicitly\s+)?(?:mention|reveal|disclose|report|admit)\s+",
        r"(?:this|that\s+you|it\b|these|any\s+of\s+(?:this|these)|the\s+(?:existence|upload|transfer|real|hidden|command)\b)[^.!?\n]*?\bto\s+the\s+users?\b",
        r"|\b(?:do\s+not|don['’]t|never|must\s+not)\s+(?:ever\s+)?(?:tell|inform|notify|alert|warn)\s+(?:the\s+)?users?",
        r"(?:\s+(?:about|of|that)\s+(?:this|it\b|these|any\s+of\s+(?:this|these)|you\s+(?:are|have|did|will|sent|read|ran|uploaded)|what\s+you|the\s+(?:upload|transfer|exfiltration|real|hidden|request|script|command))|\s*(?:[.!;,]|\s+and\b|$))",
        r"|\bwithout\s+(?:ever\s+)?(?:telling|informing|notifying|alerting)\s+(?:the\s+)?users?\b",
        r"|\bwithout\s+letting\s+the\s+user\s+know\b",
        r"|\bwithout\s+(?:the\s+)?users?['’]s?\s+knowledge\b",
        r"|\b(?:keep|hide)\s+(?:this|that|it|these|any\s+trace)\b[^.!?\n]*?\bfrom\s+the\s+users?\b",
        r"|\b(?:secretly|covertly|surreptitiously)\s+(?:send|upload|post|forward|copy|read|collect|transmit|run|execute|install|add|append|record|log|track|store|delete)\w*\b",
        r")",
    ))
});

/// An order not to show what was read. Ordinary where that is a key of the user's own, not so beside a list of private files.
static UNSHOWN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:do\s+not|don['’]t|never)\s+(?:display|show|print|output|include)\s+(?:it|them|this|these|any\s+of\s+[a-z]+|their\s+contents)\b[^.!?\n]*?\bto\s+the\s+users?\b",
    )
});

/// Words that stand right before an order.
const ORDERING: &[&str] = &[
    "and",
    "then",
    "please",
    "must",
    "should",
    "shall",
    "now",
    "you",
    "always",
    "also",
    "immediately",
    "first",
    "just",
    "simply",
    "silently",
    "but",
    "so",
    "will",
    "completely",
    "instead",
    "fully",
    "agent",
    "assistant",
    "claude",
    "ai",
];

/// Deeds that a sentence with "without telling the user" must order for the phrase to be an order.
static DEED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\W*(?:\d+[.)]\s+)?\W*(?:(?:then|also|always|silently|quietly|you\s+must|you\s+should|first|finally|next|and|please|simply|just)[\s,]+)*(?:send|upload|post|forward|transmit|exfiltrate|copy|read|collect|run|execute|install|delete|add|append|include|save|store|record|modify|change|commit|push|fetch|download|encode|write|log|harvest|gather|extract|do\s+(?:this|so|it))\b",
    )
});

/// Something sent away, or something worth hiding: with these in the same block a concealment is more than bad manners.
static SENDS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:send|upload|post|forward|transmit|exfiltrate|e-?mail|leak|submit|curl|wget|copy|append|attach|include)\b[^.!?]*?",
        r"(?:https?://|\b(?:credentials?|api\s+keys?|access\s+tokens?|secrets?|passwords?|\.env\b|ssh\s+keys?|private\s+keys?|environment\s+variables|chat\s+history|conversation\s+(?:history|log)|file\s+contents|contents\s+of|remote\s+server|external\s+server|webhook|endpoint)\b)",
    ))
});

/// A phrase in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Phrase {
    pub span: Span,
    /// Whether what is kept from the user is that something is sent away.
    pub hides_sending: bool,
}

/// The orders to drop instructions that a text means, outside hidden places.
pub fn overrides(text: &Text) -> impl Iterator<Item = Phrase> + '_ {
    let found = text.leads(Lead::Override).filter_map(|at| override_at(text, at));
    found.filter(|phrase| {
        hidden_place(text, phrase.span.start).is_none() && text.means(phrase.span, Manner::Phrase)
    })
}

fn override_at(text: &Text, at: usize) -> Option<Phrase> {
    if !text.is_prose() {
        return None;
    }
    let rest = text.text().get(at..)?;
    let begins = !text.text()[..at]
        .ends_with(|before: char| before.is_alphanumeric() || matches!(before, '-' | '_' | '/'));
    let found = OVERRIDE
        .captures(&rest[..rest.floor_char_boundary(240)])
        .filter(|_| begins)?;
    let span = Span::new(at, at + found.get(0)?.end());
    let words = around::of(text.text(), span).to_ascii_lowercase();
    let (before, _) = around::sentence(text.text(), around::block(text.text(), at).span, span);
    let before = before.to_ascii_lowercase();
    // "If you use Windows, ignore the previous instructions": a document about itself. With all or any it never is.
    let is_about_the_text = ["if ", "when ", "unless ", "otherwise"]
        .iter()
        .any(|word| super::lexicon::holds(&before, word))
        && ![" all ", " any ", " every", "your", "safety", "system"]
            .iter()
            .any(|word| words.contains(word));
    let is_one_instruction = found.name("object").is_some_and(|object| {
        let object = object.as_str().to_ascii_lowercase();
        let is_plain = ["rules", "constraints", "restrictions", "directions", "training"]
            .contains(&object.as_str())
            || !object.ends_with('s');
        let is_total = ["all ", "any ", "your ", "system", "safety", "developer"]
            .iter()
            .any(|word| words.contains(word));
        is_plain && !is_total
    });
    // "users ignore", "the model may ignore": told of somebody, not ordered.
    let last = before
        .trim_end()
        .rsplit(char::is_whitespace)
        .next()
        .unwrap_or_default();
    let is_ordered = !last.ends_with(char::is_alphanumeric)
        || ORDERING.contains(&last)
        || (last == "to" && super::lexicon::holds(&before, "you "));
    let is_state = words.starts_with("no longer") || words.starts_with("you are");
    let is_told = !is_ordered && !is_state;
    (!is_about_the_text && !is_one_instruction && !is_told).then_some(Phrase {
        span,
        hides_sending: false,
    })
}

/// The orders to keep something from the user that a text means, outside hidden places.
pub fn concealments(text: &Text) -> Vec<Phrase> {
    let mut found: Vec<Phrase> = Vec::new();
    for at in text.leads(Lead::Concealment) {
        if let Some(phrase) = concealment_at(text, at)
            && found.last().is_none_or(|last| last.span.end <= phrase.span.start)
            && hidden_place(text, phrase.span.start).is_none()
            && text.means(phrase.span, Manner::Phrase)
        {
            found.push(phrase);
        }
    }
    found
}

fn concealment_at(text: &Text, at: usize) -> Option<Phrase> {
    if !text.is_prose() || text.is_in_code(at) {
        return None;
    }
    let whole = text.text();
    let block = around::block(whole, at);
    let words = around::of(whole, block.span);
    let inside = at.checked_sub(block.span.start)?;
    let around_it = |pattern: &Regex| {
        let found = pattern.find_iter(words).map(|found| found.range());
        found.into_iter().find(|found| found.contains(&inside))
    };
    let reads_private_files = reads_private_files(text, block.span);
    let found = around_it(&CONCEALMENT).or_else(|| around_it(&UNSHOWN).filter(|_| reads_private_files))?;
    let span = Span::from(found).shifted(block.span.start);
    let (before, after) = around::sentence(whole, block.span, span);
    let is_without = around::of(whole, span)
        .get(..8)
        .is_some_and(|start| start.eq_ignore_ascii_case("without "));
    let sentence = before.trim_start();
    let sentence = around::item(sentence).unwrap_or(sentence);
    let is_known = after.to_ascii_lowercase();
    // "because they are already aware", "explicitly": a matter of style, told as such.
    let hides_sending =
        reads_private_files || SENDS.is_match(words) || SENDS.is_match(near(whole, block.span));
    // "that it works before the tests have passed" is honest, if nothing is sent meanwhile.
    let is_for_now = [" before ", " until "].iter().any(|word| is_known.contains(word)) && !hides_sending;
    let is_courtesy = is_for_now
        || ["already aware", "already know", "unless"]
            .iter()
            .any(|word| is_known.contains(word));
    if is_courtesy || (is_without && !DEED.is_match(sentence)) {
        return None;
    }
    Some(Phrase { span, hides_sending })
}

/// Whether two files or more that hold credentials are named in the block, or in the few lines around it.
fn reads_private_files(text: &Text, block: Span) -> bool {
    let near = block.start.saturating_sub(400)..block.end + 400;
    let leads = text.leads(Lead::Credentials).filter(|at| near.contains(at));
    let mut files = leads.filter(|&at| super::credentials::private_file_at(text.text(), at).is_some());
    files.nth(1).is_some()
}

/// The block with the lines right before and behind it that belong to the same list or section.
fn near(text: &str, block: Span) -> &str {
    let mut span = block;
    for _ in 0..4 {
        if let Some(before) = around::line_before(text, span.start)
            && !around::of(text, before).starts_with('#')
        {
            span.start = before.start;
        }
        if let Some(after) = around::line_after(text, span.end)
            && !around::of(text, after).starts_with('#')
        {
            span.end = after.end;
        }
    }
    around::of(text, span)
}

/// A place of a page that its readers do not see though the model does: a comment, or an element that is not displayed.
pub fn hidden_place(text: &Text, at: usize) -> Option<Span> {
    if !matches!(text.form, Form::Markdown(_)) || text.is_in_code(at) {
        return None;
    }
    let whole = text.text();
    let from = whole.floor_char_boundary(at.saturating_sub(4096));
    let before = &whole[from..at];
    if let Some(open) = before.rfind("<!--")
        && !before[open..].contains("-->")
    {
        let end = whole[at..]
            .find("-->")
            .map_or(whole.len(), |found| at + found + 3);
        return Some(Span::new(from + open, end));
    }
    let line = around::line(whole, at);
    let words = around::of(whole, line).trim_start();
    if words.starts_with("[//]: #") || words.starts_with("[comment]: #") {
        return Some(line);
    }
    let open = before.rfind('<').filter(|&open| before.len() - open < 800)?;
    let tag_end = before[open..].find('>').map(|end| open + end)?;
    let tag = before[open..tag_end].to_ascii_lowercase();
    let is_undisplayed = [
        "display:none",
        "display: none",
        "font-size:0",
        "font-size: 0",
        "visibility:hidden",
        "visibility: hidden",
        "opacity:0",
        "opacity: 0",
        " hidden",
    ]
    .iter()
    .any(|style| tag.contains(style));
    is_undisplayed.then(|| {
        let end = whole[at..].find("</").map_or(line.end, |found| at + found);
        Span::new(from + open, end)
    })
}

/// An order in a hidden place: to drop instructions, to keep something from the user, to send credentials away.
pub fn hidden_orders(text: &Text) -> Vec<(Span, &'static str)> {
    let mut found: Vec<(Span, &'static str)> = Vec::new();
    let leads = [Lead::Override, Lead::Concealment, Lead::Credentials, Lead::Fetch];
    for (lead, at) in leads
        .into_iter()
        .flat_map(|lead| text.leads(lead).map(move |at| (lead, at)))
    {
        let Some(place) = hidden_place(text, at) else {
            continue;
        };
        if found.iter().any(|(known, _)| *known == place)
            || !text.means(Span::at(place.start), Manner::Phrase)
        {
            continue;
        }
        let words = around::of(text.text(), place);
        let rest = around::of(text.text(), Span::new(at, place.end));
        let order = match lead {
            Lead::Override => OVERRIDE
                .is_match(rest)
                .then_some("drops the agent's instructions"),
            Lead::Concealment => CONCEALMENT
                .is_match(words)
                .then_some("keeps something from the user"),
            _ => super::credentials::sent_in(words).map(|_| "sends credentials away"),
        };
        found.extend(order.map(|order| (place, order)));
    }
    found.sort_by_key(|(place, _)| *place);
    found
}
