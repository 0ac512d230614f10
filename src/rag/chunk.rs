//! The `structure` chunker: text is cut where its own structure parts it.
//!
//! The text is tokenised once. Every place it may be cut at gets a strength:
//! headings by level, then blocks, list items, sentences and lines, at last
//! words. A stretch that is too long is cut at its strongest places, and pieces
//! are joined again while they fit, so that small neighbours under one heading
//! share a chunk. A heading stays with what follows it. After a cut that is not
//! a heading, the chunk starts some tokens earlier and so overlaps the one before.
//!
//! Long because finding places, splitting and describing chunks share one private table of
//! cuts; a third of it is tests.

use std::ops::Range;

use super::embed::wordpiece::WordPiece;
use crate::document::blocks::{Block, BlockKind, Blocks, Markup};

/// Name and version of the way of cutting: change it when the same text is cut otherwise.
pub const STRUCTURE: &str = "structure-1";

/// The least content budget: room for any single character and some context.
const LEAST_BUDGET: usize = 16;

/// How long chunks may be, in tokens of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// What the model sees at once, `[CLS]` and `[SEP]` included.
    pub max_tokens: usize,
    /// What a chunk repeats of the one before, at most; not after a heading.
    pub overlap: usize,
    /// Kept free for title and headings in [`Chunker::embedding_text`].
    pub context: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_tokens: 256,
            overlap: 32,
            context: 24,
        }
    }
}

/// One piece of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    /// Its bytes in the source.
    pub span: Range<usize>,
    /// First and last line, from 1.
    pub lines: (usize, usize),
    /// The headings it stands under, outermost first; with its own, if it starts with one.
    pub headings: Vec<String>,
    /// Tokens of its text, without `[CLS]` and `[SEP]`.
    pub tokens: usize,
    /// How many of `headings` are not part of its own text.
    outer: usize,
}

/// Cuts texts for one model.
#[derive(Debug, Clone, Copy)]
pub struct Chunker<'a> {
    tokenizer: &'a WordPiece,
    limits: Limits,
}

/// Strengths from 1 to 6 are heading levels.
const HEADING: u8 = 6;
const BLOCK: u8 = 7;
const ITEM: u8 = 8;
const SENTENCE: u8 = 9;
const LINE: u8 = 10;
const WORD: u8 = 11;

/// A place a text may be cut at.
#[derive(Debug, Clone, Copy)]
struct Cut {
    byte: usize,
    /// The first token at or after it.
    token: usize,
    strength: u8,
}

impl<'a> Chunker<'a> {
    /// `limits` that leave no room for text are widened to the least that works.
    pub fn new(tokenizer: &'a WordPiece, limits: Limits) -> Self {
        let max_tokens = limits.max_tokens.max(LEAST_BUDGET + 2);
        let room = max_tokens - 2;
        let context = limits.context.min(room - LEAST_BUDGET);
        Self {
            tokenizer,
            limits: Limits {
                max_tokens,
                overlap: limits.overlap.min((room - context) / 2),
                context,
            },
        }
    }

    /// Chunks of `source` in order. Each byte that is neither white space nor front matter is in
    /// one of them at least; spans lie on character boundaries; no chunk has more than
    /// `max_tokens - 2 - context` tokens.
    pub fn chunks(&self, source: &str, markup: Markup) -> Vec<Chunk> {
        let blocks = Blocks::read(source, markup);
        let start = blocks.front_matter.as_ref().map_or(0, |span| span.end);
        let tokens = Tokens::read(self.tokenizer, source, start);
        let cuts = cuts(source, start, &blocks.blocks, &tokens);
        let mut splitter = Splitter {
            source,
            tokenizer: self.tokenizer,
            tokens: &tokens,
            cuts: &cuts,
            budget: self.limits.max_tokens - 2 - self.limits.context,
            overlap: self.limits.overlap,
            starts: Vec::new(),
        };
        splitter.split(0, cuts.len() - 1, 1);
        splitter.chunks(&blocks.blocks)
    }

