//! What can do harm in a text of a skill or an agent, whatever its language.
//!
//! One look at the text finds the places where a rule may have something to say (`sieve`, `leads`, `invisible`), which is nearly
//! nowhere; the words around a place decide whether it is meant or only shown (`polarity`); a rule then says what is wrong. A
//! text without such places costs the look and nothing else.

pub mod calls;
pub mod commands;
pub mod credentials;
pub mod downloads;
pub mod hosts;
pub mod invisible;
#[cfg(test)]
mod labelled;
mod leads;
mod lexicon;
pub mod payloads;
pub mod phrases;
pub mod polarity;
pub mod reading;
pub mod rules;
mod sieve;
pub mod surroundings;
pub mod tokens;

pub use leads::Lead;
pub use polarity::{Manner, Polarity};

use std::sync::{Arc, LazyLock};

use aho_corasick::AhoCorasick;

use regex::Regex;

use crate::diagnostic::Diagnostic;
use crate::document::markdown::Markdown;
use crate::document::script::Script;
use crate::lint::{self, Levels};
use crate::text::{Source, Span};

use invisible::Invisible;

/// A text in which there is a place to judge.
#[derive(Debug, Clone)]
pub struct Text {
    pub source: Source,
    /// Path from the folder of the skill; the file's name for an agent.
    pub path: String,
    pub form: Form,
    pub theme: Arc<Theme>,
    /// Whether the file is a test or made for one.
    pub is_fixture: bool,
    /// Characters that no reader sees.
    pub invisible: Vec<Invisible>,
    leads: Vec<(Lead, usize)>,
}

/// A text as its owner has read it.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    pub source: &'a Source,
    /// Path from the folder of the skill; the file's name for an agent.
    pub path: &'a str,
    /// Its structure, when it is a page.
    pub markdown: Option<&'a Markdown>,
    /// Its code told from the rest, when it is a script.
    pub script: Option<&'a Script>,
}

/// How a text is written, which decides what in it is said and what is run.
#[derive(Debug, Clone)]
pub enum Form {
    Markdown(Markdown),
    Script(Script),
    /// Text without structure that is known here: `.txt`, a prompt.
    Prose,
    /// JSON, YAML, HTML, programs in other languages.
    Data,
}

/// What a skill or an agent says that it is about.
#[derive(Debug, Clone)]
pub struct Theme {
    pub name: String,
    pub description: String,
    /// Its main page: `SKILL.md`, or the agent's file.
    pub page: Source,
    /// Whether it says that it is about security, so that it will show what it warns of.
    pub is_security: bool,
}

/// Words by which a name or a description says that security is its subject.
const SECURITY: &[&str] = &[
    "security",
    "vulnerab",
    "injection",
    "malware",
    "malicious",
    "threat",
    "pentest",
    "penetration test",
    "red team",
    "red-team",
    "owasp",
    "exploit",
    "phishing",
    "forensic",
    "jailbreak",
    "guardrail",
    "trojan",
    "siem",
    "appsec",
    "devsecops",
    "adversarial",
    "secret scan",
    "secrets detection",
    "hardening",
    "blue team",
    "ctf",
    "offensive",
    "poisoning",
    "cyber",
    "incident response",
    "dfir",
    "mitre",
    "privileged",
    "credential leak",
    "breach",
    "intrusion",
    "reverse engineer",
    "ransomware",
];

static SECURITY_WORDS: LazyLock<AhoCorasick> =
    LazyLock::new(|| AhoCorasick::new(SECURITY).expect("the words make an automaton"));

impl Theme {
    pub fn new(name: &str, description: &str, page: &Source) -> Self {
        let words = format!("{} {description}", name.replace(['-', '_'], " ")).to_lowercase();
        Self {
            name: name.to_owned(),
            description: description.to_owned(),
            page: page.clone(),
            is_security: SECURITY_WORDS
                .find_overlapping_iter(&words)
                .any(|found| !words[..found.start()].ends_with(char::is_alphanumeric)),
        }
    }
}

impl Text {
    /// Looks at a text; `None` when there is nothing in it to judge.
    pub fn look(subject: Subject<'_>, theme: &Arc<Theme>) -> Option<Self> {
        let leads = leads::find(subject.source.text());
        let invisible = invisible::find(subject.source.text());
        (!leads.is_empty() || !invisible.is_empty()).then(|| Self {
            form: Form::of(subject),
            source: subject.source.clone(),
            path: subject.path.to_owned(),
            theme: Arc::clone(theme),
            is_fixture: polarity::is_fixture(subject.path) && !is_run(subject, theme),
            invisible,
            leads,
        })
    }

    pub fn text(&self) -> &str {
        self.source.text()
    }

