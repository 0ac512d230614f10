//! `skill new`, `skill lint`, and the same for agents.

use crate::sandbox::Sandbox;

const GOOD: &str = "---\nname: pdf-tools\ndescription: Reads PDF files. Use when a task mentions a PDF.\n---\n\nRead the file.\n";

fn rules(run: &crate::sandbox::Run) -> Vec<(String, String)> {
    let json = run.json();
    let findings = json["findings"].as_array().unwrap();
    findings
        .iter()
        .map(|finding| {
            (
                finding["path"].as_str().unwrap().to_owned(),
                finding["rule"].as_str().unwrap().to_owned(),
            )
        })
        .collect()
}

#[test]
fn this_repository_is_clean() {
    let sandbox = Sandbox::new();
    let root = crate::sandbox::repository();
    for group in ["skill", "agent"] {
        let output = sandbox
            .command([group, "lint", "--strict"])
            .current_dir(&root)
            .output()
            .unwrap();
        sandbox.shown(&output).expect(0);
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn each_kind_of_malformed_skill_gets_one_finding() {
    let sandbox = Sandbox::new();
    let description = "description: Reads PDF files. Use when a task mentions a PDF.\n";
    let body = "\n# Title\n\nRead the file.\n";
    let whole = |name: &str, fields: &str| format!("---\nname: {name}\n{description}{fields}---\n{body}");
    let bomb: Vec<String> = ('b'..='i')
        .map(|name| {
            let before = char::from(name as u8 - 1);
            format!("{name}: &{name} [{}]", vec![format!("*{before}"); 9].join(", "))
        })
        .collect();
    let bomb = bomb.join("\n");
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("empty", Vec::new(), "front-matter-missing"),
        ("no-front-matter", body.into(), "front-matter-missing"),
        (
            "not-first",
            format!("\n{}", whole("not-first", "")).into(),
            "front-matter-missing",
        ),
        (
            "unclosed",
            format!("---\nname: unclosed\n{description}{body}").into(),
            "front-matter-unclosed",
        ),
        (
            "empty-block",
            format!("---\n---\n{body}").into(),
            "front-matter-not-a-map",
        ),
        (
            "list",
            format!("---\n- name: list\n---\n{body}").into(),
            "front-matter-not-a-map",
        ),
        (
            "scalar",
            format!("---\njust words\n---\n{body}").into(),
            "front-matter-not-a-map",
        ),
        (
            "open-quote",
            format!("---\nname: \"open-quote\n{description}---\n{body}").into(),
            "front-matter-syntax",
        ),
        (
            "tab-indent",
            whole("tab-indent", "metadata:\n\ta: b\n").into(),
            "front-matter-syntax",
        ),
        (
            "tab-after-colon",
            whole("tab-after-colon", "license:\tMIT\n").into(),
            "tab-in-front-matter",
        ),
        (
            "colon",
            format!("---\nname: colon\ndescription: Use when: a task mentions a PDF.\n---\n{body}").into(),
            "unquoted-colon",
        ),
        ("twice", whole("twice", description).into(), "duplicate-key"),
        (
            "mark",
            format!("\u{feff}{}", whole("mark", "")).into(),
            "byte-order-mark",
        ),
        (
            "crlf",
            whole("crlf", "").replace('\n', "\r\n").into(),
            "crlf-line-endings",
        ),
        ("nul", whole("nul", "license: \0\n").into(), "control-character"),
        (
            "latin",
            [whole("latin", "").as_bytes(), b"caf\xe9\n"].concat(),
            "not-utf8",
        ),
        (
            "huge",
            whole("huge", &format!("x: {}\n", "y".repeat(10_000_000))).into(),
            "front-matter-too-complex",
        ),
        (
            "bomb",
            whole("bomb", &format!("a: &a [x, x]\n{bomb}\n")).into(),
            "yaml-alias",
        ),
        (
            "deep",
            whole("deep", &format!("x: {}\n", "[".repeat(5_000))).into(),
            "front-matter-too-complex",
        ),
        (
            "open-fence",
            format!("{}```sh\nls\n", whole("open-fence", "")).into(),
            "unclosed-fence",
        ),
        (
            "no-name",
            format!("---\n{description}---\n{body}").into(),
            "name-missing",
        ),
    ];
    for (name, bytes, _) in &cases {
        sandbox.write(format!("skills/{name}/SKILL.md"), bytes);
    }
    sandbox.write("skills/no-file/README.md", "");
    let run = sandbox
        .line("skill lint --ignore unknown-key --format json")
        .expect(1);
    let mut expected: Vec<(String, String)> = cases
        .iter()
        .map(|(name, _, rule)| (format!("skills/{name}/SKILL.md"), (*rule).to_owned()))
        .chain([(
            "skills/no-file/SKILL.md".to_owned(),
            "skill-file-unreadable".to_owned(),
        )])
        .collect();
    expected.sort();
    assert_eq!(rules(&run), expected);
    assert_eq!(run.json()["summary"]["checked"], cases.len() + 1);
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_to_itself_is_a_finding() {
    let sandbox = Sandbox::new();
    sandbox.write("skills/a/x", "");
    std::os::unix::fs::symlink("SKILL.md", sandbox.path("skills/a/SKILL.md")).unwrap();
    let run = sandbox.line("skill lint --format json").expect(1);
    assert_eq!(
        rules(&run),
        [("skills/a/SKILL.md".to_owned(), "skill-file-unreadable".to_owned())]
    );
}

#[test]
fn a_finding_is_drawn_with_its_line_and_carets() {
    let sandbox = Sandbox::new();
    sandbox.write("skills/pdf/SKILL.md", GOOD);
    let run = sandbox.line("skill lint").expect(1);
    insta::assert_snapshot!(run.stdout, @r"
    error[name-differs-from-folder]: the name is `pdf-tools`, the folder is `pdf`
     --> skills/pdf/SKILL.md:2:7
      |
    2 | name: pdf-tools
      |       ^^^^^^^^^
      |
      = help: rename the folder to `pdf-tools`, or write `name: pdf`

    1 error in 1 skill
    ");
}

#[test]
fn paths_that_hold_nothing_to_check_are_named() {
    let sandbox = Sandbox::new();
    sandbox.write("notes.txt", "x");
    sandbox.write("empty/x", "x");
    assert!(
        sandbox
            .line("skill lint nowhere")
            .expect(2)
            .stderr
            .contains("cannot read `nowhere`")
    );
    assert!(
        sandbox
            .line("skill lint notes.txt")
            .expect(2)
            .stderr
            .contains("`notes.txt` is not a skill")
    );
    assert!(
        sandbox
            .line("skill lint empty")
            .expect(2)
            .stderr
            .contains("there is no skill in `empty`")
    );
    assert!(
        sandbox
            .line("skill lint")
            .expect(0)
            .stdout
            .contains("0 skills, no findings")
    );
}

#[test]
fn lint_takes_a_file_for_what_it_is() {
    let sandbox = Sandbox::new();
    sandbox.line("skill new pdf").expect(0);
    sandbox.line("agent new clerk").expect(0);
    for path in ["skills/pdf/SKILL.md", "agents/clerk.md", "skills/pdf", "agents"] {
        let run = sandbox.run(["lint", path]).expect(0);
        assert_eq!(run.stdout, "ok: 1 file, no findings\n", "{path}");
    }
    assert!(
        sandbox
            .line("lint nowhere.md")
            .expect(2)
            .stderr
            .contains("cannot read `nowhere.md`")
    );
}

#[test]
fn fixes_are_shown_then_applied_then_gone() {
    let sandbox = Sandbox::new();
    let text = "---\r\nName: pdf-tools\r\ndescription: >\r\n  Reads PDF files.\r\n  Use when: a task mentions a PDF.\r\n---\r\n\r\nSee [a](references\\a.md).\r\n";
    sandbox.write("skills/pdf-tools/SKILL.md", text);
    sandbox.write("skills/pdf-tools/references/a.md", "# A\n");
    let diff = sandbox.line("skill lint --diff").expect(1);
    assert!(diff.stdout.contains("+name: pdf-tools"), "{diff:?}");
    assert_eq!(sandbox.read("skills/pdf-tools/SKILL.md"), text);
    sandbox.line("skill lint --fix").expect(0);
    assert_eq!(
        sandbox.read("skills/pdf-tools/SKILL.md"),
        "---\nname: pdf-tools\ndescription: \"Reads PDF files. Use when: a task mentions a PDF.\"\n---\n\nSee [a](references/a.md).\n"
    );
    assert_eq!(sandbox.line("skill lint --diff").expect(0).stdout, "");
}

#[test]
fn levels_come_from_the_settings_and_unknown_rules_are_refused() {
    let sandbox = Sandbox::new();
    sandbox.write("skills/pdf/SKILL.md", GOOD);
    sandbox.write(
        "packwright.toml",
        "[lint.rules]\nname-differs-from-folder = \"warn\"\n",
    );
    sandbox.line("skill lint").expect(0);
    sandbox.line("skill lint --strict").expect(1);
    sandbox.write(
        "packwright.toml",
        "[lint.rules]\nname-differs-from-foldr = \"warn\"\n",
    );
    let run = sandbox.line("skill lint").expect(2);
    assert!(
        run.stderr.contains("did you mean `name-differs-from-folder`?"),
        "{run:?}"
    );
}

#[test]
fn every_rule_is_explained() {
    let sandbox = Sandbox::new();
    let rules = sandbox.line("rules --format json").expect(0).json();
    let rules = rules["rules"].as_array().unwrap();
    assert!(rules.len() >= 25, "{}", rules.len());
    for rule in rules {
        let name = rule["name"].as_str().unwrap();
        let run = sandbox.run(["skill", "lint", "--explain", name]).expect(0);
        assert!(
            run.stdout.starts_with(name) && run.stdout.contains("Source: "),
            "{run:?}"
        );
    }
}

#[test]
fn a_new_skill_of_every_template_lints_clean() {
    let sandbox = Sandbox::new();
    for template in ["basic", "reference", "script", "expert"] {
        sandbox
            .run(["skill", "new", &format!("my-{template}"), "--template", template])
            .expect(0);
    }
    sandbox.line("skill lint --strict").expect(0);
}

#[test]
fn hostile_descriptions_survive_scaffolding() {
    let sandbox = Sandbox::new();
    let description = "Reads \"all\": PDFs # and 'forms'. Use when {{ asked }}.";
    sandbox
        .run(["skill", "new", "pdf", "--description", description])
        .expect(0);
    let text = sandbox.read("skills/pdf/SKILL.md");
    assert!(text.contains("description: "), "{text}");
    sandbox.line("skill lint").expect(0);
}

#[test]
fn new_refuses_bad_names_and_never_overwrites() {
    let sandbox = Sandbox::new();
    let run = sandbox.line("skill new Bad_Name").expect(2);
    assert!(
        run.stderr.contains("`B`, `_`, `N`") && run.stderr.contains("bad-name"),
        "{run:?}"
    );
    sandbox.line("skill new ../escape").expect(2);
    sandbox.write("skills/pdf/keep.txt", "mine");
    let run = sandbox.line("skill new pdf").expect(2);
    assert!(run.stderr.contains("`skills/pdf` is there already"), "{run:?}");
    assert_eq!(sandbox.listing(), ["skills", "skills/pdf", "skills/pdf/keep.txt"]);
    let run = sandbox.line("skill new").expect(2);
    assert!(run.stderr.contains("the name of the skill is missing"), "{run:?}");
}

#[test]
fn a_dry_run_writes_nothing() {
    let sandbox = Sandbox::new();
    let run = sandbox
        .line("skill new pdf --template script --dry-run --format json")
        .expect(0);
    assert_eq!(run.json()["applied"], false);
    assert_eq!(run.json()["changes"][0]["path"], "skills/pdf/SKILL.md");
    assert_eq!(sandbox.listing(), <[&str; 0]>::default());
}

#[test]
fn own_templates_come_first() {
    let sandbox = Sandbox::new();
    let text = "---\nname: {{ name }}\ndescription: {{ description | yaml }}\n---\n\nOur way.\n";
    sandbox.write("house/skill/basic/SKILL.md.tera", text);
    sandbox.write("packwright.toml", "[scaffold]\ntemplates = \"house\"\n");
    sandbox.line("skill new pdf").expect(0);
    assert!(sandbox.read("skills/pdf/SKILL.md").contains("Our way."));
    let run = sandbox.line("skill new other --template basik").expect(2);
    assert!(run.stderr.contains("did you mean `basic`?"), "{run:?}");
}

#[test]
fn an_agent_learns_of_its_new_skill() {
    let sandbox = Sandbox::new();
    let run = sandbox.line("skill new pdf --agent clerk").expect(2);
    assert!(run.stderr.contains("packwright agent new clerk"), "{run:?}");
    sandbox.line("agent new clerk").expect(0);
    sandbox.line("skill new pdf --agent clerk").expect(0);
    assert!(
        sandbox.read("agents/clerk.md").contains("skills:\n  - pdf\n"),
        "{}",
        sandbox.read("agents/clerk.md")
    );
    sandbox.line("lint --strict").expect(0);
}
