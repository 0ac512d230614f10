//! What holds for every server: beginning and end, texts kept in step, rubbish survived.

use serde_json::{Value, json};

use super::{BAD, Editor, GOOD, able, position, slice, uri};
use crate::sandbox::Sandbox;

const NOT_INITIALIZED: i64 = -32_002;
const INVALID_REQUEST: i64 = -32_600;
const METHOD_NOT_FOUND: i64 = -32_601;
const INVALID_PARAMS: i64 = -32_602;
const PARSE_ERROR: i64 = -32_700;

#[test]
fn a_conversation_begins_and_ends_as_the_protocol_has_it() {
    let sandbox = Sandbox::new();
    let mut editor = Editor::silent(&sandbox);
    assert_eq!(
        editor.refused("textDocument/hover", &json!({})).0,
        NOT_INITIALIZED
    );
    let answer = editor.ask("initialize", &json!({ "capabilities": able() }));
    let capabilities = &answer["capabilities"];
    assert_eq!(capabilities["positionEncoding"], "utf-16");
    assert_eq!(
        capabilities["textDocumentSync"],
        json!({"openClose": true, "change": 2, "save": {"includeText": false}})
    );
    assert_eq!(
        capabilities["codeActionProvider"]["codeActionKinds"],
        json!(["quickfix", "source.fixAll.packwright"])
    );
    assert_eq!(capabilities["renameProvider"], json!({"prepareProvider": true}));
    assert_eq!(answer["serverInfo"]["name"], "packwright");
    editor.tell("initialized", &json!({}));
    assert_eq!(editor.refused("initialize", &json!({})).0, INVALID_REQUEST);
    assert_eq!(
        editor.refused("workspace/symbol", &json!({"query": ""})).0,
        METHOD_NOT_FOUND
    );
    assert_eq!(
        editor.refused("textDocument/hover", &json!({"position": 7})).0,
        INVALID_PARAMS
    );
    assert_eq!(editor.ask("shutdown", &Value::Null), Value::Null);
    assert_eq!(
        editor.refused("textDocument/hover", &json!({})).0,
        INVALID_REQUEST
    );
    editor.tell("exit", &Value::Null);
    assert_eq!(editor.ended(), 0);
}

#[test]
fn leaving_without_a_word_is_exit_code_1() {
    let sandbox = Sandbox::new();
    let mut editor = Editor::new(&sandbox);
    editor.tell("exit", &Value::Null);
    assert_eq!(editor.ended(), 1);
    let mut editor = Editor::silent(&sandbox);
    editor.tell("exit", &Value::Null);
    assert_eq!(editor.ended(), 1);
    // A client that vanishes closes the pipe.
    let mut editor = Editor::new(&sandbox);
    drop(editor.input.take());
    assert_eq!(editor.ended(), 1);
    let mut editor = Editor::new(&sandbox);
    editor.raw(b"Content-Length: 700\r\n\r\n{");
    drop(editor.input.take());
    assert_eq!(editor.ended(), 1);
}

#[test]
fn rubbish_is_answered_and_the_server_goes_on() {
    let sandbox = Sandbox::new();
    let mut editor = Editor::new(&sandbox);
    for (bytes, code) in [
        (&b"Content-Length: 1\r\n\r\n{"[..], PARSE_ERROR),
        (b"Content-Length: 2\r\n\r\n[]", INVALID_REQUEST),
        (b"no header\r\nContent-Length: 3\r\n\r\n\xff\xfe\xfd", PARSE_ERROR),
    ] {
        editor.raw(bytes);
        assert_eq!(editor.answer(&Value::Null)["error"]["code"], code);
    }
    editor.send(&json!({ "jsonrpc": "2.0", "id": "a", "method": ["x"] }));
    assert_eq!(editor.answer(&json!("a"))["error"]["code"], INVALID_REQUEST);
    // What answers nobody is passed over.
    editor.send(&json!({ "jsonrpc": "2.0", "id": 99, "result": null }));
    for method in [
        "textDocument/didOpen",
        "textDocument/didChange",
        "workspace/didChangeWatchedFiles",
        "$/unknown",
    ] {
        editor.tell(method, &json!([1, 2, 3]));
    }
    let path = sandbox.write("skills/pdf-tools/SKILL.md", GOOD);
    let uri = editor.open_file(&path);
    assert_eq!(editor.findings(&uri), Vec::<Value>::new());
    editor.leave();
}