    /// Where words of that kind begin, in ascending order.
    pub fn leads(&self, lead: Lead) -> impl Iterator<Item = usize> + '_ {
        (self.leads.iter())
            .filter(move |(kind, _)| *kind == lead)
            .map(|&(_, at)| at)
    }

    /// Whether the words stand anywhere in this text or on the main page.
    pub fn is_mentioned(&self, words: &str) -> bool {
        let here = [self.text(), self.theme.page.text(), &self.theme.name];
        here.iter().any(|text| mentions(text, words))
            || (words.len() > 5 && here.iter().any(|text| joined(text).contains(&joined(words))))
    }

    /// The script in the file, if it is one in a language that is read here.
    pub fn script(&self) -> Option<&Script> {
        match &self.form {
            Form::Script(script) => Some(script),
            _ => None,
        }
    }

    /// Whether this is a page or another text that a model reads as prose.
    pub fn is_prose(&self) -> bool {
        matches!(self.form, Form::Markdown(_) | Form::Prose)
    }

    /// Whether the place stands in a fence or an indented block of a page.
    pub fn is_in_code(&self, at: usize) -> bool {
        let Form::Markdown(markdown) = &self.form else {
            return false;
        };
        markdown.fences.iter().any(|fence| fence.span.contains(at))
            || markdown.codes.iter().any(|span| span.contains(at))
    }
}

/// Words before the path of a script that is to be run.
const RUNNERS: &[&str] = &[
    "python", "python3", "uv run", "bash", "sh", "zsh", "node", "bun", "deno run", "npx tsx", "ruby", "perl",
    "source",
];

/// Whether the main page has the script run: then it is no fixture, whatever its folder is called.
fn is_run(subject: Subject<'_>, theme: &Theme) -> bool {
    let page = theme.page.text();
    subject.script.is_some()
        && page.match_indices(subject.path).any(|(at, _)| {
            let before = page[..at].trim_end_matches("./").trim_end();
            before.len() < at && RUNNERS.iter().any(|runner| ends_with_word(before, runner))
        })
}

fn ends_with_word(text: &str, word: &str) -> bool {
    text.strip_suffix(word)
        .is_some_and(|before| !before.ends_with(char::is_alphanumeric))
}

/// Whether the words stand in the text otherwise than in an address, in any letter case.
fn mentions(text: &str, words: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let is_part = |mark: char| mark.is_alphanumeric() || matches!(mark, '.' | '/' | '@' | ':');
    lower
        .match_indices(&words.to_ascii_lowercase())
        .any(|(at, found)| {
            !lower[..at].ends_with(is_part) && !lower[at + found.len()..].starts_with(['.', '/', '@'])
        })
}

/// The letters and digits of a text without those of its addresses: "Lambda Labs" names `lambdalabs.com`.
fn joined(text: &str) -> String {
    let words = text.split_whitespace().filter(|word| !word.contains("://"));
    let letters = words
        .flat_map(str::chars)
        .filter(|letter| letter.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

impl Form {
    fn of(subject: Subject<'_>) -> Self {
        if let Some(markdown) = subject.markdown {
            return Self::Markdown(markdown.clone());
        }
        if let Some(script) = subject.script {
            return Self::Script(script.clone());
        }
        let path = subject.path;
        let name = path.rsplit('/').next().unwrap_or(path);
        let ending = name
            .rsplit_once('.')
            .map_or("", |(_, ending)| ending)
            .to_ascii_lowercase();
        match ending.as_str() {
            "txt" | "prompt" | "rst" | "mdc" | "markdown" | "adoc" => Self::Prose,
            _ => Self::Data,
        }
    }
}

/// Findings of the rules of this room in one text.
pub fn check(subject: Subject<'_>, theme: &Arc<Theme>, levels: &Levels) -> Vec<Diagnostic> {
    Text::look(subject, theme).map_or_else(Vec::new, |text| lint::run(rules::RULES, &text, levels))
}

/// The text that a test gives, with no theme.
#[cfg(test)]
fn text_of(path: &str, words: &str) -> Option<Text> {
    let source = Source::new(path, words);
    let theme = Arc::new(Theme::new("", "", &source));
    let script = Script::read(path, words);
    let subject = Subject {
        source: &source,
        path,
        markdown: None,
        script: script.as_ref(),
    };
    Text::look(subject, &theme)
}

/// A regular expression of this room. Borders of words are those of ASCII, which is what its engine is quickest at.
pub(crate) fn pattern(source: &str) -> Regex {
    let source = source.replace(r"\b", r"(?-u:\b)");
    Regex::new(&source).expect("a pattern of the source, which the tests compile")
}

/// The part of `span` that lies at most so many bytes before and behind `at`.
fn clipped(text: &str, span: Span, at: usize, before: usize, behind: usize) -> Span {
    let start = text.floor_char_boundary(at.saturating_sub(before));
    let end = text.floor_char_boundary((at + behind).min(text.len()));
    Span::new(span.start.max(start), span.end.min(end))
}

/// The same place, without white space at its edges.
fn trimmed(text: &str, span: Span) -> Span {
    let words = surroundings::of(text, span);
    let start = span.start + (words.len() - words.trim_start().len());
    Span::new(start, start + words.trim().len())
}
