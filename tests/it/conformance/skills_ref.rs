//! `skills-ref validate`, the reference validator of the Agent Skills specification, against the profile `spec`.
//!
//! `PACKWRIGHT_TEST_SKILLS_REF` names its command: `agentskills` of the Python package `skills-ref` (0.1.1 was read). Each case is
//! a skill that one of the two may refuse; where they differ, the case stands in [`DIFFERENCES`] with the reason.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::thread;

use packwright::config::Settings;
use packwright::lint::Reader;
use packwright::skill::{Bundle, Skill, lint};

use crate::sandbox::Sandbox;

/// A skill as it lies on disk.
struct Case {
    /// What is tried, one of its kind.
    title: String,
    folder: String,
    file: &'static str,
    bytes: Vec<u8>,
}

/// Why `skills-ref` takes what is no string: to the YAML it reads, strictyaml, every scalar is one.
const STRINGS: &str = "the specification asks for a string; to strictyaml every scalar is one";

/// Where the two differ: a case's title, and why.
const DIFFERENCES: &[(&str, &str)] = &[
    ("name null", STRINGS),
    ("name number", STRINGS),
    ("name boolean", STRINGS),
    ("description null", STRINGS),
    ("description number", STRINGS),
    ("description boolean", STRINGS),
    (
        "description 1024 and a space",
        "skills-ref counts the space at the end; other readers and the limit's purpose do not",
    ),
    (
        "bytes bell in the body",
        "skills-ref looks at the front matter alone; a model reads the body too",
    ),
    (
        "bytes NUL in the body",
        "skills-ref looks at the front matter alone; Claude Code refuses a NUL anywhere",
    ),
];

const VARIABLE: &str = "PACKWRIGHT_TEST_SKILLS_REF";

#[test]
fn the_profile_spec_refuses_what_skills_ref_refuses() {
    let Some(command) = std::env::var_os(VARIABLE).filter(|command| !command.is_empty()) else {
        eprintln!("SKIPPED: needs skills-ref; set {VARIABLE}, or use tests/run");
        return;
    };
    let cases = cases();
    assert!(cases.len() >= 150, "{} cases", cases.len());
    let sandbox = Sandbox::new();
    let theirs = theirs(Path::new(&command), &sandbox, &cases);
    let mut wrong = Vec::new();
    let mut used = vec![false; DIFFERENCES.len()];
    for (at, (case, theirs)) in cases.iter().zip(theirs).enumerate() {
        let ours = ours(case);
        let known = DIFFERENCES.iter().position(|(title, _)| *title == case.title);
        let differs = ours.is_empty() != theirs.is_none();
        if let Some(known) = known.filter(|_| differs) {
            used[known] = true;
        } else if differs {
            wrong.push(format!(
                "{at} `{}`: skills-ref {theirs:?}, we {ours:?}",
                case.title
            ));
        }
    }
    let idle = DIFFERENCES.iter().zip(used).filter(|(_, used)| !used);
    wrong.extend(idle.map(|((title, _), _)| format!("`{title}` is listed and does not differ")));
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// The rules that refuse the skill under the profile.
fn ours(case: &Case) -> Vec<&'static str> {
    let levels = Settings::default().levels(Some("spec"), false, []).unwrap();
    let skill = Skill::read(Bundle {
        folder: case.folder.clone(),
        folder_name: case.folder.clone(),
        file_name: case.file.to_owned(),
        text: Ok(case.bytes.clone()),
        files: Vec::new(),
        texts: std::collections::BTreeMap::new(),
        heads: std::collections::BTreeMap::new(),
        unreadable: std::collections::BTreeMap::new(),
        around: packwright::skill::around::Around::default(),
    });
    let refuses = |rule: &str| {
        lint::abouts().any(|about| about.name == rule && about.refused_by.contains(&Reader::Spec))
    };
    let mut rules: Vec<&'static str> = lint::check(&skill, &levels)
        .iter()
        .map(|finding| finding.rule)
        .filter(|rule| refuses(rule))
        .collect();
    rules.dedup();
    rules
}

