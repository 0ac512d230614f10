//! Edits of several files in the form that the client takes.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use lsp_types::{
    DocumentChange, OptionalVersionedTextDocumentIdentifier, RenameFile, TextDocumentEdit,
    TextDocumentIdentifier, TextEdit, Uri, WorkspaceEdit,
};

use crate::text::{Edit, Span};

use super::position::Lines;
use super::session::Session;
use super::uri;

/// What is to change in some files, whose texts are known.
#[derive(Debug, Clone, Default)]
pub struct Edits {
    files: BTreeMap<PathBuf, (String, Vec<Edit>)>,
    /// Files and folders that get another path, after their texts are edited.
    moves: Vec<(PathBuf, PathBuf)>,
}

impl Edits {
    /// Edits of one text.
    pub fn of(path: &Path, text: &str, edits: Vec<Edit>) -> Self {
        let mut all = Self::default();
        all.add(path, text, edits);
        all
    }

    pub fn add(&mut self, path: &Path, text: &str, edits: Vec<Edit>) {
        if !edits.is_empty() {
            let file = self.files.entry(path.to_path_buf());
            let (_, known) = file.or_insert_with(|| (text.to_owned(), Vec::new()));
            known.extend(edits);
        }
    }

    pub fn rename(&mut self, from: PathBuf, to: PathBuf) {
        self.moves.push((from, to));
    }

    /// The same as the protocol has it.
    pub fn shown(self, session: &Session) -> WorkspaceEdit {
        let encoding = session.buffers.encoding();
        let mut changes: HashMap<Uri, Vec<TextEdit>> = HashMap::new();
        let mut ordered: Vec<DocumentChange> = Vec::new();
        for (path, (text, mut edits)) in self.files {
            edits.sort_by_key(|edit| edit.span);
            let lines = Lines::new(&text, encoding);
            let edits = edits.iter();
            let edits: Vec<TextEdit> = edits
                .map(|edit| TextEdit::new(lines.range(&text, edit.span), edit.replacement.clone()))
                .collect();
            let uri = session.buffers.uri_of(&path);
            if session.client.versioned_edits {
                let version = session.buffers.at(&path).map(|buffer| buffer.version);
                let document = OptionalVersionedTextDocumentIdentifier {
                    version,
                    text_document_identifier: TextDocumentIdentifier::new(uri),
                };
                let edits = edits.into_iter().map(Into::into).collect();
                ordered.push(TextDocumentEdit::new(document, edits).into());
            } else {
                changes.insert(uri, edits);
            }
        }
        for (from, to) in self.moves {
            let rename = RenameFile {
                old_uri: uri::of_path(&from),
                new_uri: uri::of_path(&to),
                options: None,
                annotation_id: None,
            };
            ordered.push(rename.into());
        }
        let is_ordered = session.client.versioned_edits;
        WorkspaceEdit {
            changes: (!is_ordered).then_some(changes),
            document_changes: is_ordered.then_some(ordered),
            change_annotations: None,
        }
    }
}

/// The smallest single edit that makes one text of another.
pub fn between(before: &str, after: &str) -> Option<Edit> {
    if before == after {
        return None;
    }
    let same = |pairs: &mut dyn Iterator<Item = (char, char)>| -> usize {
        let same = pairs.take_while(|(a, b)| a == b);
        same.map(|(character, _)| character.len_utf8()).sum()
    };
    let head = same(&mut before.chars().zip(after.chars()));
    let tail = same(&mut before[head..].chars().rev().zip(after[head..].chars().rev()));
    let span = Span::new(head, before.len() - tail);
    Some(Edit::replace(span, &after[head..after.len() - tail]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::apply_edits;
    use proptest::prelude::*;

    #[test]
    fn what_is_the_same_stays() {
        let edit = between("name: Ab\nx: 1\n", "name: ab\nx: 1\n").unwrap();
        assert_eq!((edit.span, edit.replacement.as_str()), (Span::new(6, 7), "a"));
        assert_eq!(between("a", "a"), None);
    }

    proptest! {
        #[test]
        fn the_edit_leads_from_one_to_the_other(before in "[aé\u{1f600}\n]{0,12}", after in "[aé\u{1f600}\n]{0,12}") {
            let edits: Vec<Edit> = between(&before, &after).into_iter().collect();
            prop_assert_eq!(apply_edits(&before, &edits), Some(after));
        }
    }
}
