//! The keys of a skill's front matter, and which clients read them. Data.

/// The six keys of the Agent Skills specification. Uploads to claude.ai, the Skills API and `skills-ref` take no others.
pub const SPEC: &[&str] = &[
    "name",
    "description",
    "license",
    "compatibility",
    "metadata",
    "allowed-tools",
];

/// Keys that Claude Code reads beside them; its documentation, read 2026-08-22.
pub const CLAUDE_CODE: &[&str] = &[
    "when_to_use",
    "argument-hint",
    "arguments",
    "disable-model-invocation",
    "user-invocable",
    "disallowed-tools",
    "model",
    "effort",
    "context",
    "agent",
    "background",
    "hooks",
    "paths",
    "shell",
];

/// Keys that the specification has a place for under `metadata`, as skills in public repositories write them at the top.
pub const METADATA: &[&str] = &[
    "author",
    "authors",
    "categories",
    "category",
    "created",
    "date_added",
    "homepage",
    "keywords",
    "last_updated",
    "priority",
    "repo",
    "repository",
    "source",
    "tags",
    "updated",
    "version",
];

/// Keys of other kinds of files, or of other spellings, and the key that was meant.
pub const MEANT: &[(&str, &str)] = &[
    ("tools", "allowed-tools"),
    ("allowed_tools", "allowed-tools"),
    ("allowedTools", "allowed-tools"),
    ("disallowed_tools", "disallowed-tools"),
    ("disallowedTools", "disallowed-tools"),
    ("title", "name"),
    ("summary", "description"),
    ("trigger", "when_to_use"),
    ("triggers", "when_to_use"),
    ("when-to-use", "when_to_use"),
    ("whenToUse", "when_to_use"),
    ("usage", "when_to_use"),
    ("globs", "paths"),
    ("user-invokable", "user-invocable"),
    ("licence", "license"),
];

/// A key that not every client reads: who alone reads it, or who does not.
#[derive(Debug)]
pub enum Readers {
    Only(&'static [&'static str]),
    AllBut(&'static [&'static str]),
}

impl Readers {
    /// Whether the client of that name reads the key.
    pub fn contains(&self, client: &str) -> bool {
        match self {
            Self::Only(clients) => clients.contains(&client),
            Self::AllBut(clients) => !clients.contains(&client),
        }
    }
}

/// What is known of clients; gathered 2026-11-20. A key that is not here is taken to be read by all.
pub const READERS: &[(&str, Readers)] = &[
    ("context", Readers::Only(&["claude-code"])),
    ("agent", Readers::Only(&["claude-code"])),
    ("background", Readers::Only(&["claude-code"])),
    ("hooks", Readers::Only(&["claude-code", "cline", "kiro-cli"])),
    ("allowed-tools", Readers::AllBut(&["kiro-cli", "zencoder"])),
];

/// Whether the specification or Claude Code knows the key.
pub fn is_known(key: &str) -> bool {
    SPEC.contains(&key) || CLAUDE_CODE.contains(&key)
}

/// The keys of the specification and of Claude Code.
pub fn known() -> impl Iterator<Item = &'static str> + Clone {
    SPEC.iter().chain(CLAUDE_CODE).copied()
}
