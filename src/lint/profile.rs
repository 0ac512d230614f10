//! Whose verdict counts: the readers of skills that differ in what they refuse.

use std::fmt;

/// A kind of reader. A rule says which of them refuse what it finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reader {
    /// The Agent Skills specification, as `skills-ref validate` holds it.
    Spec,
    /// What Claude Code loads from a disk, and `claude plugin validate`.
    ClaudeCode,
    /// Uploads to claude.ai and the Skills API.
    ClaudeUpload,
    /// `gh skill publish`.
    Gh,
    /// Clients that load as the specification's guide for implementers says: a skill is passed over when its front matter cannot
    /// be read or has no description, and loaded with a warning otherwise.
    Client,
}

/// One consumer to lint for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// As it is written after `--profile`.
    pub name: String,
    pub reader: Reader,
}

impl Profile {
    /// The profiles that are no client's own, in the order they are shown.
    pub const NAMED: &[(&str, Reader)] = &[
        ("spec", Reader::Spec),
        ("claude-code", Reader::ClaudeCode),
        ("claude-upload", Reader::ClaudeUpload),
        ("gh", Reader::Gh),
    ];

    /// The profile of that name; `clients` are the names of clients known beside [`Profile::NAMED`].
    pub fn named<'a>(name: &str, clients: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let known = Self::NAMED.iter().find(|(known, _)| *known == name);
        let reader = match known {
            Some((_, reader)) => *reader,
            None => clients
                .into_iter()
                .any(|client| client == name)
                .then_some(Reader::Client)?,
        };
        Some(Self {
            name: name.to_owned(),
            reader,
        })
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_are_readers_or_clients() {
        let reader = |name| Profile::named(name, ["codex", "claude-code"]).map(|profile| profile.reader);
        assert_eq!(reader("claude-code"), Some(Reader::ClaudeCode));
        assert_eq!(reader("codex"), Some(Reader::Client));
        assert_eq!(reader("codexx"), None);
    }
}
