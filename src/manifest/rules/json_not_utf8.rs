use crate::lint::{Report, rule};
use crate::manifest::Manifest;
use crate::text::Span;

rule! {
    /// The file is not UTF-8.
    ///
    /// JSON is exchanged in UTF-8. Readers refuse the file or put replacement characters where the bytes stood.
    ///
    /// ```json bad as=plugin encoding=latin1
    /// { "name": "cafe-tools", "description": "Reads café menus" }
    /// ```
    ///
    /// ```json good as=plugin
    /// { "name": "cafe-tools", "description": "Reads café menus" }
    /// ```
    ///
    /// Source: RFC 8259 section 8.1.
    "json-not-utf8", Correctness, "0.1.0", Manifest, check
}

fn check(manifest: &Manifest, report: &mut Report<'_>) {
    if let Some(at) = manifest.source.invalid_at() {
        report
            .at(
                &manifest.source,
                Span::at(at),
                "the file is not UTF-8 from here on",
            )
            .help("save it as UTF-8");
    }
}
