//! The values that fields of skills and agents may have in Claude Code (its documentation, read 2026-08-22), and the models that
//! are gone. Data: what changes between releases is changed here.

/// `effort` of skills and agents.
pub const EFFORTS: &[&str] = &["low", "medium", "high", "xhigh", "max"];

/// `shell` of skills.
pub const SHELLS: &[&str] = &["bash", "powershell"];

/// `context` of skills.
pub const CONTEXTS: &[&str] = &["fork"];

/// `permissionMode` of agents.
pub const PERMISSION_MODES: &[&str] = &[
    "default",
    "manual",
    "acceptEdits",
    "auto",
    "dontAsk",
    "bypassPermissions",
    "plan",
];

/// `isolation` of agents.
pub const ISOLATIONS: &[&str] = &["worktree"];

/// `memory` of agents.
pub const MEMORIES: &[&str] = &["user", "project", "local"];

/// `color` of agents. The documentation leaves `magenta` out, and plugins of Anthropic's own have it.
pub const COLORS: &[&str] = &[
    "red", "blue", "green", "yellow", "purple", "orange", "pink", "cyan", "magenta",
];

/// Short names of models; `[1m]` may stand behind them.
pub const MODELS: &[&str] = &[
    "inherit", "default", "best", "fable", "sonnet", "opus", "haiku", "opusplan",
];

/// What Claude Code reads as a boolean, in any letter case. Before 2.1.218 it knew the first two only.
pub const BOOLEANS: &[&str] = &["true", "false", "yes", "no", "on", "off", "1", "0"];

/// Whether the text can be the `model` of a skill or agent: a short name, or what looks like a provider's identifier, which
/// cannot be checked here.
pub fn may_be_model(text: &str) -> bool {
    let short = text.split_once('[').map_or(text, |(short, _)| short);
    let is_identifier = |character: char| {
        character.is_ascii_digit() || matches!(character, '/' | '.' | ':' | '@' | ' ' | '(' | '$' | '{')
    };
    MODELS.contains(&short) || text.contains(is_identifier)
}

/// Whether Claude Code reads the text as a boolean.
pub fn is_boolean(text: &str) -> bool {
    BOOLEANS.iter().any(|known| known.eq_ignore_ascii_case(text))
}

/// Models that their makers' own interfaces answer no longer, by family: how their identifiers begin. A name that ends with `-`
/// stands for all that begin with it, any other for itself and its dated forms. Bedrock, Vertex AI and Azure keep calendars of
/// their own and write other identifiers.
///
/// Read 2026-11: the pages of the Claude API, the `OpenAI` API and the Gemini API on model deprecations.
pub const RETIRED_MODELS: &[(&str, &[&str])] = &[
    (
        "Claude",
        &[
            "claude-1",
            "claude-1.2",
            "claude-1.3",
            "claude-2",
            "claude-2.0",
            "claude-2.1",
            "claude-instant-",
            "claude-3-",
            "claude-opus-4-0",
            "claude-opus-4-1",
            "claude-opus-4-20250514",
            "claude-sonnet-4-0",
            "claude-sonnet-4-20250514",
        ],
    ),
    (
        "GPT",
        &[
            "text-davinci-",
            "code-davinci-",
            "gpt-3.5-turbo",
            "gpt-4",
            "gpt-4-turbo",
            "gpt-4-vision-preview",
            "gpt-4-32k",
            "gpt-4.5-preview",
            "gpt-4.1-nano",
            "o1",
            "o1-mini",
            "o1-preview",
            "o1-pro",
            "o3-mini",
            "o4-mini",
        ],
    ),
    ("Gemini", &["gemini-pro", "gemini-1.0-", "gemini-1.5-"]),
];

/// The family of a model that is gone, if this is the identifier of one.
pub fn retired_family(model: &str) -> Option<&'static str> {
    let families = RETIRED_MODELS.iter();
    let is_meant = |names: &[&str]| names.iter().any(|name| is_form_of(model, name));
    families
        .copied()
        .find_map(|(family, names)| is_meant(names).then_some(family))
}

/// Whether the identifier is this name, or the name with a date or `latest` behind it; of a name that ends with `-`, whether it
/// begins with it.
pub fn is_form_of(model: &str, name: &str) -> bool {
    model.strip_prefix(name).is_some_and(|rest| {
        let is_dated = |tag: &str| tag == "latest" || tag.bytes().take_while(u8::is_ascii_digit).count() > 3;
        rest.is_empty() || name.ends_with('-') || rest.strip_prefix('-').is_some_and(is_dated)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_that_are_gone_are_told_from_their_successors() {
        let gone = |model| retired_family(model).is_some();
        for model in [
            "claude-2.1",
            "claude-3-opus-20240229",
            "claude-3-5-sonnet-latest",
            "claude-sonnet-4-20250514",
            "claude-opus-4-1-20250805",
            "gpt-4",
            "gpt-4-0613",
            "gpt-4-turbo",
            "gpt-3.5-turbo-0125",
            "o1",
            "o3-mini-2025-01-31",
            "gemini-1.5-pro",
        ] {
            assert!(gone(model), "{model}");
        }
        for model in [
            "claude-sonnet-4-6",
            "claude-opus-4-8",
            "claude-sonnet-5",
            "gpt-4o",
            "gpt-4.1",
            "gpt-4o-mini",
            "gpt-5",
            "o3",
            "gemini-2.5-pro",
            "gemini-pro-vision-next",
        ] {
            assert!(!gone(model), "{model}");
        }
    }
}
