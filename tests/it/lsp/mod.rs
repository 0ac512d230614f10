//! `packwright lsp`, spoken to over pipes as an editor does: frames in, frames out, one message waited for at a time.

mod actions;
mod features;
mod neovim;
mod protocol;
mod rename;

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};

use crate::sandbox::Sandbox;

/// How long a message may take on a machine under load before the test is taken for hanging.
const PATIENCE: Duration = Duration::from_mins(1);

/// A skill in order, and the same with its usual faults.
const GOOD: &str = "---\nname: pdf-tools\ndescription: Reads PDF files. Use when a task mentions a PDF.\n---\n\n# PDF tools\n\nRead the file.\n";
const BAD: &str = "---\nName: pdf-tools\ndescription: Reads PDF files. Use when a task mentions a PDF.\n---\n\n# PDF tools\n\nSee [forms](references/forms.md).\n";

/// What an able editor says of itself.
fn able() -> Value {
    json!({
        "general": { "positionEncodings": ["utf-16"] },
        "workspace": {
            "workspaceEdit": { "documentChanges": true, "resourceOperations": ["create", "rename", "delete"] },
        },
        "textDocument": {
            "codeAction": { "codeActionLiteralSupport": { "codeActionKind": { "valueSet": [] } } },
            "documentSymbol": { "hierarchicalDocumentSymbolSupport": true },
            "rename": { "prepareSupport": true },
            "publishDiagnostics": { "relatedInformation": true },
        },
    })
}

/// One conversation.
struct Editor {
    child: Child,
    input: Option<ChildStdin>,
    output: Receiver<Value>,
    /// What came while something else was waited for.
    earlier: VecDeque<Value>,
    last_id: i64,
}

impl Editor {
    /// A server to which nothing has been said.
    fn silent(sandbox: &Sandbox) -> Self {
        Self::started(sandbox.command(["lsp"]))
    }

