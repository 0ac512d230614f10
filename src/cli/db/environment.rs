//! `--env NAME`: a database of the settings, and who may change it.

use std::path::PathBuf;
use std::time::Duration;

use crate::config::{self, Environment};
use crate::db::record::Actor;
use crate::failure::{Failure, Result};
use crate::io::host;
use crate::store::{Engine, Patience, Url};
use crate::text::nearest;

use super::super::Context;

/// An environment of the settings and its name.
#[derive(Debug, Clone)]
pub struct Named {
    name: String,
    settings: Environment,
}

/// The environment of this name, or `None` without a name.
pub fn named(name: Option<&str>, context: &Context) -> Result<Option<Named>> {
    let Some(name) = name else {
        return Ok(None);
    };
    let known = &context.project()?.settings.env;
    if let Some(settings) = known.get(name) {
        return Ok(Some(Named {
            name: name.to_owned(),
            settings: settings.clone(),
        }));
    }
    let failure = Failure::config(format!("`{}` has no `[env.{name}]`", config::FILE_NAME));
    Err(match nearest(name, known.keys().map(String::as_str)) {
        Some(near) => failure.hint(format!("did you mean `{near}`?")),
        None => failure.hint(format!(
            "add it: `[env.{name}]` with `url`, or with `url_variable` for a URL that holds a password"
        )),
    })
}

impl Named {
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The variable that the settings name, then the URL that stands there; with the replicas of this environment.
    pub fn url(&self, context: &Context) -> Result<Url> {
        let place = format!("`env.{}.replica_urls` of `{}`", self.name, config::FILE_NAME);
        let replicas = replicas(self.settings.replica_urls.iter().map(String::as_str), &place)?;
        Ok(self
            .primary(context)?
            .with_patience(patience(&context.project()?.settings.database))
            .with_replicas(replicas))
    }

    fn primary(&self, context: &Context) -> Result<Url> {
        let name = &self.name;
        let variable = self.settings.url_variable.as_deref();
        if let Some((variable, text)) = variable.and_then(|one| Some((one, context.environment.get(one)?))) {
            return Url::parse(text)
                .map_err(|failure| failure.during(format!("the variable `{variable}` cannot be used")));
        }
        let project = context.project()?;
        match (&self.settings.url, variable) {
            (Some(url), _) => Url::parse(url)
                .map(|url| url.relative_to(&project.root))
                .map_err(|failure| {
                    failure.during(format!(
                        "`env.{name}.url` of `{}` cannot be used",
                        config::FILE_NAME
                    ))
                }),
            (None, Some(variable)) => Err(Failure::config(format!(
                "the URL of the environment `{name}` is not known: `{variable}` is not set"
            ))
            .hint(format!("set the variable `{variable}`"))),
            (None, None) => Err(Failure::config(format!("`[env.{name}]` names no database"))
                .hint("give it a `url`, or a `url_variable` for a URL that holds a password")),
        }
    }

    /// The folder of its own migration files, where it has one.
    pub fn migrations(&self, context: &Context) -> Result<Option<PathBuf>> {
        let project = context.project()?;
        Ok(self
            .settings
            .migrations
            .as_ref()
            .map(|folder| project.path(folder)))
    }

    /// Its name, when it asks for it before it is changed.
    pub fn protected(self) -> Option<String> {
        let is_protected = self.settings.protected.unwrap_or(self.name == "production");
        is_protected.then_some(self.name)
    }
}

/// Time-outs and tries of the settings.
pub fn patience(settings: &config::Database) -> Patience {
    let limit = settings.statement_timeout_seconds;
    Patience {
        connect: Duration::from_secs(settings.connect_timeout_seconds.max(1)),
        retries: settings.connect_retries,
        busy: Duration::from_millis(settings.busy_timeout_ms),
        statement: (limit > 0).then(|| Duration::from_secs(limit)),
    }
}

/// URLs of replicas, which stand in `place`.
pub fn replicas<'t>(urls: impl Iterator<Item = &'t str>, place: &str) -> Result<Vec<Url>> {
    urls.map(|text| match Url::parse(text) {
        Ok(url) if url.engine() == Engine::Postgres => Ok(url),
        Ok(url) => Err(Failure::config(format!("{place} cannot be used"))
            .caused_by(format!("`{url}` is no PostgreSQL server"))
            .hint("only PostgreSQL has replicas: URLs begin with `postgres://`")),
        Err(failure) => Err(failure.during(format!("{place} cannot be used"))),
    })
    .collect()
}

/// Asks for the name, unless it was given.
pub fn ask_leave(name: &str, given: Option<&str>, context: &Context) -> Result<()> {
    let typed = match given {
        Some(given) => Some(given.to_owned()),
        None => context
            .ui
            .ask(&format!("This changes `{name}`. Type its name to go on:"))?,
    };
    match typed {
        Some(typed) if typed.trim() == name => Ok(()),
        Some(_) => Err(Failure::user(format!(
            "that is not `{name}`: nothing was changed"
        ))),
        None => Err(
            Failure::user(format!("`{name}` is protected: nothing was changed"))
                .hint(format!("in a script, add `--confirm {name}`")),
        ),
    }
}

/// Who runs this process.
pub fn actor(context: &Context) -> Actor {
    // Whoever started a job says more than the account that the job runs under.
    let names = ["GITHUB_ACTOR", "GITLAB_USER_LOGIN", "USER", "LOGNAME", "USERNAME"];
    let user = names.iter().find_map(|name| context.environment.get(name));
    Actor {
        user: user.unwrap_or("unknown").to_owned(),
        host: host::name(),
        process: host::process_id(),
    }
}
