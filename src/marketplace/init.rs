//! `marketplace init`: the sections of `packwright.toml` that describe a marketplace and its first pack.

use std::path::Path;

use crate::changes::ChangeSet;
use crate::config::{self, Settings};
use crate::failure::{Failure, Result};
use crate::io::files;
use crate::io::git::Repository;
use crate::text::Source;

use super::{manifest, reserved};

/// What the sections say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers {
    pub name: String,
    pub description: String,
    pub owner: String,
    pub email: Option<String>,
}

/// A name in kebab case out of the name of a folder.
pub fn name_from(folder: &str) -> String {
    let words = folder
        .split(|character: char| !character.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    let mut name = words.collect::<Vec<_>>().join("-").to_ascii_lowercase();
    name.truncate(64);
    name.trim_end_matches('-').to_owned()
}

/// `user.name` and `user.email` of git, seen from `root`.
pub fn identity(root: &Path) -> Option<(String, String)> {
    let identity = Repository::discover(root).ok().flatten()?.identity()?;
    Some((identity.name, identity.email))
}

/// Adds what is missing to `packwright.toml` at `root`, behind what stands in it. Fails when nothing is.
pub fn plan(root: &Path, settings: &Settings, answers: &Answers) -> Result<ChangeSet> {
    let file = root.join(config::FILE_NAME);
    if settings.marketplace.is_some() && !settings.pack.is_empty() {
        return Err(Failure::user("`packwright.toml` describes a marketplace already")
            .hint("edit it there; `packwright marketplace build` writes the manifests"));
    }
    if settings.marketplace.is_none() {
        if let Some(why) = manifest::name_fault(&answers.name) {
            return Err(Failure::user(why).hint("choose another with `--name`"));
        }
        if answers.owner.trim().is_empty() {
            return Err(Failure::user("a marketplace needs an owner").hint("say who with `--owner NAME`"));
        }
    }
    // The first pack is called like the marketplace.
    if let Some(why) = reserved::plugin(&answers.name).filter(|_| settings.pack.is_empty()) {
        return Err(Failure::user(format!("`{}` {why}", answers.name)).hint("choose another with `--name`"));
    }
    let mut text = String::new();
    if settings.marketplace.is_none() {
        text += &marketplace_section(answers);
    }
    if settings.pack.is_empty() {
        if !text.is_empty() {
            text.push('\n');
        }
        text += &pack_section(&answers.name, &answers.description);
    }
    let mut set = ChangeSet::new(root);
    match files::read_if_present(&file)? {
        None => set.create(config::FILE_NAME, text),
        Some(before) => {
            let mut after = before.clone();
            if !after.is_empty() && !after.ends_with(b"\n") {
                after.push(b'\n');
            }
            if !after.is_empty() {
                after.push(b'\n');
            }
            after.extend_from_slice(text.as_bytes());
            let parsed = config::parse(&Source::from_bytes(config::FILE_NAME, after.clone()));
            if let Err(faults) = parsed {
                let why = faults.into_iter().map(|fault| fault.message);
                return Err(Failure::config(
                    "the sections cannot be added behind what `packwright.toml` holds",
                )
                .caused_by(why.collect::<Vec<_>>().join("; "))
                .hint("add `[marketplace]` and `[[pack]]` by hand"));
            }
            set.edit(config::FILE_NAME, before, after);
        }
    }
    Ok(set)
}

fn marketplace_section(answers: &Answers) -> String {
    let mut text = String::from(
        "# What `packwright marketplace build` writes `.claude-plugin/marketplace.json` from.\n[marketplace]\n",
    );
    text += &line("name", &answers.name);
    text += &line("description", &answers.description);
    let email = match &answers.email {
        Some(email) => format!(", email = {}", quoted(email)),
        None => String::new(),
    };
    text + &format!("owner = {{ name = {}{email} }}\n", quoted(&answers.owner))
}

fn pack_section(name: &str, description: &str) -> String {
    let mut text = String::from(
        "# A pack: skills and agents that ship together. Raise the version with every change: published versions stay as they are.\n[[pack]]\n",
    );
    text += &line("name", name);
    text += &line("version", "0.1.0");
    text += &line("description", description);
    text += "path = \".\" # the folder that holds `skills/` and `agents/`\n";
    text
}

fn line(key: &str, value: &str) -> String {
    format!("{key} = {}\n", quoted(value))
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// A description when none was given.
pub fn description_of(name: &str) -> String {
    format!("Skills and agents of {name}")
}

/// Whether `name` can name the marketplace and its first pack alike.
pub fn is_usable(name: &str) -> bool {
    manifest::name_fault(name).is_none() && reserved::plugin(name).is_none()
}

#[cfg(test)]
mod tests {
    use super::super::tree;
    use super::*;

    #[test]
    fn names_of_folders_become_names_of_packs() {
        assert_eq!(name_from("My Team_Skills (v2)"), "my-team-skills-v2");
        assert_eq!(name_from("..."), "");
        assert_eq!(name_from("a--b-"), "a-b");
        assert!(tree::is_kebab_name(&name_from(&"long-".repeat(40))));
    }

    #[test]
    fn hostile_answers_stay_values() {
        let answers = Answers {
            name: "a".to_owned(),
            description: "\"]\n[lint]\nx = \"".to_owned(),
            owner: "O\"\\ } \u{7}".to_owned(),
            email: Some("a\"b".to_owned()),
        };
        let text = marketplace_section(&answers) + &pack_section("a", &answers.description);
        let settings = config::parse(&Source::new("packwright.toml", text)).unwrap();
        let marketplace = settings.marketplace.unwrap();
        assert_eq!(marketplace.description, answers.description);
        assert_eq!(marketplace.owner.name, answers.owner);
        assert_eq!(marketplace.owner.email, answers.email);
        assert_eq!(settings.pack[0].path, ".");
    }
}
