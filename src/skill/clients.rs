//! The clients that read skills, and the folders they read them from. Data, with a version: folders move between releases.
//!
//! `link.folders` in `packwright.toml` adds a client or moves one.

/// Where the table was read: the installer `skills` 1.7.4, whose layout the clients share.
pub const VERSION: &str = "skills 1.7.4";

/// The folder that several clients read in common; every link of a skill leads here.
pub const CANONICAL: &str = ".agents/skills";

/// A client and its folders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Client {
    pub name: &'static str,
    /// Folder of skills in a project.
    pub project: &'static str,
    /// Folder of skills in the user's home; empty where the client has none.
    pub global: &'static str,
}

const fn client(name: &'static str, project: &'static str, global: &'static str) -> Client {
    Client {
        name,
        project,
        global,
    }
}

/// Ordered by name.
pub const CLIENTS: &[Client] = &[
    client("adal", ".adal/skills", ".adal/skills"),
    client("aider-desk", ".aider-desk/skills", ".aider-desk/skills"),
    client("amp", CANONICAL, ".config/agents/skills"),
    client("antigravity", CANONICAL, ".gemini/antigravity/skills"),
    client("antigravity-cli", CANONICAL, ".gemini/antigravity-cli/skills"),
    client("astrbot", "data/skills", ".astrbot/data/skills"),
    client("augment", ".augment/skills", ".augment/skills"),
    client("autohand-code", ".autohand/skills", ".autohand/skills"),
    client("bob", ".bob/skills", ".bob/skills"),
    client("claude-code", ".claude/skills", ".claude/skills"),
    client("cline", CANONICAL, CANONICAL),
    client("codearts-agent", ".codeartsdoer/skills", ".codeartsdoer/skills"),
    client("codebuddy", ".codebuddy/skills", ".codebuddy/skills"),
    client("codemaker", ".codemaker/skills", ".codemaker/skills"),
    client("codestudio", ".codestudio/skills", ".codestudio/skills"),
    client("codex", CANONICAL, CANONICAL),
    client("command-code", ".commandcode/skills", ".commandcode/skills"),
    client("continue", ".continue/skills", ".continue/skills"),
    client("cortex", ".cortex/skills", ".snowflake/cortex/skills"),
    client("crush", ".crush/skills", ".config/crush/skills"),
    client("cursor", CANONICAL, ".cursor/skills"),
    client("deepagents", CANONICAL, ".deepagents/agent/skills"),
    client("devin", ".devin/skills", ".config/devin/skills"),
    client("dexto", CANONICAL, CANONICAL),
    client("droid", CANONICAL, ".factory/skills"),
    client("eve", "agent/skills", ""),
    client("firebender", CANONICAL, ".firebender/skills"),
    client("forgecode", ".forge/skills", ".forge/skills"),
    client("fx", CANONICAL, CANONICAL),
    client("gemini-cli", CANONICAL, ".gemini/skills"),
    client("github-copilot", CANONICAL, ".copilot/skills"),
    client("goose", ".goose/skills", ".config/goose/skills"),
    client("grok", ".grok/skills", ".grok/skills"),
    client("hermes-agent", ".hermes/skills", ".hermes/skills"),
    client("iflow-cli", ".iflow/skills", ".iflow/skills"),
    client("inference-sh", ".inferencesh/skills", ".inferencesh/skills"),
    client("jazz", ".jazz/skills", ".jazz/skills"),
    client("junie", ".junie/skills", ".junie/skills"),
    client("kilo", CANONICAL, ".kilo/skills"),
    client("kimchi", ".kimchi/skills", ".config/kimchi/harness/skills"),
    client("kimi-code-cli", CANONICAL, CANONICAL),
    client("kiro-cli", ".kiro/skills", ".kiro/skills"),
    client("kode", ".kode/skills", ".kode/skills"),
    client("lingma", ".lingma/skills", ".lingma/skills"),
    client("loaf", CANONICAL, CANONICAL),
    client("mcpjam", ".mcpjam/skills", ".mcpjam/skills"),
    client("minimax-code", ".minimax/skills", ".minimax/skills"),
    client("mistral-vibe", ".vibe/skills", ".vibe/skills"),
    client("moxby", ".moxby/skills", ".moxby/skills"),
    client("mux", ".mux/skills", ".mux/skills"),
    client("neovate", ".neovate/skills", ".neovate/skills"),
    client("ona", ".ona/skills", ".ona/skills"),
    client("openclaw", "skills", ".openclaw/skills"),
    client("opencode", CANONICAL, ".config/opencode/skills"),
    client("openhands", ".openhands/skills", ".openhands/skills"),
    client("pi", CANONICAL, CANONICAL),
    client("pochi", ".pochi/skills", ".pochi/skills"),
    client(
        "posit-assistant",
        ".posit/assistant/skills",
        ".posit/assistant/skills",
    ),
    client("promptscript", CANONICAL, ""),
    client("qoder", ".qoder/skills", ".qoder/skills"),
    client("qoder-cn", ".qoder/skills", ".qoder-cn/skills"),
    client("qwen-code", ".qwen/skills", ".qwen/skills"),
    client("reasonix", ".reasonix/skills", ".reasonix/skills"),
    client("replit", CANONICAL, ".config/agents/skills"),
    client("roo", ".roo/skills", ".roo/skills"),
    client("rovodev", ".rovodev/skills", ".rovodev/skills"),
    client("sarvam-code", CANONICAL, CANONICAL),
    client("tabnine-cli", ".tabnine/agent/skills", ".tabnine/agent/skills"),
    client("terramind", ".terramind/skills", ".terramind/skills"),
    client("tinycloud", ".tinycloud/skills", ".tinycloud/skills"),
    client("trae", ".trae/skills", ".trae/skills"),
    client("trae-cn", ".trae/skills", ".trae-cn/skills"),
    client("universal", CANONICAL, ".config/agents/skills"),
    client("warp", CANONICAL, CANONICAL),
    client("windsurf", ".windsurf/skills", ".codeium/windsurf/skills"),
    client("zcode", ".zcode/skills", ".zcode/skills"),
    client("zed", CANONICAL, CANONICAL),
    client("zencoder", ".zencoder/skills", ".zencoder/skills"),
    client("zenflow", ".zencoder/skills", ".zencoder/skills"),
];

/// The client of that name.
pub fn find(name: &str) -> Option<&'static Client> {
    CLIENTS
        .binary_search_by(|client| client.name.cmp(name))
        .ok()
        .map(|at| &CLIENTS[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_ordered_and_its_folders_are_relative() {
        assert!(CLIENTS.is_sorted_by(|a, b| a.name < b.name));
        for client in CLIENTS {
            assert!(
                !client.project.starts_with(['/', '~']) && !client.global.starts_with(['/', '~']),
                "{}",
                client.name
            );
            assert_eq!(find(client.name), Some(client));
        }
        assert_eq!(
            find("claude-code").map(|client| client.project),
            Some(".claude/skills")
        );
    }
}