/// Why `skills-ref` refuses each skill, a few at a time.
fn theirs(command: &Path, sandbox: &Sandbox, cases: &[Case]) -> Vec<Option<String>> {
    let verdicts = Mutex::new(vec![None; cases.len()]);
    let next = Mutex::new(0..cases.len());
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(at) = { next.lock().unwrap().next() } {
                    let folder = sandbox.path(format!("{at}")).join(&cases[at].folder);
                    fs::create_dir_all(&folder).unwrap();
                    fs::write(folder.join(cases[at].file), &cases[at].bytes).unwrap();
                    let run = Command::new(command)
                        .arg("validate")
                        .arg(&folder)
                        .output()
                        .unwrap();
                    let words = String::from_utf8_lossy(&run.stderr).trim().to_owned();
                    verdicts.lock().unwrap()[at] = (!run.status.success()).then_some(words);
                }
            });
        }
    });
    verdicts.into_inner().unwrap()
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    names(&mut cases);
    descriptions(&mut cases);
    fields(&mut cases);
    shapes(&mut cases);
    bytes(&mut cases);
    cases
}

fn case(title: impl Into<String>, folder: &str, text: impl Into<Vec<u8>>) -> Case {
    Case {
        title: title.into(),
        folder: folder.to_owned(),
        file: "SKILL.md",
        bytes: text.into(),
    }
}

fn page(fields: &str) -> String {
    format!("---\n{fields}\n---\n\nRead the file.\n")
}

const DESCRIPTION: &str = "description: Reads PDF files. Use when a task mentions a PDF.";

fn names(cases: &mut Vec<Case>) {
    let long = [
        "a".repeat(63),
        "a".repeat(64),
        "a".repeat(65),
        "é".repeat(64),
        "é".repeat(65),
    ];
    let names = [
        "a",
        "pdf",
        "pdf-tools",
        "pdf2",
        "2pdf",
        "a-b-c-d",
        "PDF",
        "Pdf-tools",
        "pdfTools",
        "pdf_tools",
        "pdf tools",
        "pdf.tools",
        "-pdf",
        "pdf-",
        "-",
        "--",
        "pdf--tools",
        "pdf---tools",
        "pdf+tools",
        "pdf@tools",
        "pdf,tools",
        "pdf;tools",
        "pdf(tools)",
        "pdf=tools",
        "pdf~tools",
        "pdf😀",
        "café",
        "naïve-café",
        "日本語",
        "한국어-도구",
        "עברית",
        "العربية",
        "हिन्दी",
        "straße",
        "ǆungla",
        "ﬁle",
        "①",
        "²",
        "ⅳ",
        "pdf-１",
        "ａｂｃ",
        "½",
        "İzmir",
        "ΑΒΓ",
        "αβγ",
        "claude-tools",
        "anthropic",
    ];
    let names = names.into_iter().chain(long.iter().map(String::as_str));
    for name in names {
        cases.push(case(
            format!("name {name}"),
            name,
            page(&format!("name: {name}\n{DESCRIPTION}")),
        ));
    }
    for (title, written, folder) in [
        ("name in quotes", "\"pdf\"", "pdf"),
        ("name in single quotes", "'pdf'", "pdf"),
        ("name with space in quotes", "\" pdf \"", "pdf"),
        ("name differs", "pdf", "other"),
        ("name differs in case", "pdf", "PDF"),
        ("name is composed, folder is not", "café", "cafe\u{301}"),
        ("name empty", "", "pdf"),
        ("name empty in quotes", "\"\"", "pdf"),
        ("name of spaces", "\"  \"", "pdf"),
        ("name null", "null", "null"),
        ("name tilde", "~", "~"),
        ("name number", "42", "42"),
        ("name boolean", "true", "true"),
        ("name float", "1.5", "1.5"),
        ("name list", "\n  - pdf", "pdf"),
        ("name map", "\n  en: pdf", "pdf"),
        ("name flow list", "[pdf]", "pdf"),
        ("name block scalar", "|\n  pdf", "pdf"),
    ] {
        cases.push(case(
            title,
            folder,
            page(&format!("name: {written}\n{DESCRIPTION}")),
        ));
    }
    cases.push(case("name missing", "pdf", page(DESCRIPTION)));
}

