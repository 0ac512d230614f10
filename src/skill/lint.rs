//! `skill lint`: every rule over every skill, and the fixes that follow.

use std::path::PathBuf;
use std::sync::Arc;

use crate::changes::ChangeSet;
use crate::diagnostic::Diagnostic;
use crate::failure::Result;
use crate::io::files;
use crate::lint::{self, Allows, Levels, Linted, Settled};
use crate::page;
use crate::text::Source;

use super::{Skill, find, rules};

/// Findings of one skill, allowed ones left out.
pub fn check(skill: &Skill, levels: &Levels) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    if skill.unreadable.is_none() {
        findings.extend(lint::run(page::rules::RULES, &skill.page, levels));
    }
    findings.extend(lint::run(rules::RULES, skill, levels));
    for page in skill.pages.values() {
        let found = lint::run(page::rules::REFERENCE_RULES, page, levels);
        if !found.is_empty() {
            let allows = Allows::read(&page.source);
            findings.extend(found.into_iter().filter(|finding| !allows.covers(finding)));
        }
    }
    let allows = Allows::read(&skill.page.source);
    if !allows.is_empty() {
        findings.retain(|finding| finding.place.path != *skill.page.source.path() || !allows.covers(finding));
    }
    lint::sort(&mut findings);
    findings
}

/// Lints every skill at or below the paths.
pub fn check_all(paths: &[PathBuf], levels: &Levels) -> Result<Linted> {
    let bundles = find(paths)?;
    let checked = bundles.len();
    let each = files::in_parallel(bundles, |bundle| {
        let skill = Skill::read(bundle);
        let findings = check(&skill, levels);
        let mut sources: Vec<Source> = Vec::new();
        for finding in &findings {
            let is_new = sources.iter().all(|known| *known.path() != finding.place.path);
            sources.extend(source_of(&skill, finding).filter(|_| is_new).cloned());
        }
        (findings, sources)
    });
    let mut linted = Linted {
        checked,
        ..Linted::default()
    };
    for (findings, sources) in each {
        linted.findings.extend(findings);
        let named = sources
            .into_iter()
            .map(|source| (Arc::clone(source.path()), source));
        linted.sources.extend(named);
    }
    lint::sort(&mut linted.findings);
    Ok(linted)
}

fn source_of<'a>(skill: &'a Skill, finding: &Diagnostic) -> Option<&'a Source> {
    let mut sources =
        std::iter::once(&skill.page.source).chain(skill.pages.values().map(|page| &page.source));
    sources.find(|source| *source.path() == finding.place.path)
}

/// The text of a skill's `SKILL.md` with its fixes applied.
pub fn settle(skill: &Skill, levels: &Levels, risky: bool) -> Settled {
    lint::settle(skill.page.source.text(), risky, |text| {
        let mut changed = skill.clone();
        changed.page = page::Page::read(Source::new(skill.page.source.path().clone(), text));
        let mut findings = check(&changed, levels);
        findings.retain(|finding| finding.place.path == *skill.page.source.path());
        findings
    })
}

