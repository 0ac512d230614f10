//! Findings as `JUnit` XML, which test reports of CI systems show: one test case for every file that was looked at.
//!
//! A file with errors is a failed test, so that it turns green when it is mended and keeps its history. Warnings are output of
//! the test and fail nothing; "skipped" would say that nobody looked.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::cli::changes::counted;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::Linted;
use crate::text::printable;

use super::checkout::Checkout;

/// The document, without a line break at its end.
pub fn document(linted: &Linted, command: &str, checkout: &Checkout) -> String {
    let mut files: BTreeMap<Cow<'_, str>, Vec<&Diagnostic>> = BTreeMap::new();
    for path in &linted.checked {
        files.entry(checkout.path(path)).or_default();
    }
    for finding in &linted.findings {
        files
            .entry(checkout.path(&finding.place.path))
            .or_default()
            .push(finding);
    }
    let is_error = |finding: &Diagnostic| finding.severity == Severity::Error;
    let has_errors = |findings: &&Vec<&Diagnostic>| findings.iter().any(|finding| is_error(finding));
    let failed = files.values().filter(has_errors).count();
    let suite = format!(
        "name=\"packwright {command}\" tests=\"{}\" failures=\"{failed}\" errors=\"0\" skipped=\"0\" time=\"0\"",
        files.len()
    );
    let mut xml =
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {suite}>\n  <testsuite {suite}>\n");
    let class = format!("packwright.{}", command.replace(' ', "."));
    for (path, findings) in &files {
        let (errors, warnings): (Vec<&Diagnostic>, Vec<&Diagnostic>) =
            findings.iter().partition(|finding| is_error(finding));
        write_case(&mut xml, &class, path, &errors, &warnings);
    }
    xml.push_str("  </testsuite>\n</testsuites>");
    xml
}

fn write_case(xml: &mut String, class: &str, path: &str, errors: &[&Diagnostic], warnings: &[&Diagnostic]) {
    let path = escaped(path);
    let line = errors.first().map_or(String::new(), |first| {
        format!(" line=\"{}\"", first.place.start.line)
    });
    let _ = write!(
        xml,
        "    <testcase classname=\"{class}\" name=\"{path}\" file=\"{path}\"{line} time=\"0\""
    );
    if errors.is_empty() && warnings.is_empty() {
        xml.push_str("/>\n");
        return;
    }
    xml.push_str(">\n");
    if let Some(first) = errors.first() {
        let message = match errors.len() {
            1 => first.message.clone(),
            count => format!("{} and {}", first.message, counted(count - 1, "more error")),
        };
        let _ = writeln!(
            xml,
            "      <failure message=\"{}\" type=\"{}\">{}</failure>",
            escaped(&message),
            first.rule,
            escaped(&told(errors))
        );
    }
    if !warnings.is_empty() {
        let _ = writeln!(xml, "      <system-out>{}</system-out>", escaped(&told(warnings)));
    }
    xml.push_str("    </testcase>\n");
}

/// Findings of one file in words, a line or two each.
fn told(findings: &[&Diagnostic]) -> String {
    let mut text = String::new();
    for finding in findings {
        let start = finding.place.start;
        let _ = write!(
            text,
            "{}{}:{}: {}[{}]: {}",
            if text.is_empty() { "" } else { "\n" },
            start.line,
            start.column,
            finding.severity.name(),
            finding.rule,
            finding.message
        );
        if let Some(help) = &finding.help {
            let _ = write!(text, "\n    help: {help}");
        }
    }
    text
}

/// Text for an element or an attribute. What XML 1.0 has no way to write is shown as [`printable`] shows it, or dropped.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in printable(text).chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\n' => safe.push_str("&#10;"),
            '\t' => safe.push_str("&#9;"),
            '\u{fffe}' | '\u{ffff}' => {}
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_leaves_its_place_in_the_document() {
        assert_eq!(
            escaped("\"a\" <b>]]> & c\n\u{0}\u{1b}\u{ffff}é"),
            "&quot;a&quot; &lt;b&gt;]]&gt; &amp; c&#10;\\u{0}\\u{1b}é"
        );
    }
}
