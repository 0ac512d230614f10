//! Draws a finding: its title, its place, the lines it is about with carets under what is meant, and notes.
//!
//! Drawn by hand: nine thousand findings take 15 to 25 ms here and took 60 to 110 ms with annotate-snippets, more than looking for
//! them does.

use std::fmt::{Display, Write as _};
use std::ops::Range;

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

use crate::cli::ui::{BAD, BOLD, WARN};
use crate::diagnostic::{Diagnostic, Severity};
use crate::text::{Source, Span, printable};

/// A line longer than this is cut, in bytes.
const MOST_LINE_BYTES: usize = 160;
/// What is shown of a cut line before the first mark, in bytes.
const BEFORE_MARK_BYTES: usize = 60;
/// Stands for what is cut.
const CUT: &str = "...";

const GUTTER: Style = AnsiColor::BrightBlue.on_default().bold();

/// Pens of a drawing, which leave no trace where nothing is coloured.
#[derive(Debug, Clone, Copy)]
struct Pens {
    level: Style,
    title: Style,
    gutter: Style,
}

/// A span to be marked in the text.
#[derive(Debug)]
struct Mark<'a> {
    span: Span,
    /// What the second places of a finding say; nothing for the finding's own.
    label: &'a str,
    is_primary: bool,
    line: usize,
}

/// Adds the drawing of a finding to `out`. Without a source there is a path only; a secret has a place, and its lines are left
/// out. Notes come with a heading each.
pub fn draw(
    out: &mut String,
    finding: &Diagnostic,
    source: Option<&Source>,
    is_secret: bool,
    notes: &[(&str, &str)],
    is_colored: bool,
) {
    let level = match finding.severity {
        Severity::Error => BAD,
        Severity::Warning => WARN,
    };
    let pens = if is_colored {
        Pens {
            level,
            title: BOLD,
            gutter: GUTTER,
        }
    } else {
        Pens {
            level: Style::new(),
            title: Style::new(),
            gutter: Style::new(),
        }
    };
    let marks = source
        .filter(|_| !is_secret)
        .map_or_else(Vec::new, |source| marks(finding, source));
    let last_line = marks.iter().map(|mark| mark.line).max().unwrap_or(1);
    let width = last_line.ilog10() as usize + 1;
    let gutter = format!("{:width$} ", "");
    pen(
        out,
        pens.level,
        format_args!("{}[{}]", finding.severity.name(), finding.rule),
    );
    pen(out, pens.title, format_args!(": {}", one_line(&finding.message)));
    let _ = write!(out, "\n{:width$}", "");
    pen(out, pens.gutter, "-->");
    let _ = write!(out, " {}", one_line(&finding.place.path));
    if source.is_some() {
        let start = finding.place.start;
        let _ = write!(out, ":{}:{}", start.line, start.column);
    }
    if is_secret {
        out.push_str(" (not shown: it holds a secret)");
    }
    let bar = |out: &mut String, lead: &str| {
        out.push('\n');
        pen(out, pens.gutter, format_args!("{lead}|"));
    };
    if let Some(source) = source.filter(|_| !marks.is_empty()) {
        bar(out, &gutter);
        draw_lines(out, source, &marks, width, pens);
    }
    if !notes.is_empty() {
        bar(out, &gutter);
    }
    for (heading, note) in notes {
        let _ = write!(out, "\n{gutter}");
        pen(out, pens.gutter, "=");
        out.push(' ');
        pen(out, pens.title, heading);
        let _ = write!(out, ": {}", one_line(note));
    }
    out.push('\n');
}

/// The spans of a finding in the order of their lines; the finding's own first among those on a line.
fn marks<'a>(finding: &'a Diagnostic, source: &Source) -> Vec<Mark<'a>> {
    let own = (finding.place.span, "", true);
    let others = finding
        .labels
        .iter()
        .map(|label| (label.span, &*label.message, false));
    let all = std::iter::once(own).chain(others);
    let mut marks: Vec<Mark<'_>> = all
        .map(|(span, label, is_primary)| Mark {
            span,
            label,
            is_primary,
            line: source.locate(span.start).line,
        })
        .collect();
    marks.sort_by_key(|mark| (mark.line, !mark.is_primary, mark.span));
    marks
}

