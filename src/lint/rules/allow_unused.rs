use crate::lint::allow::{Allows, State};
use crate::lint::{Report, rule};

rule! {
    /// A comment allows a finding that is not there.
    ///
    /// What it allowed was mended, or it stands on the wrong line: it holds for its own line and the next. Left in place it would
    /// hide the next finding of the same rule.
    ///
    /// ```markdown bad
    /// ---
    /// # packwright: allow(description-too-long) agreed with the team
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown good folder=pdf
    /// ---
    /// # packwright: allow(name-differs-from-folder) renamed next month
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// Source: our own judgement.
    "allow-unused", Style, "0.1.0", Allows, check
}

fn check(allows: &Allows, report: &mut Report<'_>) {
    for allow in allows.entries.iter().filter(|allow| allow.state == State::Unused) {
        report
            .at(
                &allows.source,
                allow.span,
                format!("there is no finding of `{}` to allow here", allow.rule),
            )
            .help("take the name out of the comment; an allow holds for its own line and the next");
    }
}
