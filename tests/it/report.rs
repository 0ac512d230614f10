//! What checking commands print: the formats, the counts, and what must never get out.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::sandbox::{Run, Sandbox, repository};

/// Three files: an error with a label, a mendable warning beside an error, a clean one; a name with a blank and a comma.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    let skill = |name: &str, rest: &str| {
        format!(
            "---\nname: {name}\ndescription: Reads \u{1f600} files. Use when a task mentions a PDF.\n{rest}---\n\nRead.\n"
        )
    };
    sandbox.write("skills/ok/SKILL.md", skill("ok", ""));
    sandbox.write("skills/two/SKILL.md", skill("two", "name: twice\nname: thrice\n"));
    sandbox.write(
        "skills/a b,c/SKILL.md",
        skill("pdf", "").replace("---\n\n", "---\n\nSee [a](references\\y.md).\n\n"),
    );
    sandbox
}

#[test]
fn github_gets_a_command_for_each_finding() {
    let sandbox = sandbox();
    let run = sandbox.line("skill lint --format github").expect(1);
    insta::assert_snapshot!(run.stdout, @r"
    ::error file=skills/a b%2Cc/SKILL.md,line=2,endLine=2,col=7,endColumn=10,title=packwright (name-differs-from-folder)::the name is `pdf`, the folder is `a b,c`%0Ahelp: rename the folder to `pdf`, or write `name: a b,c`
    ::warning file=skills/a b%2Cc/SKILL.md,line=6,endLine=6,col=9,endColumn=24,title=packwright (backslash-path)::`references\y.md` is written with backslashes%0Ahelp: write `references/y.md`
    ::error file=skills/a b%2Cc/SKILL.md,line=6,endLine=6,col=9,endColumn=24,title=packwright (link-target-missing)::there is no `references/y.md` in the skill%0Ahelp: add the file, or mend the link
    ::error file=skills/two/SKILL.md,line=4,endLine=4,col=1,endColumn=5,title=packwright (duplicate-key)::key `name` is written twice%0Ahelp: keep one of them
    ::error file=skills/two/SKILL.md,line=5,endLine=5,col=1,endColumn=5,title=packwright (duplicate-key)::key `name` is written twice%0Ahelp: keep one of them
    ");
    insta::assert_snapshot!(run.stderr, @r"
    note: 4 errors, 1 warning in 3 skills; 1 fixable with --fix
    ");
}

#[test]
fn gitlab_gets_issues_that_it_can_tell_apart() {
    let sandbox = sandbox();
    let first = sandbox.line("skill lint --format gitlab --quiet").expect(1);
    assert_eq!(first.stderr, "");
    let issues = first.json();
    insta::assert_snapshot!(serde_json::to_string_pretty(&issues[0]).unwrap(), @r#"
    {
      "description": "the name is `pdf`, the folder is `a b,c`; rename the folder to `pdf`, or write `name: a b,c`",
      "check_name": "name-differs-from-folder",
      "fingerprint": "d0fbd6d4d843052d63c78ed428787e5b",
      "severity": "major",
      "location": {
        "path": "skills/a b,c/SKILL.md",
        "lines": {
          "begin": 2,
          "end": 2
        }
      }
    }
    "#);
    let prints = |run: &Run| -> Vec<String> {
        let issues = run.json();
        let each = issues.as_array().unwrap().iter();
        each.map(|issue| issue["fingerprint"].as_str().unwrap().to_owned())
            .collect()
    };
    let before = prints(&first);
    let mut different = before.clone();
    different.sort();
    different.dedup();
    assert_eq!(different.len(), before.len());
    let text = sandbox.read("skills/two/SKILL.md");
    sandbox.write(
        "skills/two/SKILL.md",
        text.replace("---\nname: two", "---\n\n# moved\nname: two"),
    );
    let moved = sandbox.line("skill lint --format gitlab").expect(1);
    assert_eq!(prints(&moved), before);
    assert_ne!(moved.json(), issues, "the lines have moved");
}

#[test]
fn junit_has_a_case_for_each_file_and_fails_those_with_errors() {
    let sandbox = sandbox();
    let run = sandbox.line("skill lint --format junit").expect(1);
    insta::assert_snapshot!(run.stdout, @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="packwright skill lint" tests="3" failures="2" errors="0" skipped="0" time="0">
      <testsuite name="packwright skill lint" tests="3" failures="2" errors="0" skipped="0" time="0">
        <testcase classname="packwright.skill.lint" name="skills/a b,c/SKILL.md" file="skills/a b,c/SKILL.md" line="2" time="0">
          <failure message="the name is `pdf`, the folder is `a b,c` and 1 more error" type="name-differs-from-folder">2:7: error[name-differs-from-folder]: the name is `pdf`, the folder is `a b,c`&#10;    help: rename the folder to `pdf`, or write `name: a b,c`&#10;6:9: error[link-target-missing]: there is no `references/y.md` in the skill&#10;    help: add the file, or mend the link</failure>
          <system-out>6:9: warning[backslash-path]: `references\y.md` is written with backslashes&#10;    help: write `references/y.md`</system-out>
        </testcase>
        <testcase classname="packwright.skill.lint" name="skills/ok/SKILL.md" file="skills/ok/SKILL.md" time="0"/>
        <testcase classname="packwright.skill.lint" name="skills/two/SKILL.md" file="skills/two/SKILL.md" line="4" time="0">
          <failure message="key `name` is written twice and 1 more error" type="duplicate-key">4:1: error[duplicate-key]: key `name` is written twice&#10;    help: keep one of them&#10;5:1: error[duplicate-key]: key `name` is written twice&#10;    help: keep one of them</failure>
        </testcase>
      </testsuite>
    </testsuites>
    "#);
}

#[test]
fn rules_are_counted_most_frequent_first() {
    let sandbox = sandbox();
    let run = sandbox.line("skill lint --statistics").expect(1);
    insta::assert_snapshot!(run.stdout, @r"
     errors warnings  fixable   rule
          2                     duplicate-key
                   1  1         backslash-path
          1                     link-target-missing
          1                     name-differs-from-folder

    4 errors, 1 warning in 3 skills; 1 fixable with --fix
    ");
    let counted = sandbox
        .line("skill lint --statistics --format json")
        .expect(1)
        .json();
    assert_eq!(counted["rules"][0]["rule"], "duplicate-key");
    assert_eq!(counted["summary"]["checked"], 3);
    let clean = sandbox.line("skill lint skills/ok --statistics").expect(0);
    assert_eq!(clean.stdout, "ok: 1 skill, no findings\n");
}

#[test]
fn fixes_are_named_and_counted() {
    let sandbox = Sandbox::new();
    let text =
        "---\nName: pdf\ndescription: Reads PDF files. Use when a task mentions a PDF.\n---\n\nRead.\n";
    sandbox.write("skills/pdf/SKILL.md", text);
    let run = sandbox.line("skill lint").expect(1);
    insta::assert_snapshot!(run.stdout, @r"
    error[name-missing]: the field `name` is missing
     --> skills/pdf/SKILL.md:1:1
      |
    1 | ---
      | ^^^
      |
      = help: write `name: pdf`, the name of its folder

    warning[key-case]: the key `Name` is not `name`: keys are case-sensitive
     --> skills/pdf/SKILL.md:2:1
      |
    2 | Name: pdf
      | ^^^^
      |
      = fix: write `name`

    1 error, 1 warning in 1 skill; 1 fixable with --fix
    ");
    let diff = sandbox.line("skill lint --diff --format json").expect(1).json();
    assert_eq!(diff["applied"], false);
    assert_eq!(diff["changes"][0]["path"], "skills/pdf/SKILL.md");
}

#[test]
fn only_findings_have_the_formats_of_machines() {
    let sandbox = sandbox();
    for (line, named) in [
        (
            "db migrate status --format sarif",
            "`db migrate status` prints human or json, not sarif",
        ),
        (
            "--format gitlab rules",
            "`rules` prints human or json, not gitlab",
        ),
        ("lint --diff --format github", "`lint --diff` prints"),
        (
            "skill lint --statistics --format junit",
            "`skill lint --statistics` prints",
        ),
        (
            "agent lint --explain key-case --format sarif",
            "`agent lint --explain` prints",
        ),
    ] {
        let run = sandbox.line(line).expect(2);
        assert!(run.stderr.contains(named), "{line}: {run:?}");
        assert_eq!(run.stdout, "");
    }
    sandbox.line("--format sarif skill lint skills/ok").expect(0);
    let explained = sandbox
        .line("lint --explain key-case --format json")
        .expect(0)
        .json();
    assert_eq!(explained["name"], "key-case");
    let unknown = sandbox.line("lint --format xml").expect(2);
    assert!(unknown.stderr.contains("junit"), "{unknown:?}");
}

#[test]
fn paths_are_counted_from_the_root_of_the_checkout() {
    let sandbox = sandbox();
    sandbox.write(".git/HEAD", "");
    let inside = |format: &str| {
        let mut command = sandbox.command(["skill", "lint", "two", "../skills/a b,c", "--format", format]);
        let output = command.current_dir(sandbox.path("skills")).output().unwrap();
        sandbox.shown(&output).expect(1)
    };
    assert!(inside("github").stdout.contains("file=skills/two/SKILL.md,"));
    let log = inside("sarif").json();
    let uris: Vec<&Value> = results(&log)
        .iter()
        .map(|result| &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])
        .collect();
    assert!(
        uris.contains(&&Value::from("skills/a%20b%2Cc/SKILL.md")),
        "{uris:?}"
    );
}

#[test]
fn hostile_text_gives_no_commands_to_a_log() {
    let sandbox = Sandbox::new();
    let description =
        "description: \"Reads.\\n::set-output name=x::y\\n\\e[2J ##[add-mask]z Use when asked.\"\n";
    let name = "name: \"a\\n::error::b\\e[2J##[add-path]/x\"\n";
    sandbox.write(
        "skills/pdf/SKILL.md",
        format!("---\n{name}{description}---\n\n##[group]x\n"),
    );
    for format in ["human", "github", "junit"] {
        let run = sandbox.run(["skill", "lint", "--format", format]).expect(1);
        assert!(!run.stdout.contains(['\u{1b}', '\r']), "{format}: {}", run.stdout);
        for line in run.stdout.lines() {
            let is_ours = format == "github"
                && (line.starts_with("::error file=") || line.starts_with("::warning file="));
            assert!(
                is_ours || !line.trim_start().starts_with("::"),
                "{format}: {line}"
            );
            assert!(!line.contains("##["), "{format}: {line}");
        }
    }
}

#[test]
fn sarif_describes_the_rules_that_fired() {
    let sandbox = sandbox();
    let log = sandbox.line("skill lint --format sarif").expect(1).json();
    let run = &log["runs"][0];
    assert_eq!(run["automationDetails"]["id"], "packwright/skill-lint/");
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    for result in results(&log) {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(
            rules[index]["help"]["markdown"]
                .as_str()
                .unwrap()
                .contains("Source: ")
        );
    }
}

#[test]
fn sarif_says_where_what_and_how_to_mend() {
    let log = sandbox().line("skill lint --format sarif").expect(1).json();
    let of_rule = |name: &str| {
        results(&log)
            .iter()
            .find(|result| result["ruleId"] == name)
            .unwrap()
    };
    insta::assert_snapshot!(serde_json::to_string_pretty(of_rule("backslash-path")).unwrap(), @r#"
    {
      "ruleId": "backslash-path",
      "ruleIndex": 0,
      "level": "warning",
      "message": {
        "text": "`references\\y.md` is written with backslashes\nhelp: write `references/y.md`"
      },
      "locations": [
        {
          "physicalLocation": {
            "artifactLocation": {
              "uri": "skills/a%20b%2Cc/SKILL.md",
              "uriBaseId": "%SRCROOT%"
            },
            "region": {
              "startLine": 6,
              "startColumn": 9,
              "endLine": 6,
              "endColumn": 24,
              "byteOffset": 90,
              "byteLength": 15,
              "snippet": {
                "text": "references\\y.md"
              }
            }
          }
        }
      ],
      "partialFingerprints": {
        "packwright/v1": "8b480739899cd12463b3ec0b5cef4572"
      },
      "fixes": [
        {
          "description": {
            "text": "write `references/y.md`"
          },
          "artifactChanges": [
            {
              "artifactLocation": {
                "uri": "skills/a%20b%2Cc/SKILL.md",
                "uriBaseId": "%SRCROOT%"
              },
              "replacements": [
                {
                  "deletedRegion": {
                    "startLine": 6,
                    "startColumn": 9,
                    "endLine": 6,
                    "endColumn": 24,
                    "byteOffset": 90,
                    "byteLength": 15
                  },
                  "insertedContent": {
                    "text": "references/y.md"
                  }
                }
              ]
            }
          ],
          "properties": {
            "safety": "safe"
          }
        }
      ]
    }
    "#);
    let label = &of_rule("duplicate-key")["relatedLocations"][0];
    assert_eq!(label["message"]["text"], "first written here");
    assert_eq!(label["physicalLocation"]["region"]["startLine"], 2);
}

#[test]
fn sarif_is_what_the_published_schema_says() {
    let Some(schema) = sarif_schema() else {
        return;
    };
    let sandbox = sandbox();
    sandbox.write("skills/bom/SKILL.md", "\u{feff}---\r\nname: bom\r\n---\r\n");
    sandbox.write("skills/latin/SKILL.md", b"---\nname: caf\xe9\n---\n");
    sandbox.write("skills/empty/SKILL.md", "");
    sandbox.write("skills/no-file/notes.md", "");
    sandbox.write("agents/clerk.md", "---\nname: Clerk\n---\n");
    let logs = ["lint", "skill lint skills/ok", "skill lint", "agent lint"]
        .iter()
        .enumerate();
    let logs: Vec<PathBuf> = logs
        .map(|(at, line)| {
            let run = sandbox.line(&format!("{line} --format sarif"));
            assert!(run.json()["runs"][0]["results"].is_array(), "{line}");
            sandbox.write(format!("{at}.sarif"), run.stdout)
        })
        .collect();
    let output = Command::new("python3")
        .arg(repository().join("tests/support/sarif.py"))
        .arg(schema)
        .args(logs)
        .output()
        .unwrap();
    sandbox.shown(&output).expect(0);
}

fn results(log: &Value) -> &[Value] {
    log["runs"][0]["results"].as_array().unwrap()
}

/// The folder with the schema and a validator, or `None` after saying so; in CI it has to be there.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn sarif_schema() -> Option<PathBuf> {
    let folder = env::var_os("PACKWRIGHT_TEST_SARIF").filter(|folder| !folder.is_empty());
    if folder.is_none() {
        let in_ci = env::var_os("CI").is_some_and(|ci| !ci.is_empty());
        assert!(!in_ci, "PACKWRIGHT_TEST_SARIF is not set");
        eprintln!("SKIPPED: needs the schema of SARIF; set PACKWRIGHT_TEST_SARIF, or use tests/run");
    }
    folder.map(PathBuf::from)
}