#[test]
fn calling_off_what_is_done_or_unknown_does_no_harm() {
    let sandbox = Sandbox::new();
    let mut editor = Editor::new(&sandbox);
    let id = editor.request("textDocument/hover", &json!({}));
    editor.answer(&json!(id));
    for id in [json!(id), json!("never"), Value::Null] {
        editor.tell("$/cancelRequest", &json!({ "id": id }));
    }
    editor.leave();
}

#[test]
fn findings_follow_the_text_as_it_is_typed() {
    let sandbox = Sandbox::new();
    let path = sandbox.write("skills/pdf-tools/SKILL.md", GOOD);
    let mut editor = Editor::new(&sandbox);
    let uri = editor.open_file(&path);
    assert_eq!(editor.rules(&uri), <[&str; 0]>::default());
    // The disk says otherwise; the buffer counts.
    editor.change(&uri, 2, BAD);
    let findings = editor.findings(&uri);
    let [key, name, link] = &findings[..] else {
        panic!("{findings:#?}");
    };
    assert_eq!(
        [&key["code"], &name["code"], &link["code"]],
        ["name-missing", "key-case", "link-target-missing"]
    );
    for finding in &findings {
        assert_eq!(finding["source"], "packwright");
        assert_eq!(finding.get("tags"), None);
        assert_eq!(finding.get("codeDescription"), None);
    }
    assert_eq!(slice(BAD, &name["range"]), "Name");
    assert_eq!(slice(BAD, &link["range"]), "references/forms.md");
    assert_eq!((&name["severity"], &link["severity"]), (&json!(2), &json!(1)));
    assert!(
        name["data"]["fix"].as_str().unwrap().starts_with("key-case@"),
        "{name}"
    );
    assert!(
        link["message"]
            .as_str()
            .unwrap()
            .ends_with("\nhelp: add the file, or mend the link"),
        "{link}"
    );
    // One letter, then a burst of which only the end counts.
    let at = BAD.find("Name").unwrap();
    let range = json!({ "start": position(BAD, at), "end": position(BAD, at + 1) });
    editor.edit(&uri, 3, &json!([{ "range": range, "text": "n" }]));
    assert_eq!(editor.rules(&uri), ["link-target-missing"]);
    for version in 4..40 {
        editor.change(&uri, version, if version % 2 == 0 { BAD } else { GOOD });
    }
    let last = editor.wait("the last version", |message| message["params"]["version"] == 39);
    assert_eq!(last["params"]["diagnostics"], json!([]));
    editor.leave();
}

#[test]
fn columns_are_counted_as_the_client_wants() {
    let sandbox = Sandbox::new();
    let text = GOOD.replace("Read the", "\u{e9}\u{1f600} [x](no.md) Read the");
    let path = sandbox.write("skills/pdf-tools/SKILL.md", &text);
    for (offered, chosen, column) in [
        (json!(["utf-8", "utf-16"]), "utf-8", 11),
        (json!(["utf-16", "utf-32"]), "utf-16", 8),
        (json!(["utf-32"]), "utf-32", 7),
        (Value::Null, "utf-16", 8),
    ] {
        let mut editor = Editor::silent(&sandbox);
        let capabilities = json!({ "general": { "positionEncodings": offered } });
        let answer = editor.ask("initialize", &json!({ "capabilities": capabilities }));
        assert_eq!(answer["capabilities"]["positionEncoding"], chosen);
        editor.tell("initialized", &json!({}));
        let uri = editor.open_file(&path);
        let findings = editor.findings(&uri);
        assert_eq!(findings[0]["range"]["start"]["character"], column, "{chosen}");
        // A change in the same units: the finding goes with the link.
        let line = findings[0]["range"]["start"]["line"].clone();
        let range = json!({ "start": { "line": line, "character": column - 4 }, "end": { "line": line, "character": column + 6 } });
        editor.edit(&uri, 2, &json!([{ "range": range, "text": "" }]));
        assert_eq!(editor.rules(&uri), <[&str; 0]>::default(), "{chosen}");
    }
}

