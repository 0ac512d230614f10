//! The files that are open in the editor, as the editor has them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use lsp_types::{TextDocumentContentChangeEvent, Uri};

use crate::text::Span;

use super::position::{Encoding, Lines};
use super::uri;

/// One open file.
#[derive(Debug, Clone)]
pub struct Buffer {
    /// As the client writes it; it gets its own words back.
    pub uri: Uri,
    /// None for what has no file, such as an unsaved `untitled:` text.
    pub path: Option<PathBuf>,
    pub version: i32,
    pub text: String,
    pub lines: Lines,
}

impl Buffer {
    /// The part of the text that a span names, cut to the text.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.start..span.end).unwrap_or_default()
    }
}

/// All open files.
#[derive(Debug, Default)]
pub struct Buffers {
    encoding: Encoding,
    /// By URI.
    open: BTreeMap<String, Buffer>,
    /// URIs of those that are files.
    by_path: BTreeMap<PathBuf, String>,
}

impl Buffers {
    pub fn new(encoding: Encoding) -> Self {
        Self {
            encoding,
            ..Self::default()
        }
    }

    pub fn open(&mut self, uri: Uri, version: i32, text: String) -> &Buffer {
        let path = uri::path_of(&uri.0);
        if let Some(path) = &path {
            self.by_path.insert(path.clone(), uri.0.clone());
        }
        let buffer = Buffer {
            lines: Lines::new(&text, self.encoding),
            path,
            version,
            text,
            uri: uri.clone(),
        };
        self.open.entry(uri.0).insert_entry(buffer).into_mut()
    }

    pub fn close(&mut self, uri: &Uri) -> Option<Buffer> {
        let buffer = self.open.remove(&uri.0)?;
        if let Some(path) = &buffer.path {
            self.by_path.remove(path);
        }
        Some(buffer)
    }

    /// Applies changes in their order; each is relative to the text after the one before.
    pub fn change(
        &mut self,
        uri: &Uri,
        version: i32,
        changes: Vec<TextDocumentContentChangeEvent>,
    ) -> Option<&Buffer> {
        let buffer = self.open.get_mut(&uri.0)?;
        for change in changes {
            match change {
                TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(change) => {
                    buffer.text = change.text;
                }
                TextDocumentContentChangeEvent::TextDocumentContentChangePartial(change) => {
                    let span = buffer.lines.span(&buffer.text, change.range);
                    buffer.text.replace_range(span.start..span.end, &change.text);
                }
            }
            buffer.lines = Lines::new(&buffer.text, self.encoding);
        }
        buffer.version = version;
        Some(buffer)
    }

    pub fn get(&self, uri: &Uri) -> Option<&Buffer> {
        self.open.get(&uri.0)
    }

    /// The buffer of a file.
    pub fn at(&self, path: &Path) -> Option<&Buffer> {
        self.open.get(self.by_path.get(path)?)
    }

    /// The buffers of files, with their paths.
    pub fn files(&self) -> impl Iterator<Item = (&Path, &Buffer)> {
        let files = self.by_path.iter();
        files.filter_map(|(path, uri)| Some((path.as_path(), self.open.get(uri)?)))
    }

    /// The URI by which the client knows a file.
    pub fn uri_of(&self, path: &Path) -> Uri {
        self.at(path)
            .map_or_else(|| uri::of_path(path), |buffer| buffer.uri.clone())
    }

    pub fn encoding(&self) -> Encoding {
        self.encoding
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lsp_types::{Position, Range, TextDocumentContentChangePartial};
    use proptest::prelude::*;

    fn change(range: Range, text: &str) -> TextDocumentContentChangeEvent {
        #[expect(deprecated, reason = "old clients still send the length")]
        TextDocumentContentChangePartial {
            range,
            range_length: None,
            text: text.to_owned(),
        }
        .into()
    }

    #[test]
    fn each_change_sees_the_one_before() {
        let uri = Uri::from("file:///x/SKILL.md");
        let mut buffers = Buffers::default();
        buffers.open(uri.clone(), 1, "a😀c\n".to_owned());
        let at = |line, character| Position::new(line, character);
        let changes = vec![
            change(Range::new(at(0, 1), at(0, 3)), "é\nnew "),
            change(Range::new(at(1, 4), at(1, 5)), "C"),
            change(Range::new(at(9, 0), at(9, 0)), "end"),
        ];
        let buffer = buffers.change(&uri, 2, changes).unwrap();
        assert_eq!((buffer.text.as_str(), buffer.version), ("aé\nnew C\nend", 2));
        assert!(buffers.at(Path::new("/x/SKILL.md")).is_some());
        assert!(buffers.close(&uri).is_some() && buffers.at(Path::new("/x/SKILL.md")).is_none());
    }

    proptest! {
        #[test]
        fn typing_piece_by_piece_is_typing_at_once(
            text in "[aé\u{1f600}\n]{0,20}",
            edits in prop::collection::vec((0u32..6, 0u32..6, 0u32..6, 0u32..6, "[xß\n]{0,3}"), 0..6),
        ) {
            let uri = Uri::from("file:///x");
            let mut buffers = Buffers::default();
            buffers.open(uri.clone(), 1, text.clone());
            let mut expected = text;
            for (line, character, end_line, end_character, new) in edits {
                let range = Range::new(Position::new(line, character), Position::new(end_line, end_character));
                let span = Lines::new(&expected, Encoding::Utf16).span(&expected, range);
                expected = format!("{}{new}{}", &expected[..span.start], &expected[span.end..]);
                let buffer = buffers.change(&uri, 2, vec![change(range, &new)]).unwrap();
                prop_assert_eq!(&buffer.text, &expected);
            }
        }
    }
}