    /// What to embed for `chunk`: the document's title and the headings around it, each on its
    /// line, then its text. Parts that would exceed the model's limit are left out, as is a title
    /// that is also a heading; the title goes in first, then the nearest headings.
    pub fn embedding_text(&self, chunk: &Chunk, source: &str, title: &str) -> String {
        let mut room = (self.limits.max_tokens - 2).saturating_sub(chunk.tokens);
        let mut fits = |text: &str| {
            let size = self.tokenizer.count(text);
            let fits = size > 0 && size <= room;
            room -= if fits { size } else { 0 };
            fits
        };
        let title = title.trim();
        let is_heading = chunk
            .headings
            .iter()
            .any(|heading| heading.eq_ignore_ascii_case(title));
        let mut parts = Vec::new();
        if !is_heading && fits(title) {
            parts.push(title);
        }
        let before = parts.len();
        for heading in chunk.headings[..chunk.outer].iter().rev() {
            if fits(heading) {
                parts.insert(before, heading);
            }
        }
        let mut text = String::with_capacity(chunk.span.len() + 64);
        for part in parts {
            text.push_str(part);
            text.push('\n');
        }
        text.push_str(&source[chunk.span.clone()]);
        text
    }
}

/// The tokens of a source with places in it.
struct Tokens {
    spans: Vec<(u32, u32)>,
    /// Whether the token starts a word.
    words: Vec<bool>,
    /// Where tokenising began.
    base: usize,
}

impl Tokens {
    fn read(tokenizer: &WordPiece, source: &str, base: usize) -> Self {
        let encoding = tokenizer.encode(&source[base..]);
        Self {
            words: encoding
                .ids
                .iter()
                .map(|&id| !tokenizer.continues_word(id))
                .collect(),
            spans: encoding.spans,
            base,
        }
    }

    fn len(&self) -> usize {
        self.spans.len()
    }

    fn start(&self, token: usize) -> usize {
        self.base + self.spans[token].0 as usize
    }

    fn end(&self, token: usize) -> usize {
        self.base + self.spans[token].1 as usize
    }

    /// Whether no token is torn by a cut before `token`.
    fn parts(&self, token: usize) -> bool {
        token == 0 || token >= self.len() || self.spans[token - 1].1 <= self.spans[token].0
    }
}

/// All places to cut at, ascending, from the first to the end of the text.
fn cuts(source: &str, start: usize, blocks: &[Block], tokens: &Tokens) -> Vec<Cut> {
    let mut places = vec![(start, 0)];
    let mut after_heading = false;
    for block in blocks {
        let heading = match block.kind {
            BlockKind::Heading { level, .. } => Some(level),
            _ => None,
        };
        // A heading is not parted from the block it announces.
        if let Some(level) = heading {
            places.push((block.span.start, level.clamp(1, HEADING)));
        } else if !after_heading {
            places.push((block.span.start, BLOCK));
        }
        after_heading = heading.is_some();
        inner_places(source, block, &mut places);
    }
    places.push((source.len(), 0));
    let mut cuts: Vec<Cut> = Vec::with_capacity(places.len());
    let mut token = 0;
    for (byte, strength) in places {
        while token < tokens.len() && tokens.start(token) < byte {
            token += 1;
        }
        let torn =
            token > 0 && token < tokens.len() && (tokens.end(token - 1) > byte || !tokens.words[token]);
        let first = cuts.is_empty();
        if first || byte == source.len() || (!torn && cuts[cuts.len() - 1].byte < byte) {
            cuts.push(Cut {
                byte,
                token,
                strength,
            });
        }
    }
    cuts
}

/// Places inside a block: items, sentences, lines; each the start of what follows the white space.
fn inner_places(source: &str, block: &Block, places: &mut Vec<(usize, u8)>) {
    let (prose, mut items) = match &block.kind {
        BlockKind::Heading { .. } | BlockKind::Rule => return,
        BlockKind::Code { .. } | BlockKind::Table => (false, [].iter()),
        BlockKind::List { items } => (true, items.iter()),
        _ => (true, [].iter()),
    };
    let mut item = items.next();
    let bytes = source.as_bytes();
    let mut at = block.span.start;
    while at < block.span.end {
        let byte = bytes[at];
        let gap = if byte.is_ascii_whitespace() || (prose && ideographic_stop(&bytes[at..])) {
            at
        } else {
            at += 1;
            continue;
        };
        if !byte.is_ascii_whitespace() {
            at += 3;
        }
        let (mut lines, mut line) = (0, at);
        while at < block.span.end && bytes[at].is_ascii_whitespace() {
            if bytes[at] == b'\n' {
                lines += 1;
                line = at + 1;
            }
            at += 1;
        }
        if at >= block.span.end {
            return;
        }
        // Indentation stays with its line.
        let place = if lines > 0 { line } else { at };
        while item.is_some_and(|&start| start < place) {
            item = items.next();
        }
        let strength = if item.is_some_and(|&start| start <= at) {
            Some(ITEM)
        } else if prose {
            let sentence = !byte.is_ascii_whitespace() || sentence_ends(&bytes[..gap], bytes[at]);
            let marker = lines > 0 && matches!(bytes[at], b'-' | b'*' | b'+' | b'0'..=b'9');
            if sentence || marker || lines > 1 {
                Some(SENTENCE)
            } else {
                (lines > 0).then_some(LINE)
            }
        } else {
            match lines {
                0 => None,
                1 => Some(LINE),
                _ => Some(SENTENCE),
            }
        };
        places.extend(strength.map(|strength| (place, strength)));
    }
}