#[test]
fn the_files_of_a_skill_are_looked_at_together() {
    let sandbox = Sandbox::new();
    let page = GOOD.replace("Read the file.", "Read [the forms](references/forms.md).");
    let skill = sandbox.write("skills/pdf-tools/SKILL.md", &page);
    let forms = sandbox.write(
        "skills/pdf-tools/references/forms.md",
        "# Forms\n\nFill them in.\n",
    );
    let mut editor = Editor::new(&sandbox);
    let skill = editor.open_file(&skill);
    assert_eq!(editor.rules(&skill), <[&str; 0]>::default());
    let open = editor.open_file(&forms);
    assert_eq!(editor.rules(&open), <[&str; 0]>::default());
    // A fault of the reference page is told of that page, and goes with it.
    editor.change(&open, 2, "# Forms\n\n[more](gone.md)\n");
    assert_eq!(editor.rules(&open), ["link-target-missing"]);
    editor.close(&open);
    assert_eq!(editor.rules(&open), <[&str; 0]>::default());
    // A file that goes takes the link's target away; the client tells.
    std::fs::remove_file(&forms).unwrap();
    let change = json!({ "changes": [{ "uri": uri(&forms), "type": 3 }] });
    editor.tell("workspace/didChangeWatchedFiles", &change);
    assert_eq!(editor.rules(&skill), ["link-target-missing"]);
    // So does saving, for clients that watch nothing.
    sandbox.write("skills/pdf-tools/references/forms.md", "# Forms\n");
    editor.save(&skill);
    assert_eq!(editor.rules(&skill), <[&str; 0]>::default());
    editor.leave();
}

#[test]
fn a_client_that_watches_is_asked_to() {
    let sandbox = Sandbox::new();
    let capabilities = json!({ "workspace": { "didChangeWatchedFiles": { "dynamicRegistration": true } } });
    let mut editor = Editor::with(&sandbox, &capabilities);
    let asked = editor.wait("a registration", |message| {
        message["method"] == "client/registerCapability"
    });
    let registration = &asked["params"]["registrations"][0];
    assert_eq!(registration["method"], "workspace/didChangeWatchedFiles");
    editor.send(&json!({ "jsonrpc": "2.0", "id": asked["id"], "result": null }));
    editor.leave();
}

#[test]
fn agents_are_looked_at_too() {
    let sandbox = Sandbox::new();
    let text = "---\nname: reviewer\ndescription: Reviews code. Use after code was written.\nmodel: opuss\n---\n\nReview.\n";
    let path = sandbox.write("agents/reviewer.md", text);
    let mut editor = Editor::new(&sandbox);
    let uri = editor.open_file(&path);
    let findings = editor.findings(&uri);
    assert_eq!(findings[0]["code"], "agent-value");
    assert_eq!(slice(text, &findings[0]["range"]), "opuss");
    editor.change(&uri, 2, &text.replace("opuss", "opus"));
    assert_eq!(editor.rules(&uri), <[&str; 0]>::default());
    editor.leave();
}

#[test]
fn manifests_are_looked_at_too() {
    let sandbox = Sandbox::new();
    let text = "{\n  \"name\": \"Office Tools\",\n  \"description\": \"Papers\"\n}\n";
    let path = sandbox.write(".claude-plugin/plugin.json", text);
    let mut editor = Editor::new(&sandbox);
    let uri = editor.open_file(&path);
    let findings = editor.findings(&uri);
    assert!(!findings.is_empty(), "{findings:?}");
    let named: Vec<&str> = findings
        .iter()
        .map(|finding| slice(text, &finding["range"]))
        .collect();
    assert!(named.contains(&"\"Office Tools\""), "{findings:#?}");
    editor.change(
        &uri,
        2,
        &text.replace("Office Tools", "office-tools").replace('}', ", }"),
    );
    let broken = editor.rules(&uri);
    assert_eq!(broken, ["json-syntax"]);
    let new = editor.open(&sandbox.path("other/.claude-plugin/marketplace.json"), "{}");
    assert!(!editor.rules(&new).is_empty());
    editor.leave();
}

