//! The fields of `plugin.json` and `marketplace.json` as data, with what each must hold.
//!
//! Read from the documentation, "Plugins reference" and "Plugin marketplaces", of 2026-08-22; what the documentation leaves open
//! was tried on `claude plugin validate` 2.1.329 in 2026-11.

use super::shape::{Field, Record, Shape, may, must};

/// The author of a plugin, or the owner of a marketplace.
pub const PERSON: Record = Record {
    noun: "a person",
    fields: &[
        must("name", Shape::SomeText),
        may("email", Shape::Text),
        may("url", Shape::Text),
    ],
    is_closed: false,
};

/// `.claude-plugin/plugin.json`. `name` has rules of its own.
pub const PLUGIN: Record = Record {
    noun: "the manifest",
    fields: &[
        may("$schema", Shape::Text),
        may("name", Shape::Any),
        may("displayName", Shape::Text),
        may("version", Shape::Text),
        may("description", Shape::Text),
        may("author", Shape::Record(&PERSON)),
        may("homepage", Shape::Url),
        may("repository", Shape::Text),
        may("license", Shape::Text),
        may("keywords", Shape::Texts),
        may("metadata", Shape::Any),
        may("engines", Shape::Any),
        may("defaultEnabled", Shape::Boolean),
        may("skills", Shape::Paths),
        may("commands", Shape::PathsOrMaps),
        may("agents", Shape::Paths),
        may("workflows", Shape::Paths),
        may("hooks", Shape::PathsOrMaps),
        may("mcpServers", Shape::PathsOrMaps),
        may("lspServers", Shape::PathsOrMaps),
        may("outputStyles", Shape::Paths),
        may("types", Shape::Text),
        may("experimental", Shape::Any),
        may("themes", Shape::Paths),
        may("monitors", Shape::PathOrList),
        may("userConfig", Shape::Map),
        may("channels", Shape::List),
        may("dependencies", Shape::List),
        may("settings", Shape::Map),
        may("icon", Shape::Any),
        may("documentationUrl", Shape::Any),
        may("supportUrl", Shape::Any),
        may("privacyPolicyUrl", Shape::Any),
        may("termsOfServiceUrl", Shape::Any),
    ],
    is_closed: false,
};

/// What an entry of `plugins` has beside the fields of [`PLUGIN`]. `source` has rules of its own.
pub const ENTRY: &[Field] = &[
    may("source", Shape::Any),
    may("category", Shape::Text),
    may("tags", Shape::Texts),
    may("strict", Shape::Boolean),
    may("relevance", Shape::Any),
    may("headers", Shape::MapOfTexts),
    may("headersHelper", Shape::Text),
];

/// Fields that are passed over with a warning unless they hold an object.
pub const FREE: &[&str] = &["engines", "experimental", "metadata", "relevance"];

/// `.claude-plugin/marketplace.json`. `name`, `owner` and `plugins` have rules of their own.
pub const MARKETPLACE: Record = Record {
    noun: "the catalogue",
    fields: &[
        may("$schema", Shape::Text),
        may("name", Shape::Any),
        may("owner", Shape::Any),
        may("plugins", Shape::Any),
        may("description", Shape::Text),
        may("version", Shape::Text),
        may("metadata", Shape::Record(&METADATA)),
        may("allowCrossMarketplaceDependenciesOn", Shape::Texts),
        may("forceRemoveDeletedPlugins", Shape::Boolean),
        may("renames", Shape::Map),
    ],
    is_closed: false,
};

/// `metadata` of a marketplace.
pub const METADATA: Record = Record {
    noun: "`metadata`",
    fields: &[
        may("pluginRoot", Shape::Text),
        may("description", Shape::Text),
        may("version", Shape::Text),
    ],
    is_closed: false,
};

/// An option of `userConfig`.
pub const USER_OPTION: Record = Record {
    noun: "an option of `userConfig`",
    fields: &[
        must(
            "type",
            Shape::OneOf(&["string", "number", "boolean", "directory", "file"]),
        ),
        must("title", Shape::Text),
        must("description", Shape::Text),
        may("sensitive", Shape::Boolean),
        may("required", Shape::Boolean),
        may("default", Shape::Any),
        may("multiple", Shape::Boolean),
        may("min", Shape::Number),
        may("max", Shape::Number),
        may("options", Shape::List),
    ],
    is_closed: true,
};

/// An entry of `channels`.
pub const CHANNEL: Record = Record {
    noun: "a channel",
    fields: &[
        must("server", Shape::SomeText),
        may("displayName", Shape::Text),
        may("userConfig", Shape::Map),
    ],
    is_closed: true,
};

