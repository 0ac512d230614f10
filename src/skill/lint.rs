//! `skill lint`: every rule over every skill, and the fixes that follow.

use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::hook;
use crate::io::listing::Listing;
use crate::lint::{self, About, Allows, Fixed, Levels, Settled};
use crate::page;
use crate::security::{self, Subject, Theme};

use super::{Skill, rules};

/// Findings of one skill, allowed ones left out.
pub fn check(skill: &Skill, levels: &Levels) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    if skill.unreadable.is_none() {
        findings.extend(lint::run(page::rules::RULES, &skill.page, levels));
    }
    findings.extend(lint::run(rules::RULES, skill, levels));
    for page in skill.pages.values() {
        findings.extend(lint::run(page::rules::REFERENCE_RULES, page, levels));
    }
    findings.extend(hook::lint::check_page(
        &skill.page,
        hook::Place::SkillFrontMatter,
        Listing::unknown(),
        levels,
    ));
    skill.page.leave_template_out(&mut findings);
    let harm = hook::lint::without_said(harm(skill, levels), &findings);
    findings.extend(harm);
    for source in skill.sources() {
        if let Some(allows) = Allows::read(source) {
            allows.apply(&mut findings, &abouts().collect::<Vec<_>>(), levels);
        }
    }
    lint::sort(&mut findings);
    findings
}

/// What can do harm in any text of the skill.
fn harm(skill: &Skill, levels: &Levels) -> Vec<Diagnostic> {
    let theme = Arc::new(Theme::new(skill.name(), skill.description(), &skill.page.source));
    let own = skill.unreadable.is_none();
    let own = own.then_some((super::FILE_NAME, &skill.page));
    let pages = skill.pages.iter().map(|(path, page)| (path.as_str(), page));
    let pages = own.into_iter().chain(pages).map(|(path, page)| Subject {
        source: &page.source,
        path,
        markdown: Some(&page.markdown),
        script: None,
    });
    let texts = skill.texts.iter().map(|(path, source)| Subject {
        source,
        path,
        markdown: None,
        script: skill.scripts.get(path),
    });
    let subjects = pages.chain(texts);
    subjects
        .flat_map(|subject| security::check(subject, &theme, levels))
        .collect()
}

/// The rules that look at skills.
pub fn abouts() -> impl Iterator<Item = &'static About> + Clone {
    let pages = page::rules::RULES.iter().map(|rule| &rule.about);
    let texts = security::rules::RULES.iter().map(|rule| &rule.about);
    pages
        .chain(rules::RULES.iter().map(|rule| &rule.about))
        .chain(texts)
        .chain(hook::lint::abouts())
}

/// The texts of a skill with its fixes applied.
pub fn settle(skill: &Skill, levels: &Levels, risky: bool) -> Settled {
    settle_in(skill, levels, risky, |_| true)
}

/// The texts of a skill with the fixes applied of those that are wanted, by their path.
fn settle_in(skill: &Skill, levels: &Levels, risky: bool, is_wanted: impl Fn(&str) -> bool) -> Settled {
    let sources = skill.sources().cloned().collect();
    lint::settle(sources, risky, |sources| {
        let mut findings = check(&skill.with_sources(sources), levels);
        findings.retain(|finding| is_wanted(&finding.place.path));
        findings
    })
}

