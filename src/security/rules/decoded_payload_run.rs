use crate::lint::{Report, rule};
use crate::security::payloads::decoded_run_at;
use crate::security::{Lead, Manner, Text};
use crate::text::Span;

rule! {
    /// Encoded text is decoded and run.
    ///
    /// Nobody can review what a base64 block does before it runs, and nothing that a skill needs must be hidden so. Decoding alone is
    /// let be.
    ///
    /// ````markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Set up the tool:
    ///
    /// ```sh
    /// echo aW5zdGFsbCAtLWFsbA== | base64 -d | sh
    /// ```
    /// ````
    ///
    /// ````markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Show the certificate:
    ///
    /// ```sh
    /// kubectl get secret tls -o jsonpath='{.data.crt}' | base64 -d | openssl x509 -text
    /// ```
    /// ````
    ///
    /// Source: snyk agent-scan, issue codes, E006; Cisco skill-scanner, core signatures, "obfuscation"; read 2026-11.
    /// Codes: snyk E006; cisco OBFUSCATION_BASE64_LARGE, COMMAND_INJECTION_EVAL.
    "decoded-payload-run", Security, "0.1.0", Text, check
}

fn check(text: &Text, report: &mut Report<'_>) {
    let mut last = Span::default();
    for at in text.leads(Lead::Decode) {
        if let Some(span) = decoded_run_at(text, at)
            && span != last
            && text.means(span, Manner::Command)
        {
            last = span;
            report
                .at(&text.source, span, "encoded text is decoded and run")
                .help("put the program into a file of the skill, where it can be read");
        }
    }
}
