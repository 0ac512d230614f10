//! Every rule over every unit of a survey, then the rules about all of them together.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use crate::agent::{self, Agent};
use crate::changes::ChangeSet;
use crate::diagnostic::Diagnostic;
use crate::failure::{self, Failure};
use crate::hook;
use crate::io::files;
use crate::lint::{self, About, Levels, Linted};
use crate::marketplace;
use crate::page;
use crate::security;
use crate::skill::{self, Skill};
use crate::text::{Source, slashed};

use super::cache::{Cache, Entry, Key};
use super::card::{Card, Catalog, Embed};
use super::rules;
use super::survey::{Survey, Unit};

/// What is known of a unit once it has been looked at.
#[derive(Debug, Clone, Default)]
pub struct Looked {
    pub findings: Vec<Diagnostic>,
    pub card: Option<Card>,
}

/// The rules that look at whole repositories.
pub fn abouts() -> impl Iterator<Item = &'static About> {
    rules::RULES.iter().map(|rule| &rule.about)
}

/// Every rule there is, once.
pub fn all_abouts() -> Vec<&'static About> {
    let of_units = [
        page::rules::RULES
            .iter()
            .map(|rule| &rule.about)
            .collect::<Vec<_>>(),
        skill::rules::RULES.iter().map(|rule| &rule.about).collect(),
        agent::rules::RULES.iter().map(|rule| &rule.about).collect(),
        hook::lint::abouts().collect(),
        hook::rules::FILE_RULES.iter().map(|rule| &rule.about).collect(),
        marketplace::lint::catalog_abouts().collect(),
        marketplace::rules::lock::RULES
            .iter()
            .map(|rule| &rule.about)
            .collect(),
        security::rules::RULES.iter().map(|rule| &rule.about).collect(),
        lint::ALLOW_RULES.iter().map(|rule| &rule.about).collect(),
    ];
    of_units.into_iter().flatten().chain(abouts()).collect()
}

/// Lints every unit. What the cache knows of an unchanged unit is taken from it, and what was found is put into it. `embed` is asked
/// for the meanings of descriptions where it is there.
pub fn check(
    survey: &Survey,
    levels: &Levels,
    cache: Option<&mut Cache>,
    embed: Option<Embed<'_>>,
) -> Linted {
    let known = cache.as_deref();
    let looked = files::in_parallel(&survey.units, |unit| look(unit, levels, known, survey.began));
    let mut linted = Linted {
        checked: (survey.checked().iter()).map(|path| shown(path).into()).collect(),
        ..Linted::default()
    };
    let mut cards = Vec::new();
    let mut entries = BTreeMap::new();
    let mut sources = Vec::new();
    for (unit, looked) in survey.units.iter().zip(looked) {
        let is_told = |finding: &&Diagnostic| survey.tells(unit, &finding.place.path);
        (linted.findings).extend(looked.unit.findings.iter().filter(is_told).cloned());
        // What whole repositories are told stands in `SKILL.md`.
        cards.extend(looked.unit.card.clone().filter(|_| survey.is_whole(unit)));
        sources.extend(looked.sources);
        if let Some(key) = looked.key {
            let entry = Entry {
                key,
                looked: looked.unit,
            };
            entries.insert(slashed(&unit.path()), entry);
        }
    }
    if let Some(cache) = cache {
        cache.put(entries);
    }
    let mut catalog = Catalog::new(cards);
    if let Some(embed) = embed {
        catalog = catalog.with_meanings(embed);
    }
    linted.findings.extend(lint::run(rules::RULES, &catalog, levels));
    lint::sort(&mut linted.findings);
    linted.sources = sources
        .into_iter()
        .map(|source: Source| (Arc::clone(source.path()), source))
        .collect();
    read_missing_sources(&mut linted);
    linted
}

/// Lints a text as if it lay at `path`, with what lies around it on disk. Only findings in that file are told.
pub fn check_text(path: &Path, bytes: Vec<u8>, levels: &Levels) -> failure::Result<Linted> {
    let (findings, source) = if skill::is_named(path) || skill::holder(path).is_some() {
        let skill = Skill::read(skill::overlaid(path, bytes)?);
        let findings = skill::lint::check(&skill, levels);
        let own = shown(path);
        let source = skill.sources().find(|source| **source.path() == *own).cloned();
        (findings, source)
    } else if agent::is_named(path) {
        let agent = Agent::read(&shown(path), Ok(bytes));
        (agent::lint::check(&agent, levels), Some(agent.page.source))
    } else if let Some(found) = marketplace::overlaid(path, Some(bytes))? {
        (found.check(levels), Some(found.source().clone()))
    } else {
        return Err(Failure::user(format!("there is no rule for `{}`", slashed(path)))
            .hint("name a `SKILL.md`, a file in a skill's folder, an agent's Markdown file, or a manifest"));
    };
    let mut linted = Linted {
        checked: vec![shown(path).into()],
        findings,
        ..Linted::default()
    };
    let own = &*linted.checked[0];
    linted.findings.retain(|finding| *finding.place.path == *own);
    if let Some(source) = source {
        linted.sources.insert(Arc::clone(source.path()), source);
    }
    Ok(linted)
}

