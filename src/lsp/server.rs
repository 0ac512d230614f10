//! The loop: one message after another, findings when no message waits.

use std::collections::{BTreeMap, VecDeque};
use std::io::{self, BufReader, Read, Write};
use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;
use std::sync::mpsc;

use lsp_types::{
    CodeActionKind, CodeActionOptions, CodeActionRequest, CompletionOptions, CompletionRequest,
    DefinitionRequest, Diagnostic, DidChangeTextDocumentParams, DidChangeWatchedFilesParams,
    DidCloseTextDocumentParams, DidOpenTextDocumentParams, DidSaveTextDocumentParams, DocumentLinkOptions,
    DocumentLinkRequest, DocumentSymbolRequest, HoverRequest, InitializeResult, PrepareRenameRequest,
    RenameOptions, RenameRequest, Request, SaveOptions, ServerCapabilities, ServerInfo, TextDocumentSyncKind,
    TextDocumentSyncOptions,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::io::files;

use super::client::Client;
use super::session::Session;
use super::wire::{self, Code, Fault, Incoming};
use super::{actions, complete, definition, diagnostics, hover, rename, symbols, uri};

/// How a conversation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The client said so first.
    Orderly,
    /// It left without a word.
    Abrupt,
}

/// How far a conversation has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Waiting,
    Running,
    Shut,
}

/// Serves one client until it leaves. `settings` is the settings file to use instead of the nearest.
pub fn serve(input: impl Read + Send + 'static, output: impl Write, settings: Option<PathBuf>) -> Ending {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut input = BufReader::new(input);
        while let Ok(Some(message)) = wire::read(&mut input) {
            if sender.send(message).is_err() {
                break;
            }
        }
    });
    let mut server = Server::new(output, settings);
    // A client that cannot be written to is gone.
    server.run(&receiver).unwrap_or(Ending::Abrupt)
}

struct Server<W> {
    output: W,
    stage: Stage,
    session: Session,
    settings: Option<PathBuf>,
    waiting: VecDeque<Incoming>,
    /// What the client was last told of a file: the version of the text, and the findings.
    told: BTreeMap<String, (Option<i32>, Vec<Diagnostic>)>,
}

impl<W: Write> Server<W> {
    fn new(output: W, settings: Option<PathBuf>) -> Self {
        Self {
            output,
            stage: Stage::Waiting,
            session: Session::new(Client::default(), settings.clone()),
            settings,
            waiting: VecDeque::new(),
            told: BTreeMap::new(),
        }
    }

    fn run(&mut self, receiver: &mpsc::Receiver<Incoming>) -> io::Result<Ending> {
        loop {
            while let Ok(message) = receiver.try_recv() {
                self.take_in(message)?;
            }
            if let Some(message) = self.waiting.pop_front() {
                if let Some(ending) = self.handle(message)? {
                    return Ok(ending);
                }
                continue;
            }
            self.publish()?;
            if let Ok(message) = receiver.try_recv() {
                self.take_in(message)?;
                continue;
            }
            let session = &mut self.session;
            match guarded(|| session.look_further()) {
                Ok(true) => {}
                Ok(false) => continue,
                Err(fault) => self.log(&fault)?,
            }
            self.publish()?;
            match receiver.recv() {
                Ok(message) => self.take_in(message)?,
                Err(_) => return Ok(self.ending()),
            }
        }
    }

    fn ending(&self) -> Ending {
        match self.stage {
            Stage::Shut => Ending::Orderly,
            Stage::Waiting | Stage::Running => Ending::Abrupt,
        }
    }

    /// Queues a message. What is called off before its turn gets no other answer.
    fn take_in(&mut self, message: Incoming) -> io::Result<()> {
        if let Incoming::Notification { method, params } = &message
            && method == "$/cancelRequest"
        {
            let is_meant = |waiting: &Incoming| matches!(waiting, Incoming::Request { id, .. } if Some(id) == params.get("id"));
            let Some(at) = self.waiting.iter().position(is_meant) else {
                return Ok(());
            };
            self.waiting.remove(at);
            let fault = Fault::new(Code::RequestCancelled, "called off by the client");
            return self.respond(&params["id"], Err(fault));
        }
        self.waiting.push_back(message);
        Ok(())
    }

