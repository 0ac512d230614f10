//! A new name for a skill, across a pack.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use super::{Editor, able, edited, position, slice, uri};
use crate::sandbox::Sandbox;

const SKILL: &str = "---\nname: pdf-tools # the name\ndescription: Reads PDF files. Use when a task mentions a PDF.\n---\n\n# PDF tools\n\nThe `pdf-tools` skill reads.\n";
const OTHER: &str = "---\nname: doc-tools\ndescription: Writes documents. Use when the pdf-tools skill does not do.\n---\n\nSee [it](../pdf-tools/SKILL.md), or run `/pdf-tools`, not my-pdf-tools.\n";
const AGENT: &str = "---\nname: clerk\ndescription: Files papers. Use when there are papers.\nskills: [doc-tools, \"pdf-tools\"]\n---\n\nUse `office:pdf-tools`.\n";
const TOML: &str = "[[pack]]\nname = \"office\"\nversion = \"1.0.0\"\n\n[bundle.all]\nskills = [\"doc-tools\", \"pdf-tools\", \"office/pdf-tools\"]\n";
const MANIFEST: &str = "{\"plugins\": [{\"name\": \"pdf-tools\", \"skills\": [\"./skills/pdf-tools\", \"./skills/pdf-tools-x\"]}]}\n";
const EVALS: &str = "{\"skill_name\": \"pdf-tools\", \"evals\": []}\n";

fn pack() -> Sandbox {
    let sandbox = Sandbox::new();
    for (path, text) in [
        ("skills/pdf-tools/SKILL.md", SKILL),
        ("skills/pdf-tools/evals/evals.json", EVALS),
        ("skills/doc-tools/SKILL.md", OTHER),
        ("agents/clerk.md", AGENT),
        ("packwright.toml", TOML),
        (".claude-plugin/marketplace.json", MANIFEST),
    ] {
        sandbox.write(path, text);
    }
    sandbox
}

fn asked(uri: &Value, text: &str, word: &str, new: &str) -> Value {
    let position = position(text, text.find(word).unwrap());
    json!({ "textDocument": { "uri": uri }, "position": position, "newName": new })
}

/// The texts after the edits, by their paths, and the renames.
fn outcome(sandbox: &Sandbox, changes: &[Value]) -> (BTreeMap<String, String>, Vec<(Value, Value)>) {
    let root = uri(&sandbox.path(""));
    let root = root.as_str().unwrap();
    let mut texts = BTreeMap::new();
    let mut renames = Vec::new();
    for change in changes {
        if change["kind"] == "rename" {
            renames.push((change["oldUri"].clone(), change["newUri"].clone()));
            continue;
        }
        assert!(renames.is_empty(), "texts are edited under the names they have");
        let path = change["textDocument"]["uri"].as_str().unwrap();
        let path = path.strip_prefix(root).unwrap().to_owned();
        let text = edited(&sandbox.read(Path::new(&path)), &change["edits"]);
        texts.insert(path, text);
    }
    (texts, renames)
}

#[test]
fn a_skill_is_renamed_everywhere_it_is_named() {
    let sandbox = pack();
    let mut editor = Editor::new(&sandbox);
    let open = editor.open_file(&sandbox.path("skills/pdf-tools/SKILL.md"));
    let prepared = editor.at("textDocument/prepareRename", &open, SKILL, "df-tools");
    assert_eq!(prepared["placeholder"], "pdf-tools");
    assert_eq!(slice(SKILL, &prepared["range"]), "pdf-tools");
    let edit = editor.ask(
        "textDocument/rename",
        &asked(&open, SKILL, "pdf-tools", "pdf-reader"),
    );
    let changes = edit["documentChanges"].as_array().unwrap();
    let (texts, renames) = outcome(&sandbox, changes);
    let renamed = |text: &str, places: &[&str]| {
        let mut text = text.to_owned();
        for place in places {
            assert!(text.contains(place), "{place}");
            text = text.replace(place, &place.replace("pdf-tools", "pdf-reader"));
        }
        text
    };
    let expected = [
        (
            ".claude-plugin/marketplace.json",
            renamed(MANIFEST, &["/pdf-tools\""]),
        ),
        ("agents/clerk.md", renamed(AGENT, &["pdf-tools"])),
        ("packwright.toml", renamed(TOML, &["pdf-tools"])),
        (
            "skills/doc-tools/SKILL.md",
            renamed(OTHER, &["the pdf-tools skill", "../pdf-tools/", "/pdf-tools`"]),
        ),
        ("skills/pdf-tools/SKILL.md", renamed(SKILL, &["pdf-tools"])),
        (
            "skills/pdf-tools/evals/evals.json",
            renamed(EVALS, &["pdf-tools"]),
        ),
    ];
    let expected: BTreeMap<String, String> = expected.map(|(path, text)| (path.to_owned(), text)).into();
    assert_eq!(texts, expected);
    let folder = |name: &str| uri(&sandbox.path(format!("skills/{name}")));
    assert_eq!(renames, [(folder("pdf-tools"), folder("pdf-reader"))]);
    editor.leave();
}