/// What the fixes of a skill come to, in those of its texts that are wanted.
pub fn fixed(skill: &Skill, levels: &Levels, risky: bool, is_wanted: impl Fn(&str) -> bool) -> Fixed {
    if skill.unreadable.is_some() {
        return Fixed::default();
    }
    settle_in(skill, levels, risky, is_wanted).against(skill.sources())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::files::EntryKind;
    use crate::lint::{Case, Level, Options, Policy, cases};
    use crate::skill::around::{Around, Listed};
    use crate::skill::plan::tests as skill_plan;
    use crate::text::Source;
    use proptest::prelude::*;
    use std::sync::Arc;

    /// The skill that an example in a rule's documentation stands for.
    #[expect(clippy::too_many_lines, reason = "a table of settings")]
    fn skill_of(case: &Case) -> Skill {
        let setting = |name: &str| {
            case.settings
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.as_str())
        };
        let mut text = case.text.clone();
        if setting("escapes").is_some() {
            text = unescaped(&text);
        }
        // `path=scripts/run.py`: the example is that file of a skill that is in order and names it.
        if let Some(path) = setting("path") {
            // `run=./scripts/run.py`: the skill runs it so.
            let run = setting("run").map_or_else(|| path.to_owned(), |run| format!("{run} a.pdf"));
            let page = format!(
                "---\nname: pdf-tools\ndescription: Reads PDF files. Use when a task mentions a PDF.\n---\n\nRun `{run}`.\n"
            );
            let mut skill = Skill::from_text("pdf-tools", &page, &[(path, &text)]);
            if setting("executable").is_some() {
                let bytes = text.len() as u64;
                skill.files[0].kind = EntryKind::File {
                    bytes,
                    executable: true,
                };
            }
            return skill;
        }
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
        for entry in &mut skill.files {
            if let (EntryKind::File { bytes, .. }, Some(size)) = (&mut entry.kind, setting("bytes")) {
                *bytes = size.parse().unwrap();
            }
            // `symlink=a.md:b.md`: the file `a.md` is a link to `b.md`; `_` stands for a space.
            if let Some((_, target)) = setting("symlink")
                .and_then(|link| link.split_once(':'))
                .filter(|(path, _)| *path == entry.path)
            {
                let target = target.replace('_', " ").into();
                entry.kind = EntryKind::Link { target };
                skill.pages.remove(&entry.path);
            }
        }
        // `head=7f454c46`: what the files begin with.
        if let Some(head) = setting("head") {
            let bytes: Vec<u8> = (0..head.len() / 2)
                .map(|at| u8::from_str_radix(&head[2 * at..2 * at + 2], 16).unwrap())
                .collect();
            for (path, _) in std::mem::take(&mut skill.texts) {
                skill.heads.insert(path, bytes.clone());
            }
        }
        if let Some(path) = setting("unreadable_file") {
            skill
                .unreadable_files
                .insert(path.to_owned(), "permission denied".to_owned());
        }
        // `around=a/SKILL.md,b/SKILL.md`: what was listed around the skill, which lies at `at`.
        if let (Some(paths), Some(at)) = (setting("around"), setting("at")) {
            let mut paths: Vec<String> = paths.split(',').map(str::to_owned).collect();
            paths.sort();
            skill.around = Around::new(
                Arc::new(Listed::new(paths, std::collections::BTreeSet::new())),
                at.to_owned(),
                0,
            );
            skill.folder = at.to_owned();
        }
        // `long=references/`: pages whose path begins so have many lines.
        if let Some(start) = setting("long") {
            let long =
                "Compare each field of the form with the list, and write down what is missing.\n".repeat(700);
            let pages = skill.pages.iter_mut().filter(|(path, _)| path.starts_with(start));
            for (_, page) in pages {
                *page = page::Page::read(Source::new(Arc::clone(page.source.path()), long.as_str()));
            }
        }
        if let Some(plan) = setting("plan") {
            return planned(&folder, &text, plan == "whole");
        }
        if let Some(name) = setting("file") {
            skill.page = page::Page::read(Source::new(format!("{folder}/{name}"), text.as_str()));
        }
        if setting("unreadable").is_some() {
            skill.unreadable = Some("there is no `SKILL.md` in this folder".to_owned());
        }
        skill
    }

    /// The text with `\u{200b}` and the like turned into the characters they stand for.
    fn unescaped(text: &str) -> String {
        let mut parts = text.split("\\u{");
        let mut plain = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (code, rest) = part.split_once('}').unwrap();
            plain.extend(u32::from_str_radix(code, 16).ok().and_then(char::from_u32));
            plain.push_str(rest);
        }
        plain
    }

    /// What they find cannot stand in an example: bytes that are no text, and a page without the fields that others ask for.
    const WITHOUT_BAD_EXAMPLE: &[&str] = &["not-utf8", "plan-fields-missing"];

    /// A skill that has all its plan asks for, or a plan with one part only.
    fn planned(folder: &str, text: &str, is_whole: bool) -> Skill {
        let plan = if is_whole {
            skill_plan::WHOLE
        } else {
            "# Plan\n\n## Scope\n\nPDF files.\n"
        };
        let text = format!(
            "{text}\nRead [the guide](references/forms.md) when there is a form. Run `scripts/fill.py`.\n"
        );
        let guide = "# Forms\n\n```sh\npdftotext in.pdf\n```\n";
        let files = [
            ("init.md", plan),
            ("references/forms.md", guide),
            ("scripts/fill.py", ""),
        ];
        Skill::from_text(folder, &text, &files)
    }

    /// The levels an example is linted under: its rule on, with the clients, policy and limits its fence names.
    fn levels_of(case: &Case, rule: &About) -> Levels {
        let mut options = Options::default();
        for (key, value) in &case.settings {
            match key.as_str() {
                "clients" => options.clients = value.split(',').map(str::to_owned).collect(),
                "policy" => {
                    let policy: Policy = toml::from_str(value).unwrap();
                    options.policies.push(policy.compile().unwrap());
                }
                _ => {}
            }
        }
        let mut levels = Levels::default().with_options(options);
        if rule.group.default_level() == Level::Off {
            levels.set(rule.name, Level::Warn);
        }
        if case.settings.iter().any(|(key, _)| key == "long") && rule.name != "reference-over-token-budget" {
            levels.set("reference-over-token-budget", Level::Off);
        }
        levels
    }

    fn all_rules() -> impl Iterator<Item = &'static About> {
        // Rules on hooks and on harm have examples of their own kinds, and harnesses beside them.
        let pages = page::rules::RULES.iter().map(|rule| &rule.about);
        let skills = rules::RULES.iter().map(|rule| &rule.about);
        let allows = lint::ALLOW_RULES.iter().map(|rule| &rule.about);
        pages.chain(skills).chain(allows)
    }

    #[test]
    fn each_bad_example_fires_its_rule_alone_and_each_good_one_none() {
        let mut wrong = Vec::new();
        for rule in all_rules() {
            let About { name, docs, .. } = rule;
            let examples = cases(docs);
            let has = |bad| examples.iter().any(|case| case.bad == bad);
            if !has(false) || !docs.contains("Source: ") {
                wrong.push(format!("{name} has no good example, or names no source"));
            }
            if !has(true) && !WITHOUT_BAD_EXAMPLE.contains(name) {
                wrong.push(format!("{name} has no bad example"));
            }
            for case in examples {
                let findings = check(&skill_of(&case), &levels_of(&case, rule));
                let found: Vec<&str> = findings.iter().map(|finding| finding.rule).collect();
                let is_right = if case.bad {
                    !found.is_empty() && found.iter().all(|rule| rule == name)
                } else {
                    found.is_empty()
                };
                if !is_right {
                    wrong.push(format!("{name}: {found:?} on\n{}", case.text));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn a_fix_silences_its_rule_and_adds_no_error() {
        for rule in all_rules() {
            let About { name, docs, .. } = rule;
            for case in cases(docs).iter().filter(|case| case.bad) {
                let skill = skill_of(case);
                let levels = levels_of(case, rule);
                let before = check(&skill, &levels);
                if before.iter().all(|finding| finding.fix.is_none()) {
                    continue;
                }
                let settled = settle(&skill, &levels, true);
                let after = skill.with_sources(&settled.sources);
                assert_eq!(check(&after, &levels), [], "{name}\n{}", after.page.source.text());
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
            "license:\n",
            "version: 1.0\n",
            "tags: [a, b]\n",
            "metadata:\n  version: 1.10\n",
            "allowed-tools: [Read, \"Bash(a, b)\"]\n",
            "allowed-tools: Read, Grep\n",
            "  more: text\n",
            "# comment\n",
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
            let after = skill.with_sources(&settled.sources);
            prop_assert_eq!(settle(&after, &levels, false).applied, Vec::<&str>::new(), "{}", after.page.source.text());
        }
    }
}