fn descriptions(cases: &mut Vec<Case>) {
    let exact = "x".repeat(1024);
    let over = "x".repeat(1025);
    let wide = "é".repeat(1024);
    let padded = format!("\"{} \"", "x".repeat(1024));
    for (title, written) in [
        ("description plain", "Reads PDF files."),
        ("description in quotes", "\"Reads: PDF files\""),
        ("description in single quotes", "'It''s a PDF reader'"),
        ("description empty", ""),
        ("description empty in quotes", "\"\""),
        ("description of spaces", "\"   \""),
        ("description null", "null"),
        ("description number", "42"),
        ("description boolean", "false"),
        ("description date", "2026-01-01"),
        ("description list", "\n  - Reads\n  - Writes"),
        ("description list not indented", "\n- Reads\n- Writes"),
        ("description map", "\n  en: Reads"),
        ("description flow list", "[Reads, Writes]"),
        ("description flow map", "{en: Reads}"),
        ("description literal", "|\n  Reads PDF files.\n  Use when asked."),
        ("description folded", ">-\n  Reads PDF files.\n  Use when asked."),
        ("description on two lines", "Reads PDF files.\n  Use when asked."),
        ("description 1024", &exact),
        ("description 1025", &over),
        ("description 1024 wide", &wide),
        ("description 1024 and a space", &padded),
        ("description with colon", "Reads PDF files. Use when: asked."),
        ("description ends with colon", "Reads PDF files:"),
        ("description with colon inside a word", "Reads pdf:files."),
        ("description with hash", "Reads PDF files # and more"),
        ("description with angle brackets", "Reads <file>."),
        ("description with dashes", "Reads PDF --- and more"),
        ("description open quote", "\"Reads PDF files."),
        ("description open bracket", "[Reads PDF files."),
        ("description asterisk", "*Reads PDF files."),
        ("description ampersand", "&Reads PDF files."),
        ("description exclamation", "!Reads PDF files."),
        ("description percent", "%Reads PDF files."),
        ("description at", "@Reads PDF files."),
        ("description backtick", "`pdf` files"),
        ("description bar at the end", "Reads PDF files |"),
        ("description question", "? Reads PDF files."),
        ("description dash", "- Reads PDF files."),
        ("description with tab", "Reads\tPDF files."),
        ("description with escapes", "\"Reads\\tPDF\\u00e9 files.\""),
        ("description with bad escape", "\"Reads C:\\pdf files.\""),
    ] {
        cases.push(case(
            title,
            "pdf",
            page(&format!("name: pdf\ndescription: {written}")),
        ));
    }
    cases.push(case("description missing", "pdf", page("name: pdf")));
}

fn fields(cases: &mut Vec<Case>) {
    let exact = format!("compatibility: {}", "x".repeat(500));
    let over = format!("compatibility: {}", "x".repeat(501));
    for (title, more) in [
        ("license", "license: MIT"),
        ("license number", "license: 2.0"),
        ("license empty", "license:"),
        ("license list", "license:\n  - MIT"),
        ("compatibility", "compatibility: Requires git."),
        ("compatibility empty", "compatibility:"),
        ("compatibility empty in quotes", "compatibility: \"\""),
        ("compatibility number", "compatibility: 3.10"),
        ("compatibility list", "compatibility:\n  - git"),
        ("compatibility map", "compatibility:\n  git: 2"),
        ("compatibility 500", &exact),
        ("compatibility 501", &over),
        ("metadata", "metadata:\n  version: \"1.0\""),
        ("metadata number", "metadata:\n  version: 1.0"),
        ("metadata nested", "metadata:\n  a:\n    b: c"),
        ("metadata list", "metadata:\n  - a"),
        ("metadata text", "metadata: a"),
        ("metadata empty", "metadata:"),
        ("metadata flow", "metadata: {a: b}"),
        ("metadata empty flow", "metadata: {}"),
        ("metadata flow inside", "metadata:\n  a: [b]"),
        ("metadata twice the same", "metadata:\n  a: b\n  a: c"),
        ("allowed-tools", "allowed-tools: Read Bash(git *)"),
        ("allowed-tools commas", "allowed-tools: Read, Grep"),
        ("allowed-tools list", "allowed-tools:\n  - Read\n  - Grep"),
        ("allowed-tools flow", "allowed-tools: [Read, Grep]"),
        ("key version", "version: 1.0.0"),
        ("key author", "author: me"),
        ("key tags", "tags:\n  - pdf"),
        ("key in capitals", "License: MIT"),
        ("key of Claude Code", "argument-hint: file"),
        ("key model", "model: opus"),
        ("key when_to_use", "when_to_use: Always."),
        ("key unknown", "colour: red"),
        ("key number", "1: one"),
        ("key in quotes", "\"license\": MIT"),
        ("key twice", "license: MIT\nlicense: ISC"),
        ("key name twice", "name: pdf"),
        ("key without space", "license:MIT"),
        ("key without colon", "license"),
        ("key with question mark", "? license\n: MIT"),
        ("anchor", "license: &l MIT"),
        ("alias", "license: &l MIT\ncompatibility: *l"),
        ("alias to nothing", "license: *l"),
        ("tag", "license: !!str MIT"),
        ("merge key", "metadata: &m\n  a: b\n<<: *m"),
        ("comment", "# a comment\nlicense: MIT # another"),
        ("blank lines", "\n\nlicense: MIT\n"),
        ("tab before a key", "\tlicense: MIT"),
        ("tab after the colon", "license:\tMIT"),
        ("tab at the end", "license: MIT\t"),
        ("indented key", " license: MIT"),
        ("document end", "license: MIT\n..."),
    ] {
        let text = page(&format!("name: pdf\n{DESCRIPTION}\n{more}"));
        cases.push(case(format!("field {title}"), "pdf", text));
    }
}

