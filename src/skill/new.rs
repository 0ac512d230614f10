//! `skill new`: a skill from a template, ready to be edited and clean under every rule.

use std::path::{Path, PathBuf};

use crate::changes::ChangeSet;
use crate::diagnostic::Severity;
use crate::document::yaml::{Node, Value};
use crate::failure::{Failure, Result};
use crate::io::files;
use crate::lint::Levels;
use crate::page::Page;
use crate::scaffold::{self, Template};
use crate::text::{Edit, Source, apply_edits, slashed};

use super::{Skill, lint};

/// What the user asked for.
#[derive(Debug, Clone)]
pub struct Request {
    pub name: String,
    /// `None`: one made of the name.
    pub description: Option<String>,
    pub template: String,
    /// Agent that shall know the skill.
    pub agent: Option<String>,
    /// Root of the repository.
    pub root: PathBuf,
    /// Folder of the user's own templates, laid out as `templates/` is.
    pub templates: Option<PathBuf>,
}

/// The files to create, and the edit of the agent.
pub fn plan(request: &Request) -> Result<ChangeSet> {
    check_name(&request.name)?;
    let templates = templates("skill", &request.template, request.templates.as_deref())?;
    let description = request
        .description
        .clone()
        .unwrap_or_else(|| default_description(&request.name));
    let mut set = ChangeSet::new(&request.root);
    let folder = Path::new("skills").join(&request.name);
    if files::exists(&request.root.join(&folder)) {
        return Err(Failure::user(format!(
            "`{}` is there already",
            slashed(&request.root.join(&folder))
        ))
        .hint("choose another name, or remove the folder first; nothing is overwritten"));
    }
    let title = scaffold::title_case(&request.name);
    let answers = [
        ("name", request.name.as_str()),
        ("title", &title),
        ("description", &description),
        ("agent", request.agent.as_deref().unwrap_or_default()),
    ];
    scaffold::render(&mut set, &templates, &folder, &answers)?;
    if let Some(agent) = &request.agent {
        add_to_agent(&mut set, agent, &request.name)?;
    }
    Ok(set)
}

/// Refuses a name with the words of the rule it breaks.
pub fn check_name(name: &str) -> Result<()> {
    let text = format!(
        "---\nname: {}\ndescription: {}\n---\n\nText.\n",
        crate::document::yaml::double_quoted(name),
        default_description("a")
    );
    let findings = lint::check(&Skill::from_text(name, &text, &[]), &Levels::default());
    match findings
        .into_iter()
        .find(|finding| finding.severity == Severity::Error)
    {
        None => Ok(()),
        Some(finding) => {
            let failure = Failure::user(finding.message).caused_by(format!("rule `{}`", finding.rule));
            let help = finding
                .help
                .unwrap_or_default()
                .replace(" and rename the folder to match", "");
            Err(failure.hint(help.replace("; rename the folder to match", "")))
        }
    }
}

/// A description that says what can be said of a name alone.
pub fn default_description(name: &str) -> String {
    let words = name.replace('-', " ");
    format!("Guides work on {words}. Use when a task mentions {words} or a file that belongs to it.")
}

/// The files of a template: the user's own of that name first, then the built-in one.
pub fn templates(kind: &str, name: &str, own: Option<&Path>) -> Result<Vec<Template>> {
    if name.contains(['/', '\\', '.']) {
        return Err(
            Failure::user(format!("`{name}` is not the name of a template")).hint("give a name, not a path")
        );
    }
    if let Some(folder) = own
        .map(|own| own.join(kind).join(name))
        .filter(|folder| files::is_folder(folder))
    {
        let mut templates = Vec::new();
        for entry in files::walk(&folder)?.entries {
            if let files::EntryKind::File { executable, .. } = entry.kind {
                let contents = files::read(&folder.join(&entry.path))?;
                templates.push(Template {
                    path: entry.path,
                    contents,
                    executable,
                });
            }
        }
        return Ok(templates);
    }
    let templates = scaffold::builtin(&format!("{kind}/{name}"));
    if templates.is_empty() {
        let known = scaffold::builtin_names(kind);
        let failure = Failure::user(format!("there is no template `{name}`"));
        return Err(match crate::text::nearest(name, known.iter().copied()) {
            Some(near) => failure.hint(format!("did you mean `{near}`?")),
            None => failure.hint(format!("built-in templates: {}", known.join(", "))),
        });
    }
    Ok(templates)
}

