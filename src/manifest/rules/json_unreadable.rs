use crate::document::tree::RefusalKind;
use crate::lint::{Report, rule};
use crate::manifest::Manifest;

rule! {
    /// A JSON file that a client reads cannot be read: its permissions forbid it, or it is no file.
    ///
    /// The client fails on it or goes on without it, and nothing else can be said of it.
    ///
    /// ```json bad as=plugin unreadable=yes
    /// ```
    ///
    /// ```json good as=plugin
    /// {
    ///   "name": "pdf-tools",
    ///   "description": "Reads PDF files"
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Plugins reference": manifests are read from disk, read 2026-08-22.
    "json-unreadable", Correctness, "0.2.0", Manifest, check, refused_by [ClaudeCode]
}

fn check(manifest: &Manifest, report: &mut Report<'_>) {
    if let Err(refusal) = &manifest.content
        && refusal.kind == RefusalKind::Unreadable
    {
        report
            .file(
                manifest.source.path(),
                format!("the file cannot be read: {}", refusal.message),
            )
            .help(refusal.remedy);
    }
}
