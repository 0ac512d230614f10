//! Here-documents: the lines between `<<EOF` and `EOF`.

use super::{Reader, Stop, fault};

/// A here-document whose text comes after the line.
pub(super) struct Document {
    delimiter: String,
    at: usize,
    /// `<<-`: tabs before the end are dropped.
    strips_tabs: bool,
}

impl Reader<'_> {
    pub(super) fn here_document(&mut self, at: usize) {
        let strips_tabs = self.peek() == Some(b'-');
        self.at += usize::from(strips_tabs);
        self.skip_spaces();
        let rest = &self.text[self.at..];
        let (quote, length) = match rest.bytes().next() {
            Some(quote @ (b'"' | b'\'')) => (1, rest[1..].find(quote as char)),
            Some(b'\\') => (1, None),
            _ => (0, None),
        };
        let inner = &rest[quote.min(rest.len())..];
        let length = length.unwrap_or_else(|| {
            inner
                .find(|next: char| !(next.is_alphanumeric() || matches!(next, '_' | '-' | '!' | '.')))
                .unwrap_or(inner.len())
        });
        let delimiter = &inner[..length];
        // `<<NAME>>` is a placeholder, `1 << 2` a shift.
        let after = inner[length..].bytes().next();
        if delimiter.is_empty()
            || after == Some(b'>')
            || delimiter.starts_with(|first: char| first.is_ascii_digit())
        {
            return;
        }
        self.documents.push(Document {
            delimiter: delimiter.to_owned(),
            at,
            strips_tabs,
        });
        let closing = usize::from(quote == 1 && rest.starts_with(['"', '\'']));
        self.at += quote + length + closing;
    }

    /// The texts of the here-documents that were announced on the line before.
    pub(super) fn documents(&mut self) -> Result<(), Stop> {
        for document in std::mem::take(&mut self.documents) {
            let mut indented = false;
            loop {
                if self.at >= self.bytes.len() {
                    let end = &document.delimiter;
                    let message = if indented {
                        format!("the `{end}` that should end this text is indented")
                    } else {
                        format!("no line `{end}` ends this text")
                    };
                    return Err(fault(document.at, message));
                }
                let start = self.at;
                self.skip_line();
                let line = self.text[start..self.at].trim_end_matches('\r');
                self.at = (self.at + 1).min(self.bytes.len());
                let bare = if document.strips_tabs {
                    line.trim_start_matches('\t')
                } else {
                    line
                };
                if let Some(rest) = bare.strip_prefix(document.delimiter.as_str())
                    && (rest.trim_end().is_empty() || rest.starts_with([')', '`', '"']))
                {
                    // What closes the substitution around it is read again.
                    if !rest.trim_end().is_empty() {
                        self.at = start + line.len() - rest.len();
                    }
                    break;
                }
                indented |= bare.trim() == document.delimiter;
            }
        }
        Ok(())
    }
}