fn shapes(cases: &mut Vec<Case>) {
    let good = page(&format!("name: pdf\n{DESCRIPTION}"));
    let block = format!("name: pdf\n{DESCRIPTION}\n");
    for (title, text) in [
        ("whole", good.clone()),
        ("empty", String::new()),
        ("space", "  \n".to_owned()),
        ("no front matter", "# PDF\n\nRead the file.\n".to_owned()),
        ("not first", format!("\n{good}")),
        ("indented", format!(" {good}")),
        ("unclosed", format!("---\n{block}\nRead the file.\n")),
        ("closed by the end", format!("---\n{block}---")),
        ("no body", format!("---\n{block}---\n")),
        ("closed by dots", format!("---\n{block}...\n\nRead the file.\n")),
        (
            "space behind the fences",
            format!("---  \n{block}---  \n\nRead.\n"),
        ),
        ("four dashes", format!("----\n{block}----\n\nRead.\n")),
        ("empty block", "---\n---\n\nRead.\n".to_owned()),
        ("comment only", "---\n# nothing\n---\n\nRead.\n".to_owned()),
        (
            "list",
            format!("---\n- name: pdf\n- {DESCRIPTION}\n---\n\nRead.\n"),
        ),
        ("text", "---\njust words\n---\n\nRead.\n".to_owned()),
        (
            "flow map",
            "---\n{name: pdf, description: x}\n---\n\nRead.\n".to_owned(),
        ),
        ("directive", format!("---\n%YAML 1.2\n{block}---\n\nRead.\n")),
        ("crlf", good.replace('\n', "\r\n")),
        ("byte order mark", format!("\u{feff}{good}")),
        ("rule in the body", format!("{good}\n---\n\nMore.\n")),
        (
            "table in an unclosed page",
            format!("---\n{block}\n| a |\n|---|\n"),
        ),
        ("unclosed fence in the body", format!("{good}\n```sh\nls\n")),
    ] {
        cases.push(case(format!("shape {title}"), "pdf", text));
    }
    cases.push(Case {
        file: "skill.md",
        ..case("shape lower case file", "pdf", good)
    });
}

fn bytes(cases: &mut Vec<Case>) {
    let with = |title: &str, front: &[u8], body: &[u8]| {
        let mut text = format!("---\nname: pdf\n{DESCRIPTION}\nlicense: ").into_bytes();
        text.extend_from_slice(front);
        text.extend_from_slice(b"\n---\n\nRead ");
        text.extend_from_slice(body);
        text.push(b'\n');
        case(format!("bytes {title}"), "pdf", text)
    };
    cases.extend([
        with("of other scripts", "Лицензия".as_bytes(), "日本".as_bytes()),
        with("emoji", "😀".as_bytes(), "😀".as_bytes()),
        with("bell in front", b"M\x07IT", b"it"),
        with("bell in the body", b"MIT", b"\x07it"),
        with("NUL in front", b"M\0IT", b"it"),
        with("NUL in the body", b"MIT", b"\0it"),
        with("latin-1 in front", b"M\xe9IT", b"it"),
        with("latin-1 in the body", b"MIT", b"caf\xe9"),
        with("delete in front", b"M\x7fIT", b"it"),
        with("next line in front", "M\u{85}IT".as_bytes(), b"it"),
        with("zero width space in front", "M\u{200b}IT".as_bytes(), b"it"),
        with("line separator in front", "M\u{2028}IT".as_bytes(), b"it"),
    ]);
}
