//! How long an editor waits: the time from a key stroke to its findings, over the pipes of the real server.
//!
//! `cargo bench --bench lsp` types letters into a `SKILL.md` of 500 lines with reference pages beside it, in a repository of a
//! thousand skills, and prints what each kind of question takes.
#![expect(clippy::disallowed_methods, reason = "it measures a program from outside")]
#![expect(clippy::unwrap_used, reason = "a measurement that fails is none")]
#![expect(clippy::print_stdout, reason = "the figures are for whoever runs it")]

mod corpus;

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

const SKILLS: usize = 1000;
const LINES: usize = 500;
const KEY_STROKES: usize = 500;

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    corpus::write(root, SKILLS);
    let own = root.join("pack-0/skills/monthly-report");
    write_skill(&own, LINES, 10);
    fs::write(
        root.join("packwright.toml"),
        "[lint.rules]\npedantic = \"warn\"\n",
    )
    .unwrap();

    let mut editor = Editor::new();
    editor.ask("initialize", &json!({ "capabilities": {} }));
    editor.tell("initialized", &json!({}));
    let path = own.join("SKILL.md");
    let text = fs::read_to_string(&path).unwrap();
    let uri = format!("file://{}", path.display());
    let first = editor.timed(|editor| {
        let document = json!({ "uri": uri, "languageId": "markdown", "version": 0, "text": text });
        editor.tell("textDocument/didOpen", &json!({ "textDocument": document }));
        editor.findings();
    });
    show("open", &mut [first]);

    let last = text.lines().count() - 1;
    let mut strokes: Vec<Duration> = (1..=KEY_STROKES)
        .map(|version| {
            // A link that leads nowhere, letter by letter, so that findings come and go.
            let letter = &"[x](gone.md) "[version % 13..=version % 13];
            let at = json!({ "line": last, "character": version - 1 });
            let change = json!({ "range": { "start": at, "end": at }, "text": letter });
            editor.timed(|editor| {
                let document = json!({ "uri": uri, "version": version });
                editor.tell(
                    "textDocument/didChange",
                    &json!({ "textDocument": document, "contentChanges": [change] }),
                );
                editor.findings();
            })
        })
        .collect();
    show("key stroke", &mut strokes);

    let place = |line: usize, character: usize| json!({ "textDocument": { "uri": uri }, "position": { "line": line, "character": character } });
    let range = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": last, "character": 0 } });
    let actions = json!({ "textDocument": { "uri": uri }, "range": range, "context": { "diagnostics": [] } });
    let mut renaming = place(1, 8);
    renaming["newName"] = json!("another-name");
    for (name, method, params, times) in [
        ("hover", "textDocument/hover", place(1, 2), 20),
        ("key completion", "textDocument/completion", place(3, 0), 20),
        ("code actions", "textDocument/codeAction", actions, 20),
        (
            "outline",
            "textDocument/documentSymbol",
            json!({ "textDocument": { "uri": uri } }),
            20,
        ),
        ("rename", "textDocument/rename", renaming, 3),
    ] {
        let mut taken: Vec<Duration> = (0..times)
            .map(|_| editor.timed(|editor| editor.ask(method, &params)))
            .collect();
        show(name, &mut taken);
    }
    editor.child.kill().unwrap();
    editor.child.wait().unwrap();
}

/// A skill of so many lines, with reference pages of 200 lines each.
fn write_skill(folder: &Path, lines: usize, pages: usize) {
    let mut text = "---\nname: monthly-report\ndescription: Writes the monthly report from tables. Use when a month ends.\n---\n\n# The monthly report\n\n".to_owned();
    for page in 0..pages {
        let _ = writeln!(
            text,
            "Read [page {page}](references/page-{page}.md) when there is a case {page}.\n"
        );
    }
    fill(&mut text, lines);
    fs::create_dir_all(folder.join("references")).unwrap();
    fs::write(folder.join("SKILL.md"), text).unwrap();
    for page in 0..pages {
        let mut text = format!("# Page {page}\n\n");
        fill(&mut text, 200);
        fs::write(folder.join(format!("references/page-{page}.md")), text).unwrap();
    }
}

/// Running text, lists, headings and code up to so many lines.
fn fill(text: &mut String, lines: usize) {
    let kinds = [
        "Look at the input first, then choose the `--mode` that fits what the table holds, and say why.\n\n",
        "- Check the header, the separator and the encoding.\n- Keep the order of the columns.\n\n",
        "## A further step\n\n",
        "```sh\npackwright lint --strict\n```\n\n",
        "Where a value is missing, write `NULL` and not an empty text: *the two differ* (see the notes).\n\n",
    ];
    let mut at = 0;
    while text.lines().count() < lines {
        text.push_str(kinds[at % kinds.len()]);
        at += 1;
    }
}

struct Editor {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    last_id: u64,
}

impl Editor {
    fn new() -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_packwright"));
        command.arg("lsp").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        Self {
            input: child.stdin.take().unwrap(),
            output: BufReader::new(child.stdout.take().unwrap()),
            child,
            last_id: 0,
        }
    }

    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        let frame = format!("Content-Length: {}\r\n\r\n{body}", body.len());
        self.input.write_all(frame.as_bytes()).unwrap();
        self.input.flush().unwrap();
    }

    fn tell(&mut self, method: &str, params: &Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    fn ask(&mut self, method: &str, params: &Value) {
        self.last_id += 1;
        let id = self.last_id;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        while self.read()["id"] != id {}
    }

    fn findings(&mut self) {
        while self.read()["method"] != "textDocument/publishDiagnostics" {}
    }

    fn timed(&mut self, work: impl FnOnce(&mut Self)) -> Duration {
        let begun = Instant::now();
        work(self);
        begun.elapsed()
    }

    fn read(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut line = String::new();
            self.output.read_line(&mut line).unwrap();
            match line.trim_end().split_once(": ") {
                Some((_, number)) => length = number.parse().unwrap(),
                None => break,
            }
        }
        let mut body = vec![0; length];
        self.output.read_exact(&mut body).unwrap();
        serde_json::from_slice(&body).unwrap()
    }
}

fn show(name: &str, taken: &mut [Duration]) {
    taken.sort();
    let at = |share: usize| taken[(taken.len() - 1) * share / 100].as_secs_f64() * 1000.0;
    println!(
        "{name:<16} median {:7.2} ms   p99 {:7.2} ms   most {:7.2} ms   of {}",
        at(50),
        at(99),
        at(100),
        taken.len()
    );
}
