//! Our verdict on manifests beside that of `claude plugin validate`: the examples of every rule, and a table of more. Where the two
//! part, the reason stands here; a difference without one is a failure, and so is a reason without a difference.
//!
//! `PACKWRIGHT_TEST_CLAUDE` names the binary, which `tests/run --claude` installs. The reasons are those of version 2.1.329.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use packwright::lint::{Case, cases};
use packwright::{hook, manifest, marketplace};

use crate::sandbox::Sandbox;

const VARIABLE: &str = "PACKWRIGHT_TEST_CLAUDE";

/// A folder to be judged: what it is called here, and its files.
struct Subject {
    name: String,
    files: BTreeMap<String, Vec<u8>>,
    executable: BTreeSet<String>,
}

impl Subject {
    fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            files: BTreeMap::new(),
            executable: BTreeSet::new(),
        }
    }

    fn with(mut self, path: &str, contents: impl Into<Vec<u8>>) -> Self {
        self.files.insert(path.to_owned(), contents.into());
        self
    }

    /// A file that lies around an example, with contents that nobody complains of.
    fn beside(mut self, path: &str) -> Self {
        let plain = path.trim_end_matches('*');
        if plain != path {
            self.executable.insert(plain.to_owned());
        }
        let contents = match plain.rsplit('.').next().unwrap_or_default() {
            "md" => "---\nname: x\ndescription: Does things. Use when asked.\n---\n\nDo them.\n",
            "json" if plain.contains("hooks") || plain.ends_with("more.json") => "{\"hooks\": {}}\n",
            "json" => "{\"name\": \"x\", \"base\": \"dark\", \"overrides\": {}}\n",
            _ => "#!/bin/sh\n",
        };
        if !plain.ends_with('/') {
            self.files
                .entry(plain.to_owned())
                .or_insert_with(|| contents.into());
        }
        self
    }
}

const PLUGIN: &str = ".claude-plugin/plugin.json";
const CATALOG: &str = ".claude-plugin/marketplace.json";
const HOOKS: &str = "hooks/hooks.json";
const MANIFEST: &str = "{\"name\": \"example\", \"version\": \"1.0.0\", \"description\": \"x\", \"author\": {\"name\": \"x\"}}\n";

/// The folder that an example in a rule's documentation stands for; nothing for what the validator does not take.
fn of_example(rule: &str, at: usize, case: &Case, kind: &str) -> Option<Subject> {
    let setting = |name: &str| {
        let mut settings = case.settings.iter();
        settings
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    };
    let kind = setting("as").unwrap_or(kind);
    let mut text = case.text.clone();
    if setting("bom").is_some() {
        text.insert(0, '\u{feff}');
    }
    if let Some(levels) = setting("deep").and_then(|levels| levels.parse().ok()) {
        text = text.replace(
            "\"DEEP\"",
            &format!("{}{}", "[".repeat(levels), "]".repeat(levels)),
        );
    }
    let bytes = match setting("encoding") {
        Some(_) => text
            .chars()
            .map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?'))
            .collect(),
        None => text.into_bytes(),
    };
    let mut subject = Subject::new(format!("{rule} {} {at}", if case.bad { "bad" } else { "good" }));
    subject = match kind {
        "plugin" => subject.with(PLUGIN, bytes),
        "hooks" => subject.with(PLUGIN, MANIFEST).with(HOOKS, bytes),
        "marketplace" => subject.with(CATALOG, bytes),
        _ => return None,
    };
    for path in setting("files").into_iter().flat_map(|files| files.split(',')) {
        subject = subject.beside(path);
    }
    if kind == "marketplace" && setting("files").is_none() {
        // What the examples list lies beside them.
        for path in ["a/x", "b/x", "plugins/a/x"] {
            subject = subject.beside(path);
        }
    }
    if let Some(text) = setting("plugin") {
        let path = format!("{}/{PLUGIN}", setting("at").unwrap_or_default());
        subject = subject.with(path.trim_start_matches('/'), text);
    }
    Some(subject)
}

