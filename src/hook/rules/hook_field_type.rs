use crate::document::tree::{Node, Value};
use crate::hook::Hooks;
use crate::lint::{Report, rule};
use crate::text::printable;

rule! {
    /// A field of a handler holds a value that it cannot have: the wrong type, a `shell` other than `bash` or `powershell`, an
    /// `onFailure` other than `continue` or `block`, a `url` that is none.
    ///
    /// Claude Code leaves the handler out; under `PreToolUse` and `PermissionRequest` everything around it is refused too.
    ///
    /// ```json bad as=hooks
    /// {
    ///   "hooks": {
    ///     "Stop": [{ "hooks": [{ "type": "command", "command": "date", "async": "true" }] }]
    ///   }
    /// }
    /// ```
    ///
    /// ```json bad as=hooks
    /// {
    ///   "hooks": {
    ///     "Stop": [{ "hooks": [{ "type": "command", "command": "date", "shell": "zsh" }] }]
    ///   }
    /// }
    /// ```
    ///
    /// ```json good as=hooks
    /// {
    ///   "hooks": {
    ///     "Stop": [{ "hooks": [{ "type": "command", "command": "date", "async": true, "shell": "bash" }] }]
    ///   }
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Hooks reference", read 2026-08-22; `claude plugin validate` 2.1.329, run 2026-11.
    "hook-field-type", Correctness, "0.1.0", Hooks, check, refused_by [ClaudeCode]
}

/// What a field must be; `timeout` has a rule of its own.
enum Wanted {
    Text,
    Boolean,
    Texts,
    Map,
    MapOfTexts,
    OneOf(&'static [&'static str]),
    Url,
}

const FIELDS: &[(&str, &str, Wanted)] = &[
    ("", "if", Wanted::Text),
    ("", "statusMessage", Wanted::Text),
    ("", "once", Wanted::Boolean),
    ("command", "command", Wanted::Text),
    ("command", "args", Wanted::Texts),
    ("command", "async", Wanted::Boolean),
    ("command", "asyncRewake", Wanted::Boolean),
    ("command", "shell", Wanted::OneOf(&["bash", "powershell"])),
    ("command", "onFailure", Wanted::OneOf(&["continue", "block"])),
    ("http", "url", Wanted::Url),
    ("http", "headers", Wanted::MapOfTexts),
    ("http", "allowedEnvVars", Wanted::Texts),
    ("mcp_tool", "server", Wanted::Text),
    ("mcp_tool", "tool", Wanted::Text),
    ("mcp_tool", "input", Wanted::Map),
    ("prompt", "prompt", Wanted::Text),
    ("prompt", "model", Wanted::Text),
    ("prompt", "continueOnBlock", Wanted::Boolean),
    ("agent", "prompt", Wanted::Text),
    ("agent", "model", Wanted::Text),
];

fn check(hooks: &Hooks, report: &mut Report<'_>) {
    for handler in hooks.handlers() {
        let kind = handler.kind().unwrap_or_default();
        for (of, field, wanted) in FIELDS {
            let Some(node) = handler.node.get(field).filter(|_| of.is_empty() || *of == kind) else {
                continue;
            };
            if node.value == Value::Alias || wanted.admits(node) {
                continue;
            }
            let written = printable(hooks.source.slice(node.span));
            let shown: String = written.chars().take(40).collect();
            report
                .at(&hooks.source, node.span, format!("`{field}` cannot be `{shown}`"))
                .help(wanted.remedy());
        }
    }
}

impl Wanted {
    fn admits(&self, node: &Node) -> bool {
        let texts = |nodes: &[Node]| nodes.iter().all(|node| node.as_str().is_some());
        match self {
            Self::Text => node.as_str().is_some(),
            Self::Boolean => node.as_bool().is_some(),
            Self::Texts => node.as_list().is_some_and(texts),
            Self::Map => node.as_map().is_some(),
            Self::MapOfTexts => {
                (node.as_map()).is_some_and(|pairs| pairs.iter().all(|(_, value)| value.as_str().is_some()))
            }
            Self::OneOf(values) => node.as_str().is_some_and(|text| values.contains(&text)),
            // An empty one is missing.
            Self::Url => node
                .as_str()
                .is_some_and(|url| url.trim().is_empty() || is_url(url)),
        }
    }

    fn remedy(&self) -> String {
        match self {
            Self::Text => "write a string".to_owned(),
            Self::Boolean => "write `true` or `false`, without quotes".to_owned(),
            Self::Texts => "write a list of strings".to_owned(),
            Self::Map => "write an object".to_owned(),
            Self::MapOfTexts => "write an object whose values are strings".to_owned(),
            Self::OneOf(values) => format!("one of {}", values.join(", ")),
            Self::Url => "write a whole URL, as in `https://example.com/hook`".to_owned(),
        }
    }
}

/// A scheme and something behind it. Variables may stand anywhere else.
fn is_url(text: &str) -> bool {
    text.starts_with('$')
        || text.split_once("://").is_some_and(|(scheme, rest)| {
            !rest.is_empty()
                && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
                && !scheme.contains(char::is_whitespace)
        })
}
