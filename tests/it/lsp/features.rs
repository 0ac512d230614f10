//! Hover, completion, definitions, links, outline.

use serde_json::{Value, json};

use super::{BAD, Editor, GOOD, able, edited, labels, slice, uri};
use crate::sandbox::Sandbox;

/// Two skills and an agent that uses one of them.
fn pack(sandbox: &Sandbox) {
    let forms = "# Forms\n\n## Fill in\n\nText.\n\n## Fill in\n\nMore.\n";
    let page = GOOD.replace(
        "Read the file.",
        "Read [the forms](references/forms.md#fill-in-1), run `scripts/run.py`, then use the `doc-tools` skill.",
    );
    sandbox.write("skills/pdf-tools/SKILL.md", page);
    sandbox.write("skills/pdf-tools/references/forms.md", forms);
    sandbox.write("skills/pdf-tools/scripts/run.py", "print(1)\n");
    let other = "---\nname: doc-tools\ndescription: Writes documents. Use when a task asks for one.\n---\n\n# Doc tools\n\nWrite.\n";
    sandbox.write("skills/doc-tools/SKILL.md", other);
    let agent = "---\nname: clerk\ndescription: Files papers. Use when there are papers.\ntools: Read, Grep\nskills:\n  - pdf-tools\n---\n\nFile.\n";
    sandbox.write("agents/clerk.md", agent);
    let settings = "[bundle.office]\nskills = [\"doc-tools\"]\n";
    sandbox.write("packwright.toml", settings);
}

#[track_caller]
fn hovered(editor: &mut Editor, uri: &Value, text: &str, word: &str) -> (String, String) {
    let answer = editor.at("textDocument/hover", uri, text, word);
    assert_eq!(answer["contents"]["kind"], "markdown", "{word}: {answer}");
    let words = answer["contents"]["value"].as_str().unwrap().to_owned();
    (words, slice(text, &answer["range"]).to_owned())
}

#[test]
fn the_docs_of_rules_come_without_the_words_for_tests() {
    let sandbox = Sandbox::new();
    let path = sandbox.write("skills/pdf-tools/SKILL.md", BAD);
    let mut editor = Editor::new(&sandbox);
    let uri = editor.open_file(&path);
    let (words, place) = hovered(&mut editor, &uri, BAD, "forms.md");
    assert_eq!(place, "references/forms.md");
    let head = "**link-target-missing** (correctness, deny)\n\nA Markdown link leads to a file that is not in the skill.\n";
    assert!(words.starts_with(head), "{words}");
    assert!(
        words.contains("```markdown bad\n") && !words.contains("files="),
        "{words}"
    );
    let (words, place) = hovered(&mut editor, &uri, BAD, "description");
    assert_eq!(place, "description");
    assert!(
        words.starts_with("**description**\n\nWhat the skill does"),
        "{words}"
    );
    let nothing = editor.at("textDocument/hover", &uri, BAD, "PDF tools");
    assert_eq!(nothing, Value::Null);
    editor.leave();
}

#[test]
fn fields_and_skills_of_an_agent_are_explained() {
    let sandbox = Sandbox::new();
    pack(&sandbox);
    let text = sandbox.read("agents/clerk.md");
    let mut editor = Editor::new(&sandbox);
    let uri = editor.open_file(&sandbox.path("agents/clerk.md"));
    let (words, place) = hovered(&mut editor, &uri, &text, "tools");
    assert_eq!(place, "tools");
    assert!(
        words.contains("Without the field it has those of the main agent"),
        "{words}"
    );
    let (words, place) = hovered(&mut editor, &uri, &text, "pdf-tools");
    assert_eq!(
        (words.as_str(), place.as_str()),
        (
            "**pdf-tools** (skill)\n\nReads PDF files. Use when a task mentions a PDF.",
            "pdf-tools"
        )
    );
    editor.leave();
}

/// The completions where `|` stands in a text.
#[track_caller]
fn completed(editor: &mut Editor, uri: &Value, version: i64, marked: &str) -> Value {
    let text = marked.replacen('|', "", 1);
    editor.change(uri, version, &text);
    let at = marked.find('|').unwrap();
    let position = super::position(&text, at);
    editor.ask(
        "textDocument/completion",
        &json!({ "textDocument": { "uri": uri }, "position": position }),
    )
}

