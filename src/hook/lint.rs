//! Every rule over hooks, and over the files that hold them.

use crate::diagnostic::Diagnostic;
use crate::io::listing::Listing;
use crate::lint::{self, About, Levels};
use crate::manifest;
use crate::page::Page;

use super::{HookFile, Hooks, Place, rules};

/// Findings of hooks, wherever they stand.
pub fn check(hooks: &Hooks, levels: &Levels) -> Vec<Diagnostic> {
    lint::run(rules::RULES, hooks, levels)
}

/// Findings of a file of hooks, and of the hooks in it.
pub fn check_file(file: &HookFile, levels: &Levels) -> Vec<Diagnostic> {
    let mut findings = lint::run(manifest::rules::RULES, &file.manifest, levels);
    findings.extend(lint::run(rules::FILE_RULES, file, levels));
    if let Some(hooks) = Hooks::of_file(file) {
        findings.extend(check(&hooks, levels));
    }
    lint::sort(&mut findings);
    findings
}

/// Findings of the hooks in the front matter of a skill or an agent. Comments that allow them are the page's to read.
pub fn check_page(page: &Page, place: Place, files: Listing, levels: &Levels) -> Vec<Diagnostic> {
    Hooks::of_page(page, place, files).map_or_else(Vec::new, |hooks| check(&hooks, levels))
}

/// What was found in a page as text, without what the rules of hooks say better of the same words: one danger, one finding.
pub fn without_said(harm: Vec<Diagnostic>, findings: &[Diagnostic]) -> Vec<Diagnostic> {
    let said: Vec<_> = (findings.iter())
        .filter(|finding| finding.rule == rules::RUNS_FOREIGN_CODE)
        .map(|finding| &finding.place)
        .collect();
    let is_said = |harm: &Diagnostic| {
        RUN_UNSEEN.contains(&harm.rule)
            && said.iter().any(|place| {
                place.path == harm.place.path
                    && place.span.start < harm.place.span.end
                    && harm.place.span.start < place.span.end
            })
    };
    harm.into_iter().filter(|finding| !is_said(finding)).collect()
}

/// Rules over texts that speak of a program which is run unseen.
const RUN_UNSEEN: &[&str] = &[
    "download-and-execute",
    "eval-of-variable",
    "installer-piped-to-shell",
    "vendor-installer-piped-to-shell",
];

/// The rules that look at files of hooks.
pub fn file_abouts() -> impl Iterator<Item = &'static About> + Clone {
    let manifests = manifest::rules::RULES.iter().map(|rule| &rule.about);
    manifests.chain(rules::FILE_RULES.iter().map(|rule| &rule.about))
}