/// Whether `before` ends a sentence, given the first byte after the white space. A lower-case
/// letter goes on with the sentence unless the stop stands apart, as in some plain collections.
fn sentence_ends(before: &[u8], next: u8) -> bool {
    let stop = before
        .iter()
        .rposition(|byte| !matches!(byte, b'"' | b'\'' | b')' | b']' | b'*' | b'_' | b'`'));
    let Some(stop) = stop.filter(|&stop| matches!(before[stop], b'.' | b'!' | b'?')) else {
        return false;
    };
    let apart = stop > 0 && before[stop - 1].is_ascii_whitespace();
    apart || !next.is_ascii_lowercase()
}

/// A full stop, exclamation or question mark of Chinese and Japanese.
fn ideographic_stop(bytes: &[u8]) -> bool {
    bytes.starts_with("。".as_bytes())
        || bytes.starts_with("！".as_bytes())
        || bytes.starts_with("？".as_bytes())
}

struct Splitter<'a> {
    source: &'a str,
    tokenizer: &'a WordPiece,
    tokens: &'a Tokens,
    cuts: &'a [Cut],
    budget: usize,
    overlap: usize,
    /// Where chunks start, before overlap.
    starts: Vec<Cut>,
}

impl Splitter<'_> {
    fn size(&self, from: usize, to: usize) -> usize {
        self.cuts[to].token - self.cuts[from].token
    }

    /// What may follow the cut: less where the chunk will reach back.
    fn cap(&self, cut: Cut) -> usize {
        if cut.strength <= HEADING {
            self.budget
        } else {
            self.budget - self.overlap
        }
    }

    /// Starts chunks for everything between two cuts, parting it at places of `strength` or weaker.
    fn split(&mut self, from: usize, to: usize, strength: u8) {
        if from >= to {
            return;
        }
        if self.size(from, to) <= self.cap(self.cuts[from]) {
            self.starts.push(self.cuts[from]);
            return;
        }
        if strength >= WORD {
            self.split_words(from, to);
            return;
        }
        // Pieces end at each cut of this strength and at the end; `open` starts the chunk being filled.
        let (mut open, mut piece) = (from, from);
        for next in from + 1..=to {
            if next < to && self.cuts[next].strength != strength {
                continue;
            }
            if self.size(open, next) > self.cap(self.cuts[open]) {
                let large = self.size(piece, next) > self.cap(self.cuts[piece]);
                // A little text before a large piece is cut together with it.
                let lead = large && self.size(open, piece) <= self.budget / 8;
                if open < piece && !lead {
                    self.starts.push(self.cuts[open]);
                    open = piece;
                }
                if large {
                    self.split(open, next, strength + 1);
                    open = next;
                }
            }
            piece = next;
        }
        if open < to {
            self.starts.push(self.cuts[open]);
        }
    }

    /// Parts a stretch without any structure between words, after white space where there is some.
    fn split_words(&mut self, from: usize, to: usize) {
        let end = self.cuts[to].token;
        let mut start = self.cuts[from];
        loop {
            self.starts.push(start);
            let limit = start.token + self.cap(start);
            if self.fits(start, limit, end) {
                return;
            }
            let before = |token: &usize| *token > start.token && *token < end;
            let spaced = |token: &usize| {
                self.tokens.words[*token] && self.tokens.end(token - 1) < self.tokens.start(*token)
            };
            let least = limit - self.cap(start) / 4;
            let token = (least..=limit)
                .rev()
                .filter(before)
                .find(spaced)
                .or_else(|| {
                    (start.token..=limit)
                        .rev()
                        .filter(before)
                        .find(|&token| self.tokens.words[token])
                })
                .unwrap_or_else(|| self.inside_word(start, limit.min(end - 1)));
            start = Cut {
                byte: self.tokens.start(token),
                token,
                strength: WORD,
            };
        }
    }

    /// Whether the rest from `start` on is short enough, also when it starts inside a word.
    fn fits(&self, start: Cut, limit: usize, end: usize) -> bool {
        end <= limit
            && (self.whole(start.token) || {
                let rest = &self.source[start.byte..self.end_of(end)];
                self.tokenizer.count(rest) <= limit - start.token
            })
    }

    /// The last token before which a word too long for a chunk can be cut. What follows a cut
    /// inside a word is tokenised otherwise than before, hence the counting.
    fn inside_word(&self, start: Cut, limit: usize) -> usize {
        let least = (start.token + 1..self.tokens.len())
            .find(|&token| self.tokens.parts(token))
            .unwrap_or(self.tokens.len() - 1);
        (least..=limit)
            .rev()
            .filter(|&token| self.tokens.parts(token))
            .find(|&token| {
                let text = &self.source[start.byte..self.tokens.start(token)];
                self.tokenizer.count(text) <= self.cap(start)
            })
            .unwrap_or(least)
    }

    fn whole(&self, token: usize) -> bool {
        token >= self.tokens.len() || self.tokens.words[token]
    }

    fn end_of(&self, token: usize) -> usize {
        if token < self.tokens.len() {
            self.tokens.start(token)
        } else {
            self.source.len()
        }
    }

    /// The start moved back by the overlap, to a place to cut at if there is one, else to a word.
    fn reach_back(&self, previous: Cut, start: Cut, end: usize) -> Cut {
        let size = end - start.token;
        let back = self.overlap.min(self.budget.saturating_sub(size));
        let least = start.token.saturating_sub(back).max(previous.token + 1);
        if start.strength <= HEADING || !self.whole(start.token) || least >= start.token {
            return start;
        }
        let next = self.cuts.partition_point(|cut| cut.token < least);
        let cut = self.cuts[next..]
            .iter()
            .take_while(|cut| cut.byte < start.byte)
            .find(|cut| cut.byte > previous.byte);
        let word = || {
            (least..start.token)
                .find(|&token| self.tokens.words[token])
                .map(|token| Cut {
                    byte: self.tokens.start(token),
                    token,
                    strength: WORD,
                })
        };
        cut.copied().or_else(word).unwrap_or(start)
    }

    fn chunks(&self, blocks: &[Block]) -> Vec<Chunk> {
        let mut lines = Lines::new(self.source);
        let mut path = Path::new(blocks);
        let mut chunks = Vec::with_capacity(self.starts.len());
        for (at, &start) in self.starts.iter().enumerate() {
            let next = self.starts.get(at + 1).copied();
            let end_byte = next.map_or(self.source.len(), |next| next.byte);
            let end_token = next.map_or(self.tokens.len(), |next| next.token);
            let from = match at {
                0 => start,
                _ => self.reach_back(self.starts[at - 1], start, end_token),
            };
            let span = trimmed(self.source, from.byte..end_byte);
            if span.is_empty() {
                continue;
            }
            let whole = self.whole(from.token) && self.whole(end_token);
            let tokens = if whole {
                end_token - from.token
            } else {
                self.tokenizer.count(&self.source[span.clone()])
            };
            path.advance(start.byte.max(span.start));
            chunks.push(Chunk {
                lines: (lines.number(span.start), lines.number(span.end - 1)),
                headings: path.open.iter().map(|open| open.1.to_owned()).collect(),
                outer: path.open.iter().take_while(|open| open.0 < span.start).count(),
                tokens,
                span,
            });
        }
        chunks
    }
}