    fn handle(&mut self, message: Incoming) -> io::Result<Option<Ending>> {
        match message {
            Incoming::Request { id, method, params } => {
                let result = self.answer(&method, params);
                self.respond(&id, result)?;
            }
            Incoming::Notification { method, .. } if method == "exit" => return Ok(Some(self.ending())),
            Incoming::Notification { method, params } if self.stage == Stage::Running => {
                self.note(&method, params)?;
            }
            Incoming::Broken { id, fault } => self.respond(&id, Err(fault))?,
            Incoming::Notification { .. } | Incoming::Response => {}
        }
        Ok(None)
    }

    fn respond(&mut self, id: &Value, result: Result<Value, Fault>) -> io::Result<()> {
        wire::write(&mut self.output, &wire::response(id, result))
    }

    fn answer(&mut self, method: &str, params: Value) -> Result<Value, Fault> {
        match (self.stage, method) {
            (Stage::Waiting, "initialize") => {
                let client = Client::read(&params);
                self.session = Session::new(client, self.settings.clone());
                self.stage = Stage::Running;
                to_value(&InitializeResult {
                    capabilities: capabilities(client),
                    server_info: Some(ServerInfo {
                        name: "packwright".to_owned(),
                        version: Some(env!("CARGO_PKG_VERSION").to_owned()),
                    }),
                })
            }
            (Stage::Waiting, _) => Err(Fault::new(Code::ServerNotInitialized, "`initialize` comes first")),
            (Stage::Running, "initialize") => Err(Fault::new(Code::InvalidRequest, "initialized already")),
            (Stage::Running, "shutdown") => {
                self.stage = Stage::Shut;
                Ok(Value::Null)
            }
            (Stage::Running, _) => {
                let session = &mut self.session;
                let result = guarded(|| dispatch(session, method, params));
                result.unwrap_or_else(|fault| {
                    self.session.forget();
                    Err(fault)
                })
            }
            (Stage::Shut, _) => Err(Fault::new(
                Code::InvalidRequest,
                "`shutdown` was asked for already",
            )),
        }
    }

    /// Takes a notification. One that cannot be understood is passed over: there is nobody to answer.
    fn note(&mut self, method: &str, params: Value) -> io::Result<()> {
        if method == "initialized" && self.session.client.watches {
            let watcher = json!({ "watchers": [{ "globPattern": "**/*" }] });
            let watched = "workspace/didChangeWatchedFiles";
            let registration = json!({ "id": "files", "method": watched, "registerOptions": watcher });
            let params = json!({ "registrations": [registration] });
            let request = wire::request("register-files", "client/registerCapability", &params);
            return wire::write(&mut self.output, &request);
        }
        let session = &mut self.session;
        match guarded(|| note(session, method, params)) {
            Ok(Some(closed)) => self.tell(closed, None, Vec::new()),
            Ok(None) => Ok(()),
            Err(fault) => self.log(&fault),
        }
    }

    /// Sends the findings of all files that are due.
    fn publish(&mut self) -> io::Result<()> {
        let session = &mut self.session;
        let due = match guarded(|| diagnostics::due(session)) {
            Ok(due) => due,
            Err(fault) => return self.log(&fault),
        };
        let settings: Vec<String> = self
            .session
            .closed_settings()
            .map(|(file, ..)| self.session.buffers.uri_of(file).0)
            .collect();
        for file in due {
            self.tell(file.uri.0, file.version, file.diagnostics)?;
        }
        // Settings that are mended, or open now, have nothing on this account any more.
        let told = self.told.iter();
        let stale = told.filter(|(uri, (version, found))| {
            version.is_none() && !found.is_empty() && !settings.contains(uri)
        });
        let stale: Vec<String> = stale.map(|(uri, _)| uri.clone()).collect();
        for uri in stale {
            self.tell(uri, None, Vec::new())?;
        }
        Ok(())
    }