/// The rules that look at hooks.
pub fn abouts() -> impl Iterator<Item = &'static About> + Clone {
    rules::RULES.iter().map(|rule| &rule.about)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::{Case, Group, Level, cases};
    use crate::text::Source;
    use proptest::prelude::*;

    /// The findings of an example in a rule's documentation: `as` says what it is, `files` what lies around it.
    fn findings(case: &Case, text: &str, levels: &Levels) -> Vec<Diagnostic> {
        let setting = |name: &str| {
            let mut settings = case.settings.iter();
            settings
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.as_str())
        };
        let paths: Vec<&str> = setting("files")
            .map(|files| files.split(',').collect())
            .unwrap_or_default();
        let files = Listing::of(&paths);
        match setting("as") {
            Some("skill") => {
                let page = Page::read(Source::new("SKILL.md", text));
                check_page(&page, Place::SkillFrontMatter, files, levels)
            }
            Some("settings") => {
                let source = Source::new(".claude/settings.json", text);
                check_file(&HookFile::read(source, Place::Settings, files), levels)
            }
            _ => {
                let source = Source::new("hooks/hooks.json", text);
                check_file(&HookFile::read(source, Place::PluginFile, files), levels)
            }
        }
    }

    fn all() -> impl Iterator<Item = About> {
        let files = rules::FILE_RULES.iter().map(|rule| rule.about);
        abouts().copied().chain(files)
    }

    #[test]
    fn each_bad_example_fires_its_rule_alone_and_each_good_one_none() {
        for about in all() {
            let (name, docs) = (about.name, about.docs);
            let mut levels = Levels::default();
            if about.group == Group::Pedantic {
                levels.set(name, Level::Warn);
            }
            let examples = cases(docs);
            assert!(examples.iter().any(|case| case.bad), "{name} has no bad example");
            assert!(
                examples.iter().any(|case| !case.bad),
                "{name} has no good example"
            );
            assert!(docs.contains("Source: "), "{name} names no source");
            for case in examples {
                let found = findings(&case, &case.text, &levels);
                let names: Vec<&str> = found.iter().map(|finding| finding.rule).collect();
                if case.bad {
                    assert!(!names.is_empty(), "{name} does not fire on\n{}", case.text);
                    assert!(
                        names.iter().all(|found| *found == name),
                        "{names:?} on {name}'s\n{}",
                        case.text
                    );
                } else {
                    assert_eq!(names, [""; 0], "{name}'s good example\n{}", case.text);
                }
            }
        }
    }

    #[test]
    fn a_fix_silences_its_rule_and_adds_nothing() {
        for about in all() {
            for case in cases(about.docs).iter().filter(|case| case.bad) {
                let before = findings(case, &case.text, &Levels::default());
                if before.iter().all(|finding| finding.fix.is_none()) {
                    continue;
                }
                let source = before[0].place.path.clone();
                let settled = lint::settle(vec![Source::new(source, case.text.as_str())], true, |sources| {
                    findings(case, sources[0].text(), &Levels::default())
                });
                let text = settled.sources[0].text();
                assert_eq!(
                    findings(case, text, &Levels::default()),
                    [],
                    "{}\n{text}",
                    about.name
                );
            }
        }
    }

    #[test]
    fn hooks_in_front_matter_are_hooks() {
        let text = "---\nname: a\nhooks:\n  PreToolUse:\n    - matcher: 'bash'\n      hooks:\n        - type: command\n          command: bash ${CLAUDE_PROJECT_DIR}/x.sh\n          once: true\n---\n";
        let page = Page::read(Source::new("a.md", text));
        let found = |place| {
            let findings = check_page(&page, place, Listing::unknown(), &Levels::default());
            findings
                .iter()
                .map(|finding| (finding.rule, finding.place.start.line))
                .collect::<Vec<_>>()
        };
        let both = [
            ("hook-matcher-never-matches", 5),
            ("hook-placeholder-unquoted", 8),
        ];
        assert_eq!(found(Place::SkillFrontMatter), both);
        assert_eq!(found(Place::AgentFrontMatter)[2], ("hook-once-ignored", 9));
        let fix = check_page(
            &page,
            Place::SkillFrontMatter,
            Listing::unknown(),
            &Levels::default(),
        )[1]
        .fix
        .clone()
        .unwrap();
        let fixed = crate::text::apply_edits(text, &fix.edits).unwrap();
        assert!(
            fixed.contains("command: bash \"${CLAUDE_PROJECT_DIR}\"/x.sh\n"),
            "{fixed}"
        );
    }

    #[test]
    fn what_another_client_reads_is_one_warning() {
        let text = r#"{"version":1,"hooks":{"beforeShellExecution":[{"command":"./x.sh"}]}}"#;
        let file = HookFile::read(
            Source::new("hooks/hooks.json", text),
            Place::PluginFile,
            Listing::unknown(),
        );
        let rules: Vec<&str> = check_file(&file, &Levels::default())
            .iter()
            .map(|finding| finding.rule)
            .collect();
        assert_eq!(rules, ["hook-event-unknown"]);
    }

    /// Text that looks like hooks, with all the ways of going wrong near at hand.
    fn near_hooks() -> impl Strategy<Value = String> {
        let handler = prop::sample::select(vec![
            r#"{"type":"command","command":"bash ${CLAUDE_PLUGIN_ROOT}/a.sh \"$TOOL_INPUT\" | sh"}"#,
            r#"{"type":"command","command":"rm -rf $X/*; eval \"$(jq x)\" <<E","args":["a"]}"#,
            r#"{"type":"comand","command":"\ud800é'","timeout":"05"}"#,
            r#"{"type":"prompt","if":"a(b) || c","async":true,"once":true}"#,
            r#"{"type":"http","url":"x","timeout":60000,"matcher":"x"}"#,
            r#"{"type":"command","command":"echo '{\"hookSpecificOutput\":{}}' ${user_config.a"}"#,
            "3",
        ]);
        let event = prop::sample::select(vec![
            "PreToolUse",
            "preToolUse",
            "Stop",
            "SessionStart",
            "SessionEnd",
            "Nope",
            "hooks",
        ]);
        let matcher = prop::sample::select(vec![
            "",
            "bash",
            "*.py",
            "mcp__a",
            "Bash(x y)",
            "start",
            "(",
            "é|\\\\",
        ]);
        let group =
            (event, matcher, prop::collection::vec(handler, 0..3)).prop_map(|(event, matcher, handlers)| {
                format!(
                    r#""{event}":[{{"matcher":"{matcher}","hooks":[{}]}}]"#,
                    handlers.join(",")
                )
            });
        prop::collection::vec(group, 0..4)
            .prop_map(|groups| format!("{{\"hooks\":{{{}}}}}", groups.join(",")))
    }

    proptest! {
        #[test]
        fn findings_lie_inside_their_text_in_order_and_fixes_settle(text in near_hooks(), cut in 0usize..400) {
            let text = if cut < 100 { text.chars().take(cut * 4).collect() } else { text };
            let lint = |text: &str| {
                let source = Source::new("hooks/hooks.json", text);
                check_file(&HookFile::read(source, Place::PluginFile, Listing::of(&["b.sh"])), &Levels::default())
            };
            let found = lint(&text);
            for finding in &found {
                let span = finding.place.span;
                prop_assert!(text.get(span.start..span.end).is_some(), "{finding:?}");
            }
            let keys: Vec<_> = found.iter().map(Diagnostic::sort_key).collect();
            prop_assert!(keys.is_sorted());
            let settled = lint::settle(vec![Source::new("hooks/hooks.json", text.as_str())], true, |sources| lint(sources[0].text()));
            let again = lint::settle(settled.sources.clone(), true, |sources| lint(sources[0].text()));
            prop_assert_eq!(again.applied, Vec::<&str>::new(), "{}", settled.sources[0].text());
        }
    }
}
