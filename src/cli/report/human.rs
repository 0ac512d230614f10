//! Findings for people: the source line, carets under what is meant, and what to do; a summary at the end.

use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use crate::cli::changes::counted;
use crate::cli::ui::{BAD, BOLD, GOOD, Ui, WARN, styled};
use crate::diagnostic::{Diagnostic, Safety, Severity};
use crate::failure::Result;
use crate::lint::Linted;
use crate::text::{Source, Span, printable};

/// Text shown before and after a span in a line too long to show whole, in bytes.
const AROUND: usize = 200;

pub fn print(ui: &Ui, linted: &Linted, subject: &str) -> Result<()> {
    let renderer = if ui.is_colored() {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let renderer = renderer.decor_style(DecorStyle::Ascii);
    for finding in &linted.findings {
        ui.print(drawn(&renderer, finding, linted.sources.get(&finding.place.path)))?;
        ui.print("")?;
    }
    ui.print(summary(linted, subject))
}

fn drawn(renderer: &Renderer, finding: &Diagnostic, source: Option<&Source>) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let message = printable(&finding.message);
    let path = printable(&finding.place.path);
    let title = level.primary_title(&*message).id(finding.rule);
    let mut group = match source.filter(|source| !source.text().is_empty()) {
        Some(source) => {
            let window = window(source, finding);
            let inside = |span: Span| inside(span, &window);
            let text = &source.text()[window.clone()];
            let labels = finding.labels.iter().map(|label| {
                AnnotationKind::Context
                    .span(inside(label.span))
                    .label(printable(&label.message).into_owned())
            });
            let snippet = Snippet::source(text)
                .line_start(source.locate(window.start).line)
                .path(&*path)
                .annotation(AnnotationKind::Primary.span(inside(finding.place.span)))
                .annotations(labels);
            title.element(snippet)
        }
        None => title.element(Origin::path(&*path)),
    };
    if let Some(help) = &finding.help {
        group = group.element(Level::HELP.message(printable(help).into_owned()));
    }
    let report: &[Group<'_>] = &[group];
    renderer.render(report)
}

/// The bytes of the source to draw: the lines of the finding and its labels, long lines cut around the span.
fn window(source: &Source, finding: &Diagnostic) -> Range<usize> {
    let text = source.text();
    let spans = || std::iter::once(finding.place.span).chain(finding.labels.iter().map(|label| label.span));
    let first = spans().map(|span| span.start).min().unwrap_or(0).min(text.len());
    let last = spans()
        .map(|span| span.end.min(span.start + AROUND))
        .max()
        .unwrap_or(0)
        .min(text.len());
    let line_start = source.line_span(source.locate(first).line).start;
    let line_end = source.line_span(source.locate(last).line).end;
    let start = if first - line_start > AROUND {
        first - AROUND
    } else {
        line_start
    };
    let end = if line_end.saturating_sub(last) > AROUND {
        last + AROUND
    } else {
        line_end.max(last)
    };
    let start = text.floor_char_boundary(start);
    start..text.ceil_char_boundary(end).max(start)
}

fn inside(span: Span, window: &Range<usize>) -> Range<usize> {
    let length = window.len();
    let start = span.start.saturating_sub(window.start).min(length);
    let end = span.end.saturating_sub(window.start).min(length);
    start..end.max(start)
}

fn summary(linted: &Linted, subject: &str) -> String {
    let errors = linted.count(Severity::Error);
    let warnings = linted.count(Severity::Warning);
    let checked = counted(linted.checked, subject);
    if errors + warnings == 0 {
        return format!("{}: {checked}, no findings", styled(GOOD, "ok"));
    }
    let mut parts = Vec::new();
    if errors > 0 {
        parts.push(styled(BAD, counted(errors, "error")));
    }
    if warnings > 0 {
        parts.push(styled(WARN, counted(warnings, "warning")));
    }
    let fixable = |safety: Safety| {
        let fixes = linted.findings.iter().filter_map(|finding| finding.fix.as_ref());
        fixes.filter(|fix| fix.safety == safety).count()
    };
    let hint = match fixable(Safety::Safe) {
        0 => String::new(),
        count => format!("; {} can be mended with {}", count, styled(BOLD, "--fix")),
    };
    format!("{} in {checked}{hint}", parts.join(", "))
}
