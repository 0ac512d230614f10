use crate::diagnostic::Fix;
use crate::lint::{Report, rule};
use crate::manifest::Manifest;
use crate::text::{Edit, Span};

rule! {
    /// The file begins with a byte order mark.
    ///
    /// JSON forbids it, and many readers refuse the file for it. Claude Code 2.1.329 reads a `plugin.json` with a mark, but a mark
    /// in `hooks/hooks.json` keeps the whole plugin from loading.
    ///
    /// ```json bad as=hooks bom=yes
    /// { "hooks": {} }
    /// ```
    ///
    /// ```json good as=hooks
    /// { "hooks": {} }
    /// ```
    ///
    /// Source: RFC 8259 section 8.1; `claude plugin validate` 2.1.329, run 2026-11.
    "json-byte-order-mark", Correctness, "0.1.0", Manifest, check
}

fn check(manifest: &Manifest, report: &mut Report<'_>) {
    if manifest.source.text().starts_with('\u{feff}') {
        let mark = Span::new(0, 3);
        report
            .at(&manifest.source, mark, "the file begins with a byte order mark")
            .help("save it as UTF-8 without one")
            .fix(Fix::safe("remove the mark", vec![Edit::delete(mark)]));
    }
}