/// The text after the completion with that label is taken.
#[track_caller]
fn taken(marked: &str, list: &Value, label: &str) -> String {
    let items = list["items"].as_array().unwrap();
    let item = items.iter().find(|item| item["label"] == label);
    let item = item.unwrap_or_else(|| panic!("{label} is not in {:?}", labels(list)));
    edited(&marked.replacen('|', "", 1), &json!([item["textEdit"]]))
}

#[test]
#[expect(
    clippy::too_many_lines,
    reason = "a table of what is typed and what comes of it"
)]
fn front_matter_is_completed() {
    let sandbox = Sandbox::new();
    pack(&sandbox);
    let mut editor = Editor::new(&sandbox);
    let skill = editor.open_file(&sandbox.path("skills/pdf-tools/SKILL.md"));
    let agent = editor.open_file(&sandbox.path("agents/clerk.md"));
    let mut version = 1;
    let mut check = |uri: &Value, marked: &str, label: &str, expected: &str, absent: &[&str]| {
        version += 1;
        let list = completed(&mut editor, uri, version, marked);
        assert_eq!(taken(marked, &list, label), expected, "{marked}");
        let labels = labels(&list);
        for label in absent {
            assert!(!labels.contains(&(*label).to_owned()), "{label} after {marked}");
        }
    };
    check(
        &skill,
        "---\nagent: |\n---\n",
        "clerk",
        "---\nagent: clerk\n---\n",
        &["pdf-tools"],
    );
    // Keys: those that are missing, with the fence there or not yet.
    check(
        &skill,
        "---\nname: a\nlic|\n---\n",
        "license",
        "---\nname: a\nlicense: \n---\n",
        &["name", "tools"],
    );
    check(&skill, "---\n|", "name", "---\nname: ", &["permissionMode"]);
    check(&skill, "---\nna|me: a\n---\n", "name", "---\nname: a\n---\n", &[]);
    check(
        &agent,
        "---\nname: a\n|\n---\n",
        "skills",
        "---\nname: a\nskills:\n  - \n---\n",
        &["name", "allowed-tools"],
    );
    // Values.
    check(
        &skill,
        "---\nname: |\n---\n",
        "pdf-tools",
        "---\nname: pdf-tools\n---\n",
        &[],
    );
    check(
        &skill,
        "---\ncontext: |\n---\n",
        "fork",
        "---\ncontext: fork\n---\n",
        &[],
    );
    check(
        &skill,
        "---\ncontext:|\n---\n",
        "fork",
        "---\ncontext: fork\n---\n",
        &[],
    );
    check(
        &skill,
        "---\nuser-invocable: f|\n---\n",
        "false",
        "---\nuser-invocable: false\n---\n",
        &["fork"],
    );
    check(
        &skill,
        "---\neffort: \"h|\"\n---\n",
        "high",
        "---\neffort: \"high\"\n---\n",
        &[],
    );
    check(
        &agent,
        "---\nmodel: op|\n---\n",
        "opus",
        "---\nmodel: opus\n---\n",
        &["high"],
    );
    check(
        &agent,
        "---\ncolor: |\n---\n",
        "cyan",
        "---\ncolor: cyan\n---\n",
        &[],
    );
    check(
        &agent,
        "---\npermissionMode: |\n---\n",
        "plan",
        "---\npermissionMode: plan\n---\n",
        &[],
    );
    // Tools, in every form a list has.
    check(
        &skill,
        "---\nallowed-tools: Read Bash(git *) Gr|\n---\n",
        "Grep",
        "---\nallowed-tools: Read Bash(git *) Grep\n---\n",
        &["Read"],
    );
    check(
        &agent,
        "---\ntools: Read, |\n---\n",
        "Grep",
        "---\ntools: Read, Grep\n---\n",
        &["Read"],
    );
    check(
        &agent,
        "---\ntools: [Read, \"|\"]\n---\n",
        "Grep",
        "---\ntools: [Read, \"Grep\"]\n---\n",
        &["Read"],
    );
    check(
        &agent,
        "---\ntools:\n  - Read\n  - G|\n---\n",
        "Glob",
        "---\ntools:\n  - Read\n  - Glob\n---\n",
        &["Read"],
    );
    // Skills.
    check(
        &agent,
        "---\nskills:\n- pdf-tools\n- |\n---\n",
        "doc-tools",
        "---\nskills:\n- pdf-tools\n- doc-tools\n---\n",
        &["pdf-tools"],
    );
    // Nothing where nothing is known.
    for marked in [
        "---\nallowed-tools: Bash(|)\n---\n",
        "---\ndescription: a|\n---\n",
        "---\nmodel: opus |\n---\n",
        "---\nmetadata:\n  a|\n---\n",
        "|---\n---\n",
    ] {
        version += 1;
        let list = completed(&mut editor, &skill, version, marked);
        assert_eq!(labels(&list), <[&str; 0]>::default(), "{marked}");
    }
    editor.leave();
}

