//! Scaffolding: templates and answers in, a change set out.
//!
//! Templates are text files that people edit, under `templates/`; they are part of the binary. A file `x.tera` becomes `x`; any
//! other file is taken over as it is.

use std::path::Path;

use crate::changes::{Change, ChangeSet};
use crate::document::sql::name;
use crate::document::yaml;
use crate::failure::{Failure, Result};

/// A file of this repository that is part of the binary.
#[derive(Debug, Clone, Copy)]
pub struct EmbeddedFile {
    /// Path from the root of the repository.
    pub path: &'static str,
    pub contents: &'static [u8],
    pub executable: bool,
}

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// A template file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Path below the template's own folder, with its `.tera`.
    pub path: String,
    pub contents: Vec<u8>,
    pub executable: bool,
}

/// The built-in template files below `templates/<name>/`, or the one file `templates/<name>.md.tera`; empty when there are none.
pub fn builtin(name: &str) -> Vec<Template> {
    let prefix = format!("templates/{name}/");
    let one = format!("templates/{name}.md.tera");
    TEMPLATES
        .iter()
        .filter_map(|file| {
            let path = if file.path == one {
                file.path.rsplit('/').next()
            } else {
                file.path.strip_prefix(&prefix)
            };
            path.map(|path| Template {
                path: path.to_owned(),
                contents: file.contents.to_vec(),
                executable: file.executable,
            })
        })
        .collect()
}

/// Names of the built-in templates of a kind: the folders below `templates/<kind>/`.
pub fn builtin_names(kind: &str) -> Vec<&'static str> {
    let prefix = format!("templates/{kind}/");
    let rests = TEMPLATES
        .iter()
        .filter_map(|file| file.path.strip_prefix(prefix.as_str()));
    let mut names: Vec<&str> = rests.filter_map(|rest| rest.split(['/', '.']).next()).collect();
    names.dedup();
    names
}

/// Renders every template into `folder` of the set's root. Answers are the variables of the templates; the filters `yaml` and
/// `toml` write a string so that those languages read it back.
pub fn render(
    set: &mut ChangeSet,
    templates: &[Template],
    folder: &Path,
    answers: &[(&str, &str)],
) -> Result<()> {
    let mut engine = tera::Tera::new();
    engine.register_filter("yaml", |text: &str, _: tera::Kwargs, _: &tera::State<'_>| {
        yaml::quoted(text)
    });
    engine.register_filter("toml", |text: &str, _: tera::Kwargs, _: &tera::State<'_>| {
        toml::Value::String(text.to_owned()).to_string()
    });
    let mut context = tera::Context::new();
    for (name, value) in answers {
        context.insert((*name).to_owned(), value);
    }
    for template in templates {
        let (path, contents) = match template.path.strip_suffix(".tera") {
            None => (template.path.as_str(), template.contents.clone()),
            Some(path) => {
                let text = String::from_utf8_lossy(&template.contents);
                let rendered = engine.render_str(&text, &context, false).map_err(|error| {
                    Failure::user(format!("the template `{}` cannot be rendered", template.path))
                        .because(&error)
                        .hint("variables and filters are those of Tera 2; see the built-in templates")
                })?;
                (path, rendered.into_bytes())
            }
        };
        set.changes.push(Change::Create {
            path: folder.join(path),
            contents,
            executable: template.executable,
        });
    }
    Ok(())
}

/// The value of a variable in a template of SQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    Text(String),
    Number(i64),
    Flag(bool),
}

