//! What a finding is known by from one run to the next, while the lines above it come and go.

use std::collections::HashMap;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::{Linted, Secrets};

/// Longest part of a line that counts, in bytes.
const MOST_LINE_BYTES: usize = 512;

/// A fingerprint for every finding, in their order: 32 hexadecimal digits, different for each, that hold its rule, its file
/// under the name that `path` gives it, the text of its line, and which of several alike it is. Of a line with a secret the
/// text is left out, since a short secret could be guessed from its digest.
pub fn fingerprints<'a, P: AsRef<str>>(linted: &'a Linted, path: impl Fn(&'a str) -> P) -> Vec<String> {
    let secrets = Secrets::of(linted);
    let mut seen: HashMap<[u8; 16], usize> = HashMap::new();
    let each = linted.findings.iter().map(|finding| {
        let source = linted.sources.get(&finding.place.path);
        let line = source
            .filter(|source| !secrets.touch(finding, source))
            .map_or("", |source| {
                let line = source.slice(source.line_span(finding.place.start.line)).trim();
                &line[..line.floor_char_boundary(MOST_LINE_BYTES)]
            });
        let path = path(&finding.place.path);
        let alike = digest(&[finding.rule, path.as_ref(), line]);
        let count = seen.entry(alike).or_default();
        *count += 1;
        hexadecimal(digest(&[finding.rule, path.as_ref(), line, &count.to_string()]))
    });
    each.collect()
}

/// The first half of a SHA-256 digest over parts that are kept apart.
fn digest(parts: &[&str]) -> [u8; 16] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    let mut half = [0; 16];
    half.copy_from_slice(&hasher.finalize()[..16]);
    half
}

fn hexadecimal(bytes: [u8; 16]) -> String {
    bytes.iter().fold(String::with_capacity(32), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Diagnostic, Place, Severity};
    use crate::text::{Source, Span};

    fn linted(text: &str, sensitive: bool) -> Linted {
        let source = Source::new("a.md", text);
        let findings = text.match_indices("bad").map(|(at, _)| Diagnostic {
            rule: "no-bad",
            severity: Severity::Error,
            message: String::new(),
            place: Place::in_source(&source, Span::new(at, at + 3)),
            labels: Vec::new(),
            help: None,
            fix: None,
            sensitive,
        });
        Linted {
            checked: Vec::new(),
            findings: findings.collect(),
            sources: [(source.path().clone(), source)].into(),
        }
    }

    #[test]
    fn fingerprints_are_stable_under_moves_and_all_different() {
        let before = fingerprints(&linted("bad\nbad\nx bad\nbad bad\n", false), |path| path);
        let after = fingerprints(&linted("# new\n\n  bad\nbad\nx bad\nbad bad\n", false), |path| {
            path
        });
        assert_eq!(before, after);
        let mut different = before.clone();
        different.sort();
        different.dedup();
        assert_eq!(different.len(), before.len());
        assert!(before.iter().all(|text| text.len() == 32));
    }

    #[test]
    fn a_secret_is_no_part_of_its_fingerprint() {
        let one = fingerprints(&linted("bad: 1234\n", true), |path| path);
        assert_eq!(one, fingerprints(&linted("bad: 9876\n", true), |path| path));
        assert_ne!(one, fingerprints(&linted("bad: 1234\n", false), |path| path));
    }
}
