use crate::lint::{Report, rule};
use crate::page::Kind;
use crate::skill::links::{Target, resolve};
use crate::skill::{FILE_NAME, Skill};
use crate::text::Span;

rule! {
    /// A sentence points to a page of the skill and does not say when to read it.
    ///
    /// A model that is told "See `references/forms.md`" reads it always, or never. Only sentences that say nothing else are
    /// reported; the paragraph around them may well say when, so the rule is off by default.
    ///
    /// ```markdown bad files=references/forms.md
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// See [the guide to forms](references/forms.md).
    /// ```
    ///
    /// ```markdown good files=references/forms.md
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read [the guide to forms](references/forms.md) when there is a form.
    /// ```
    ///
    /// Source: Claude documentation, "Skill authoring best practices", on progressive disclosure.
    "reference-without-condition", Pedantic, "0.1.0", Skill, check
}

/// Verbs that send a reader to a page.
const VERBS: &[&str] = &["see", "read", "check", "consult", "refer", "view"];

/// Most words of a sentence that says nothing else.
const FEW: usize = 3;

fn check(skill: &Skill, report: &mut Report<'_>) {
    let page = &skill.page;
    for link in &page.markdown.links {
        let Target::Inside(path) = resolve(FILE_NAME, &link.destination) else {
            continue;
        };
        if !skill.pages.contains_key(&path) {
            continue;
        }
        let Some(sentence) = page.prose().sentence_at(link.span.start) else {
            continue;
        };
        let prose = page.prose();
        let before = prose.text(Span::new(sentence.span.start, link.span.start));
        let after = prose.text(Span::new(link.span.end, sentence.span.end));
        let others = [before, after];
        let mut words = others
            .iter()
            .flat_map(|text| text.split(|character: char| !character.is_alphanumeric()))
            .filter(|word| !word.is_empty());
        let sends = words.clone().count() <= FEW
            && words
                .next()
                .is_some_and(|first| VERBS.contains(&first.to_lowercase().as_str()));
        if sends && matches!(sentence.kind, Kind::Text | Kind::Item) {
            report
                .at(
                    &page.source,
                    link.span,
                    format!("nothing says when to read `{path}`"),
                )
                .help("add a condition: \"Read it when …\"");
        }
    }
}