#[test]
fn skills_and_agents_are_looked_at_as_a_whole() {
    let sandbox = Sandbox::new();
    let agent = |skills: &str| {
        format!(
            "---\nname: clerk\ndescription: Files papers. Use when there are papers.\ntools: Read\nskills: [{skills}]\n---\n\nFile the papers that come in.\n"
        )
    };
    sandbox.write("skills/pdf-tools/SKILL.md", GOOD);
    let clerk = sandbox.write("agents/clerk.md", agent("pdf-toolz"));
    let mut capabilities = able();
    capabilities["workspace"]["didChangeWatchedFiles"] = json!({ "dynamicRegistration": true });
    let mut editor = Editor::with(&sandbox, &capabilities);
    let uri_of_clerk = editor.open_file(&clerk);
    // First what the file says by itself, then what is known once the others have been read.
    assert_eq!(editor.rules(&uri_of_clerk), <[&str; 0]>::default());
    assert_eq!(editor.rules(&uri_of_clerk), ["agent-skill-missing"]);
    editor.change(&uri_of_clerk, 2, &agent("pdf-tools"));
    assert_eq!(editor.rules(&uri_of_clerk), <[&str; 0]>::default());
    editor.change(&uri_of_clerk, 3, &agent("pdf-tools, doc-tools"));
    let findings = editor.findings(&uri_of_clerk);
    assert_eq!(
        slice(&agent("pdf-tools, doc-tools"), &findings[0]["range"]),
        "doc-tools"
    );
    // The skill comes into being, first on disk, then its name in the editor is another.
    let other = GOOD.replace("pdf-tools", "doc-tools").replace("PDF", "Word");
    let skill = sandbox.write("skills/doc-tools/SKILL.md", &other);
    editor.tell(
        "workspace/didChangeWatchedFiles",
        &json!({ "changes": [{ "uri": uri(&skill), "type": 1 }] }),
    );
    assert_eq!(editor.rules(&uri_of_clerk), <[&str; 0]>::default());
    let uri_of_skill = editor.open_file(&skill);
    assert_eq!(editor.rules(&uri_of_skill), <[&str; 0]>::default());
    editor.change(
        &uri_of_skill,
        2,
        &other.replace("name: doc-tools", "name: word-tools"),
    );
    assert_eq!(editor.rules(&uri_of_skill), ["name-differs-from-folder"]);
    assert_eq!(editor.rules(&uri_of_clerk), ["agent-skill-missing"]);
    editor.leave();
}

#[test]
fn settings_hold_and_their_faults_are_findings() {
    let sandbox = Sandbox::new();
    let skill = sandbox.write("skills/pdf-tools/SKILL.md", BAD);
    let toml = sandbox.write("packwright.toml", "[lint.rules]\nlink-target-missing = \"off\"\n");
    let mut editor = Editor::new(&sandbox);
    let skill = editor.open_file(&skill);
    assert_eq!(editor.rules(&skill), ["name-missing", "key-case"]);
    let settings = editor.open_file(&toml);
    assert_eq!(editor.rules(&settings), <[&str; 0]>::default());
    // As they are typed.
    let text = "[lint.rules]\nkey-case = \"off\"\nname-missing = \"off\"\n";
    editor.change(&settings, 2, text);
    assert_eq!(editor.rules(&settings), <[&str; 0]>::default());
    let off = editor.wait("the skill again", |message| {
        message["params"]["uri"] == skill
            && message["params"]["diagnostics"][0]["code"] == "link-target-missing"
    });
    assert_eq!(off["params"]["diagnostics"].as_array().unwrap().len(), 1);
    let text = "[lint]\nprofil = \"spec\"\n";
    editor.change(&settings, 3, text);
    let findings = editor.findings(&settings);
    assert_eq!(slice(text, &findings[0]["range"]), "profil");
    // It is no rule's finding: nothing to explain, nothing to allow.
    assert_eq!(
        editor.at("textDocument/hover", &settings, text, "profil"),
        Value::Null
    );
    let range = &findings[0]["range"];
    let params =
        json!({ "textDocument": { "uri": settings }, "range": range, "context": { "diagnostics": [] } });
    assert_eq!(editor.ask("textDocument/codeAction", &params), json!([]));
    let message = findings[0]["message"].as_str().unwrap();
    assert_eq!(message, "unknown key `profil`\nhelp: did you mean `profile`?");
    for (text, word) in [
        ("[lint]\nprofile = \"spek\"\n", "spek"),
        ("[lint.rules]\nno-such-rule = \"off\"\n", "no-such-rule"),
        ("[lint]\nexclude = [\"a[\"]\n", "a["),
        ("[lint\n", ""),
    ] {
        editor.change(&settings, 4, text);
        let findings = editor.findings(&settings);
        assert_eq!(findings.len(), 1, "{text}: {findings:?}");
        let found = slice(text, &findings[0]["range"]);
        assert!(word.is_empty() || found == word, "{text}: {found}");
    }
    editor.change(&settings, 5, "[lint]\nexclude = [\"skills/**\"]\n");
    assert_eq!(editor.rules(&settings), <[&str; 0]>::default());
    let excluded = editor.wait("nothing left", |message| {
        message["params"]["uri"] == skill && message["params"]["diagnostics"] == json!([])
    });
    assert_eq!(excluded["params"]["version"], 1);
    editor.leave();
}

