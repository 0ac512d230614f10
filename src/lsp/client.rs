//! What the client said of itself when it began. Every client may leave out what it likes and add what it likes.

use serde_json::Value;

use super::position::Encoding;

/// The abilities of a client that change what it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a yes or no of the protocol"
)]
pub struct Client {
    pub encoding: Encoding,
    /// Edits may carry the version of the text they are of.
    pub versioned_edits: bool,
    /// Edits may rename files and folders.
    pub renames_files: bool,
    /// It asks what would be renamed before it asks for a rename.
    pub prepares_renames: bool,
    /// Symbols may lie in one another.
    pub nested_symbols: bool,
    /// A finding may point at second places.
    pub related_places: bool,
    /// Actions are values, not commands.
    pub action_literals: bool,
    /// It can be asked to watch files.
    pub watches: bool,
}

impl Client {
    /// Reads the parameters of `initialize`.
    pub fn read(params: &Value) -> Self {
        let at = |pointer: &str| params.pointer(&format!("/capabilities/{pointer}"));
        let is = |pointer: &str| at(pointer).and_then(Value::as_bool).unwrap_or(false);
        let words = |pointer: &str| -> Vec<&str> {
            let list = at(pointer).and_then(Value::as_array);
            list.into_iter().flatten().filter_map(Value::as_str).collect()
        };
        let versioned_edits = is("workspace/workspaceEdit/documentChanges");
        Self {
            encoding: Encoding::of_offered(&words("general/positionEncodings")),
            versioned_edits,
            renames_files: versioned_edits
                && words("workspace/workspaceEdit/resourceOperations").contains(&"rename"),
            prepares_renames: is("textDocument/rename/prepareSupport"),
            nested_symbols: is("textDocument/documentSymbol/hierarchicalDocumentSymbolSupport"),
            related_places: is("textDocument/publishDiagnostics/relatedInformation"),
            action_literals: at("textDocument/codeAction/codeActionLiteralSupport").is_some(),
            watches: is("workspace/didChangeWatchedFiles/dynamicRegistration"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_not_said_is_not_there() {
        for params in [
            json!(null),
            json!({}),
            json!({"capabilities": []}),
            json!({"capabilities": {"general": 7}}),
        ] {
            assert_eq!(Client::read(&params), Client::default(), "{params}");
        }
        let edit = json!({"documentChanges": true, "resourceOperations": ["create", "rename"]});
        let client = Client::read(&json!({"capabilities": {"workspace": {"workspaceEdit": edit}}}));
        assert!(client.renames_files && client.versioned_edits && !client.watches);
    }
}