/// Renders SQL. The filter `name` writes a name, in quotes where it needs them, or one made of it with `prefix` and `suffix`;
/// `literal` writes a string, with the same two. White space at the ends of lines and of the text is taken away.
pub fn sql<'a>(
    path: &str,
    template: &str,
    answers: impl IntoIterator<Item = (&'a str, &'a Answer)>,
) -> Result<String> {
    let mut engine = tera::Tera::new();
    engine.register_filter("name", |text: &str, with: tera::Kwargs, _: &tera::State<'_>| {
        around(text, &with).map(|text| name::name(&text))
    });
    engine.register_filter(
        "literal",
        |text: &str, with: tera::Kwargs, _: &tera::State<'_>| {
            around(text, &with).map(|text| name::literal(&text))
        },
    );
    let mut context = tera::Context::new();
    for (name, answer) in answers {
        match answer {
            Answer::Text(text) => context.insert(name.to_owned(), text),
            Answer::Number(number) => context.insert(name.to_owned(), number),
            Answer::Flag(flag) => context.insert(name.to_owned(), flag),
        }
    }
    let rendered = engine.render_str(template, &context, false).map_err(|error| {
        Failure::internal(format!("the template `{path}` cannot be rendered")).because(&error)
    })?;
    let mut text = String::with_capacity(rendered.len());
    for line in rendered.trim().lines() {
        text.push_str(line.trim_end());
        text.push('\n');
    }
    // Conditions that were not met leave empty lines behind.
    while text.contains("\n\n\n") {
        text = text.replace("\n\n\n", "\n\n");
    }
    Ok(text)
}

fn around(text: &str, with: &tera::Kwargs) -> tera::TeraResult<String> {
    let prefix: &str = with.get("prefix")?.unwrap_or_default();
    let suffix: &str = with.get("suffix")?.unwrap_or_default();
    Ok(name::around(prefix, text, suffix))
}

/// `pdf-tools` as `Pdf Tools`.
pub fn title_case(name: &str) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters
            .next()
            .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    };
    name.split(['-', '_', ' '])
        .filter(|word| !word.is_empty())
        .map(capital)
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_filled_in_and_suffixes_dropped() {
        let templates = [
            Template {
                path: "a.md.tera".into(),
                contents: b"d: {{ d | yaml }}\n".to_vec(),
                executable: false,
            },
            Template {
                path: "run.sh".into(),
                contents: b"{{ untouched }}".to_vec(),
                executable: true,
            },
        ];
        let mut set = ChangeSet::new("");
        render(&mut set, &templates, Path::new("out"), &[("d", "one: two <b>")]).unwrap();
        let shown: Vec<(String, String)> = set
            .changes
            .iter()
            .map(|change| match change {
                Change::Create { path, contents, .. } => (
                    crate::text::slashed(path),
                    String::from_utf8_lossy(contents).into_owned(),
                ),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(
            shown[0],
            ("out/a.md".to_owned(), "d: \"one: two <b>\"\n".to_owned())
        );
        assert_eq!(shown[1], ("out/run.sh".to_owned(), "{{ untouched }}".to_owned()));
    }

    #[test]
    fn a_broken_template_is_named() {
        let templates = [Template {
            path: "a.tera".into(),
            contents: b"{{ nope }}".to_vec(),
            executable: false,
        }];
        let failure = render(&mut ChangeSet::new(""), &templates, Path::new(""), &[]).unwrap_err();
        assert!(failure.message.contains("`a.tera`"), "{failure}");
    }

    #[test]
    fn sql_is_rendered_with_names_that_need_quotes() {
        let answers = [
            ("table", Answer::Text("Order".into())),
            ("count", Answer::Number(3)),
            ("extra", Answer::Flag(false)),
        ];
        let text = sql(
            "x",
            "{% if extra %}\n-- no\n{% endif %}\nSELECT {{ count }}, {{ table | literal }} \nFROM {{ table | name(prefix=\"of_\", suffix=\"_x\") }};",
            answers.iter().map(|(name, answer)| (*name, answer)),
        );
        assert_eq!(text.unwrap(), "SELECT 3, 'Order'\nFROM \"of_Order_x\";\n");
    }

    #[test]
    fn titles_are_made_of_names() {
        assert_eq!(title_case("pdf-tools"), "Pdf Tools");
        assert_eq!(title_case(""), "");
    }
}
