//! Parameters of recipes: what may be said, and what is wrong with what was said.

use serde::Deserialize;

use crate::document::sql::name;
use crate::failure::{Failure, Result};
use crate::scaffold::Answer;
use crate::store::Engine;
use crate::text::nearest;

use super::{Answers, Recipe};

/// Longest name that is taken, so that the names made of it still tell something.
const LONGEST_NAME: usize = name::MAX_BYTES;

/// What a value may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Name of a table, column, role or the like. One that needs quotes gets them.
    Name,
    /// A whole number from `min` to `max`.
    Integer,
    /// One of `values`.
    Choice,
    /// Name of a setting of the session, with a dot: `app.tenant_id`.
    Setting,
    Uuid,
}

impl Kind {
    /// `name`, `integer`, `choice`, `setting` or `uuid`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Integer => "integer",
            Self::Choice => "choice",
            Self::Setting => "setting",
            Self::Uuid => "uuid",
        }
    }
}

/// A parameter as a recipe declares it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    pub name: String,
    pub kind: Kind,
    /// As it would be given; without one the parameter must be given. Empty: there is none, unless one is given.
    pub default: Option<String>,
    #[serde(default)]
    pub min: i64,
    #[serde(default)]
    pub max: i64,
    #[serde(default)]
    pub values: Vec<String>,
    /// One sentence.
    pub help: String,
    /// The one engine that has it; both without one.
    engine: Option<String>,
    /// An object such as `extension vector`, and the value to take where an earlier migration makes it already.
    #[serde(default)]
    pub made: Option<Made>,
}

/// What an earlier migration may have made.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Made {
    /// `extension vector`
    pub object: String,
    /// The value of the parameter then.
    pub value: String,
}

impl Parameter {
    pub fn is_of(&self, engine: &str) -> bool {
        self.engine.as_deref().is_none_or(|own| own == engine)
    }

    pub fn is_required(&self) -> bool {
        self.default.is_none()
    }

    /// What may be given, in words: `1 to 2000`, `hnsw, ivfflat or none`.
    pub fn allowed(&self) -> String {
        match self.kind {
            Kind::Name => "a name".to_owned(),
            Kind::Integer => format!("{} to {}", self.min, self.max),
            Kind::Choice => match self.values.split_last() {
                Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
                _ => self.values.join(""),
            },
            Kind::Setting => "a setting such as `app.tenant_id`".to_owned(),
            Kind::Uuid => "a UUID".to_owned(),
        }
    }

    /// The value of the templates, or why there is none, in a clause.
    fn answer(&self, text: &str) -> Result<Answer, String> {
        let is_default = self.default.as_deref() == Some(text);
        if is_default && text.is_empty() {
            return Ok(Answer::Text(String::new()));
        }
        match self.kind {
            Kind::Name => check_name(text).map(|()| Answer::Text(text.to_owned())),
            Kind::Integer => match text.parse::<i64>() {
                Ok(number) if (self.min..=self.max).contains(&number) => Ok(Answer::Number(number)),
                Ok(_) => Err(format!("must be {}", self.allowed())),
                Err(_) => Err(format!("must be a whole number, {}", self.allowed())),
            },
            Kind::Choice if !self.values.iter().any(|value| value == text) => {
                let near = nearest(text, self.values.iter().map(String::as_str));
                let near = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
                Err(format!("must be {}{near}", self.allowed()))
            }
            Kind::Choice => Ok(match text {
                "true" => Answer::Flag(true),
                "false" => Answer::Flag(false),
                other => Answer::Text(other.to_owned()),
            }),
            Kind::Setting => {
                let part = |part: &str| {
                    part.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
                        && part
                            .bytes()
                            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
                };
                if text.contains('.') && text.split('.').all(part) && text.len() <= LONGEST_NAME {
                    Ok(Answer::Text(text.to_owned()))
                } else {
                    Err(
                        "must be two or more plain words with dots between, such as `app.tenant_id`"
                            .to_owned(),
                    )
                }
            }
            Kind::Uuid => {
                let groups: Vec<usize> = text.split('-').map(str::len).collect();
                let digits = text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
                if groups == [8, 4, 4, 4, 12] && digits {
                    Ok(Answer::Text(text.to_ascii_lowercase()))
                } else {
                    Err("must be a UUID, such as `0b6c8c5e-6a53-4f7f-9d2c-6f1f3a2b7c11`".to_owned())
                }
            }
        }
    }
}

/// What no template needs to expect of a name.
fn check_name(text: &str) -> Result<(), String> {
    let odd = |letter: char| letter.is_control() || matches!(letter, '$' | '\\' | '\u{2028}' | '\u{2029}');
    if text.trim().is_empty() {
        Err("must not be empty".to_owned())
    } else if text.len() > LONGEST_NAME {
        Err(format!(
            "is {} bytes long; PostgreSQL would cut it off after {LONGEST_NAME}",
            text.len()
        ))
    } else if text.starts_with("sqlite_") || text.starts_with("pg_") || text.starts_with("packwright_") {
        Err("begins like a name of the engine or of packwright".to_owned())
    } else if let Some(letter) = text.chars().find(|letter| odd(*letter)) {
        Err(format!(
            "holds `{}`, which no recipe takes in a name",
            letter.escape_default()
        ))
    } else {
        Ok(())
    }
}