/// Without white space at the end and blank lines at the start; indentation stays.
fn trimmed(source: &str, span: Range<usize>) -> Range<usize> {
    let text = &source[span.clone()];
    let end = span.start + text.trim_end().len();
    let gap = text.len() - text.trim_start().len();
    let line = text[..gap].rfind('\n').map_or(0, |at| at + 1);
    let start = if line == 0 && !source[..span.start].ends_with('\n') && span.start > 0 {
        span.start + gap
    } else {
        span.start + line
    };
    start.min(end)..end
}

/// Line numbers of places asked for in nearly ascending order.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: usize,
}

impl<'a> Lines<'a> {
    fn new(source: &'a str) -> Self {
        Self {
            bytes: source.as_bytes(),
            at: 0,
            line: 1,
        }
    }

    /// The line `byte` is on, from 1.
    fn number(&mut self, byte: usize) -> usize {
        let feeds = |bytes: &[u8]| -> usize {
            let feeds = bytes.iter().map(|&byte| usize::from(byte == b'\n'));
            feeds.sum()
        };
        if byte >= self.at {
            self.line += feeds(&self.bytes[self.at..byte]);
        } else {
            self.line -= feeds(&self.bytes[byte..self.at]);
        }
        self.at = byte;
        self.line
    }
}

