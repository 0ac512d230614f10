//! Every rule over plugins and marketplaces, and over the hooks that lie in them.

use crate::diagnostic::Diagnostic;
use crate::hook;
use crate::lint::{self, About, Fixed, Levels};
use crate::manifest;

use super::catalog::Marketplace;
use super::find::Found;
use super::plugin::Plugin;
use super::rules;
use super::skills_lock::SkillsLock;

/// Findings of a plugin's manifest, and of the hooks that stand in it.
pub fn check_plugin(plugin: &Plugin, levels: &Levels) -> Vec<Diagnostic> {
    let mut findings = lint::run(manifest::rules::RULES, &plugin.manifest, levels);
    findings.extend(check_fields(plugin, levels));
    lint::sort(&mut findings);
    findings
}

/// Findings of the catalogue of a marketplace and of its entries, which describe plugins.
pub fn check_marketplace(marketplace: &Marketplace, levels: &Levels) -> Vec<Diagnostic> {
    let mut findings = lint::run(manifest::rules::RULES, &marketplace.manifest, levels);
    findings.extend(lint::run(rules::catalog::RULES, marketplace, levels));
    for entry in marketplace.entries() {
        findings.extend(check_fields(&marketplace.plugin(&entry), levels));
    }
    lint::sort(&mut findings);
    findings
}

/// Findings of a lock file.
pub fn check_lock(lock: &SkillsLock, levels: &Levels) -> Vec<Diagnostic> {
    let mut findings = lint::run(manifest::rules::RULES, &lock.manifest, levels);
    findings.extend(lint::run(rules::lock::RULES, lock, levels));
    lint::sort(&mut findings);
    findings
}

fn check_fields(plugin: &Plugin, levels: &Levels) -> Vec<Diagnostic> {
    let mut findings = lint::run(rules::plugin::RULES, plugin, levels);
    for hooks in plugin.hooks() {
        findings.extend(hook::lint::check(&hooks, levels));
    }
    findings
}

/// The rules that look at plugins, and at entries of marketplaces.
pub fn plugin_abouts() -> impl Iterator<Item = &'static About> + Clone {
    let manifests = manifest::rules::RULES.iter().map(|rule| &rule.about);
    manifests.chain(rules::plugin::RULES.iter().map(|rule| &rule.about))
}

/// The rules that look at marketplaces.
pub fn catalog_abouts() -> impl Iterator<Item = &'static About> + Clone {
    plugin_abouts().chain(rules::catalog::RULES.iter().map(|rule| &rule.about))
}

/// The rules that look at lock files.
pub fn lock_abouts() -> impl Iterator<Item = &'static About> + Clone {
    let manifests = manifest::rules::RULES.iter().map(|rule| &rule.about);
    manifests.chain(rules::lock::RULES.iter().map(|rule| &rule.about))
}

/// What the fixes of a file come to.
pub fn fixed(found: &Found, levels: &Levels, risky: bool) -> Fixed {
    let settled = lint::settle(vec![found.source().clone()], risky, |sources| {
        found.with_source(&sources[0]).check(levels)
    });
    settled.against(std::iter::once(found.source()))
}

impl Found {
    /// Findings of the file.
    pub fn check(&self, levels: &Levels) -> Vec<Diagnostic> {
        if is_template(self.source().text()) {
            return Vec::new();
        }
        match self {
            Self::Marketplace(marketplace) => check_marketplace(marketplace, levels),
            Self::Plugin(plugin) => check_plugin(plugin, levels),
            Self::Hooks(file) => hook::lint::check_file(file, levels),
            Self::Lock(lock) => check_lock(lock, levels),
        }
    }
}

