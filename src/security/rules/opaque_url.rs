use crate::lint::{Report, rule};
use crate::security::commands::{address_at, fetched_at};
use crate::security::hosts::{Address, Place};
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
    if text.theme.is_security {
        return;
    }
    let fetched: Vec<Span> = (text.leads(Lead::Fetch))
        .filter_map(|at| fetched_at(text, at))
        .map(|fetched| fetched.span)
        .collect();
    let mut last = 0;
    for lead in text.leads(Lead::Address) {
        let Some((span, address)) = address_around(text.text(), lead) else {
            continue;
        };
        let what = match address.place() {
            Place::Shortener if address.path.len() > 2 => "hides where it leads",
            Place::DropBox if address.path.len() > 6 => "leads where anyone can leave anything",
            Place::Number => "is a bare number",
            _ => continue,
        };
        let path = address.path.to_ascii_lowercase();
        let is_stand_in = ["xxx", "example", "abc123", "your", "...", "{", "$", "%s", "api_"]
            .iter()
            .any(|word| path.contains(word));
        // What is fetched and run is told of by the rules about that.
        let is_told = fetched.iter().any(|command| command.contains(span.start));
        if span.end <= last || is_stand_in || is_told || !text.means(span, Manner::Command) {
            continue;
        }
        last = span.end;
        report
            .at(
                &text.source,
                span,
                format!("the address `{}` {what}", address.whole),
            )
            .help("write the address it leads to, or keep the file in the skill");
    }
}

/// The address that a word of it at `lead` stands in.
fn address_around(text: &str, lead: usize) -> Option<(Span, Address<'_>)> {
    let before = &text[text.floor_char_boundary(lead.saturating_sub(80))..lead];
    let begins = text[lead..]
        .get(..4)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("http"));
    let start = if begins {
        lead
    } else {
        let back = before
            .rfind("http")
            .filter(|&at| !before[at..].contains(char::is_whitespace))?;
        lead - (before.len() - back)
    };
    let address = address_at(text, start)?;
    let span = Span::new(start, start + address.whole.len());
    (span.end > lead).then_some((span, address))
}
