use crate::document::tree::RefusalKind;
use crate::lint::{Report, rule};
use crate::manifest::Manifest;
use crate::text::Span;

rule! {
    /// The file is not JSON.
    ///
    /// Clients read it strictly, without comments and trailing commas, and load nothing of it. A plugin with a broken
    /// `hooks/hooks.json` does not load at all.
    ///
    /// ```json bad as=plugin
    /// {
    ///   "name": "pdf-tools", // the name people install
    ///   "description": "Reads PDF files"
    /// }
    /// ```
    ///
    /// ```json bad as=hooks
    /// { "hooks": {}, }
    /// ```
    ///
    /// ```json good as=plugin
    /// {
    ///   "name": "pdf-tools",
    ///   "description": "Reads PDF files"
    /// }
    /// ```
    ///
    /// Source: RFC 8259; Claude Code documentation, "Settings" and "Plugin marketplaces", read 2026-08-22; `claude plugin validate`
    /// 2.1.329, run 2026-11.
    "json-syntax", Correctness, "0.1.0", Manifest, check, refused_by [ClaudeCode]
}

fn check(manifest: &Manifest, report: &mut Report<'_>) {
    let Err(refusal) = &manifest.content else {
        return;
    };
    if refusal.kind != RefusalKind::Syntax {
        return;
    }
    let next = manifest.source.text()[refusal.at..].chars().next();
    let length = next
        .filter(|next| !next.is_whitespace())
        .map_or(0, char::len_utf8);
    let span = Span::new(refusal.at, refusal.at + length);
    report
        .at(
            &manifest.source,
            span,
            format!("the file is not JSON: {}", refusal.message),
        )
        .help(refusal.remedy);
}
