use crate::lint::allow::{Allows, State};
use crate::lint::{Report, rule};

rule! {
    /// A comment allows a rule that does not exist, or that does not look at files of this kind.
    ///
    /// A misspelt name allows nothing.
    ///
    /// ```markdown bad
    /// ---
    /// # packwright: allow(description-to-long) agreed with the team
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
    "allow-unknown-rule", Suspicious, "0.1.0", Allows, check
}

fn check(allows: &Allows, report: &mut Report<'_>) {
    for allow in allows
        .entries
        .iter()
        .filter(|allow| allow.state == State::Unknown)
    {
        report
            .at(
                &allows.source,
                allow.span,
                format!("no rule `{}` looks at this file", allow.rule),
            )
            .help("`packwright rules` lists the rules");
    }
}