fn draw_lines(out: &mut String, source: &Source, marks: &[Mark<'_>], width: usize, pens: Pens) {
    let mut last = None;
    for marks in marks.chunk_by(|a, b| a.line == b.line) {
        let number = marks[0].line;
        if last.is_some_and(|last| last + 1 < number) {
            out.push('\n');
            pen(out, pens.gutter, CUT);
        }
        last = Some(number);
        let line = source.line_span(number);
        let first = marks
            .iter()
            .map(|mark| mark.span.start)
            .min()
            .unwrap_or(line.start);
        let window = window(source, line, first);
        let text = shown(&source.text()[window.clone()]);
        let cut = |is_cut| if is_cut { CUT } else { "" };
        let (before, after) = (cut(line.start < window.start), cut(window.end < line.end));
        out.push('\n');
        pen(out, pens.gutter, format_args!("{number:>width$} |"));
        push_unless_empty(out, &format!("{before}{text}{after}"));
        for mark in marks {
            let (column, length) = columns(source, mark.span, &window);
            let sign = if mark.is_primary { "^" } else { "-" };
            let style = if mark.is_primary { pens.level } else { pens.gutter };
            let last = source
                .locate(mark.span.end.saturating_sub(1).max(mark.span.start))
                .line;
            out.push('\n');
            pen(out, pens.gutter, format_args!("{:width$} |", ""));
            let _ = write!(out, " {:1$}", "", before.len() + column);
            pen(out, style, sign.repeat(length));
            if last > number {
                push_unless_empty(out, &format!("to line {last}"));
            }
            push_unless_empty(out, &one_line(mark.label));
        }
    }
}

/// The bytes of a line to show: all, or of a long one what is around its first mark.
fn window(source: &Source, line: Span, first: usize) -> Range<usize> {
    if line.len() <= MOST_LINE_BYTES {
        return line.start..line.end;
    }
    let text = source.text();
    let room = line.end - MOST_LINE_BYTES;
    let start = first.saturating_sub(BEFORE_MARK_BYTES).clamp(line.start, room);
    let start = text.floor_char_boundary(start);
    start..text.ceil_char_boundary((start + MOST_LINE_BYTES).min(line.end))
}

/// How many columns stand before a span in the text shown, and how many it takes: one at least.
fn columns(source: &Source, span: Span, window: &Range<usize>) -> (usize, usize) {
    let start = span.start.clamp(window.start, window.end);
    let end = span.end.clamp(start, window.end);
    let wide = |from, to| shown(source.slice(Span::new(from, to))).width();
    (wide(window.start, start), wide(start, end).max(1))
}

/// Text of the source as a terminal shows it. Tabs have a fixed width, so that marks stand under what they mean.
fn shown(text: &str) -> String {
    printable(text).replace('\t', "    ")
}

/// Words on one line: a line break that a value brings along would let the text go on as it likes.
fn one_line(text: &str) -> String {
    printable(text).replace('\n', "\\n").replace('\t', "\\t")
}

fn push_unless_empty(out: &mut String, text: &str) {
    let text = text.trim_end();
    if !text.is_empty() {
        let _ = write!(out, " {text}");
    }
}

fn pen(out: &mut String, style: Style, text: impl Display) {
    let _ = write!(out, "{style}{text}{style:#}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Label, Place};

    fn drawn(text: &str, span: Span, labels: &[(Span, &str)]) -> String {
        let source = Source::new("a.md", text);
        let finding = Diagnostic {
            rule: "some-rule",
            severity: Severity::Error,
            message: "it is `so`".to_owned(),
            place: Place::in_source(&source, span),
            labels: labels
                .iter()
                .map(|(span, message)| Label {
                    span: *span,
                    message: (*message).to_owned(),
                })
                .collect(),
            help: None,
            fix: None,
            sensitive: false,
        };
        let mut out = String::new();
        draw(
            &mut out,
            &finding,
            Some(&source),
            false,
            &[("help", "mend it")],
            false,
        );
        out
    }

    #[test]
    fn second_places_stand_in_the_order_of_the_text() {
        let text = "name: a\nx: 1\n\n\n\n\n\n\n\nname: b\n";
        let drawn = drawn(
            text,
            Span::new(20, 24),
            &[(Span::new(0, 4), "first here"), (Span::new(26, 27), "again")],
        );
        insta::assert_snapshot!(drawn, @r"
        error[some-rule]: it is `so`
          --> a.md:10:1
           |
         1 | name: a
           | ---- first here
        ...
        10 | name: b
           | ^^^^
           |       - again
           |
           = help: mend it
        ");
    }

    #[test]
    fn carets_stand_under_wide_letters_tabs_and_escapes() {
        let text = "\t日本 \u{1b}[31m x\n";
        let drawn = drawn(
            text,
            Span::new(text.len() - 2, text.len() - 1),
            &[(Span::new(1, 4), "wide")],
        );
        insta::assert_snapshot!(drawn, @r"
        error[some-rule]: it is `so`
         --> a.md:1:11
          |
        1 |     日本 \u{1b}[31m x
          |                     ^
          |     -- wide
          |
          = help: mend it
        ");
    }

    #[test]
    fn spans_over_lines_and_at_the_end_of_a_text_have_a_mark() {
        insta::assert_snapshot!(drawn("one\ntwo\nthree\n", Span::new(1, 9), &[]), @r"
        error[some-rule]: it is `so`
         --> a.md:1:2
          |
        1 | one
          |  ^^ to line 3
          |
          = help: mend it
        ");
        insta::assert_snapshot!(drawn("one\n", Span::new(0, 4), &[]), @r"
        error[some-rule]: it is `so`
         --> a.md:1:1
          |
        1 | one
          | ^^^
          |
          = help: mend it
        ");
        insta::assert_snapshot!(drawn("one\n", Span::at(4), &[]), @r"
        error[some-rule]: it is `so`
         --> a.md:2:1
          |
        2 |
          | ^
          |
          = help: mend it
        ");
    }

    #[test]
    fn long_lines_are_cut_around_the_mark() {
        let text = format!("{} needle {}", "é".repeat(300), "ü".repeat(300));
        insta::assert_snapshot!(drawn(&text, Span::new(601, 607), &[]), @r"
        error[some-rule]: it is `so`
         --> a.md:1:302
          |
        1 | ...éééééééééééééééééééééééééééééé needle üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü...
          |                                   ^^^^^^
          |
          = help: mend it
        ");
    }
}