/// The edits that fix every skill at or below the paths, and how many fixes they are.
pub fn plan_fixes(paths: &[PathBuf], levels: &Levels, risky: bool) -> Result<(ChangeSet, usize)> {
    let bundles = find(paths)?;
    let settled = files::in_parallel(bundles, |bundle| {
        let skill = Skill::read(bundle);
        // Text that was not UTF-8 is not what lies on disk.
        let is_exact = skill.unreadable.is_none() && skill.page.source.invalid_at().is_none();
        is_exact.then(|| (settle(&skill, levels, risky), skill.page.source))
    });
    let mut set = ChangeSet::new("");
    let mut count = 0;
    for (settled, source) in settled.into_iter().flatten() {
        if !settled.applied.is_empty() && settled.text != source.text() {
            count += settled.applied.len();
            set.edit(&**source.path(), source.text(), settled.text);
        }
    }
    Ok((set, count))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::Level;
    use crate::lint::{Case, Group, cases};
    use proptest::prelude::*;

    /// The skill that an example in a rule's documentation stands for.
    fn skill_of(case: &Case) -> Skill {
        let setting = |name: &str| {
            case.settings
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.as_str())
        };
        let mut text = case.text.clone();
        if setting("bom").is_some() {
            text.insert(0, '\u{feff}');
        }
        if setting("controls").is_some() {
            text = text.replace('\u{2407}', "\u{7}");
        }
        if setting("lines") == Some("crlf") {
            text = text.replace('\n', "\r\n");
        }
        if let Some(times) = setting("repeat").and_then(|times| times.parse().ok()) {
            let last = text.trim_end().rsplit('\n').next().unwrap_or_default();
            text = format!("{text}{}", format!("{last}\n").repeat(times));
        }
        let named = Skill::from_text("", &text, &[]);
        let folder = setting("folder").map_or_else(|| named.name().to_owned(), str::to_owned);
        let link = setting("link").and_then(|link| link.split_once(':'));
        let files: Vec<(&str, String)> = setting("files")
            .into_iter()
            .flat_map(|files| files.split(','))
            .map(|path| {
                let links = link
                    .filter(|(from, _)| *from == path)
                    .map(|(_, to)| format!("[more]({to})\n"));
                (path, links.unwrap_or_default())
            })
            .collect();
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
        let mut skill = Skill::from_text(&folder, &text, &files);
        if let Some(name) = setting("file") {
            skill.page = page::Page::read(Source::new(format!("{folder}/{name}"), text.as_str()));
        }
        if setting("unreadable").is_some() {
            skill.unreadable = Some("there is no `SKILL.md` in this folder".to_owned());
        }
        skill
    }

    fn all_rules() -> Vec<(&'static str, Group, &'static str)> {
        let pages = page::rules::RULES
            .iter()
            .map(|rule| (rule.name, rule.group, rule.docs));
        pages
            .chain(rules::RULES.iter().map(|rule| (rule.name, rule.group, rule.docs)))
            .collect()
    }

    #[test]
    fn each_bad_example_fires_its_rule_alone_and_each_good_one_none() {
        for (name, group, docs) in all_rules() {
            let mut levels = Levels::default();
            if group == Group::Pedantic {
                levels.set(name, Level::Warn);
            }
            let examples = cases(docs);
            assert!(
                examples.iter().any(|case| !case.bad),
                "{name} has no good example"
            );
            assert!(
                name == "not-utf8" || examples.iter().any(|case| case.bad),
                "{name} has no bad example"
            );
            assert!(docs.contains("Source: "), "{name} names no source");
            for case in examples {
                let found: Vec<&str> = check(&skill_of(&case), &levels)
                    .iter()
                    .map(|finding| finding.rule)
                    .collect();
                if case.bad {
                    assert!(!found.is_empty(), "{name} does not fire on\n{}", case.text);
                    assert!(
                        found.iter().all(|rule| *rule == name),
                        "{found:?} fire on {name}'s\n{}",
                        case.text
                    );
                } else {
                    assert_eq!(
                        found,
                        <[&str; 0]>::default(),
                        "{name}'s good example\n{}",
                        case.text
                    );
                }
            }
        }
    }

    #[test]
    fn a_fix_silences_its_rule_and_adds_no_error() {
        for (name, _, docs) in all_rules() {
            for case in cases(docs).iter().filter(|case| case.bad) {
                let skill = skill_of(case);
                let levels = Levels::default();
                let before = check(&skill, &levels);
                if before.iter().all(|finding| finding.fix.is_none()) {
                    continue;
                }
                let settled = settle(&skill, &levels, true);
                let mut after = skill.clone();
                after.page = page::Page::read(Source::new(
                    skill.page.source.path().clone(),
                    settled.text.as_str(),
                ));
                assert_eq!(check(&after, &levels), [], "{name}\n{}", settled.text);
                assert_eq!(
                    settle(&after, &levels, true).applied,
                    <[&str; 0]>::default(),
                    "{name} settles"
                );
            }
        }
    }

    #[test]
    fn bytes_that_are_not_utf8_are_one_finding() {
        let mut skill = Skill::from_text("a", "", &[]);
        let bytes = b"---\nname: a\ndescription: Reads caf\xe9 menus when asked.\n---\n\nRead.\n".to_vec();
        skill.page = page::Page::read(Source::from_bytes("a/SKILL.md", bytes));
        let found: Vec<&str> = check(&skill, &Levels::default())
            .iter()
            .map(|finding| finding.rule)
            .collect();
        assert_eq!(found, ["not-utf8"]);
    }

    #[test]
    fn an_inline_allow_silences_one_line_and_only_its_rule() {
        let text = "---\n# packwright: allow(name-differs-from-folder) renamed next month\nname: b\ndescription: Short\n---\n\nRead.\n";
        let found: Vec<&str> = check(&Skill::from_text("a", text, &[]), &Levels::default())
            .iter()
            .map(|finding| finding.rule)
            .collect();
        assert_eq!(found, ["description-too-short", "description-without-trigger"]);
    }

    /// Text that looks like a skill, with all the ways of going wrong near at hand.
    fn near_skill() -> impl Strategy<Value = String> {
        let part = prop::sample::select(vec![
            "---\n",
            "name: a\n",
            "Name: x\n",
            "name: pdf--tools-\n",
            "description: Use when: x\n",
            "description: >\n  two\n  lines\n",
            "description: \"quoted\"\n",
            "metadata:\n  a: [1, *b]\n",
            "license:\tMIT\n",
            "\r\n",
            "\n",
            "```sh\n",
            "[x](references/a.md)\n",
            "[x](references\\a.md)\n",
            "# Title\n",
            "é日本\n",
            "\0",
            "\u{feff}",
            "<!-- packwright: allow(key-case) -->\n",
            "- item\n",
            ": ",
            "'",
        ]);
        prop::collection::vec(part, 0..14).prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn findings_lie_inside_their_text_in_order_and_fixes_settle(text in near_skill()) {
            let skill = Skill::from_text("a", &text, &[("references/A.md", "[b](b.md)\n")]);
            let levels = Levels::default();
            let findings = check(&skill, &levels);
            for finding in &findings {
                let span = finding.place.span;
                if finding.place.path == *skill.page.source.path() {
                    prop_assert!(skill.page.source.text().get(span.start..span.end).is_some(), "{finding:?}");
                }
            }
            let keys: Vec<_> = findings.iter().map(Diagnostic::sort_key).collect();
            prop_assert!(keys.is_sorted());
            let settled = settle(&skill, &levels, false);
            let mut after = skill.clone();
            after.page = page::Page::read(Source::new(skill.page.source.path().clone(), settled.text.as_str()));
            prop_assert_eq!(settle(&after, &levels, false).applied, Vec::<&str>::new(), "{}", settled.text);
        }
    }
}
