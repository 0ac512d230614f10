//! The front matter fields that skills and subagents may have: what each is for, and the values it takes.
//!
//! Data, of the Agent Skills specification and of Claude Code's documentation, read 2026-08-22.

use super::values;

/// A field of a front matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    pub name: &'static str,
    pub values: Values,
    /// What it is for, in Markdown.
    pub docs: &'static str,
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Values {
    /// Text, or something else that cannot be listed.
    Free,
    Boolean,
    OneOf(&'static [&'static str]),
    /// Names of tools, separated by commas or spaces, or a list.
    Tools,
    /// A list of names of skills.
    Skills,
    /// The name of an agent.
    Agent,
}

const fn field(name: &'static str, values: Values, docs: &'static str) -> Field {
    Field { name, values, docs }
}

/// Fields of a `SKILL.md`, those of the specification first.
pub const OF_SKILLS: &[Field] = &[
    field(
        "name",
        Values::Free,
        "The name of the skill: 1 to 64 lowercase letters, digits and hyphens, equal to the name of its folder.\n\nRequired by the Agent Skills specification.",
    ),
    field(
        "description",
        Values::Free,
        "What the skill does and when to use it, in at most 1024 characters. A model chooses the skill by this text alone.\n\nRequired by the Agent Skills specification.",
    ),
    field(
        "license",
        Values::Free,
        "The licence: its name, or that of a file in the skill.\n\nAgent Skills specification.",
    ),
    field(
        "compatibility",
        Values::Free,
        "What the skill needs of its surroundings, such as programs or network access: 1 to 500 characters.\n\nAgent Skills specification.",
    ),
    field(
        "metadata",
        Values::Free,
        "A map of strings to strings, for whatever the specification has no field for: `author`, `version` and the like.\n\nAgent Skills specification.",
    ),
    field(
        "allowed-tools",
        Values::Tools,
        "Tools the skill may use without asking. The specification wants one string with spaces between the tools; Claude Code also takes commas, and a list.\n\nAgent Skills specification (experimental).",
    ),
    field(
        "when_to_use",
        Values::Free,
        "More on when to use the skill. It is appended to the description; together they are cut at 1536 characters in the listing.\n\nClaude Code.",
    ),
    field(
        "argument-hint",
        Values::Free,
        "What is shown behind the command's name while it is typed, for example `[issue-number]`.\n\nClaude Code.",
    ),
    field(
        "arguments",
        Values::Free,
        "Names of the arguments, as a string or a list; the text refers to them as `$name`.\n\nClaude Code.",
    ),
    field(
        "disable-model-invocation",
        Values::Boolean,
        "`true`: only a person may start the skill, and it is not listed to the model. Default `false`.\n\nClaude Code.",
    ),
    field(
        "user-invocable",
        Values::Boolean,
        "`false`: the skill is no command that a person can type. Default `true`.\n\nClaude Code.",
    ),
    field(
        "disallowed-tools",
        Values::Tools,
        "Tools the skill must not use.\n\nClaude Code.",
    ),
    field(
        "model",
        Values::OneOf(values::MODELS),
        "The model that works while the skill is active: a name, a full identifier, or `inherit`.\n\nClaude Code.",
    ),
    field(
        "effort",
        Values::OneOf(values::EFFORTS),
        "How much the model thinks while the skill is active.\n\nClaude Code.",
    ),
    field(
        "context",
        Values::OneOf(values::CONTEXTS),
        "`fork`: the skill runs in a subagent of its own.\n\nClaude Code.",
    ),
    field(
        "agent",
        Values::Agent,
        "The subagent that a forked skill runs in.\n\nClaude Code; only with `context: fork`.",
    ),
    field(
        "background",
        Values::Boolean,
        "Whether a forked skill runs in the background. Default `true`.\n\nClaude Code; only with `context: fork`.",
    ),
    field(
        "hooks",
        Values::Free,
        "Hooks that hold while the skill is active: a map of events.\n\nClaude Code.",
    ),
    field(
        "paths",
        Values::Free,
        "Globs of the files the skill is for, as a string with commas or a list.\n\nClaude Code.",
    ),
    field(
        "shell",
        Values::OneOf(values::SHELLS),
        "The shell that runs the commands in the text.\n\nClaude Code.",
    ),
];

/// Fields of a subagent definition.
pub const OF_AGENTS: &[Field] = &[
    field(
        "name",
        Values::Free,
        "The name of the agent: lowercase letters, digits and hyphens. The file may be called otherwise.\n\nRequired by Claude Code.",
    ),
    field(
        "description",
        Values::Free,
        "What the agent does and when to hand it a task. The main agent decides by this text.\n\nRequired by Claude Code.",
    ),
    field(
        "tools",
        Values::Tools,
        "Tools the agent has: a string with commas, or a list. Without the field it has those of the main agent.\n\nClaude Code.",
    ),
    field(
        "disallowedTools",
        Values::Tools,
        "Tools taken away from the agent; it comes before `tools`.\n\nClaude Code.",
    ),
    field(
        "model",
        Values::OneOf(values::MODELS),
        "The model of the agent: a name, a full identifier, or `inherit`.\n\nClaude Code.",
    ),
    field(
        "permissionMode",
        Values::OneOf(values::PERMISSION_MODES),
        "What the agent may do without asking. Ignored for agents of a plugin.\n\nClaude Code.",
    ),
    field(
        "maxTurns",
        Values::Free,
        "Most turns before the agent is stopped: a whole number above zero.\n\nClaude Code.",
    ),
    field(
        "skills",
        Values::Skills,
        "Skills whose full text the agent is given when it starts.\n\nClaude Code.",
    ),
    field(
        "mcpServers",
        Values::Free,
        "MCP servers of the agent: names, or servers written out. Ignored for agents of a plugin.\n\nClaude Code.",
    ),
    field(
        "hooks",
        Values::Free,
        "Hooks that hold while the agent works: a map of events. Ignored for agents of a plugin.\n\nClaude Code.",
    ),
    field(
        "memory",
        Values::OneOf(values::MEMORIES),
        "Where the agent keeps what it learns from one session to the next.\n\nClaude Code.",
    ),
    field(
        "background",
        Values::Boolean,
        "Whether the agent always runs in the background.\n\nClaude Code.",
    ),
    field(
        "effort",
        Values::OneOf(values::EFFORTS),
        "How much the model thinks while the agent works.\n\nClaude Code.",
    ),
    field(
        "isolation",
        Values::OneOf(values::ISOLATIONS),
        "`worktree`: the agent works in a git worktree of its own.\n\nClaude Code.",
    ),
    field(
        "color",
        Values::OneOf(values::COLORS),
        "The colour the agent is shown in.\n\nClaude Code.",
    ),
    field(
        "initialPrompt",
        Values::Free,
        "The first prompt of a session that the agent leads.\n\nClaude Code.",
    ),
];

/// The field of that name.
pub fn find(fields: &'static [Field], name: &str) -> Option<&'static Field> {
    fields.iter().find(|field| field.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_there_once_and_says_whose_it_is() {
        for fields in [OF_SKILLS, OF_AGENTS] {
            for (at, field) in fields.iter().enumerate() {
                assert!(
                    fields[..at].iter().all(|other| other.name != field.name),
                    "{}",
                    field.name
                );
                assert!(
                    field.docs.contains("Claude Code") || field.docs.contains("specification"),
                    "{}",
                    field.name
                );
            }
        }
    }
}