    fn tell(&mut self, uri: String, version: Option<i32>, found: Vec<Diagnostic>) -> io::Result<()> {
        let now = (version, found);
        if self.told.get(&uri) == Some(&now) {
            return Ok(());
        }
        let mut params = json!({ "uri": uri, "diagnostics": now.1 });
        if let Some(version) = version {
            params["version"] = json!(version);
        }
        self.told.insert(uri, now);
        wire::write(
            &mut self.output,
            &wire::notification("textDocument/publishDiagnostics", &params),
        )
    }

    fn log(&mut self, fault: &Fault) -> io::Result<()> {
        let params = json!({ "type": 1, "message": format!("packwright: {}", fault.message) });
        wire::write(
            &mut self.output,
            &wire::notification("window/logMessage", &params),
        )
    }
}

/// Runs work whose panic, should there be one, is a fault of this request alone.
fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, Fault> {
    panic::catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        let words = panic.downcast_ref::<String>().map(String::as_str);
        let words = words.or_else(|| panic.downcast_ref::<&str>().copied());
        Fault::new(
            Code::InternalError,
            format!("internal error: {}", words.unwrap_or("a panic")),
        )
    })
}

fn to_value(value: &impl serde::Serialize) -> Result<Value, Fault> {
    serde_json::to_value(value).map_err(|error| Fault::new(Code::InternalError, error.to_string()))
}

fn parameters<T: DeserializeOwned>(params: Value) -> Result<T, Fault> {
    serde_json::from_value(params).map_err(|error| Fault::new(Code::InvalidParams, error.to_string()))
}

fn dispatch(session: &mut Session, method: &str, params: Value) -> Result<Value, Fault> {
    fn answer<R: Request>(
        session: &mut Session,
        params: Value,
        work: impl FnOnce(&mut Session, &R::Params) -> Result<R::Result, Fault>,
    ) -> Result<Value, Fault> {
        to_value(&work(session, &parameters(params)?)?)
    }
    match method {
        "textDocument/codeAction" => answer::<CodeActionRequest>(session, params, |session, params| {
            Ok(actions::answer(session, params))
        }),
        "textDocument/hover" => answer::<HoverRequest>(session, params, |session, params| {
            Ok(hover::answer(session, params))
        }),
        "textDocument/completion" => answer::<CompletionRequest>(session, params, |session, params| {
            Ok(complete::answer(session, params))
        }),
        "textDocument/definition" => answer::<DefinitionRequest>(session, params, |session, params| {
            Ok(definition::answer(session, params))
        }),
        "textDocument/documentLink" => answer::<DocumentLinkRequest>(session, params, |session, params| {
            Ok(definition::links(session, params))
        }),
        "textDocument/documentSymbol" => {
            answer::<DocumentSymbolRequest>(session, params, |session, params| {
                Ok(symbols::answer(session, params))
            })
        }
        "textDocument/prepareRename" => answer::<PrepareRenameRequest>(session, params, |session, params| {
            Ok(rename::prepare(session, params))
        }),
        "textDocument/rename" => answer::<RenameRequest>(session, params, rename::answer),
        _ => Err(Fault::new(
            Code::MethodNotFound,
            format!("`{method}` is not served here"),
        )),
    }
}

/// Takes a notification; gives the URI of a file that was closed.
fn note(session: &mut Session, method: &str, params: Value) -> Option<String> {
    match method {
        "textDocument/didOpen" => {
            let opened: DidOpenTextDocumentParams = parameters(params).ok()?;
            let document = opened.text_document;
            let path = session
                .buffers
                .open(document.uri, document.version, document.text)
                .path
                .clone();
            session.opened(&path?);
        }
        "textDocument/didChange" => {
            let DidChangeTextDocumentParams {
                text_document,
                content_changes,
            } = parameters(params).ok()?;
            let uri = text_document.text_document_identifier.uri;
            let changed = session
                .buffers
                .change(&uri, text_document.version, content_changes);
            let path = changed?.path.clone();
            session.changed(&path?);
        }
        "textDocument/didSave" => {
            let saved: DidSaveTextDocumentParams = parameters(params).ok()?;
            session.written(&uri::path_of(&saved.text_document.uri.0)?);
        }
        "textDocument/didClose" => {
            let closed: DidCloseTextDocumentParams = parameters(params).ok()?;
            let buffer = session.buffers.close(&closed.text_document.uri)?;
            session.closed(&buffer.path?);
            return Some(buffer.uri.0);
        }
        "workspace/didChangeWatchedFiles" => {
            let changed: DidChangeWatchedFilesParams = parameters(params).ok()?;
            let paths = changed
                .changes
                .iter()
                .filter_map(|change| uri::path_of(&change.uri.0));
            for path in paths.filter(|path| !files::is_passed_over(path)) {
                session.written(&path);
            }
        }
        _ => {}
    }
    None
}