/// Whether a program fills the file in before anyone reads it: its first `name` is a placeholder such as `{{ name }}`.
fn is_template(text: &str) -> bool {
    let Some((_, rest)) = text.split_once("\"name\"") else {
        return false;
    };
    let value = rest.trim_start_matches([' ', '\t', '\r', '\n', ':', '"']);
    ["{{", "{%", "<%", "${"]
        .iter()
        .any(|open| value.starts_with(open))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::hook::{HookFile, Place};
    use crate::io::listing::Listing;
    use crate::lint::{Case, Group, Level, cases};
    use crate::manifest::Manifest;
    use crate::text::Source;
    use proptest::prelude::*;

    /// The subject of an example in a rule's documentation. `as` says what it is where the rule does not, `files` what lies around
    /// it, `plugin` and `at` the manifest of a plugin and its folder.
    fn subject(case: &Case, kind: &str, text: &str) -> Found {
        let setting = |name: &str| {
            let mut settings = case.settings.iter();
            settings
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.as_str())
        };
        let mut text = text.to_owned();
        if setting("bom").is_some() && !text.starts_with('\u{feff}') && text == case.text {
            text.insert(0, '\u{feff}');
        }
        if let Some(levels) = setting("deep").and_then(|levels| levels.parse().ok()) {
            text = text.replace(
                "\"DEEP\"",
                &format!("{}{}", "[".repeat(levels), "]".repeat(levels)),
            );
        }
        let kind = setting("as").unwrap_or(kind);
        let path = match kind {
            "plugin" => ".claude-plugin/plugin.json",
            "hooks" => "hooks/hooks.json",
            "lock" => "skills-lock.json",
            _ => ".claude-plugin/marketplace.json",
        };
        let source = if setting("unreadable").is_some() {
            Source::unreadable(path, "permission denied")
        } else if setting("encoding") == Some("latin1") {
            Source::from_bytes(
                path,
                text.chars()
                    .map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?'))
                    .collect(),
            )
        } else {
            Source::new(path, text)
        };
        let files = match setting("files") {
            Some(files) => Listing::of(&files.split(',').collect::<Vec<_>>()),
            None => Listing::unknown(),
        };
        match kind {
            "plugin" => Found::Plugin(Plugin::read(source, files)),
            "hooks" => Found::Hooks(HookFile::read(source, Place::PluginFile, files)),
            "lock" => Found::Lock(SkillsLock::read(source)),
            _ => {
                let plugin = setting("plugin").map(|text| {
                    let folder = setting("at").unwrap_or_default().to_owned();
                    (folder, Manifest::read(Source::new("plugin.json", text)))
                });
                Found::Marketplace(Marketplace::read(
                    source,
                    files,
                    plugin.into_iter().collect::<BTreeMap<_, _>>(),
                ))
            }
        }
    }

    /// Every rule, and what its examples are.
    fn all() -> Vec<(About, &'static str)> {
        let shared = manifest::rules::RULES.iter().map(|rule| (rule.about, "plugin"));
        let plugin = rules::plugin::RULES.iter().map(|rule| (rule.about, "plugin"));
        let catalog = rules::catalog::RULES
            .iter()
            .map(|rule| (rule.about, "marketplace"));
        let lock = rules::lock::RULES.iter().map(|rule| (rule.about, "lock"));
        shared.chain(plugin).chain(catalog).chain(lock).collect()
    }

    #[test]
    fn each_bad_example_fires_its_rule_alone_and_each_good_one_none() {
        for (about, kind) in all() {
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
                let found = subject(&case, kind, &case.text).check(&levels);
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
        for (about, kind) in all() {
            for case in cases(about.docs).iter().filter(|case| case.bad) {
                let before = subject(case, kind, &case.text);
                let fixable: Vec<&str> = (before.check(&Levels::default()).iter())
                    .filter(|finding| finding.fix.is_some())
                    .map(|finding| finding.rule)
                    .collect();
                let settled = lint::settle(vec![before.source().clone()], true, |sources| {
                    before.with_source(&sources[0]).check(&Levels::default())
                });
                assert!(settled.applied.len() >= fixable.len(), "{}", about.name);
                let after = before.with_source(&settled.sources[0]).check(&Levels::default());
                // A renamed key may be there twice then; nothing else may come of a fix.
                let left: Vec<&str> = after
                    .iter()
                    .filter(|finding| finding.fix.is_some())
                    .map(|finding| finding.rule)
                    .collect();
                assert_eq!(left, [""; 0], "{}\n{}", about.name, settled.sources[0].text());
            }
        }
    }

    #[test]
    fn an_entry_is_judged_as_the_plugin_it_describes() {
        let text = r#"{"name":"m","owner":{"name":"o"},"description":"d","plugins":[
            {"name":"a","source":"./a","keywords":"x","agents":["./agents"],"hooks":{"Stop":[{"hooks":[{"type":"comand"}]}]}}]}"#;
        let source = Source::new("marketplace.json", text);
        let marketplace = Marketplace::read(source, Listing::of(&["a/agents/x.md"]), BTreeMap::new());
        let found: Vec<&str> = check_marketplace(&marketplace, &Levels::default())
            .iter()
            .map(|finding| finding.rule)
            .collect();
        assert_eq!(
            found,
            [
                "plugin-field-type",
                "plugin-component-extension",
                "hook-type-unknown"
            ]
        );
    }

    #[test]
    fn the_vendor_may_have_the_names_it_keeps() {
        let text = r#"{"name":"agent-skills","owner":{"name":"Anthropic"},"description":"d","plugins":[{"name":"claude-x","source":"./"}]}"#;
        let marketplace = Marketplace::read(Source::new("m", text), Listing::unknown(), BTreeMap::new());
        assert_eq!(check_marketplace(&marketplace, &Levels::default()), []);
    }

    /// Text that looks like a manifest, with all the ways of going wrong near at hand.
    fn near_manifest() -> impl Strategy<Value = String> {
        let value = prop::sample::select(vec![
            "\"./a\"",
            "\"a\"",
            "\"../é\"",
            "3",
            "null",
            "true",
            "[]",
            "{}",
            "[\"./a.md\", 3]",
            "\"-x\"",
            "\"ext::x\"",
            "{\"source\":\"github\",\"repo\":\"x\",\"sha\":\"A\"}",
            "{\"source\":\"git\",\"url\":\"https://a:b@c\"}",
            "{\"source\":\"archive\",\"url\":\"\\u0068ttp://[\"}",
            "[{\"name\":\"a\",\"source\":\"./b\",\"version\":\"1\"},{\"name\":\"a\"}]",
            "{\"a\":\"b\",\"b\":\"a\"}",
            "{\"x\":{\"command\":\"$CLAUDE_PLUGIN_ROOT x\"}}",
            "\"claude-official\"",
            "1",
            "{\"../é\":{\"source\":\"~/x\",\"skillPath\":\"/x\",\"computedHash\":\"A\"},\"b\":3}",
        ]);
        let key = prop::sample::select(vec![
            "name",
            "Name",
            "owner",
            "plugins",
            "source",
            "skills",
            "agents",
            "commands",
            "hooks",
            "mcpServers",
            "lspServers",
            "version",
            "renames",
            "metadata",
            "userConfig",
            "dependencies",
            "experimental",
            "tags",
            "relevance",
            "é",
        ]);
        prop::collection::vec((key, value), 0..8).prop_map(|pairs| {
            let pairs: Vec<String> = pairs
                .iter()
                .map(|(key, value)| format!("\"{key}\": {value}"))
                .collect();
            format!("{{{}}}", pairs.join(", "))
        })
    }

    proptest! {
        #[test]
        fn findings_lie_inside_their_text_in_order_and_fixes_settle(text in near_manifest(), cut in 0usize..900) {
            let text: String = if cut < 200 { text.chars().take(cut).collect() } else { text };
            for kind in ["plugin", "marketplace", "lock"] {
                let case = Case { bad: true, settings: vec![("files".to_owned(), "a/x,agents/x.md".to_owned())], text: text.clone() };
                let found = subject(&case, kind, &text);
                let findings = found.check(&Levels::default());
                for finding in &findings {
                    let span = finding.place.span;
                    prop_assert!(text.get(span.start..span.end).is_some(), "{finding:?}");
                }
                let keys: Vec<_> = findings.iter().map(Diagnostic::sort_key).collect();
                prop_assert!(keys.is_sorted());
                let settle = |source: Source| lint::settle(vec![source], true, |sources| {
                    found.with_source(&sources[0]).check(&Levels::default())
                });
                let settled = settle(found.source().clone());
                prop_assert_eq!(settle(settled.sources[0].clone()).applied, Vec::<&str>::new(), "{}", settled.sources[0].text());
            }
        }
    }
}
