use crate::lint::{Report, rule};
use crate::manifest::{Manifest, head};

rule! {
    /// The outermost value is not an object.
    ///
    /// Manifests, hook files and settings are objects; anything else is refused whole.
    ///
    /// ```json bad as=plugin
    /// [{ "name": "pdf-tools" }]
    /// ```
    ///
    /// ```json good as=plugin
    /// { "name": "pdf-tools", "description": "Reads PDF files" }
    /// ```
    ///
    /// Source: `claude plugin validate` 2.1.329, run 2026-11.
    "json-not-an-object", Correctness, "0.1.0", Manifest, check, refused_by [ClaudeCode]
}

fn check(manifest: &Manifest, report: &mut Report<'_>) {
    if let Ok(root) = &manifest.content
        && root.as_map().is_none()
    {
        let message = format!("the file holds a {}, not an object", root.type_name());
        report
            .at(&manifest.source, head(root), message)
            .help("write the fields in one object, `{ … }`");
    }
}
