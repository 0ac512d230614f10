//! What rules measure against beside the text itself: limits, and what an organisation asks of its skills.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::policy::CompiledPolicy;
use super::profile::Profile;

/// Numbers that rules hold sizes against. Each has the default of its rule's source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Most lines of a skill's body.
    pub body_lines: usize,
    /// Most tokens of a skill's body, estimated.
    pub body_tokens: usize,
    /// Fewest characters of a description.
    pub description_characters: usize,
    /// Most tokens of one reference page, estimated.
    pub reference_tokens: usize,
    /// Most tokens of all reference pages of a skill, estimated.
    pub references_tokens: usize,
    /// Tokens of the context window that the listing of skills is budgeted for.
    pub window_tokens: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_lines: 500,
            body_tokens: 5000,
            description_characters: 20,
            reference_tokens: 10_000,
            references_tokens: 25_000,
            window_tokens: 200_000,
        }
    }
}

/// Everything a rule may ask for that is not in its subject.
#[derive(Debug, Clone, Default)]
pub struct Options {
    pub limits: Limits,
    pub policies: Vec<CompiledPolicy>,
    /// Models that are not to be used, beside those that are known to be gone, and what to use instead.
    pub retired_models: BTreeMap<String, String>,
    /// Clients that the project says its skills are for.
    pub clients: Vec<String>,
    /// The consumer that is linted for, when one was named.
    pub profile: Option<Profile>,
}
