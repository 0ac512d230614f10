use crate::lint::{Report, rule};
use crate::security::tokens::{connection_at, private_key_at, token_at};
use crate::security::{Lead, Manner, Text};

rule! {
    /// A key, a token, a private key, or an address with a password stands in the text.
    ///
    /// Whoever can read the skill can use it, and so can every agent that loads it. Keys are known by the shapes their providers give
    /// them. Stand-ins are passed over: `EXAMPLE`, `xxxx`, `<your key>`, `${TOKEN}`, samples of the documentation, passwords such as
    /// `password`, hosts on this machine, values that are not random, and whatever stands in a test or under "never do this". The
    /// secret itself is in no message and in no report.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Connect to `postgres://reader:vK7mQ2xR9tLw4Z@db.northwind-data.net:5432/reports` for the totals.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Connect to the database in `$DATABASE_URL` for the totals, for example
    /// `postgres://user:password@localhost:5432/reports`.
    /// ```
    ///
    /// Source: snyk agent-scan, issue codes, W008; Cisco skill-scanner, core signatures, "hardcoded_secrets"; read 2026-11.
    /// Codes: snyk W008; cisco SECRET_AWS_KEY, SECRET_STRIPE_KEY, SECRET_GOOGLE_API, SECRET_GITHUB_TOKEN, SECRET_PRIVATE_KEY, SECRET_CONNECTION_STRING.
    "hard-coded-secret", Security, "0.1.0", Text, check
}

fn check(text: &Text, report: &mut Report<'_>) {
    let words = text.text();
    let tokens = text.leads(Lead::Token).filter_map(|at| token_at(words, at));
    let keys = text
        .leads(Lead::PrivateKey)
        .filter_map(|at| private_key_at(words, at));
    let connections = text
        .leads(Lead::Connection)
        .filter_map(|at| connection_at(words, at));
    for secret in tokens.chain(keys).chain(connections) {
        if text.means(secret.span, Manner::Value) {
            report
                .at(
                    &text.source,
                    secret.span,
                    format!("{} stands in the text", secret.kind),
                )
                .help("revoke it, and read it from the environment or a secret store")
                .sensitive();
        }
    }
}
