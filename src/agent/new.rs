//! `agent new`: a subagent definition from a template.

use std::path::{Path, PathBuf};

use crate::changes::ChangeSet;
use crate::failure::{Failure, Result};
use crate::io::files;
use crate::scaffold;
use crate::skill;
use crate::text::slashed;

/// What the user asked for.
#[derive(Debug, Clone)]
pub struct Request {
    pub name: String,
    /// `None`: one made of the name.
    pub description: Option<String>,
    pub template: String,
    /// Root of the repository.
    pub root: PathBuf,
    /// Folder of the user's own templates, laid out as `templates/` is.
    pub templates: Option<PathBuf>,
}

/// The file to create.
pub fn plan(request: &Request) -> Result<ChangeSet> {
    skill::new::check_name(&request.name)?;
    let templates = skill::new::templates("agent", &request.template, request.templates.as_deref())?;
    let words = request.name.replace('-', " ");
    let description = request
        .description
        .clone()
        .unwrap_or_else(|| format!("Does the work of a {words}. Use when a task needs a {words}."));
    let description = description.split_whitespace().collect::<Vec<_>>().join(" ");
    let path = Path::new("agents").join(format!("{}.md", request.name));
    if files::exists(&request.root.join(&path)) {
        return Err(Failure::user(format!(
            "`{}` is there already",
            slashed(&request.root.join(&path))
        ))
        .hint("choose another name, or remove the file first; nothing is overwritten"));
    }
    let title = scaffold::title_case(&request.name);
    let answers = [
        ("name", request.name.as_str()),
        ("title", &title),
        ("description", &description),
        ("agent", ""),
    ];
    let mut rendered = ChangeSet::new(&request.root);
    scaffold::render(&mut rendered, &templates, Path::new(""), &answers)?;
    let mut set = ChangeSet::new(&request.root);
    for change in rendered.changes {
        if let crate::changes::Change::Create { contents, .. } = change {
            set.create(&path, contents);
        }
    }
    Ok(set)
}