/// The headings open at a place that moves forward.
struct Path<'a> {
    /// Byte and text of each, outermost first.
    open: Vec<(usize, &'a str)>,
    levels: Vec<u8>,
    blocks: std::slice::Iter<'a, Block>,
}

impl<'a> Path<'a> {
    fn new(blocks: &'a [Block]) -> Self {
        Self {
            open: Vec::new(),
            levels: Vec::new(),
            blocks: blocks.iter(),
        }
    }

    /// Takes in the headings that start at or before `byte`.
    fn advance(&mut self, byte: usize) {
        while let Some(block) = self.blocks.as_slice().first() {
            if block.span.start > byte {
                return;
            }
            if let BlockKind::Heading { level, text } = &block.kind {
                let keep = self.levels.iter().take_while(|&open| open < level).count();
                self.levels.truncate(keep);
                self.open.truncate(keep);
                self.levels.push(*level);
                self.open.push((block.span.start, text.trim()));
            }
            self.blocks.next();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::fmt::Write as _;

    /// Letters and marks are pieces of their own, so that token counts are easy to see.
    fn letters() -> WordPiece {
        let mut vocab = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nword\n".to_owned();
        for c in ('a'..='z').chain("#-|`.!:0123456789".chars()) {
            let _ = write!(vocab, "{c}\n##{c}\n");
        }
        WordPiece::from_vocab(&vocab).unwrap()
    }

    fn limits(content: usize, overlap: usize) -> Limits {
        Limits {
            max_tokens: content + 2,
            overlap,
            context: 0,
        }
    }

    fn texts(source: &str, limits: Limits) -> Vec<String> {
        let tokenizer = letters();
        Chunker::new(&tokenizer, limits)
            .chunks(source, Markup::Markdown)
            .into_iter()
            .map(|chunk| source[chunk.span].to_owned())
            .collect()
    }

    fn words(count: usize) -> String {
        vec!["word"; count].join(" ")
    }

    #[test]
    fn a_short_text_is_one_chunk_with_its_lines() {
        let tokenizer = letters();
        let source = "\n\n# a\n\nword word\n\n";
        let chunks = Chunker::new(&tokenizer, Limits::default()).chunks(source, Markup::Markdown);
        assert_eq!(chunks.len(), 1);
        assert_eq!(&source[chunks[0].span.clone()], "# a\n\nword word");
        assert_eq!(chunks[0].lines, (3, 5));
        assert_eq!(chunks[0].headings, ["a"]);
        assert_eq!(chunks[0].tokens, 4);
    }

    #[test]
    fn small_sections_under_one_heading_share_a_chunk() {
        let section = |name: &str, count| format!("## {name}\n\n{}\n\n", words(count));
        let source = format!(
            "# t\n\n{}{}{}",
            section("a", 6),
            section("b", 6),
            section("c", 16)
        );
        let found = texts(&source, limits(24, 0));
        assert_eq!(found.len(), 2);
        assert!(found[0].starts_with("# t") && found[0].contains("## b"));
        assert!(found[1].starts_with("## c"));
    }

    #[test]
    fn sections_of_different_parents_are_not_joined_when_the_parents_do_not_fit() {
        let source = format!(
            "# a\n\n## b\n\n{0}\n\n## c\n\nword\n\n# d\n\n## e\n\nword\n\n## f\n\n{0}\n",
            words(18)
        );
        let found = texts(&source, limits(24, 0));
        assert!(found.iter().any(|text| text == "## c\n\nword"), "{found:?}");
        assert!(
            found.iter().any(|text| text.starts_with("# d\n\n## e")),
            "{found:?}"
        );
    }

    #[test]
    fn a_heading_stays_with_its_first_words() {
        let source = format!("# a\n\n{}", words(60));
        let found = texts(&source, limits(24, 0));
        assert!(found[0].starts_with("# a\n\nword"));
        assert_eq!(found.len(), 3);
    }

    #[test]
    fn lists_and_fences_that_fit_stay_whole_and_longer_ones_part_at_items_and_lines() {
        let list = "- word word word\n- word word word\n- word word word\n";
        let source = format!("{}\n\n{list}\n{}\n", words(14), words(14));
        let found = texts(&source, limits(16, 0));
        assert!(found.contains(&list.trim_end().to_owned()), "{found:?}");

        let long = "- word word word\n".repeat(8);
        for text in texts(&long, limits(16, 0)) {
            assert!(text.starts_with("- ") && text.lines().all(|line| line == "- word word word"));
        }
        let code = format!("```\n{}```\n", "word word word\n".repeat(12));
        for text in texts(&code, limits(16, 0)) {
            assert!(text.lines().all(|line| line == "word word word" || line == "```"));
        }
    }

    #[test]
    fn prose_parts_between_sentences() {
        let source = "Word word word word. ".repeat(9);
        let found = texts(&source, limits(20, 0));
        assert_eq!(found.len(), 3);
        assert!(found.iter().all(|text| text.ends_with("word.")));
    }

    #[test]
    fn overlap_repeats_the_end_of_the_chunk_before_but_not_across_headings() {
        let source = "Word word word word. ".repeat(9);
        let found = texts(&source, limits(20, 5));
        assert_eq!(found.len(), 3);
        let tokens: usize = found.iter().map(|text| letters().count(text)).sum();
        assert_eq!(tokens, 45 + 5 * (found.len() - 1));

        let source = format!("# a\n\n{0}\n\n# b\n\n{0}\n", words(16));
        let found = texts(&source, limits(20, 5));
        assert!(found[1].starts_with("# b"));
    }

    #[test]
    fn front_matter_is_left_out() {
        assert_eq!(texts("---\nname: x\n---\nword\n", limits(20, 0)), ["word"]);
    }

    #[test]
    fn embedding_text_names_title_and_headings_that_are_not_in_the_chunk() {
        let tokenizer = letters();
        let source = format!("# a\n\n## b\n\n{}\n", words(40));
        let limits = Limits {
            max_tokens: 30,
            overlap: 0,
            context: 3,
        };
        let chunker = Chunker::new(&tokenizer, limits);
        let chunks = chunker.chunks(&source, Markup::Markdown);
        let first = chunker.embedding_text(&chunks[0], &source, "t");
        assert!(first.starts_with("t\n# a\n\n## b"), "{first}");
        let second = chunker.embedding_text(&chunks[1], &source, "A");
        assert!(second.starts_with("a\nb\nword"), "{second}");
        for chunk in &chunks {
            let text = chunker.embedding_text(chunk, &source, &words(99));
            assert!(tokenizer.count(&text) <= 28);
        }
    }

    #[test]
    fn ideographic_stops_end_sentences() {
        let source = "中文中文中文。".repeat(6);
        for text in texts(&source, limits(20, 0)) {
            assert!(text.ends_with('。'));
        }
    }

    proptest! {
        #[test]
        fn laws_hold_for_any_text(
            source in "(([a-z]{1,9}|word|zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz|É|가|e\u{301}|中。|\u{0}|\u{fffd}|[.!?-]| |  |\n|\n\n|\n# |\n- |\n```\n|\n> |\u{3000}|\\||---\n){0,6} ){0,40}",
            content in 16_usize..40, overlap in 0_usize..20, plain: bool,
        ) {
            let tokenizer = letters();
            let chunker = Chunker::new(&tokenizer, limits(content, overlap));
            let markup = if plain { Markup::Plain } else { Markup::Markdown };
            let chunks = chunker.chunks(&source, markup);
            prop_assert_eq!(&chunks, &chunker.chunks(&source, markup));
            let front = Blocks::read(&source, markup).front_matter.map_or(0, |span| span.end);
            let mut covered = front;
            let mut last = None;
            for chunk in &chunks {
                let text = source.get(chunk.span.clone());
                prop_assert!(text.is_some());
                let text = text.unwrap();
                prop_assert!(chunk.tokens <= content, "{} of {}", chunk.tokens, content);
                prop_assert_eq!(chunk.tokens, tokenizer.count(text));
                if chunk.span.start > covered {
                    prop_assert!(source[covered..chunk.span.start].trim().is_empty());
                }
                covered = covered.max(chunk.span.end);
                prop_assert!(last < Some((chunk.span.start, chunk.span.end)));
                last = Some((chunk.span.start, chunk.span.end));
                let line = source[..chunk.span.start].matches('\n').count() + 1;
                prop_assert_eq!(chunk.lines, (line, line + text.matches('\n').count()));
                let embedded = chunker.embedding_text(chunk, &source, "some title");
                prop_assert!(tokenizer.count(&embedded) <= content);
            }
            prop_assert!(source[covered..].trim().is_empty());
        }
    }
}