/// The cards of the units, ordered by path.
pub fn cards(survey: &Survey) -> Vec<Card> {
    let cards = files::in_parallel(&survey.units, |unit| match unit {
        Unit::Skill(found) => Card::of_skill(&Skill::read(skill::read(found))),
        Unit::Agent(found) => Card::of_agent(&read_agent(found, agent::bytes(&found.path, found.stamp))),
        Unit::Manifest(_) => None,
    });
    Catalog::new(cards.into_iter().flatten().collect()).cards
}

struct Result {
    unit: Looked,
    /// Texts of the files that have findings, where the unit was read.
    sources: Vec<Source>,
    /// What the cache will know the unit by.
    key: Option<Key>,
}

fn look(unit: &Unit, levels: &Levels, cache: Option<&Cache>, seen: i128) -> Result {
    let path = slashed(&unit.path());
    let known = cache.and_then(|cache| cache.get(&path));
    let stamp = cache.map(|_| Key::stamp(unit, seen));
    if let (Some(entry), Some(stamp)) = (known, &stamp)
        && cache.is_some_and(|cache| cache.is_fresh(entry, stamp))
    {
        return Result {
            unit: entry.looked.clone(),
            sources: Vec::new(),
            key: Some(entry.key.clone()),
        };
    }
    match unit {
        Unit::Skill(found) => {
            let bundle = skill::read(found);
            let key = stamp.map(|stamp| stamp.with_bundle(&bundle));
            if let (Some(entry), Some(key)) = (known, &key)
                && entry.key.has_contents_of(key)
            {
                return Result {
                    unit: entry.looked.clone(),
                    sources: Vec::new(),
                    key: Some(key.clone()),
                };
            }
            let skill = Skill::read(bundle);
            let findings = skill::lint::check(&skill, levels);
            // A page that cannot be read has no text to show.
            let is_read =
                |source: &&Source| skill.unreadable.is_none() || source.path() != skill.page.source.path();
            Result {
                sources: with_findings(skill.sources().filter(is_read), &findings),
                unit: Looked {
                    findings,
                    card: Card::of_skill(&skill),
                },
                key,
            }
        }
        Unit::Agent(found) => {
            let bytes = agent::bytes(&found.path, found.stamp);
            let key = stamp.map(|stamp| stamp.with_file(&bytes));
            let agent = read_agent(found, bytes);
            let findings = agent::lint::check(&agent, levels);
            Result {
                sources: with_findings(
                    std::iter::once(&agent.page.source).filter(|_| agent.unreadable.is_none()),
                    &findings,
                ),
                unit: Looked {
                    findings,
                    card: Card::of_agent(&agent),
                },
                key,
            }
        }
        // What is said of it hangs on every file around it, and it is quick to judge: nothing is remembered.
        Unit::Manifest(found) => {
            let findings = found.check(levels);
            Result {
                sources: with_findings(
                    std::iter::once(found.source()).filter(|source| source.why_unreadable().is_none()),
                    &findings,
                ),
                unit: Looked { findings, card: None },
                key: None,
            }
        }
    }
}

fn read_agent(found: &agent::Found, bytes: std::result::Result<Vec<u8>, String>) -> Agent {
    Agent::found(&shown(&found.path), found, bytes)
}

fn shown(path: &Path) -> String {
    let shown = slashed(path);
    shown.strip_prefix("./").unwrap_or(&shown).to_owned()
}

fn with_findings<'a>(sources: impl Iterator<Item = &'a Source>, findings: &[Diagnostic]) -> Vec<Source> {
    let has_findings = |source: &&Source| {
        findings
            .iter()
            .any(|finding| finding.place.path == *source.path())
    };
    sources.filter(has_findings).cloned().collect()
}

/// Reads the files that findings stand in and nobody has read in this run.
fn read_missing_sources(linted: &mut Linted) {
    let paths: BTreeSet<Arc<str>> = (linted.findings.iter())
        .map(|finding| Arc::clone(&finding.place.path))
        .filter(|path| !linted.sources.contains_key(path))
        .collect();
    for path in paths {
        // A finding about a folder has no text, nor has one about what must not be read.
        if let Ok(bytes) = files::read_fit(Path::new(&*path), None, u64::MAX) {
            let source = Source::from_bytes(Arc::clone(&path), bytes);
            linted.sources.insert(path, source);
        }
    }
}

/// The edits that fix every unit, and how many fixes they are.
pub fn plan_fixes(survey: &Survey, levels: &Levels, risky: bool) -> (ChangeSet, usize) {
    let settled = files::in_parallel(&survey.units, |unit| match unit {
        Unit::Skill(found) => {
            let is_wanted = |path: &str| survey.tells(unit, path);
            skill::lint::fixed(&Skill::read(skill::read(found)), levels, risky, is_wanted)
        }
        Unit::Agent(found) => {
            let agent = read_agent(found, agent::bytes(&found.path, found.stamp));
            agent::lint::fixed(&agent, levels, risky)
        }
        Unit::Manifest(found) => marketplace::lint::fixed(found, levels, risky),
    });
    let mut set = ChangeSet::new("");
    let mut count = 0;
    for fixed in settled {
        count += fixed.count;
        for (before, after) in fixed.changed {
            set.edit(&**before.path(), before.text(), after.text());
        }
    }
    (set, count)
}