fn capabilities(client: Client) -> ServerCapabilities {
    let kinds = [CodeActionKind::QuickFix, actions::FIX_ALL];
    ServerCapabilities {
        position_encoding: Some(client.encoding.kind()),
        text_document_sync: Some(
            TextDocumentSyncOptions {
                open_close: Some(true),
                change: Some(TextDocumentSyncKind::Incremental),
                save: Some(
                    SaveOptions {
                        include_text: Some(false),
                    }
                    .into(),
                ),
                ..TextDocumentSyncOptions::default()
            }
            .into(),
        ),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some(complete::TRIGGERS.map(str::to_owned).into()),
            ..CompletionOptions::default()
        }),
        hover_provider: Some(true.into()),
        definition_provider: Some(true.into()),
        document_symbol_provider: Some(true.into()),
        document_link_provider: Some(DocumentLinkOptions::default()),
        code_action_provider: Some(
            CodeActionOptions {
                code_action_kinds: Some(kinds.into()),
                ..CodeActionOptions::default()
            }
            .into(),
        ),
        rename_provider: Some(if client.prepares_renames {
            let options = RenameOptions {
                prepare_provider: Some(true),
                ..RenameOptions::default()
            };
            options.into()
        } else {
            true.into()
        }),
        ..ServerCapabilities::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_called_off_before_its_turn_is_not_done() {
        let (sender, receiver) = mpsc::channel();
        let request = |id: Value| Incoming::Request {
            id,
            method: "x".to_owned(),
            params: Value::Null,
        };
        let cancel = Incoming::Notification {
            method: "$/cancelRequest".to_owned(),
            params: json!({ "id": 2 }),
        };
        for message in [request(json!(1)), request(json!(2)), request(json!("2")), cancel] {
            sender.send(message).unwrap();
        }
        drop(sender);
        let mut written = Vec::new();
        let mut server = Server::new(&mut written, None);
        assert_eq!(server.run(&receiver).unwrap(), Ending::Abrupt);
        let written = String::from_utf8(written).unwrap();
        let answers: Vec<Value> = (written.split("Content-Length: ").skip(1))
            .filter_map(|frame| serde_json::from_str(frame.split_once("\r\n\r\n")?.1).ok())
            .collect();
        let codes: Vec<(&Value, &Value)> = answers
            .iter()
            .map(|answer| (&answer["id"], &answer["error"]["code"]))
            .collect();
        let not_initialized = json!(Code::ServerNotInitialized as i32);
        let cancelled = json!(Code::RequestCancelled as i32);
        let expected = [
            (&json!(2), &cancelled),
            (&json!(1), &not_initialized),
            (&json!("2"), &not_initialized),
        ];
        assert_eq!(codes, expected);
    }

    #[test]
    fn a_panic_is_a_fault_of_its_request_alone() {
        let hook = panic::take_hook();
        panic::set_hook(Box::new(|_| {}));
        let text = guarded(|| -> u8 { panic!("out of cheese at {}", 7) });
        let word = guarded(|| -> u8 { panic!("bare") });
        panic::set_hook(hook);
        let fault = text.unwrap_err();
        assert_eq!(fault.code, Code::InternalError);
        assert!(fault.message.contains("out of cheese at 7"), "{fault:?}");
        assert!(word.unwrap_err().message.contains("bare"));
        assert_eq!(guarded(|| 7), Ok(7));
    }
}
