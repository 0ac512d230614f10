//! Addresses of repositories, checked so that none can become an option of `git` or a command it runs.

use std::path::{Path, PathBuf};

use crate::failure::{Failure, Result};
use crate::text::{printable, slashed};

/// The address of a repository, checked.
#[derive(Clone, PartialEq, Eq)]
pub struct Remote {
    /// What `git` is given. May hold a password: shown nowhere.
    pub(super) address: String,
    /// The folder, for a repository on this machine.
    pub(super) folder: Option<PathBuf>,
}

impl std::fmt::Debug for Remote {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Remote({})", self.shown())
    }
}

impl Remote {
    /// Whether `text` is the address of a repository elsewhere, and no path.
    pub fn looks_like_url(text: &str) -> bool {
        text.contains("://") || text.contains("::") || scp_parts(text).is_some()
    }

    /// Reads an address: `https://…`, `ssh://…`, `file://…`, `user@host:path`, or a folder of this machine.
    pub fn parse(text: &str) -> Result<Self> {
        let shown = redacted(text);
        let refuse = |why: &str| {
            Failure::user(format!("`{shown}` is no address packwright gives to git: {why}"))
                .hint("use `https://…`, `ssh://…`, `user@host:path`, `file://…` or a folder")
        };
        if text.is_empty()
            || text
                .chars()
                .any(|bad| bad.is_control() || bad.is_whitespace() && bad != ' ')
        {
            return Err(refuse("it is empty or holds control characters"));
        }
        if text.starts_with('-') {
            return Err(refuse("it begins with a dash"));
        }
        if let Some((scheme, rest)) = text.split_once("://") {
            return match scheme {
                "file" => Self::at(Path::new(rest)),
                "https" | "ssh" => {
                    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
                    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
                    if host.is_empty() || host.starts_with('-') || rest.starts_with('-') || text.contains(' ')
                    {
                        return Err(refuse("its host is not in order"));
                    }
                    Ok(Self {
                        address: text.to_owned(),
                        folder: None,
                    })
                }
                other => Err(refuse(&format!(
                    "the transport `{}` is not allowed",
                    printable(other)
                ))),
            };
        }
        if text.contains("::") {
            return Err(refuse("transports that run a command are not allowed"));
        }
        if let Some((host, path)) = scp_parts(text) {
            if host.starts_with('-') || path.starts_with('-') || path.is_empty() || text.contains(' ') {
                return Err(refuse("its host or path is not in order"));
            }
            return Ok(Self {
                address: text.to_owned(),
                folder: None,
            });
        }
        Self::at(Path::new(text))
    }

    fn at(folder: &Path) -> Result<Self> {
        let folder = std::fs::canonicalize(folder).map_err(|error| {
            Failure::user(format!("there is no git repository at `{}`", slashed(folder)))
                .because(&error)
                .hint("create one with `git init --bare`, or give the address of one")
        })?;
        Ok(Self {
            address: slashed(&folder),
            folder: Some(folder),
        })
    }

    /// The address without password or token.
    pub fn shown(&self) -> String {
        redacted(&self.address)
    }

    /// The folder of a repository on this machine.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }
}

/// Host (with user) and path of `user@host:path`, git's short form of an ssh address. A colon after a slash belongs to a path,
/// and one letter before it is a drive.
fn scp_parts(text: &str) -> Option<(&str, &str)> {
    let (host, path) = text.split_once(':')?;
    let is_host = !host.is_empty() && !host.contains(['/', '\\']) && !path.starts_with(':');
    (is_host && !(cfg!(windows) && host.len() == 1)).then_some((host, path))
}

/// An address without what opens it: everything between `://` and `@` for the web, the password for others.
pub fn redacted(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else {
        return address.to_owned();
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let Some(at) = rest[..end].rfind('@') else {
        return address.to_owned();
    };
    let user = match rest[..at].split_once(':') {
        Some((user, _)) if !scheme.starts_with("http") => format!("{user}:***"),
        None if !scheme.starts_with("http") => rest[..at].to_owned(),
        _ => "***".to_owned(),
    };
    format!("{scheme}://{user}@{}", &rest[at + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_addresses_are_taken() {
        for good in [
            "https://example.org/team/packs.git",
            "https://user:secret@example.org/p",
            "ssh://git@example.org:22/team/packs",
            "git@example.org:team/packs.git",
            "example.org:packs",
        ] {
            let remote = Remote::parse(good).expect(good);
            assert!(remote.folder().is_none());
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_str().unwrap();
        assert!(Remote::parse(path).unwrap().folder().is_some());
        assert!(
            Remote::parse(&format!("file://{path}"))
                .unwrap()
                .folder()
                .is_some()
        );
    }

    #[test]
    fn no_address_becomes_an_option_or_a_command() {
        for bad in [
            "",
            "--upload-pack=touch /tmp/x",
            "-oProxyCommand=x",
            "ext::sh -c x",
            "ext::sh",
            "fd::17",
            "http://example.org/x",
            "git://example.org/x",
            "ftp://example.org/x",
            "ssh://-oProxyCommand=x/y",
            "ssh://user@-oProxyCommand=x/y",
            "https:///x",
            "-host:path",
            "host:-path",
            "host:",
            "https://example.org/a\nb",
            "https://exa mple.org/",
        ] {
            assert!(Remote::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        assert_eq!(
            redacted("https://user:secret@example.org/p@q"),
            "https://***@example.org/p@q"
        );
        assert_eq!(redacted("https://token@example.org"), "https://***@example.org");
        assert_eq!(redacted("ssh://git@example.org/p"), "ssh://git@example.org/p");
        assert_eq!(
            redacted("ssh://git:secret@example.org/p"),
            "ssh://git:***@example.org/p"
        );
        assert_eq!(redacted("https://example.org/a@b"), "https://example.org/a@b");
        assert!(!format!("{:?}", Remote::parse("https://u:secret@h/p").unwrap()).contains("secret"));
    }
}