/// Adds the skill to the list `skills` of an agent of this repository.
fn add_to_agent(set: &mut ChangeSet, agent: &str, skill: &str) -> Result<()> {
    let path = Path::new("agents").join(format!("{agent}.md"));
    let shown = slashed(&set.root.join(&path));
    let Some(bytes) = files::read_if_present(&set.root.join(&path))? else {
        return Err(Failure::user(format!("there is no agent `{agent}` at `{shown}`"))
            .hint(format!("make it first: packwright agent new {agent}")));
    };
    let page = Page::read(Source::from_bytes(shown.as_str(), bytes.clone()));
    if let Some(edit) = skill_edit(&page, skill) {
        let after = apply_edits(page.source.text(), &[edit])
            .ok_or_else(|| Failure::internal(format!("the skill cannot be added to `{shown}`")))?;
        set.edit(path, bytes, after);
    }
    Ok(())
}

/// The edit that adds a skill to an agent's list; `None` when it stands there, or when the front matter cannot be read.
fn skill_edit(page: &Page, skill: &str) -> Option<Edit> {
    let text = page.source.text();
    match page.field("skills").map(|(_, value)| value) {
        Some(Node {
            value: Value::List(items),
            span,
        }) => {
            if items.iter().any(|item| item.as_text() == Some(skill)) {
                return None;
            }
            let last = items.last();
            if text[span.start..].starts_with('[') {
                let separator = if last.is_some() { ", " } else { "" };
                return Some(Edit::insert(span.end - 1, format!("{separator}{skill}")));
            }
            let line = page.source.line_span(page.source.locate(span.start).line);
            let indent = &text[line.start..span.start];
            Some(Edit::insert(last?.span.end, format!("\n{indent}- {skill}")))
        }
        Some(Node {
            value: Value::Scalar { text: names, .. },
            span,
        }) if !names.is_empty() && names != "~" => {
            let has = names.split([',', ' ']).any(|name| name.trim() == skill);
            (!has).then(|| {
                Edit::insert(
                    span.start + page.source.slice(*span).trim_end().len(),
                    format!(", {skill}"),
                )
            })
        }
        Some(_) => None,
        None => match &page.parts.front_matter {
            crate::document::front_matter::FrontMatter::Block(block) if page.has_fields() => {
                Some(Edit::insert(block.yaml.end, format!("skills:\n  - {skill}\n")))
            }
            _ => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_names_are_refused_with_the_words_of_the_rule() {
        assert!(check_name("pdf-tools").is_ok());
        for (name, words) in [
            ("PDF", "the name `PDF` holds"),
            ("a--b", "two hyphens in a row"),
            ("-a", "begins or ends with a hyphen"),
            ("", "the field `name` is empty"),
            ("../escape", "holds"),
        ] {
            let failure = check_name(name).unwrap_err();
            assert!(failure.message.contains(words), "{name}: {failure}");
        }
    }

    #[test]
    fn a_skill_is_added_to_every_form_of_list_once() {
        for (before, after) in [
            ("skills:\n  - a\n", "skills:\n  - a\n  - new\n"),
            (
                "skills:\n- a\ntools: Read\n",
                "skills:\n- a\n- new\ntools: Read\n",
            ),
            ("skills: [a]\n", "skills: [a, new]\n"),
            ("skills: []\n", "skills: [new]\n"),
            ("skills: a, b\n", "skills: a, b, new\n"),
            ("name: x\n", "name: x\nskills:\n  - new\n"),
            ("skills: [new]\n", "skills: [new]\n"),
        ] {
            let page = Page::read(Source::new("agents/x.md", format!("---\n{before}---\n")));
            let edits: Vec<Edit> = skill_edit(&page, "new").into_iter().collect();
            assert_eq!(
                apply_edits(page.source.text(), &edits).unwrap(),
                format!("---\n{after}---\n")
            );
        }
    }

    #[test]
    fn every_template_gives_a_skill_without_findings() {
        for name in scaffold::builtin_names("skill") {
            let folder = files::scratch_folder(Path::new("target")).unwrap();
            let request = Request {
                name: "pdf-tools".to_owned(),
                description: Some(
                    "Reads PDF files: forms, tables. Use when a task mentions a PDF.".to_owned(),
                ),
                template: name.to_owned(),
                agent: None,
                root: folder.path().to_path_buf(),
                templates: None,
            };
            let set = plan(&request).unwrap();
            files::apply(&set).unwrap();
            let bundles = crate::skill::find(std::slice::from_ref(&request.root)).unwrap();
            assert_eq!(bundles.len(), 1, "{name}");
            for bundle in bundles {
                let levels = Levels::new([].into(), true);
                assert_eq!(lint::check(&Skill::read(bundle), &levels), [], "{name}");
            }
        }
    }
}
