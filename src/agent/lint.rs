//! `agent lint`: every rule over every agent.

use std::path::PathBuf;

use crate::changes::ChangeSet;
use crate::diagnostic::Diagnostic;
use crate::failure::Result;
use crate::hook;
use crate::io::listing::Listing;
use crate::lint::{self, About, Allows, Levels, Linted};
use crate::page;

use super::{Agent, find, rules};

/// Findings of one agent, allowed ones left out.
pub fn check(agent: &Agent, levels: &Levels) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    if agent.unreadable.is_none() {
        findings.extend(lint::run(page::rules::RULES, &agent.page, levels));
    }
    findings.extend(lint::run(rules::RULES, agent, levels));
    findings.extend(hook::lint::check_page(
        &agent.page,
        hook::Place::AgentFrontMatter,
        Listing::unknown(),
        levels,
    ));
    if let Some(allows) = Allows::read(&agent.page.source) {
        allows.apply(&mut findings, &abouts().collect::<Vec<_>>(), levels);
    }
    lint::sort(&mut findings);
    findings
}

/// The rules that look at agents.
pub fn abouts() -> impl Iterator<Item = &'static About> + Clone {
    let pages = page::rules::RULES.iter().map(|rule| &rule.about);
    pages
        .chain(rules::RULES.iter().map(|rule| &rule.about))
        .chain(hook::lint::abouts())
}

/// Lints every agent at or below the paths.
pub fn check_all(paths: &[PathBuf], levels: &Levels) -> Result<Linted> {
    let mut linted = Linted::default();
    for agent in find(paths)? {
        linted.checked += 1;
        let findings = check(&agent, levels);
        if !findings.is_empty() {
            linted
                .sources
                .insert(agent.page.source.path().clone(), agent.page.source);
        }
        linted.findings.extend(findings);
    }
    lint::sort(&mut linted.findings);
    Ok(linted)
}

/// The edits that fix every agent at or below the paths, and how many fixes they are.
pub fn plan_fixes(paths: &[PathBuf], levels: &Levels, risky: bool) -> Result<(ChangeSet, usize)> {
    let mut set = ChangeSet::new("");
    let mut count = 0;
    for agent in find(paths)? {
        let source = agent.page.source.clone();
        if agent.unreadable.is_some() || source.invalid_at().is_some() {
            continue;
        }
        let settled = lint::settle(vec![source.clone()], risky, |sources| {
            let page = page::Page::read(sources[0].clone());
            check(
                &Agent {
                    page,
                    ..agent.clone()
                },
                levels,
            )
        });
        count += settled.applied.len();
        let text = settled.sources[0].text();
        if text != source.text() {
            set.edit(&**source.path(), source.text(), text);
        }
    }
    Ok((set, count))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::cases;

    #[test]
    fn each_bad_example_fires_its_rule_alone_and_each_good_one_none() {
        for rule in rules::RULES {
            let examples = cases(rule.about.docs);
            assert!(
                examples.iter().any(|case| case.bad) && examples.iter().any(|case| !case.bad),
                "{}",
                rule.about.name
            );
            assert!(
                rule.about.docs.contains("Source: "),
                "{} names no source",
                rule.about.name
            );
            for case in examples {
                let agent = Agent::read("agents/reviewer.md", Ok(case.text.clone().into_bytes()));
                let found: Vec<&str> = check(&agent, &Levels::default())
                    .iter()
                    .map(|finding| finding.rule)
                    .collect();
                if case.bad {
                    assert!(
                        !found.is_empty(),
                        "{} does not fire on\n{}",
                        rule.about.name,
                        case.text
                    );
                    assert!(
                        found.iter().all(|name| *name == rule.about.name),
                        "{found:?} on {}'s\n{}",
                        rule.about.name,
                        case.text
                    );
                } else {
                    assert_eq!(
                        found,
                        <[&str; 0]>::default(),
                        "{}'s good example",
                        rule.about.name
                    );
                }
            }
        }
    }

    #[test]
    fn tools_of_another_client_are_not_judged() {
        let text = "---\nname: reviewer\ndescription: Reviews code.\ntools: ['codebase', 'search', 'usages']\n---\n\nReview.\n";
        let agent = Agent::read("agents/reviewer.md", Ok(text.into()));
        assert_eq!(check(&agent, &Levels::default()), []);
    }
}