#[test]
fn what_is_open_is_renamed_as_it_is_in_the_editor() {
    let sandbox = pack();
    let mut editor = Editor::new(&sandbox);
    let clerk = editor.open_file(&sandbox.path("agents/clerk.md"));
    let typed = format!("{AGENT}\nThen `pdf-tools` again.\n");
    editor.change(&clerk, 7, &typed);
    // From the list of an agent, too.
    let edit = editor.ask(
        "textDocument/rename",
        &asked(&clerk, &typed, "pdf-tools", "pdf-reader"),
    );
    let changes = edit["documentChanges"].as_array().unwrap();
    let own = changes
        .iter()
        .find(|change| change["textDocument"]["uri"] == clerk)
        .unwrap();
    assert_eq!(own["textDocument"]["version"], 7);
    assert_eq!(
        edited(&typed, &own["edits"]),
        typed.replace("pdf-tools", "pdf-reader")
    );
    editor.leave();
}

#[test]
fn a_client_that_cannot_move_folders_keeps_the_paths() {
    let sandbox = pack();
    let mut capabilities = able();
    capabilities["workspace"]["workspaceEdit"] = json!({});
    let mut editor = Editor::with(&sandbox, &capabilities);
    let open = editor.open_file(&sandbox.path("skills/pdf-tools/SKILL.md"));
    let edit = editor.ask(
        "textDocument/rename",
        &asked(&open, SKILL, "pdf-tools", "pdf-reader"),
    );
    assert_eq!(edit.get("documentChanges"), None);
    let other = uri(&sandbox.path("skills/doc-tools/SKILL.md"));
    let other = edited(OTHER, &edit["changes"][other.as_str().unwrap()]);
    assert!(
        other.contains("](../pdf-tools/SKILL.md)") && other.contains("`/pdf-reader`"),
        "{other}"
    );
    let manifest = uri(&sandbox.path(".claude-plugin/marketplace.json"));
    assert_eq!(edit["changes"].get(manifest.as_str().unwrap()), None);
    editor.leave();
}

#[test]
fn names_that_cannot_be_are_refused() {
    const FAILED: i64 = -32_803;
    let sandbox = pack();
    sandbox.write("skills/taken/notes.txt", "x");
    let mut editor = Editor::new(&sandbox);
    let open = editor.open_file(&sandbox.path("skills/pdf-tools/SKILL.md"));
    for (name, words) in [
        ("Pdf Tools", "Pdf Tools"),
        ("-x", "-x"),
        ("", ""),
        ("doc-tools", "there is a skill `doc-tools` already"),
        ("taken", "is there already"),
    ] {
        let (code, message) = editor.refused("textDocument/rename", &asked(&open, SKILL, "pdf-tools", name));
        assert_eq!(code, FAILED, "{name}");
        assert!(message.contains(words), "{name}: {message}");
    }
    let same = editor.ask(
        "textDocument/rename",
        &asked(&open, SKILL, "pdf-tools", "pdf-tools"),
    );
    assert_eq!(same, Value::Null);
    for word in ["description", "# the name", "PDF tools"] {
        assert_eq!(
            editor.at("textDocument/prepareRename", &open, SKILL, word),
            Value::Null,
            "{word}"
        );
        assert_eq!(
            editor
                .refused("textDocument/rename", &asked(&open, SKILL, word, "x"))
                .0,
            FAILED,
            "{word}"
        );
    }
    editor.leave();
}