fn examples() -> Vec<Subject> {
    let rules = (hook::rules::RULES.iter().map(|rule| (rule.about, "hooks")))
        .chain(hook::rules::FILE_RULES.iter().map(|rule| (rule.about, "hooks")))
        .chain(manifest::rules::RULES.iter().map(|rule| (rule.about, "plugin")))
        .chain(
            marketplace::rules::plugin::RULES
                .iter()
                .map(|rule| (rule.about, "plugin")),
        )
        .chain(
            marketplace::rules::catalog::RULES
                .iter()
                .map(|rule| (rule.about, "marketplace")),
        );
    let mut subjects = Vec::new();
    for (about, kind) in rules {
        for (at, case) in cases(about.docs).iter().enumerate() {
            subjects.extend(of_example(about.name, at, case, kind));
        }
    }
    subjects
}

/// Fields of a `plugin.json` beside its name, on folders that hold one of everything.
const PLUGINS: &[(&str, &str)] = &[
    ("nothing else", ""),
    ("skills ./", r#""skills": "./""#),
    ("skills .", r#""skills": ".""#),
    ("skills folder", r#""skills": ["./more/s"]"#),
    ("skills without prefix", r#""skills": "more""#),
    ("skills absolute", r#""skills": "/abs""#),
    ("skills up", r#""skills": "./../x""#),
    ("skills empty", r#""skills": """#),
    ("skills number", r#""skills": [3]"#),
    ("skills null", r#""skills": null"#),
    ("commands folder", r#""commands": "./commands/""#),
    ("commands dot", r#""commands": ".""#),
    ("commands missing", r#""commands": ["./nope.md"]"#),
    (
        "commands map",
        r#""commands": {"go": {"source": "./commands/x.md"}}"#,
    ),
    (
        "commands map missing",
        r#""commands": {"go": {"source": "./nope.md"}}"#,
    ),
    ("agents file", r#""agents": "./agents/z.md""#),
    ("agents folder", r#""agents": ["./agents"]"#),
    ("agents case", r#""agents": "./agents/Z.md""#),
    (
        "agents variable",
        r#""agents": "${CLAUDE_PLUGIN_ROOT}/agents/z.md""#,
    ),
    ("hooks file", r#""hooks": "./hooks/more.json""#),
    ("hooks markdown", r#""hooks": "./commands/x.md""#),
    (
        "hooks inline",
        r#""hooks": {"Stop": [{"hooks": [{"type": "command", "command": "date"}]}]}"#,
    ),
    ("hooks inline wrapped", r#""hooks": {"hooks": {"Stop": []}}"#),
    (
        "hooks inline bad",
        r#""hooks": {"PreToolUse": [{"hooks": [{"type": "x"}]}]}"#,
    ),
    ("hooks number", r#""hooks": 3"#),
    (
        "mcp program",
        r#""mcpServers": {"s": {"command": "x", "args": ["y"], "env": {"A": "b"}}}"#,
    ),
    (
        "mcp args string",
        r#""mcpServers": {"s": {"command": "x", "args": "y"}}"#,
    ),
    (
        "mcp env number",
        r#""mcpServers": {"s": {"command": "x", "env": {"A": 1}}}"#,
    ),
    ("mcp empty command", r#""mcpServers": {"s": {"command": ""}}"#),
    (
        "mcp url",
        r#""mcpServers": {"s": {"type": "http", "url": "https://example.com"}}"#,
    ),
    (
        "mcp streamable",
        r#""mcpServers": {"s": {"type": "streamable-http", "url": "https://example.com"}}"#,
    ),
    (
        "mcp bad type",
        r#""mcpServers": {"s": {"type": "websocket", "url": "https://example.com"}}"#,
    ),
    (
        "mcp bad url",
        r#""mcpServers": {"s": {"type": "http", "url": "example"}}"#,
    ),
    (
        "mcp variable url",
        r#""mcpServers": {"s": {"type": "http", "url": "${URL}"}}"#,
    ),
    ("mcp bundle", r#""mcpServers": "https://example.com/a.mcpb""#),
    ("mcp page", r#""mcpServers": "https://example.com/a""#),
    (
        "lsp",
        r#""lspServers": {"g": {"command": "gopls", "extensionToLanguage": {".go": "go"}}}"#,
    ),
    (
        "lsp transport",
        r#""lspServers": {"g": {"command": "g", "extensionToLanguage": {".go": "go"}, "transport": "tcp"}}"#,
    ),
    (
        "lsp restarts",
        r#""lspServers": {"g": {"command": "g", "extensionToLanguage": {".go": "go"}, "maxRestarts": -1}}"#,
    ),
    (
        "lsp no languages",
        r#""lspServers": {"g": {"command": "g", "extensionToLanguage": {}}}"#,
    ),
    ("styles", r#""outputStyles": ["./commands/x.md"]"#),
    ("styles bare", r#""outputStyles": "commands""#),
    ("workflows missing", r#""workflows": "./nope""#),
    ("types", r#""types": "./x.ts""#),
    ("themes", r#""experimental": {"themes": "./nope"}"#),
    (
        "monitors",
        r#""experimental": {"monitors": [{"name": "a", "command": "c", "description": "d"}]}"#,
    ),
    (
        "monitors twice",
        r#""experimental": {"monitors": [{"name": "a", "command": "c", "description": "d"}, {"name": "a", "command": "c", "description": "d"}]}"#,
    ),
    (
        "monitors unknown",
        r#""experimental": {"monitors": [{"name": "a", "command": "c", "description": "d", "x": 1}]}"#,
    ),
    (
        "user config",
        r#""userConfig": {"k": {"type": "number", "title": "t", "description": "d", "min": 1}}"#,
    ),
    (
        "user config type",
        r#""userConfig": {"k": {"type": "int", "title": "t", "description": "d"}}"#,
    ),
    ("user config list", r#""userConfig": []"#),
    (
        "channels",
        r#""mcpServers": {"s": {"command": "x"}}, "channels": [{"server": "s"}]"#,
    ),
    ("channels empty", r#""channels": [{}]"#),
    (
        "dependencies",
        r#""dependencies": ["a", "b@m", {"name": "c", "version": ">=1 <2", "marketplace": "m"}]"#,
    ),
    ("dependencies space", r#""dependencies": ["a b"]"#),
    ("dependencies nameless", r#""dependencies": [{"version": "1"}]"#),
    ("settings", r#""settings": {"agent": "x"}"#),
    ("settings list", r#""settings": []"#),
    ("engines", r#""engines": {"claude-code": ">=2.1.0"}"#),
    ("metadata", r#""metadata": "x""#),
    ("null description", r#""description": null"#),
    (
        "repository object",
        r#""repository": {"type": "git", "url": "https://example.com"}"#,
    ),
    ("author without name", r#""author": {"email": "a@example.com"}"#),
    ("keywords number", r#""keywords": [3]"#),
    ("homepage scheme", r#""homepage": "mailto:a@example.com""#),
    ("homepage empty", r#""homepage": """#),
    ("default enabled", r#""defaultEnabled": "true""#),
    ("unknown", r#""publisher": "x", "x-note": 1"#),
    ("escape", r#""displayName": "\u00e9\/\ud83d\ude00""#),
    ("bad escape", r#""displayName": "\x""#),
    ("trailing comma", r#""displayName": "x","#),
    ("single quotes", r#""displayName": 'x'"#),
];

/// Sources of an entry named `a`.
const SOURCES: &[(&str, &str)] = &[
    ("folder", r#""./a""#),
    ("root", r#""./""#),
    ("dot", r#"".""#),
    ("bare", r#""a""#),
    ("up", r#""./../a""#),
    ("absolute", r#""/a""#),
    ("backslash", r#"".\\a""#),
    ("number", "3"),
    ("null", "null"),
    ("empty object", "{}"),
    ("github", r#"{"source": "github", "repo": "o/r", "ref": "main"}"#),
    ("github without repo", r#"{"source": "github"}"#),
    ("github word", r#"{"source": "github", "repo": "r"}"#),
    (
        "github short sha",
        r#"{"source": "github", "repo": "o/r", "sha": "a1b2c3d"}"#,
    ),
    ("url", r#"{"source": "url", "url": "git@example.com:o/r.git"}"#),
    ("url word", r#"{"source": "url", "url": "x"}"#),
    (
        "url git protocol",
        r#"{"source": "url", "url": "git://example.com/r"}"#,
    ),
    ("url http", r#"{"source": "url", "url": "http://example.com/r"}"#),
    (
        "subdir",
        r#"{"source": "git-subdir", "url": "o/r", "path": "tools/a"}"#,
    ),
    (
        "subdir up",
        r#"{"source": "git-subdir", "url": "o/r", "path": "a/../b"}"#,
    ),
    (
        "subdir empty",
        r#"{"source": "git-subdir", "url": "o/r", "path": ""}"#,
    ),
    (
        "npm",
        r#"{"source": "npm", "package": "@a/b", "version": "^1", "registry": "https://npm.example.com"}"#,
    ),
    ("npm up", r#"{"source": "npm", "package": "../x"}"#),
    (
        "npm registry",
        r#"{"source": "npm", "package": "x", "registry": "bad"}"#,
    ),
    ("pip", r#"{"source": "pip", "package": "x"}"#),
    ("oci", r#"{"source": "oci", "image": "x"}"#),
    (
        "archive",
        r#"{"source": "archive", "url": "https://example.com/a.zip"}"#,
    ),
    (
        "archive loopback",
        r#"{"source": "archive", "url": "https://127.0.0.1/a.zip"}"#,
    ),
    (
        "archive digest",
        r#"{"source": "archive", "url": "https://example.com/a.zip", "sha256": "abc"}"#,
    ),
    (
        "command",
        r#"{"source": "command", "command": "tool path", "timeout": 600, "mode": "link"}"#,
    ),
    (
        "command slow",
        r#"{"source": "command", "command": "tool path", "timeout": 601}"#,
    ),
    (
        "command mode",
        r#"{"source": "command", "command": "tool path", "mode": "move"}"#,
    ),
    ("command accent", r#"{"source": "command", "command": "é"}"#),
];

/// Handlers of `PreToolUse`.
const HANDLERS: &[(&str, &str)] = &[
    (
        "command",
        r#"{"type": "command", "command": "date", "timeout": 1.5, "async": true, "shell": "powershell"}"#,
    ),
    ("exec", r#"{"type": "command", "command": "date", "args": []}"#),
    (
        "exec number",
        r#"{"type": "command", "command": "date", "args": [3]}"#,
    ),
    ("capital", r#"{"type": "Command", "command": "date"}"#),
    ("no command", r#"{"type": "command"}"#),
    (
        "timeout zero",
        r#"{"type": "command", "command": "date", "timeout": 0}"#,
    ),
    (
        "timeout null",
        r#"{"type": "command", "command": "date", "timeout": null}"#,
    ),
    (
        "if list",
        r#"{"type": "command", "command": "date", "if": ["Bash(x)"]}"#,
    ),
    (
        "status",
        r#"{"type": "command", "command": "date", "statusMessage": 3}"#,
    ),
    (
        "on failure",
        r#"{"type": "command", "command": "date", "onFailure": "ignore"}"#,
    ),
    (
        "prompt",
        r#"{"type": "prompt", "prompt": "x", "continueOnBlock": true}"#,
    ),
    ("agent", r#"{"type": "agent", "prompt": "x"}"#),
    (
        "http",
        r#"{"type": "http", "url": "http://localhost:1", "headers": {"a": "b"}, "allowedEnvVars": ["A"]}"#,
    ),
    ("http word", r#"{"type": "http", "url": "x"}"#),
    (
        "http headers",
        r#"{"type": "http", "url": "https://example.com", "headers": {"a": 1}}"#,
    ),
    (
        "mcp tool",
        r#"{"type": "mcp_tool", "server": "s", "tool": "t", "input": {"a": "b"}}"#,
    ),
    (
        "mcp tool input",
        r#"{"type": "mcp_tool", "server": "s", "tool": "t", "input": "x"}"#,
    ),
    (
        "unknown field",
        r#"{"type": "command", "command": "date", "note": "x"}"#,
    ),
    ("string", "\"date\""),
];

fn table() -> Vec<Subject> {
    let everything = |name: String| {
        [
            "more/s/SKILL.md",
            "commands/x.md",
            "agents/z.md",
            "hooks/more.json",
            "x.ts",
            "x.md",
        ]
        .into_iter()
        .fold(Subject::new(name), Subject::beside)
    };
    let plugins = PLUGINS.iter().map(|(name, fields)| {
        let comma = if fields.is_empty() { "" } else { ", " };
        let text = format!("{{\"name\": \"example\"{comma}{fields}}}");
        everything(format!("plugin: {name}")).with(PLUGIN, text)
    });
    let sources = SOURCES.iter().map(|(name, source)| {
        let text = format!(
            "{{\"name\": \"m\", \"owner\": {{\"name\": \"o\"}}, \"description\": \"d\", \"plugins\": [{{\"name\": \"a\", \"source\": {source}}}]}}"
        );
        Subject::new(format!("source: {name}")).with(CATALOG, text).beside("a/x")
    });
    let handlers = HANDLERS.iter().map(|(name, handler)| {
        let text = format!("{{\"hooks\": {{\"PreToolUse\": [{{\"hooks\": [{handler}]}}]}}}}");
        Subject::new(format!("handler: {name}"))
            .with(PLUGIN, MANIFEST)
            .with(HOOKS, text)
    });
    plugins.chain(sources).chain(handlers).collect()
}

/// Why we call something an error that the validator lets pass, by the rule of ours.
const STRICTER: &[(&str, &str)] = &[
    // The validator warns: the entry is passed over when the hooks are loaded.
    ("hook-event-misspelt", "the hook never runs"),
    ("hook-field-missing", "the hook never runs"),
    ("hook-field-type", "the hook never runs"),
    ("hook-malformed", "the hook never runs"),
    ("hook-timeout-invalid", "the hook never runs"),
    ("hook-type-unknown", "the hook never runs"),
    // It does not look at what a hook does.
    ("hook-deletes-whole-tree", "security is not its business"),
    ("hook-runs-foreign-code", "security is not its business"),
    (
        "hook-exec-form-command-line",
        "the documentation says that the start fails",
    ),
    (
        "hook-if-many-rules",
        "the documentation says that `if` holds one rule",
    ),
    (
        "hook-if-not-a-tool-event",
        "the documentation says that the hook never runs",
    ),
    ("hook-script-missing", "it does not look for scripts"),
    (
        "hook-type-unsupported",
        "the documentation says which events take which types",
    ),
    (
        "hook-user-config-in-shell",
        "the documentation says that the hook fails",
    ),
    // It reads as `JSON.parse` does.
    ("json-duplicate-key", "one of two values is lost"),
    ("json-not-utf8", "bytes are lost"),
    // It does not compare what stands in two places.
    (
        "marketplace-strict-conflict",
        "the plugin does not load once it is installed",
    ),
    (
        "plugin-channel-malformed",
        "the documentation asks for a server of the plugin's own",
    ),
    ("plugin-components-misplaced", "the folder is not looked in"),
    ("source-folder-missing", "the plugin cannot be installed"),
    // It lets pass what is refused when a marketplace is added or a plugin installed.
    (
        "marketplace-hooks-path",
        "the plugin does not load once it is installed",
    ),
    ("marketplace-name-reserved", "the marketplace cannot be added"),
    ("marketplace-plugin-root", "bare names are not found"),
    (
        "plugin-dependency-malformed",
        "no version satisfies what is no range",
    ),
    ("source-github-repo", "the plugin cannot be installed"),
    (
        "source-npm-package",
        "npm takes an address for a package and runs its scripts",
    ),
    (
        "source-ref-option",
        "the plugin cannot be installed, and other clients may run it",
    ),
    (
        "source-subdir-path",
        "an absolute path is no folder of a repository",
    ),
    ("source-url-credentials", "a secret in a public file"),
    (
        "source-url-runs-program",
        "the plugin cannot be installed, and other clients may run it",
    ),
    ("source-url-unusable", "the plugin cannot be installed"),
];

/// Why we let something pass that the validator calls an error, by the subject's name.
const MILDER: &[(&str, &str)] = &[(
    "plugin-name-reserved bad 0",
    "such a plugin is installed and loaded all the same; with `--profile claude-code` it is an error",
)];

/// Whether the validator passes the folder.
fn validator_passes(binary: &str, folder: &Path, home: &Path) -> bool {
    let output = Command::new(binary)
        .args(["plugin", "validate", "--json"])
        .arg(folder)
        .env_clear()
        .env("HOME", home)
        .env("CLAUDE_CONFIG_DIR", home.join(".claude"))
        .env("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1")
        .env("DISABLE_TELEMETRY", "1")
        .env("DISABLE_AUTOUPDATER", "1")
        .output()
        .unwrap();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    report["success"].as_bool().unwrap()
}

/// The rules of ours that find errors in the folder.
fn our_errors(sandbox: &Sandbox, folder: &str) -> BTreeSet<String> {
    let run = sandbox.run(["marketplace", "lint", folder, "--format", "json", "--no-cache"]);
    let findings = run.json()["findings"].as_array().unwrap().clone();
    let errors = findings.iter().filter(|finding| finding["level"] == "error");
    errors
        .map(|finding| finding["rule"].as_str().unwrap().to_owned())
        .collect()
}

/// What both say of a folder: whether the validator passes it, and our errors.
type Verdicts = (bool, BTreeSet<String>);

fn judged(at: usize, subject: &Subject, binary: &str, sandbox: &Sandbox) -> Verdicts {
    let folder = format!("subject-{at}");
    for (path, contents) in &subject.files {
        let written = sandbox.write(format!("{folder}/{path}"), contents);
        if subject.executable.contains(path) {
            make_executable(&written);
        }
    }
    let passes = validator_passes(binary, &sandbox.path(&folder), &sandbox.home());
    (passes, our_errors(sandbox, &folder))
}

#[cfg(unix)]
fn make_executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[cfg(not(unix))]
fn make_executable(_path: &Path) {}

#[test]
fn our_verdict_is_the_validators_or_has_its_reason() {
    let Some(binary) = env::var(VARIABLE).ok().filter(|binary| !binary.is_empty()) else {
        eprintln!("SKIPPED: needs Claude Code; set {VARIABLE}, or use tests/run --claude");
        return;
    };
    let sandbox = Sandbox::new();
    let subjects: Vec<Subject> = examples().into_iter().chain(table()).collect();
    assert!(subjects.len() >= 250, "{}", subjects.len());
    let next = AtomicUsize::new(0);
    let verdicts: Mutex<BTreeMap<usize, Verdicts>> = Mutex::default();
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let at = next.fetch_add(1, Ordering::Relaxed)
                    && at < subjects.len()
                {
                    let verdict = judged(at, &subjects[at], &binary, &sandbox);
                    verdicts.lock().unwrap().insert(at, verdict);
                }
            });
        }
    });
    let mut unexplained = Vec::new();
    let mut used = BTreeSet::new();
    for (at, (passes, errors)) in verdicts.into_inner().unwrap() {
        let name = &subjects[at].name;
        let reasons: Option<Vec<&str>> = match (passes, errors.is_empty()) {
            (true, true) | (false, false) => continue,
            (true, false) => errors.iter().map(|error| known(STRICTER, error)).collect(),
            (false, true) => known(MILDER, name).map(|reason| vec![reason]),
        };
        match reasons {
            Some(reasons) => used.extend(reasons),
            None => unexplained.push(format!("{name}: the validator says {passes}, we find {errors:?}")),
        }
    }
    assert_eq!(unexplained, Vec::<String>::new());
    let all = STRICTER.iter().chain(MILDER).map(|(name, _)| *name);
    let unused: Vec<&str> = all.filter(|name| !used.contains(name)).collect();
    assert_eq!(unused, [""; 0], "reasons without a difference");
}

/// The name under which a reason is given, if one is.
fn known(reasons: &[(&'static str, &str)], name: &str) -> Option<&'static str> {
    let found = reasons.iter().find(|(known, _)| *known == name);
    found.map(|(known, _)| *known)
}
