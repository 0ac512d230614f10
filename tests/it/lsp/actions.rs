//! Quick fixes, allows, and all safe fixes at once.

use serde_json::{Value, json};

use super::{BAD, Editor, GOOD, able, edited, position};
use crate::sandbox::Sandbox;

/// The actions for a word of the text, of these kinds.
fn actions(editor: &mut Editor, uri: &Value, text: &str, word: &str, only: &Value) -> Vec<Value> {
    let at = text.find(word).unwrap();
    let range = json!({ "start": position(text, at), "end": position(text, at + word.len()) });
    let mut context = json!({ "diagnostics": [] });
    if !only.is_null() {
        context["only"] = only.clone();
    }
    let params = json!({ "textDocument": { "uri": uri }, "range": range, "context": context });
    let answer = editor.ask("textDocument/codeAction", &params);
    answer.as_array().cloned().unwrap_or_default()
}

fn titles(actions: &[Value]) -> Vec<&str> {
    actions
        .iter()
        .map(|action| action["title"].as_str().unwrap())
        .collect()
}

/// The text after an action, whose edit is of this one file.
fn applied(text: &str, action: &Value) -> String {
    let changes = action["edit"]["documentChanges"].as_array().unwrap();
    assert_eq!(changes.len(), 1, "{action}");
    edited(text, &changes[0]["edits"])
}

#[test]
fn a_finding_is_mended_or_allowed() {
    let sandbox = Sandbox::new();
    let path = sandbox.write("skills/pdf-tools/SKILL.md", BAD);
    let mut editor = Editor::new(&sandbox);
    let uri = editor.open_file(&path);
    let findings = editor.findings(&uri);
    let found = actions(&mut editor, &uri, BAD, "Name", &json!(["quickfix"]));
    assert_eq!(
        titles(&found),
        ["Write `name`", "Allow `key-case` here, with a reason"]
    );
    let fix = &found[0];
    assert_eq!(
        (&fix["kind"], &fix["isPreferred"]),
        (&json!("quickfix"), &json!(true))
    );
    assert_eq!(
        fix["diagnostics"],
        json!([findings
            .iter()
            .find(|finding| finding["code"] == "key-case")
            .unwrap()])
    );
    let document = &fix["edit"]["documentChanges"][0]["textDocument"];
    assert_eq!(document, &json!({ "uri": uri, "version": 1 }));
    assert_eq!(applied(BAD, fix), BAD.replace("Name", "name"));
    let allowed = applied(BAD, &found[1]);
    assert_eq!(
        allowed,
        BAD.replace("Name", "# packwright: allow(key-case) say why\nName")
    );
    editor.change(&uri, 2, &allowed);
    assert!(!editor.rules(&uri).contains(&"key-case".to_owned()));
    // A finding with no fix can be allowed all the same.
    let found = actions(&mut editor, &uri, &allowed, "references/forms.md", &Value::Null);
    assert_eq!(
        titles(&found)[0],
        "Allow `link-target-missing` here, with a reason"
    );
    editor.leave();
}

#[test]
fn a_fix_is_found_by_its_finding() {
    let sandbox = Sandbox::new();
    let path = sandbox.write("skills/pdf-tools/SKILL.md", BAD);
    let mut editor = Editor::new(&sandbox);
    let uri = editor.open_file(&path);
    let findings = editor.findings(&uri);
    let end = position(BAD, BAD.len());
    let params = json!({
        "textDocument": { "uri": uri },
        "range": { "start": end, "end": end },
        "context": { "diagnostics": findings, "only": ["quickfix"] },
    });
    let found = editor.ask("textDocument/codeAction", &params);
    assert_eq!(found[0]["title"], "Write `name`");
    editor.leave();
}

#[test]
fn all_safe_fixes_are_one_action() {
    let sandbox = Sandbox::new();
    let text = BAD.replace("[forms](references/forms.md)", "[forms](REFERENCES/forms.md)");
    let path = sandbox.write("skills/pdf-tools/SKILL.md", &text);
    sandbox.write("skills/pdf-tools/references/forms.md", "# Forms\n");
    let mut editor = Editor::new(&sandbox);
    let uri = editor.open_file(&path);
    for only in ["source", "source.fixAll", "source.fixAll.packwright"] {
        let found = actions(&mut editor, &uri, &text, "---", &json!([only]));
        assert_eq!(titles(&found), ["Apply all safe fixes"], "{only}");
        let fixed = applied(&text, &found[0]);
        assert_eq!(fixed, BAD.replace("Name", "name"), "both fixes, and nothing else");
    }
    for only in ["refactor", "source.organizeImports", "source.fixAll.other"] {
        assert_eq!(
            actions(&mut editor, &uri, &text, "Name", &json!([only])),
            <[Value; 0]>::default(),
            "{only}"
        );
    }
    editor.change(&uri, 2, GOOD);
    assert_eq!(
        actions(&mut editor, &uri, GOOD, "name", &Value::Null),
        <[Value; 0]>::default()
    );
    editor.leave();
}

#[test]
fn an_agent_is_mended_too() {
    let sandbox = Sandbox::new();
    let text = "\u{feff}---\nname: reviewer\ndescription: Reviews code. Use after code was written.\n---\n\nReview.\n";
    let path = sandbox.write("agents/reviewer.md", text);
    let mut editor = Editor::new(&sandbox);
    let uri = editor.open_file(&path);
    assert_eq!(editor.rules(&uri), ["byte-order-mark"]);
    let found = actions(&mut editor, &uri, text, "---", &json!(["source.fixAll"]));
    assert_eq!(applied(text, &found[0]), text.trim_start_matches('\u{feff}'));
    editor.leave();
}

#[test]
fn a_plain_client_gets_plain_edits() {
    let sandbox = Sandbox::new();
    let path = sandbox.write("skills/pdf-tools/SKILL.md", BAD);
    let mut capabilities = able();
    capabilities["workspace"] = json!({});
    let mut editor = Editor::with(&sandbox, &capabilities);
    let uri = editor.open_file(&path);
    let found = actions(&mut editor, &uri, BAD, "Name", &json!(["quickfix"]));
    let edits = &found[0]["edit"]["changes"][uri.as_str().unwrap()];
    assert_eq!(edited(BAD, edits), BAD.replace("Name", "name"));
    editor.leave();
}
