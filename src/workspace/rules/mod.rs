//! Rules about a repository as a whole. Adding one costs its file, a `mod` line and a slice line here.

use crate::lint::Rule;

use super::Catalog;

mod agent_skill_missing;
mod agents_over_budget;
mod duplicate_agent_name;
mod duplicate_skill_name;
mod listing_over_budget;
mod skill_mention_unknown;
mod trigger_alike;
mod trigger_collision;

/// In the order of their names.
pub const RULES: &[Rule<Catalog>] = &[
    agent_skill_missing::RULE,
    agents_over_budget::RULE,
    duplicate_agent_name::RULE,
    duplicate_skill_name::RULE,
    listing_over_budget::RULE,
    skill_mention_unknown::RULE,
    trigger_alike::RULE,
    trigger_collision::RULE,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::Agent;
    use crate::lint::{Level, Levels, cases, run};
    use crate::skill::Skill;
    use crate::workspace::Card;

    /// The repository that an example stands for: a file on a line, with its fields.
    fn catalog_of(text: &str) -> Catalog {
        let cards = text.lines().map(|line| {
            let mut parts = line.split(" | ");
            let path = parts.next().unwrap();
            let fields: Vec<(&str, &str)> = parts.map(|part| part.split_once(": ").unwrap()).collect();
            let field = |wanted: &str| {
                fields
                    .iter()
                    .find(|(key, _)| *key == wanted)
                    .map(|(_, value)| *value)
            };
            let long = |text: &str| {
                let count = text
                    .strip_prefix('(')
                    .and_then(|text| text.split_once(" characters)"));
                count.map(|(count, _)| "word ".repeat(count.parse::<usize>().unwrap() / 5))
            };
            let description =
                field("description").unwrap_or("Does one thing well. Use when it is asked for.");
            let description = long(description).unwrap_or_else(|| description.to_owned());
            let skills = field("skills").map_or(String::new(), |names| format!("skills: [{names}]\n"));
            let page = format!(
                "---\nname: {}\ndescription: {}\n{skills}---\n\n{}\n",
                field("name").unwrap(),
                crate::document::yaml::quoted(&description),
                field("text").unwrap_or("Do it.")
            );
            match path.strip_suffix("/SKILL.md") {
                Some(folder) => Card::of_skill(&Skill::from_text(folder, &page, &[])),
                None => Card::of_agent(&Agent::read(path, Ok(page.into_bytes()))),
            }
        });
        Catalog::new(cards.map(Option::unwrap).collect()).with_meanings(&meanings)
    }

    /// Words that mean the same, for a model that knows no others.
    const CONCEPTS: &[&[&str]] = &[
        &["reads", "parses"],
        &["invoices", "bills"],
        &["extracts", "gets"],
        &["amounts", "totals"],
        &["fills"],
        &["forms"],
        &["checks"],
        &["field"],
    ];

    fn meanings(texts: &[&str]) -> Vec<Vec<f32>> {
        let of = |text: &&str| {
            let text = text.to_lowercase();
            let has = |words: &&[&str]| words.iter().any(|word| text.contains(word));
            let counts: Vec<f32> = CONCEPTS
                .iter()
                .map(|words| f32::from(u8::from(has(words))))
                .collect();
            let length = counts.iter().sum::<f32>().sqrt().max(1.0);
            counts.into_iter().map(|count| count / length).collect()
        };
        texts.iter().map(of).collect()
    }

    #[test]
    fn each_bad_example_fires_its_rule_alone_and_each_good_one_none() {
        for rule in RULES {
            let about = &rule.about;
            let mut levels = Levels::default();
            if about.group.default_level() == Level::Off {
                levels.set(about.name, Level::Warn);
            }
            let examples = cases(about.docs);
            assert!(
                examples.iter().any(|case| case.bad) && examples.iter().any(|case| !case.bad),
                "{}",
                about.name
            );
            assert!(about.docs.contains("Source: "), "{} names no source", about.name);
            for case in examples {
                let findings = run(RULES, &catalog_of(&case.text), &levels);
                let found: Vec<&str> = findings.iter().map(|finding| finding.rule).collect();
                if case.bad {
                    assert!(
                        !found.is_empty(),
                        "{} does not fire on\n{}",
                        about.name,
                        case.text
                    );
                    assert!(
                        found.iter().all(|rule| *rule == about.name),
                        "{found:?} fire on {}",
                        case.text
                    );
                } else {
                    assert_eq!(found, <[&str; 0]>::default(), "{}", case.text);
                }
            }
        }
    }
}
