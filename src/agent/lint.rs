//! `agent lint`: every rule over every agent.

use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::hook;
use crate::io::listing::Listing;
use crate::lint::{self, About, Allows, Fixed, Levels};
use crate::page;
use crate::security::{self, Subject, Theme};

use super::{Agent, rules};

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
    agent.page.leave_template_out(&mut findings);
    let harm = hook::lint::without_said(harm(agent, levels), &findings);
    findings.extend(harm);
    if let Some(allows) = Allows::read(&agent.page.source) {
        allows.apply(&mut findings, &abouts().collect::<Vec<_>>(), levels);
    }
    lint::sort(&mut findings);
    findings
}

/// What can do harm in the agent's page.
fn harm(agent: &Agent, levels: &Levels) -> Vec<Diagnostic> {
    let page = &agent.page;
    let description = page.text_field("description").map_or("", |(text, _)| text);
    let theme = Arc::new(Theme::new(agent.name(), description, &page.source));
    let subject = Subject {
        source: &page.source,
        path: page.source.path().rsplit('/').next().unwrap_or_default(),
        markdown: Some(&page.markdown),
        script: None,
    };
    security::check(subject, &theme, levels)
}

/// The rules that look at agents.
pub fn abouts() -> impl Iterator<Item = &'static About> + Clone {
    let pages = page::rules::RULES.iter().map(|rule| &rule.about);
    let texts = security::rules::RULES.iter().map(|rule| &rule.about);
    pages
        .chain(rules::RULES.iter().map(|rule| &rule.about))
        .chain(texts)
        .chain(hook::lint::abouts())
}

/// What the fixes of an agent come to.
pub fn fixed(agent: &Agent, levels: &Levels, risky: bool) -> Fixed {
    if agent.unreadable.is_some() {
        return Fixed::default();
    }
    let sources = vec![agent.page.source.clone()];
    let settled = lint::settle(sources, risky, |sources| {
        let page = page::Page::read(sources[0].clone());
        check(
            &Agent {
                page,
                ..agent.clone()
            },
            levels,
        )
    });
    settled.against(std::iter::once(&agent.page.source))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::{Level, cases};

    #[test]
    fn each_bad_example_fires_its_rule_alone_and_each_good_one_none() {
        for rule in rules::RULES {
            let examples = cases(rule.about.docs);
            let mut levels = Levels::default();
            if rule.about.group.default_level() == Level::Off {
                levels.set(rule.about.name, Level::Warn);
            }
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
                let mut agent = Agent::read("agents/reviewer.md", Ok(case.text.clone().into_bytes()));
                agent.in_plugin = case.settings.iter().any(|(key, _)| key == "plugin");
                let found: Vec<&str> = check(&agent, &levels)
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
