use crate::lint::{Report, rule};
use crate::security::commands::address_at;
use crate::security::hosts::Place;
use crate::security::{Lead, Manner, Text};
use crate::text::Span;

rule! {
    /// An address hides where it leads or whose it is: a shortened one, a bare number of the public network, a site where anyone leaves
    /// files without a name.
    ///
    /// What it leads to can change after the skill was reviewed. Addresses of this machine and this network, numbers reserved for
    /// documentation, and texts about such addresses are let be.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read the manual at https://bit.ly/3xYzAbC first.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read the manual at https://docs.python.org/3/ first. The service listens on http://127.0.0.1:8080.
    /// ```
    ///
    /// Source: snyk agent-scan, issue codes, E005, read 2026-11.
    /// Codes: snyk E005; cisco CONFIG_SUSPICIOUS_URL, BEHAVIOR_SUSPICIOUS_URL.
    "opaque-url", Suspicious, "0.1.0", Text, check
}

fn check(text: &Text, report: &mut Report<'_>) {
    let mut last = 0;
    for lead in text.leads(Lead::Address) {
        let Some(at) = text.text()[..lead + 2].rfind("http").filter(|at| lead - at.min(&lead) < 80) else {
            continue;
        };
        let Some(address) = address_at(text.text(), at) else {
            continue;
        };
        let span = Span::new(at, at + address.whole.len());
        let what = match address.place() {
            Place::Shortener if address.path.len() > 2 => "hides where it leads",
            Place::DropBox if address.path.len() > 6 => "leads where anyone can leave anything",
            Place::Number => "is a bare number",
            _ => continue,
        };
        let is_stand_in = ["xxx", "example", "abc123", "your", "..."].iter().any(|word| address.path.contains(word));
        if span.end <= last || span.end <= lead || is_stand_in || text.theme.is_security || !text.means(span, Manner::Command) {
            continue;
        }
        last = span.end;
        report
            .at(&text.source, span, format!("the address `{}` {what}", address.whole))
            .help("write the address it leads to, or keep the file in the skill");
    }
}