#[test]
fn settings_that_nobody_has_opened_are_spoken_of_until_they_are_mended() {
    let sandbox = Sandbox::new();
    let skill = sandbox.write("skills/pdf-tools/SKILL.md", GOOD);
    let toml = sandbox.write("packwright.toml", "lnt = 1\n");
    let mut editor = Editor::new(&sandbox);
    let skill = editor.open_file(&skill);
    assert_eq!(editor.rules(&skill), <[&str; 0]>::default());
    assert_eq!(editor.rules(&uri(&toml)), ["settings"]);
    sandbox.write("packwright.toml", "");
    editor.tell(
        "workspace/didChangeWatchedFiles",
        &json!({ "changes": [{ "uri": uri(&toml), "type": 2 }] }),
    );
    assert_eq!(editor.rules(&uri(&toml)), <[&str; 0]>::default());
    editor.leave();
}

#[test]
fn texts_that_are_no_files_of_a_skill_have_no_findings() {
    let sandbox = Sandbox::new();
    let readme = sandbox.write("README.md", "# [x](gone.md)\n");
    let mut editor = Editor::new(&sandbox);
    let uri = editor.open_file(&readme);
    assert_eq!(editor.findings(&uri), Vec::<Value>::new());
    for name in [
        "untitled:Untitled-1",
        "vscode-notebook-cell:/a/b#W0",
        "https://example.com/SKILL.md",
        "",
        "file:///%ff",
    ] {
        let document = json!({ "uri": name, "languageId": "markdown", "version": 1, "text": BAD });
        editor.tell("textDocument/didOpen", &json!({ "textDocument": document }));
        let document = json!({ "uri": name });
        let params = json!({ "textDocument": document, "position": { "line": 1, "character": 1 } });
        for method in [
            "textDocument/hover",
            "textDocument/completion",
            "textDocument/definition",
            "textDocument/prepareRename",
        ] {
            assert_eq!(editor.ask(method, &params), Value::Null, "{method} in {name}");
        }
        editor.edit(&json!(name), 2, &json!([{ "text": "x" }]));
        editor.close(&json!(name));
    }
    // Nothing is known of what was never opened.
    let params =
        json!({ "textDocument": { "uri": "file:///x" }, "position": { "line": 99_999, "character": 7 } });
    assert_eq!(editor.ask("textDocument/hover", &params), Value::Null);
    editor.leave();
}

#[test]
fn a_skill_that_is_not_written_yet_is_looked_at() {
    let sandbox = Sandbox::new();
    let mut editor = Editor::new(&sandbox);
    let uri = editor.open(&sandbox.path("skills/new one/SKILL.md"), BAD);
    assert_eq!(
        editor.rules(&uri),
        ["name-missing", "key-case", "link-target-missing"]
    );
    editor.leave();
}

#[test]
fn a_huge_file_is_answered_for() {
    let sandbox = Sandbox::new();
    let text = format!("{GOOD}{}", "A line of many words, [x](gone.md).\n".repeat(60_000));
    let path = sandbox.write("skills/pdf-tools/SKILL.md", &text);
    let mut editor = Editor::new(&sandbox);
    let uri = editor.open_file(&path);
    assert!(!editor.findings(&uri).is_empty());
    editor.change(&uri, 2, GOOD);
    assert_eq!(editor.rules(&uri), <[&str; 0]>::default());
    editor.leave();
}

#[test]
fn the_settings_file_can_be_named() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "strict.toml",
        "[lint.rules]\nstyle = \"off\"\nkey-case = \"off\"\n",
    );
    let path = sandbox.write("skills/pdf-tools/SKILL.md", BAD);
    let mut editor = Editor::started(sandbox.command(["lsp", "--stdio", "--config", "strict.toml"]));
    editor.ask("initialize", &json!({ "capabilities": {} }));
    let uri = editor.open_file(&path);
    assert_eq!(editor.rules(&uri), ["name-missing", "link-target-missing"]);
}