#[test]
fn bodies_are_completed() {
    let sandbox = Sandbox::new();
    pack(&sandbox);
    let mut editor = Editor::new(&sandbox);
    let skill = editor.open_file(&sandbox.path("skills/pdf-tools/SKILL.md"));
    let forms = editor.open_file(&sandbox.path("skills/pdf-tools/references/forms.md"));
    let head = GOOD.replace("Read the file.\n", "");
    let mut version = 1;
    let mut check = |uri: &Value, head: &str, line: &str, label: &str, expected: &str| {
        version += 1;
        let marked = format!("{head}{line}");
        let list = completed(&mut editor, uri, version, &marked);
        assert_eq!(
            taken(&marked, &list, label),
            format!("{head}{expected}"),
            "{line}"
        );
    };
    check(
        &skill,
        &head,
        "See [x](re|\n",
        "references/forms.md",
        "See [x](references/forms.md\n",
    );
    check(
        &skill,
        &head,
        "See [x](|refs/old.md) too\n",
        "references/forms.md",
        "See [x](references/forms.md) too\n",
    );
    check(
        &skill,
        &head,
        "[x](references/forms.md#|)\n",
        "fill-in-1",
        "[x](references/forms.md#fill-in-1)\n",
    );
    check(&skill, &head, "[x](#p|)\n", "pdf-tools", "[x](#pdf-tools)\n");
    check(
        &skill,
        &head,
        "Run `scripts/|` now\n",
        "scripts/run.py",
        "Run `scripts/run.py` now\n",
    );
    check(
        &skill,
        &head,
        "Read references/f|\n",
        "references/forms.md",
        "Read references/forms.md\n",
    );
    check(
        &skill,
        &head,
        "Use the skill `|`\n",
        "doc-tools",
        "Use the skill `doc-tools`\n",
    );
    check(&skill, &head, "Then `/do|`\n", "doc-tools", "Then `/doc-tools`\n");
    check(
        &forms,
        "# Forms\n",
        "[x](../|)\n",
        "../scripts/run.py",
        "[x](../scripts/run.py)\n",
    );
    for line in ["plain wo|rds\n", "a `|`\n", "[x](done) |\n"] {
        let list = completed(&mut editor, &skill, 99, &format!("{head}{line}"));
        assert_eq!(labels(&list), <[&str; 0]>::default(), "{line}");
    }
    editor.leave();
}

