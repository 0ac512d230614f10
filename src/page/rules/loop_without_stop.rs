use crate::lint::{Report, rule};
use crate::page::{Marker, Page};
use crate::text::Span;

rule! {
    /// An instruction repeats something without saying when to stop: "poll the status", "keep trying".
    ///
    /// An agent follows it until its budget is gone. What is right depends on the skill, so the rule is off by default. Code,
    /// quotations and sections of examples are not judged.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Poll the status of the job.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Poll the status of the job every 10 seconds, at most 30 times.
    /// ```
    ///
    /// Source: the peer skillsaw 0.22.0, which has a rule for it.
    "loop-without-stop", Pedantic, "0.1.0", Page, check
}

fn check(page: &Page, report: &mut Report<'_>) {
    let prose = page.prose();
    for (mark, sentence) in prose.instructions(Marker::Loop) {
        let before = prose
            .text(Span::new(sentence.span.start, mark.span.start))
            .to_lowercase();
        let is_order = before.trim_matches(['*', '_', ' ', ',']).is_empty()
            || before.ends_with("then ")
            || before.ends_with("and ");
        let has_end = prose.has(sentence.span, Marker::Stop)
            || prose
                .sentence_after(mark.span.start)
                .is_some_and(|next| prose.has(next.span, Marker::Stop));
        if is_order && !has_end {
            report
                .at(
                    &page.source,
                    sentence.span,
                    "this repeats, and nothing says when to stop",
                )
                .help("add a limit: how often, how long, or until what");
        }
    }
}
