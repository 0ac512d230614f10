use crate::document::tree::RefusalKind;
use crate::lint::{Report, rule};
use crate::manifest::Manifest;
use crate::text::Span;

rule! {
    /// The file is too large or too deeply nested to be judged: over 4 MiB, or over 128 levels.
    ///
    /// Nothing else is said of it. Manifests have a few kilobytes; a catalogue of 286 plugins has 169.
    ///
    /// ```json bad as=plugin deep=200
    /// { "name": "pdf-tools", "description": "Reads PDF files", "metadata": "DEEP" }
    /// ```
    ///
    /// ```json good as=plugin deep=20
    /// { "name": "pdf-tools", "description": "Reads PDF files", "metadata": { "levels": "DEEP" } }
    /// ```
    ///
    /// Source: limits of packwright's own; see `src/document/json/`.
    "json-too-large", Suspicious, "0.1.0", Manifest, check
}

fn check(manifest: &Manifest, report: &mut Report<'_>) {
    if let Err(refusal) = &manifest.content
        && refusal.kind == RefusalKind::TooMuch
    {
        report
            .at(
                &manifest.source,
                Span::at(refusal.at),
                format!("the file is not judged: {}", refusal.message),
            )
            .help(refusal.remedy);
    }
}