#[test]
fn links_paths_and_names_lead_to_their_files() {
    let sandbox = Sandbox::new();
    pack(&sandbox);
    let mut editor = Editor::new(&sandbox);
    let skill = sandbox.path("skills/pdf-tools/SKILL.md");
    let text = sandbox.read("skills/pdf-tools/SKILL.md");
    let open = editor.open_file(&skill);
    let other = uri(&sandbox.path("skills/doc-tools/SKILL.md"));
    let forms = uri(&sandbox.path("skills/pdf-tools/references/forms.md"));
    let mut leads = |from: &Value, text: &str, word: &str| {
        let found = editor.at("textDocument/definition", from, text, word);
        (found["uri"].clone(), found["range"]["start"]["line"].clone())
    };
    // The second of two headings of one name.
    assert_eq!(leads(&open, &text, "the forms"), (forms.clone(), json!(6)));
    assert_eq!(leads(&open, &text, "references/"), (forms.clone(), json!(6)));
    assert_eq!(
        leads(&open, &text, "scripts/run"),
        (uri(&sandbox.path("skills/pdf-tools/scripts/run.py")), json!(0))
    );
    assert_eq!(leads(&open, &text, "doc-tools"), (other.clone(), json!(0)));
    assert_eq!(leads(&open, &text, "then"), (Value::Null, Value::Null));
    let agent = sandbox.path("agents/clerk.md");
    let text = sandbox.read("agents/clerk.md");
    let clerk = editor.open_file(&agent);
    let found = editor.at("textDocument/definition", &clerk, &text, "pdf-tools");
    assert_eq!(found["uri"], open);
    let text = sandbox.read("packwright.toml");
    let settings = editor.open_file(&sandbox.path("packwright.toml"));
    let found = editor.at("textDocument/definition", &settings, &text, "doc-tools");
    assert_eq!(found["uri"], other);
    editor.leave();
}

#[test]
fn links_are_marked_where_they_lead_somewhere() {
    let sandbox = Sandbox::new();
    pack(&sandbox);
    let text = GOOD.replace("Read the file.", "[a](references/forms.md) [b](gone.md) [c](https://example.com) [d](#pdf-tools) [e](../doc-tools/SKILL.md) [f](references/)");
    let path = sandbox.write("skills/pdf-tools/SKILL.md", &text);
    let mut editor = Editor::new(&sandbox);
    let uri_of_page = editor.open_file(&path);
    let links = editor.ask(
        "textDocument/documentLink",
        &json!({ "textDocument": { "uri": uri_of_page } }),
    );
    let links: Vec<(&str, &Value)> = (links.as_array().unwrap().iter())
        .map(|link| (slice(&text, &link["range"]), &link["target"]))
        .collect();
    let forms = uri(&sandbox.path("skills/pdf-tools/references/forms.md"));
    let other = uri(&sandbox.path("skills/doc-tools/SKILL.md"));
    assert_eq!(
        links,
        [
            ("references/forms.md", &forms),
            ("#pdf-tools", &uri_of_page),
            ("../doc-tools/SKILL.md", &other)
        ]
    );
    editor.leave();
}

#[test]
fn the_outline_is_that_of_the_headings() {
    let sandbox = Sandbox::new();
    let text = format!("{GOOD}\n## One\n\na\n\n### Deep\n\n## Two\n\nb\n\n# Last\n");
    let path = sandbox.write("skills/pdf-tools/SKILL.md", &text);
    let mut editor = Editor::new(&sandbox);
    let uri = editor.open_file(&path);
    let params = json!({ "textDocument": { "uri": uri } });
    let symbols = editor.ask("textDocument/documentSymbol", &params);
    let names: Vec<&Value> = symbols
        .as_array()
        .unwrap()
        .iter()
        .map(|symbol| &symbol["name"])
        .collect();
    assert_eq!(names, ["PDF tools", "Last"]);
    let inner = &symbols[0]["children"];
    assert_eq!(
        (&inner[0]["name"], &inner[1]["name"]),
        (&json!("One"), &json!("Two"))
    );
    assert_eq!(inner[0]["children"][0]["name"], "Deep");
    assert_eq!(slice(&text, &inner[0]["range"]), "## One\n\na\n\n### Deep\n\n");
    assert_eq!(slice(&text, &inner[0]["selectionRange"]), "## One");
    editor.leave();
    let mut plain = able();
    plain["textDocument"]["documentSymbol"] = json!({});
    let mut editor = Editor::with(&sandbox, &plain);
    let uri = editor.open_file(&path);
    let symbols = editor.ask("textDocument/documentSymbol", &params);
    assert_eq!(symbols.as_array().unwrap().len(), 5);
    assert_eq!(symbols[2]["location"]["uri"], uri);
    editor.leave();
}
