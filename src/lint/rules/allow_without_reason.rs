use crate::lint::allow::Allows;
use crate::lint::{Report, rule};

rule! {
    /// A comment allows a finding and does not say why.
    ///
    /// Whoever comes next cannot tell whether the reason still holds. Off by default.
    ///
    /// ```markdown bad folder=pdf
    /// ---
    /// # packwright: allow(name-differs-from-folder)
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
    "allow-without-reason", Pedantic, "0.1.0", Allows, check
}

fn check(allows: &Allows, report: &mut Report<'_>) {
    for allow in allows.entries.iter().filter(|allow| !allow.has_reason) {
        report
            .at(
                &allows.source,
                allow.span,
                format!("the comment allows `{}` and does not say why", allow.rule),
            )
            .help("write the reason after the closing parenthesis");
    }
}