/// A server of `lspServers`.
pub const LSP_SERVER: Record = Record {
    noun: "a language server",
    fields: &[
        must("command", Shape::SomeText),
        must("extensionToLanguage", Shape::MapOfTexts),
        may("args", Shape::Texts),
        may("transport", Shape::OneOf(&["stdio", "socket"])),
        may("env", Shape::MapOfTexts),
        may("initializationOptions", Shape::Any),
        may("settings", Shape::Any),
        may("workspaceFolder", Shape::Text),
        may("startupTimeout", Shape::Whole(1, u32::MAX)),
        may("shutdownTimeout", Shape::Whole(1, u32::MAX)),
        may("restartOnCrash", Shape::Boolean),
        may("maxRestarts", Shape::Whole(0, u32::MAX)),
        may("diagnostics", Shape::Boolean),
    ],
    is_closed: true,
};

/// An entry of `experimental.monitors`.
pub const MONITOR: Record = Record {
    noun: "a monitor",
    fields: &[
        must("name", Shape::SomeText),
        must("command", Shape::SomeText),
        must("description", Shape::SomeText),
        may("when", Shape::Text),
    ],
    is_closed: true,
};

/// A server of `mcpServers` that is a program.
pub const MCP_PROGRAM: Record = Record {
    noun: "an MCP server",
    fields: &[
        must("command", Shape::SomeText),
        may("args", Shape::Texts),
        may("env", Shape::MapOfTexts),
        may("timeout", Shape::Number),
    ],
    is_closed: false,
};

/// A server of `mcpServers` that is reached by a URL.
pub const MCP_REMOTE: Record = Record {
    noun: "an MCP server",
    fields: &[
        must("url", Shape::Text),
        may("headers", Shape::MapOfTexts),
        may("headersHelper", Shape::Text),
        may("timeout", Shape::Number),
    ],
    is_closed: false,
};

/// Types of MCP server that are reached by a URL.
pub const MCP_REMOTE_TYPES: &[&str] = &["http", "sse", "ws", "streamable-http"];

/// An entry of `dependencies` that is an object.
pub const DEPENDENCY: Record = Record {
    noun: "a dependency",
    fields: &[
        must("name", Shape::SomeText),
        may("version", Shape::Text),
        may("marketplace", Shape::Text),
    ],
    is_closed: false,
};

/// `relevance` of an entry, and the signals in it.
pub const RELEVANCE: Record = Record {
    noun: "`relevance`",
    fields: &[
        must("signals", Shape::Record(&SIGNALS)),
        may("topic", Shape::Text),
    ],
    is_closed: false,
};

pub const SIGNALS: Record = Record {
    noun: "`signals`",
    fields: &[
        may("cwd", Shape::FewTexts(10)),
        may("cli", Shape::FewTexts(10)),
        may("hosts", Shape::FewTexts(20)),
        may("filesRead", Shape::FewTexts(10)),
        may("manifestDeps", Shape::List),
    ],
    is_closed: false,
};

/// A kind of plugin source and its fields. `source` itself is the kind.
pub const SOURCES: &[(&str, Record)] = &[
    (
        "github",
        Record {
            noun: "a source `github`",
            fields: &[
                must("repo", Shape::SomeText),
                may("ref", Shape::Text),
                may("sha", Shape::Text),
            ],
            is_closed: false,
        },
    ),
    (
        "url",
        Record {
            noun: "a source `url`",
            fields: &[
                must("url", Shape::SomeText),
                may("ref", Shape::Text),
                may("sha", Shape::Text),
            ],
            is_closed: false,
        },
    ),
    (
        "git-subdir",
        Record {
            noun: "a source `git-subdir`",
            fields: &[
                must("url", Shape::SomeText),
                must("path", Shape::SomeText),
                may("ref", Shape::Text),
                may("sha", Shape::Text),
            ],
            is_closed: false,
        },
    ),
    (
        "npm",
        Record {
            noun: "a source `npm`",
            fields: &[
                must("package", Shape::SomeText),
                may("version", Shape::Text),
                may("registry", Shape::Url),
            ],
            is_closed: false,
        },
    ),
    (
        "archive",
        Record {
            noun: "a source `archive`",
            fields: &[must("url", Shape::SomeText), may("sha256", Shape::Text)],
            is_closed: false,
        },
    ),
    (
        "command",
        Record {
            noun: "a source `command`",
            fields: &[
                must("command", Shape::SomeText),
                may("timeout", Shape::Whole(1, 600)),
                may("mode", Shape::OneOf(&["copy", "link"])),
            ],
            is_closed: false,
        },
    ),
];
