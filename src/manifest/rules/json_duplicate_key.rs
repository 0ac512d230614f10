use std::collections::HashMap;

use crate::document::tree::{Node, Value};
use crate::lint::{Report, rule};
use crate::manifest::Manifest;
use crate::text::printable;

rule! {
    /// An object has the same key twice.
    ///
    /// Readers keep one of the two values, most of them the last, and drop the other without a word: hooks that stand under the
    /// first `"Stop"` never run. Keys that begin with `//`, `_` or `#` are taken for comments and may repeat.
    ///
    /// ```json bad as=plugin
    /// {
    ///   "name": "pdf-tools",
    ///   "description": "Reads PDF files",
    ///   "description": "Reads and writes PDF files"
    /// }
    /// ```
    ///
    /// ```json good as=plugin
    /// {
    ///   "name": "pdf-tools",
    ///   "description": "Reads and writes PDF files"
    /// }
    /// ```
    ///
    /// Source: RFC 8259 section 4.
    "json-duplicate-key", Correctness, "0.1.0", Manifest, check
}

fn check(manifest: &Manifest, report: &mut Report<'_>) {
    if let Ok(root) = &manifest.content {
        visit(root, manifest, report);
    }
}

/// Nesting is bounded by the reader.
fn visit(node: &Node, manifest: &Manifest, report: &mut Report<'_>) {
    match &node.value {
        Value::List(items) => items.iter().for_each(|item| visit(item, manifest, report)),
        Value::Map(pairs) => {
            let mut first = HashMap::with_capacity(pairs.len());
            for (key, value) in pairs {
                visit(value, manifest, report);
                let name = key.as_text().unwrap_or_default();
                if name.starts_with(['_', '#']) || name.starts_with("//") {
                    continue;
                }
                if let Some(&earlier) = first.get(name) {
                    let name = printable(name);
                    report
                        .at(
                            &manifest.source,
                            key.span,
                            format!("key `{name}` is written twice"),
                        )
                        .label(earlier, "first written here")
                        .help("keep one of them");
                } else {
                    first.insert(name, key.span);
                }
            }
        }
        Value::Scalar { .. } | Value::Alias => {}
    }
}
