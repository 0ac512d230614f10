//! Names that a marketplace or a plugin cannot have: one list for what packwright writes and for what it lints.
//!
//! Read from the documentation, "Plugin marketplaces", of 2026-08-22 and a later copy of it, and tried on `claude plugin validate`
//! and `claude plugin marketplace add` 2.1.329 in 2026-11. The validator lets names of the first list pass; they are refused when
//! the marketplace is added or loaded.

/// Marketplaces of the vendor.
const OFFICIAL: &[&str] = &[
    "agent-skills",
    "anthropic-agent-skills",
    "anthropic-marketplace",
    "anthropic-plugin-directory",
    "anthropic-plugins",
    "claude-code-marketplace",
    "claude-code-plugins",
    "claude-community",
    "claude-for-financial-services",
    "claude-for-legal",
    "claude-plugin-directory",
    "claude-plugins-community",
    "claude-plugins-official",
    "claude-tag-plugins",
    "financial-services-plugins",
    "first-party-plugins",
    "healthcare",
    "knowledge-work-plugins",
    "life-sciences",
];

/// What Claude Code calls places that are no marketplace.
const OWN: &[&str] = &["builtin", "inline", "skills-dir", "synced"];

/// Members of every object of JavaScript; letter case counts.
const MEMBERS: &[&str] = &[
    "constructor",
    "hasOwnProperty",
    "isPrototypeOf",
    "propertyIsEnumerable",
    "toLocaleString",
    "toString",
    "valueOf",
];

/// Names that are accepted, and mean something else to some client: kinds of sources, and places of Claude Desktop.
const AMBIGUOUS: &[&str] = &[
    "cargo",
    "gh",
    "github",
    "npm",
    "org",
    "org-provisioned",
    "pip",
    "unknown",
    "uv",
];

/// Whether a name means something else to a client that takes it.
pub fn is_ambiguous(name: &str) -> bool {
    AMBIGUOUS.contains(&name.to_ascii_lowercase().as_str())
}

/// Why a marketplace of this name is refused; the words go after the name in backticks.
pub fn marketplace(name: &str) -> Option<&'static str> {
    let lower = name.to_ascii_lowercase();
    if OFFICIAL.contains(&lower.as_str()) {
        return Some("is reserved for a marketplace of Anthropic");
    }
    if OWN.contains(&lower.as_str()) || MEMBERS.contains(&name) {
        return Some("is a name that Claude Code keeps for itself");
    }
    let begins_like_one = ["anthropic", "claude"].iter().any(|vendor| {
        let rest = lower.strip_prefix(vendor).unwrap_or_default();
        let rest = rest.strip_prefix(['-', '_', '.']).unwrap_or(rest);
        ["marketplace", "plugins", "official"]
            .iter()
            .any(|word| rest.starts_with(word))
    });
    (begins_like_one || is_official(&lower)).then_some("looks like a marketplace of Anthropic")
}

/// The same for a plugin.
pub fn plugin(name: &str) -> Option<&'static str> {
    let lower: String = name.to_ascii_lowercase();
    let joined = lower.replace(['-', '_', '.'], "");
    let is_one = matches!(
        joined.as_str(),
        "claude" | "anthropic" | "anthropics" | "claudecode" | "claudemods"
    );
    let begins_like_one = ["claude", "anthropic", "anthropics", "cc-plugin"]
        .iter()
        .any(|vendor| {
            lower
                .strip_prefix(vendor)
                .is_some_and(|rest| rest.starts_with(['-', '_', '.']))
        });
    (is_one || begins_like_one || is_official(&lower)).then_some("is reserved for plugins of Anthropic")
}

/// `official` right beside one of the vendor's names.
fn is_official(lower: &str) -> bool {
    let joined = lower.replace(['-', '_', '.'], "");
    ["claude", "anthropic"].iter().any(|vendor| {
        joined.contains(&format!("official{vendor}")) || joined.contains(&format!("{vendor}official"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_patterns_are_those_of_the_validator() {
        for taken in [
            "Agent-Skills",
            "inline",
            "constructor",
            "claude-plugins-x",
            "anthropic-marketplace-x",
            "claude-official-x",
            "claudeplugins",
            "my-official-claude-tools",
            "claude_plugins",
            "anthropic-plugins-v2",
            "officialclaude",
        ] {
            assert!(marketplace(taken).is_some(), "{taken}");
        }
        assert!(is_ambiguous("NPM") && marketplace("NPM").is_none());
        for free in [
            "team-tools",
            "claude-code-workflows",
            "claude-skills",
            "anthropic-foo",
            "my-claude",
            "claudette-tools",
            "official-plugins",
            "x-claude-plugins",
            "voltagent-subagents",
            "claude-code-official",
        ] {
            assert_eq!(marketplace(free), None, "{free}");
        }
        for taken in [
            "claude",
            "Claude-x",
            "anthropics-x",
            "cc-plugin-x",
            "claude.x",
            "ClaudeCode",
            "claudeofficial",
            "my-claude-official",
        ] {
            assert!(plugin(taken).is_some(), "{taken}");
        }
        for free in [
            "claudette",
            "my-claude",
            "for-claude",
            "cc-plugins",
            "official-x",
            "claude2",
        ] {
            assert_eq!(plugin(free), None, "{free}");
        }
    }
}
