use crate::document::shell::{self, Command};
use crate::hook::Hooks;
use crate::lint::{Report, rule};
use crate::text::printable;

rule! {
    /// A hook deletes everything below a root, a home folder, the current folder, or a variable that may be empty.
    ///
    /// `rm -rf "$DIR"/*` is `rm -rf /*` on the day the variable is empty, and a hook runs without a question.
    ///
    /// ```json bad
    /// {
    ///   "hooks": {
    ///     "Stop": [{ "hooks": [{ "type": "command", "command": "rm -rf \"$CACHE\"/*" }] }]
    ///   }
    /// }
    /// ```
    ///
    /// ```json good
    /// {
    ///   "hooks": {
    ///     "PreToolUse": [
    ///       { "matcher": "Bash", "hooks": [{ "type": "command", "command": "jq -r .tool_input.command | grep -q 'rm -rf /' && exit 2" }] }
    ///     ],
    ///     "Stop": [
    ///       { "hooks": [{ "type": "command", "command": "rm -rf \"${CLAUDE_PLUGIN_DATA}/cache\" \"${CACHE:?}\"/*" }] }
    ///     ]
    ///   }
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Hooks reference", section "Security considerations", read 2026-08-22.
    "hook-deletes-whole-tree", Security, "0.1.0", Hooks, check
}

/// Operands that are a whole tree as they stand.
const TREES: &[&str] = &[
    "/",
    "/*",
    "~",
    "~/",
    "~/*",
    "$HOME",
    "$HOME/",
    "$HOME/*",
    "${HOME}",
    "${HOME}/",
    "${HOME}/*",
    "..",
    "../*",
];

fn check(hooks: &Hooks, report: &mut Report<'_>) {
    for handler in hooks.handlers() {
        let Some((text, node)) = handler.shell_command().filter(|(text, _)| text.contains("rm ")) else {
            continue;
        };
        for command in shell::commands(text)
            .iter()
            .filter(|command| command.name() == "rm" && is_recursive(command))
        {
            for word in command
                .words
                .iter()
                .skip(1)
                .filter(|word| is_whole_tree(&word.text, text))
            {
                let span = node.span_inside(hooks.source.text(), word.span.clone());
                report
                    .at(&hooks.source, span, format!("`{}` may be far more than is meant", printable(&word.text)))
                    .help("name the folder whole, or write `${NAME:?}` so that an empty variable stops the command");
            }
        }
    }
}

fn is_recursive(command: &Command) -> bool {
    let mut flags = command
        .words
        .iter()
        .skip(1)
        .map(|word| word.text.as_str())
        .filter(|word| word.starts_with('-'));
    flags.any(|flag| flag == "--recursive" || (!flag.starts_with("--") && flag.contains(['r', 'R'])))
}

/// Whether an operand is a whole tree, or everything below a variable that nothing in the line sets.
fn is_whole_tree(operand: &str, line: &str) -> bool {
    // After a `cd` the current folder is a certain one.
    let is_here = matches!(operand, "*" | "./*") && !line.contains("cd ");
    if is_here || TREES.contains(&operand) {
        return true;
    }
    let Some(rest) = operand.strip_prefix('$') else {
        return false;
    };
    let rest = rest.strip_prefix('{').unwrap_or(rest);
    let length = rest
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .unwrap_or(rest.len());
    let (name, after) = rest.split_at(length);
    let after = after.strip_prefix('}').unwrap_or(after);
    let is_set = name.is_empty() || name.starts_with("CLAUDE_") || line.contains(&format!("{name}="));
    !is_set && matches!(after, "/" | "/*" | "/.*")
}
