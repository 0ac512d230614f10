use crate::lint::{Report, rule};
use crate::page::{Kind, Page, Sentence};

rule! {
    /// More than one sentence in ten shouts: `MUST`, `NEVER`, `CRITICAL` in capitals.
    ///
    /// Where everything is stressed, nothing is. Pages with fewer than 20 sentences, or fewer than 8 that shout, are not judged.
    /// Taste, so the rule is off by default.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// You MUST check field 1. It is CRITICAL that it has a name.
    ///
    /// You MUST check field 2. It is CRITICAL that it has a name.
    ///
    /// You MUST check field 3. It is CRITICAL that it has a name.
    ///
    /// You MUST check field 4. It is CRITICAL that it has a name.
    ///
    /// You MUST check field 5. It is CRITICAL that it has a name.
    ///
    /// You MUST check field 6. It is CRITICAL that it has a name.
    ///
    /// You MUST check field 7. It is CRITICAL that it has a name.
    ///
    /// You MUST check field 8. It is CRITICAL that it has a name.
    ///
    /// You MUST check field 9. It is CRITICAL that it has a name.
    ///
    /// You MUST check field 10. It is CRITICAL that it has a name.
    ///
    /// You MUST check field 11. It is CRITICAL that it has a name.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// You MUST check every field.
    /// ```
    ///
    /// Source: the peers agnix 0.60.3 and skillsaw 0.22.0, which have rules for it.
    "emphasis-inflation", Pedantic, "0.1.0", Page, check
}

/// Words that shout.
const SHOUTS: &[&str] = &[
    "MUST",
    "NEVER",
    "ALWAYS",
    "CRITICAL",
    "IMPORTANT",
    "MANDATORY",
    "REQUIRED",
    "ABSOLUTELY",
];

/// Sentences of a page that is judged, shouting ones among them, and one in how many may shout.
const SENTENCES: usize = 20;
const LOUD: usize = 8;
const ONE_IN: usize = 10;

fn check(page: &Page, report: &mut Report<'_>) {
    if SHOUTS
        .iter()
        .map(|word| page.body().matches(word).count())
        .sum::<usize>()
        < LOUD
    {
        return;
    }
    let prose = page.prose();
    let all = prose
        .sentences()
        .iter()
        .filter(|sentence| sentence.kind != Kind::Row);
    let shouts = |sentence: &&Sentence| {
        let mut words = prose
            .text(sentence.span)
            .split(|character: char| !character.is_alphanumeric());
        words.any(|word| SHOUTS.contains(&word))
    };
    let loud: Vec<&Sentence> = all.clone().filter(shouts).collect();
    let count = all.count();
    if let Some(first) = loud
        .first()
        .filter(|_| count >= SENTENCES && loud.len() >= LOUD && loud.len() * ONE_IN > count)
    {
        report
            .at(
                &page.source,
                first.span,
                format!("{} of {count} sentences shout; this is the first", loud.len()),
            )
            .help("keep capitals for the few that matter most, and say why they do");
    }
}
