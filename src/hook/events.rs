//! The events of Claude Code's hooks, as data: what a matcher is held against, and which handlers an event takes.
//!
//! Read from the documentation, "Hooks reference", of 2026-08-22, and checked against `claude plugin validate` 2.1.329, which
//! knows two more events: `PreModelSwitch` and `PostModelSwitch`.

/// What the `matcher` of an event's groups is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Matches {
    /// The name of a tool.
    Tool,
    /// One of these words.
    Words(&'static [&'static str]),
    /// Names that nobody can list here: of agents, commands, MCP servers, files.
    Names,
    /// Nothing: a matcher is passed over in silence.
    Nothing,
}

/// Which types of handler an event runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// All five.
    All,
    /// `command`, `http` and `mcp_tool`.
    NoModel,
    /// `command` and `mcp_tool`.
    LocalOnly,
}

impl Takes {
    /// Whether a handler of this type runs.
    pub fn allows(self, kind: &str) -> bool {
        match self {
            Self::All => true,
            Self::NoModel => !matches!(kind, "prompt" | "agent"),
            Self::LocalOnly => matches!(kind, "command" | "mcp_tool"),
        }
    }
}

/// One event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    pub name: &'static str,
    pub matches: Matches,
    pub takes: Takes,
}

const fn event(name: &'static str, matches: Matches, takes: Takes) -> Event {
    Event { name, matches, takes }
}

/// In the order of the documentation.
pub const EVENTS: &[Event] = &[
    event(
        "SessionStart",
        Matches::Words(&["startup", "resume", "clear", "compact", "fork"]),
        Takes::LocalOnly,
    ),
    event(
        "Setup",
        Matches::Words(&["init", "maintenance"]),
        Takes::LocalOnly,
    ),
    event("UserPromptSubmit", Matches::Nothing, Takes::All),
    event("UserPromptExpansion", Matches::Names, Takes::All),
    event("PreToolUse", Matches::Tool, Takes::All),
    event("PermissionRequest", Matches::Tool, Takes::All),
    event("PermissionDenied", Matches::Tool, Takes::All),
    event("PostToolUse", Matches::Tool, Takes::All),
    event("PostToolUseFailure", Matches::Tool, Takes::All),
    event("PostToolBatch", Matches::Nothing, Takes::All),
    event(
        "Notification",
        Matches::Words(&[
            "permission_prompt",
            "idle_prompt",
            "auth_success",
            "elicitation_dialog",
            "elicitation_url_dialog",
            "elicitation_complete",
            "elicitation_response",
            "agent_needs_input",
            "agent_completed",
        ]),
        Takes::NoModel,
    ),
    event("MessageDisplay", Matches::Nothing, Takes::NoModel),
    event("SubagentStart", Matches::Names, Takes::NoModel),
    event("SubagentStop", Matches::Names, Takes::All),
    event("TaskCreated", Matches::Nothing, Takes::All),
    event("TaskCompleted", Matches::Nothing, Takes::All),
    event("Stop", Matches::Nothing, Takes::All),
    event(
        "StopFailure",
        Matches::Words(&[
            "rate_limit",
            "overloaded",
            "authentication_failed",
            "oauth_org_not_allowed",
            "billing_error",
            "invalid_request",
            "model_not_found",
            "server_error",
            "max_output_tokens",
            "unknown",
        ]),
        Takes::NoModel,
    ),
    event("TeammateIdle", Matches::Nothing, Takes::All),
    event(
        "InstructionsLoaded",
        Matches::Words(&[
            "session_start",
            "nested_traversal",
            "path_glob_match",
            "include",
            "compact",
        ]),
        Takes::NoModel,
    ),
    event(
        "ConfigChange",
        Matches::Words(&[
            "user_settings",
            "project_settings",
            "local_settings",
            "policy_settings",
            "skills",
        ]),
        Takes::NoModel,
    ),
    event("CwdChanged", Matches::Nothing, Takes::NoModel),
    event(
        "DirectoryAdded",
        Matches::Words(&["slash_command", "register_repo_root"]),
        Takes::NoModel,
    ),
    event("FileChanged", Matches::Names, Takes::NoModel),
    event("WorktreeCreate", Matches::Nothing, Takes::NoModel),
    event("WorktreeRemove", Matches::Nothing, Takes::NoModel),
    event("PreCompact", Matches::Words(&["manual", "auto"]), Takes::NoModel),
    event("PostCompact", Matches::Words(&["manual", "auto"]), Takes::NoModel),
    event("Elicitation", Matches::Names, Takes::NoModel),
    event("ElicitationResult", Matches::Names, Takes::NoModel),
    event(
        "SessionEnd",
        Matches::Words(&[
            "clear",
            "resume",
            "logout",
            "prompt_input_exit",
            "other",
            "bypass_permissions_disabled",
        ]),
        Takes::NoModel,
    ),
    // Known to the validator only; what they take is not written down.
    event("PreModelSwitch", Matches::Names, Takes::All),
    event("PostModelSwitch", Matches::Names, Takes::All),
];

/// A type of handler and the fields it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    pub name: &'static str,
    pub required: &'static [&'static str],
}

pub const KINDS: &[Kind] = &[
    Kind {
        name: "command",
        required: &["command"],
    },
    Kind {
        name: "http",
        required: &["url"],
    },
    Kind {
        name: "mcp_tool",
        required: &["server", "tool"],
    },
    Kind {
        name: "prompt",
        required: &["prompt"],
    },
    Kind {
        name: "agent",
        required: &["prompt"],
    },
];

/// The event of that name.
pub fn named(name: &str) -> Option<&'static Event> {
    EVENTS.iter().find(|event| event.name == name)
}

/// The type of handler of that name.
pub fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}