    fn started(mut command: Command) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the server starts");
        let (sender, output) = channel();
        let mut pipe = BufReader::new(child.stdout.take().expect("a pipe"));
        std::thread::spawn(move || {
            while let Some(message) = read(&mut pipe) {
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        Self {
            input: child.stdin.take(),
            child,
            output,
            earlier: VecDeque::new(),
            last_id: 0,
        }
    }

    /// A server that knows these abilities of its client.
    fn with(sandbox: &Sandbox, capabilities: &Value) -> Self {
        let mut editor = Self::silent(sandbox);
        editor.ask(
            "initialize",
            &json!({ "processId": null, "rootUri": null, "capabilities": capabilities }),
        );
        editor.tell("initialized", &json!({}));
        editor
    }

    fn new(sandbox: &Sandbox) -> Self {
        Self::with(sandbox, &able())
    }

    /// Sends bytes as they are. A server that has gone does not read them.
    fn raw(&mut self, bytes: &[u8]) {
        if let Some(input) = &mut self.input {
            let _ = input.write_all(bytes).and_then(|()| input.flush());
        }
    }

    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        self.raw(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    }

    fn tell(&mut self, method: &str, params: &Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Sends a request and gives its id.
    fn request(&mut self, method: &str, params: &Value) -> i64 {
        self.last_id += 1;
        self.send(&json!({ "jsonrpc": "2.0", "id": self.last_id, "method": method, "params": params }));
        self.last_id
    }

    /// The first message that fits, whether it came already or not.
    #[track_caller]
    fn wait(&mut self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.earlier.iter().position(&fits) {
            return self.earlier.remove(at).expect("it is there");
        }
        loop {
            match self.output.recv_timeout(PATIENCE) {
                Ok(message) if fits(&message) => return message,
                Ok(message) => self.earlier.push_back(message),
                Err(error) => panic!("{what}: {error}; came instead: {:#?}", self.earlier),
            }
        }
    }

    /// The whole answer to a request.
    #[track_caller]
    fn answer(&mut self, id: &Value) -> Value {
        self.wait(&format!("an answer to {id}"), |message| {
            message.get("id") == Some(id) && message.get("method").is_none()
        })
    }

    /// The result of a request.
    #[track_caller]
    fn ask(&mut self, method: &str, params: &Value) -> Value {
        let id = self.request(method, params);
        let answer = self.answer(&json!(id));
        match answer.get("result") {
            Some(result) => result.clone(),
            None => panic!("{method}: {answer}"),
        }
    }

    /// Why a request was refused.
    #[track_caller]
    fn refused(&mut self, method: &str, params: &Value) -> (i64, String) {
        let id = self.request(method, params);
        let answer = self.answer(&json!(id));
        let error = &answer["error"];
        let code = error["code"].as_i64();
        let message = error["message"].as_str().unwrap_or_default().to_owned();
        (code.unwrap_or_else(|| panic!("{method}: {answer}")), message)
    }

    fn open(&mut self, path: &Path, text: &str) -> Value {
        let uri = uri(path);
        self.tell(
            "textDocument/didOpen",
            &json!({ "textDocument": { "uri": uri, "languageId": "markdown", "version": 1, "text": text } }),
        );
        uri
    }

    /// Opens a file of the sandbox with the text it has.
    fn open_file(&mut self, path: &Path) -> Value {
        let text = std::fs::read_to_string(path).expect("a file of the sandbox");
        self.open(path, &text)
    }

    /// Replaces the whole text.
    fn change(&mut self, uri: &Value, version: i64, text: &str) {
        self.edit(uri, version, &json!([{ "text": text }]));
    }

    fn edit(&mut self, uri: &Value, version: i64, changes: &Value) {
        self.tell(
            "textDocument/didChange",
            &json!({ "textDocument": { "uri": uri, "version": version }, "contentChanges": changes }),
        );
    }

    fn save(&mut self, uri: &Value) {
        self.tell("textDocument/didSave", &json!({ "textDocument": { "uri": uri } }));
    }

    fn close(&mut self, uri: &Value) {
        self.tell(
            "textDocument/didClose",
            &json!({ "textDocument": { "uri": uri } }),
        );
    }

    /// The next findings of a file.
    #[track_caller]
    fn findings(&mut self, uri: &Value) -> Vec<Value> {
        let message = self.wait(&format!("findings in {uri}"), |message| {
            message["method"] == "textDocument/publishDiagnostics" && message["params"]["uri"] == *uri
        });
        let findings = message["params"]["diagnostics"].as_array().cloned();
        findings.unwrap_or_default()
    }

    /// The rules of the next findings of a file.
    #[track_caller]
    fn rules(&mut self, uri: &Value) -> Vec<String> {
        let findings = self.findings(uri);
        let rules = findings
            .iter()
            .map(|finding| finding["code"].as_str().expect("a rule").to_owned());
        rules.collect()
    }

    /// Asks with a file and a position in it.
    #[track_caller]
    fn at(&mut self, method: &str, uri: &Value, text: &str, word: &str) -> Value {
        let position = position(text, text.find(word).expect("the word is there"));
        self.ask(
            method,
            &json!({ "textDocument": { "uri": uri }, "position": position }),
        )
    }

    /// Closes the conversation as the protocol has it.
    fn leave(mut self) {
        assert_eq!(self.ask("shutdown", &Value::Null), Value::Null);
        self.tell("exit", &Value::Null);
        assert_eq!(self.ended(), 0);
    }

    /// The exit code, once the server has ended.
    fn ended(&mut self) -> i32 {
        let status = self.child.wait().expect("the server ends");
        status.code().expect("an exit code")
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        // Hanging up ends the server, whatever the test came to.
        drop(self.input.take());
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(pipe: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if pipe.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end().split_once(": ") {
            Some(("Content-Length", number)) => length = number.parse().ok()?,
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    pipe.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

/// The URI of a path, as an editor writes it.
fn uri(path: &Path) -> Value {
    let path = path.to_string_lossy().replace('\\', "/");
    let path = path.trim_start_matches('/').replace(' ', "%20");
    json!(format!("file:///{path}"))
}

/// A byte offset as line and UTF-16 column.
fn position(text: &str, offset: usize) -> Value {
    let before = &text[..offset];
    let line = before.matches('\n').count();
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    json!({ "line": line, "character": before[start..].encode_utf16().count() })
}

/// The byte offset of a position.
fn offset(text: &str, position: &Value) -> usize {
    let number =
        |name: &str| usize::try_from(position[name].as_u64().expect("a number")).expect("a small one");
    let start: usize = text
        .split_inclusive('\n')
        .take(number("line"))
        .map(str::len)
        .sum();
    let mut units = 0;
    for (at, character) in text[start..].char_indices() {
        if units >= number("character") {
            return start + at;
        }
        units += character.len_utf16();
    }
    text.len()
}

/// The part of a text that a range names.
fn slice<'a>(text: &'a str, range: &Value) -> &'a str {
    &text[offset(text, &range["start"])..offset(text, &range["end"])]
}

/// A text after edits.
fn edited(text: &str, edits: &Value) -> String {
    let mut edits: Vec<&Value> = edits.as_array().expect("a list of edits").iter().collect();
    edits.sort_by_key(|edit| offset(text, &edit["range"]["start"]));
    let mut text = text.to_owned();
    for edit in edits.into_iter().rev() {
        let (start, end) = (
            offset(&text, &edit["range"]["start"]),
            offset(&text, &edit["range"]["end"]),
        );
        text.replace_range(start..end, edit["newText"].as_str().expect("a text"));
    }
    text
}

/// The labels of a completion list.
fn labels(list: &Value) -> Vec<String> {
    let items = list["items"].as_array().expect("a list of items");
    items
        .iter()
        .map(|item| item["label"].as_str().expect("a label").to_owned())
        .collect()
}
