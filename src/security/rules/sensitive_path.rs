use crate::lint::{Report, rule};
use crate::security::credentials::private_file_at;
use crate::security::{Lead, Manner, Text};
use crate::text::Span;

rule! {
    /// A script names a file with credentials, or climbs out of its folder into the system's.
    ///
    /// Tools for machines do so with good reason; those who allow no skill to read such files can ask for this rule.
    ///
    /// ```python bad path=scripts/keys.py
    /// from pathlib import Path
    ///
    /// print(Path("~/.ssh/id_rsa").expanduser().stat())
    /// ```
    ///
    /// ```python good path=scripts/keys.py
    /// from pathlib import Path
    ///
    /// print(Path("report.txt").stat())
    /// ```
    ///
    /// Source: Cisco skill-scanner, core signatures, "data_exfiltration" and "command_injection", read 2026-11.
    /// Codes: cisco DATA_EXFIL_SENSITIVE_FILES, PATH_TRAVERSAL_OPEN, PATH_TRAVERSAL_ATTEMPT.
    "sensitive-path", Pedantic, "0.1.0", Text, check
}

fn check(text: &Text, report: &mut Report<'_>) {
    let Some(script) = text.script() else {
        return;
    };
    for at in text.leads(Lead::Credentials) {
        let rest = &text.text()[at..];
        let what = if rest.starts_with("../etc/") {
            Some("a path out of its folder")
        } else {
            private_file_at(text.text(), at)
        };
        if let Some(what) = what
            && !script.is_comment(at)
            && text.means(Span::at(at), Manner::Command)
        {
            let end = rest
                .find(|end: char| end.is_whitespace() || "\"')`".contains(end))
                .unwrap_or(1);
            report
                .at(
                    &text.source,
                    Span::new(at, at + end.max(1)),
                    format!("the script names {what}"),
                )
                .help("take the path from whoever calls the script");
        }
    }
}