/// Takes `key=value` apart.
pub fn pair(text: &str) -> Result<(String, String)> {
    match text.split_once('=') {
        Some((key, value)) if !key.trim().is_empty() => Ok((key.trim().to_owned(), value.to_owned())),
        _ => Err(Failure::user(format!("`--set {text}` says nothing"))
            .hint("write `--set NAME=VALUE`; `packwright db recipe show RECIPE` tells the names")),
    }
}

/// The values of all parameters: those given, and the defaults of the others.
pub fn answers(recipe: &Recipe, engine: Engine, given: &[(String, String)]) -> Result<Answers> {
    let known: Vec<&Parameter> = recipe.parameters_of(engine).collect();
    for (at, (key, _)) in given.iter().enumerate() {
        if !known.iter().any(|parameter| parameter.name == *key) {
            return Err(unknown(recipe, engine, key, &known));
        }
        if given[..at].iter().any(|(before, _)| before == key) {
            return Err(Failure::user(format!("`{key}` is given twice")).hint("keep one of the two"));
        }
    }
    let mut answers = Answers::new();
    for parameter in known {
        let said = given.iter().find(|(key, _)| *key == parameter.name);
        let text = match (said, &parameter.default) {
            (Some((_, value)), _) => value,
            (None, Some(default)) => default,
            (None, None) => {
                return Err(Failure::user(format!(
                    "the recipe `{}` needs `{}`: {}",
                    recipe.name, parameter.name, parameter.help
                ))
                .hint(format!("add `--set {}=…`", parameter.name)));
            }
        };
        let answer = parameter.answer(text).map_err(|fault| {
            Failure::user(format!("`{}` {fault}", parameter.name))
                .caused_by(format!("`{text}` was given"))
                .hint(parameter.help.clone())
        })?;
        answers.insert(parameter.name.clone(), answer);
    }
    distinct(recipe, engine, &answers)?;
    Ok(answers)
}

fn unknown(recipe: &Recipe, engine: Engine, key: &str, known: &[&Parameter]) -> Failure {
    let elsewhere = recipe.parameters.iter().any(|parameter| parameter.name == key);
    if elsewhere {
        return Failure::user(format!(
            "`{key}` is no parameter of the recipe `{}` on {}",
            recipe.name,
            engine.name()
        ))
        .hint("leave it out, or choose the other engine with `--engine`");
    }
    let failure = Failure::user(format!("the recipe `{}` has no parameter `{key}`", recipe.name));
    if let Some(near) = nearest(key, known.iter().map(|parameter| parameter.name.as_str())) {
        return failure.hint(format!("did you mean `{near}`?"));
    }
    let names: Vec<&str> = known.iter().map(|parameter| parameter.name.as_str()).collect();
    failure.hint(format!("it has {}", names.join(", ")))
}

/// Two tables cannot have one name, which SQLite sees even in another case.
fn distinct(recipe: &Recipe, engine: Engine, answers: &Answers) -> Result<()> {
    let tables = recipe
        .parameters_of(engine)
        .filter(|parameter| parameter.help.starts_with("Table "));
    let mut seen: Vec<(&str, String)> = Vec::new();
    for parameter in tables {
        let Some(Answer::Text(text)) = answers.get(&parameter.name) else {
            continue;
        };
        let folded = text.to_lowercase();
        if let Some((other, _)) = seen.iter().find(|(_, before)| *before == folded) {
            return Err(Failure::user(format!(
                "`{other}` and `{}` cannot both be `{text}`",
                parameter.name
            ))
            .hint("give each table a name of its own"));
        }
        seen.push((&parameter.name, folded));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recipe() -> Recipe {
        super::super::named("rag-store").unwrap()
    }

    fn fault(given: &[(&str, &str)]) -> String {
        let given: Vec<_> = given
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect();
        let failure = answers(&recipe(), Engine::Postgres, &given).unwrap_err();
        format!("{failure} | {}", failure.hints.join(" | "))
    }

    #[test]
    fn faults_are_named_with_the_remedy() {
        assert!(fault(&[("dimension", "3")]).contains("did you mean `dimensions`?"));
        assert!(fault(&[("dimensions", "9999")]).contains("`dimensions` must be 1 to 2000"));
        assert!(fault(&[("dimensions", "many")]).contains("whole number"));
        assert!(fault(&[("metric", "cosinus")]).contains("did you mean `cosine`?"));
        assert!(fault(&[("chunks", "")]).contains("must not be empty"));
        assert!(fault(&[("chunks", "a$b")]).contains("holds `$`"));
        assert!(fault(&[("chunks", "a\nb")]).contains("holds `\\n`"));
        assert!(fault(&[("chunks", &"x".repeat(64))]).contains("64 bytes"));
        assert!(fault(&[("chunks", "Documents")]).contains("cannot both be"));
        assert!(fault(&[("chunks", "a"), ("chunks", "b")]).contains("given twice"));
        assert!(pair("x").is_err() && pair("=x").is_err());
        assert_eq!(pair("a=b=c").unwrap(), ("a".to_owned(), "b=c".to_owned()));
    }
}
