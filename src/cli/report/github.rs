//! Findings as workflow commands: GitHub Actions reads them from the log and shows each beside its line.
//!
//! It keeps ten errors and ten warnings of a step; what is over stays in the log.

use crate::diagnostic::Diagnostic;
use crate::lint::Linted;
use crate::text::printable;

use super::checkout::Checkout;

/// A command for every finding.
pub fn commands<'a>(linted: &'a Linted, checkout: &'a Checkout) -> impl Iterator<Item = String> + 'a {
    let findings = linted.findings.iter();
    findings.map(|finding| command(finding, &checkout.path(&finding.place.path)))
}

/// `::error file=…,line=…,title=…::message`. Columns go only with a finding on one line: of others the runner drops them.
fn command(finding: &Diagnostic, path: &str) -> String {
    let (start, end) = (finding.place.start, finding.place.end);
    let columns = if start.line == end.line {
        format!(",col={},endColumn={}", start.column, end.column)
    } else {
        String::new()
    };
    let mut message = finding.message.clone();
    if let Some(help) = &finding.help {
        message.push_str("\nhelp: ");
        message.push_str(help);
    }
    format!(
        "::{} file={},line={},endLine={}{columns},title={}::{}",
        finding.severity.name(),
        property(path),
        start.line,
        end.line,
        property(&format!("packwright ({})", finding.rule)),
        data(&message),
    )
}

/// The text of a command. A line break in it would end the command and let the next line be another.
fn data(text: &str) -> String {
    printable(text)
        .replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// The value of a property of a command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Place, Severity};
    use crate::text::{Source, Span};

    fn finding(span: Span) -> Diagnostic {
        let source = Source::new("a, b:100%.md", "name: x\nlines: y\n");
        Diagnostic {
            rule: "some-rule",
            severity: Severity::Warning,
            message: "the value is `50%\r\n::set-output name=a::b\u{1b}[2J`".to_owned(),
            place: Place::in_source(&source, span),
            labels: Vec::new(),
            help: Some("write, say: less".to_owned()),
            fix: None,
            sensitive: false,
        }
    }

    #[test]
    fn a_finding_is_one_line_whatever_it_quotes() {
        let one_line = finding(Span::new(6, 7));
        assert_eq!(
            command(&one_line, &one_line.place.path),
            "::warning file=a%2C b%3A100%25.md,line=1,endLine=1,col=7,endColumn=8,title=packwright (some-rule)::the value is \
             `50%25%0A\\u{3a}:set-output name=a::b\\u{1b}[2J`%0Ahelp: write, say: less"
        );
        let two_lines = command(&finding(Span::new(0, 9)), "a.md");
        assert!(
            two_lines.starts_with("::warning file=a.md,line=1,endLine=2,title="),
            "{two_lines}"
        );
    }
}
