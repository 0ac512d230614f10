use crate::hook::Hooks;
use crate::lint::{Report, rule};
use crate::text::printable;

rule! {
    /// `command` holds a whole command line beside `args`.
    ///
    /// With `args` no shell reads the command: it is the name of one program, and there is none called `node script.js`.
    ///
    /// ```json bad as=hooks files=scripts/format.js
    /// {
    ///   "hooks": {
    ///     "Stop": [
    ///       { "hooks": [{ "type": "command", "command": "node ${CLAUDE_PLUGIN_ROOT}/scripts/format.js", "args": ["--fix"] }] }
    ///     ]
    ///   }
    /// }
    /// ```
    ///
    /// ```json good as=hooks files=scripts/format.js
    /// {
    ///   "hooks": {
    ///     "Stop": [
    ///       {
    ///         "hooks": [
    ///           { "type": "command", "command": "node", "args": ["${CLAUDE_PLUGIN_ROOT}/scripts/format.js", "--fix"] }
    ///         ]
    ///       }
    ///     ]
    ///   }
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Hooks reference", section "Exec form and shell form", read 2026-08-22.
    "hook-exec-form-command-line", Correctness, "0.1.0", Hooks, check
}

/// Programs that are handed a script. A path that begins with one of these words and a space is hardly a program's.
const RUNNERS: &[&str] = &[
    "bash",
    "bun",
    "bunx",
    "cmd",
    "deno",
    "node",
    "npm",
    "npx",
    "perl",
    "php",
    "pnpm",
    "powershell",
    "pwsh",
    "python",
    "python3",
    "ruby",
    "sh",
    "uv",
    "uvx",
    "zsh",
];

fn check(hooks: &Hooks, report: &mut Report<'_>) {
    for handler in hooks.handlers() {
        let (Some((command, node)), Some(_)) = (handler.command(), handler.arguments()) else {
            continue;
        };
        let Some((program, _)) = command.trim().split_once(char::is_whitespace) else {
            continue;
        };
        // A path may have spaces in it.
        let is_path = command.contains(['/', '\\']);
        if !is_path || RUNNERS.contains(&program) {
            report
                .at(
                    &hooks.source,
                    node.span,
                    format!("there is no program called `{}`", printable(command.trim())),
                )
                .help(format!(
                    "write `\"command\": \"{program}\"` and move the rest into `args`, or remove `args`"
                ));
        }
    }
}
