use crate::document::shell::{Quoting, Word};
use crate::hook::Hooks;
use crate::lint::{Report, rule};

rule! {
    /// A hook reads its input from a variable that is not set, such as `$TOOL_INPUT` or `$CLAUDE_FILE_PATHS`.
    ///
    /// The tool, its input and its output come as JSON on standard input; the variable is empty, and the command works on nothing.
    ///
    /// ```json bad as=settings
    /// {
    ///   "hooks": {
    ///     "PostToolUse": [
    ///       {
    ///         "matcher": "Edit|Write",
    ///         "hooks": [{ "type": "command", "command": "npx prettier --write \"$CLAUDE_FILE_PATHS\"" }]
    ///       }
    ///     ]
    ///   }
    /// }
    /// ```
    ///
    /// ```json good as=settings
    /// {
    ///   "hooks": {
    ///     "PostToolUse": [
    ///       {
    ///         "matcher": "Edit|Write",
    ///         "hooks": [
    ///           { "type": "command", "command": "jq -r .tool_input.file_path | xargs npx prettier --write" }
    ///         ]
    ///       }
    ///     ]
    ///   }
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Hooks reference", section "Hook input and output", read 2026-08-22.
    "hook-variable-not-set", Suspicious, "0.1.0", Hooks, check
}

/// Names that stand for the input of a hook in many examples, and that nothing sets.
const NAMES: &[&str] = &[
    "CLAUDE_FILE_PATH",
    "CLAUDE_FILE_PATHS",
    "CLAUDE_HOOK_INPUT",
    "CLAUDE_TOOL_INPUT",
    "CLAUDE_TOOL_NAME",
    "CLAUDE_TOOL_OUTPUT",
    "CLAUDE_TOOL_RESULT",
    "CLAUDE_USER_PROMPT",
    "TOOL_INPUT",
    "TOOL_NAME",
    "TOOL_OUTPUT",
    "TOOL_RESULT",
];

fn check(hooks: &Hooks, report: &mut Report<'_>) {
    for handler in hooks.handlers() {
        let Some((text, node)) = handler
            .shell_command()
            .filter(|(text, _)| text.contains('$') && (text.contains("TOOL_") || text.contains("CLAUDE_")))
        else {
            continue;
        };
        let commands = handler.shell_commands();
        let words: Vec<&Word> = commands
            .iter()
            .flat_map(|command| {
                command
                    .assignments
                    .iter()
                    .chain(&command.words)
                    .chain(&command.redirections)
            })
            .collect();
        let is_set = |name: &str| {
            words.iter().any(|word| {
                word.text == name
                    || word
                        .text
                        .strip_prefix(name)
                        .is_some_and(|rest| rest.starts_with('='))
            })
        };
        let used = NAMES.iter().filter(|name| !is_set(name)).filter_map(|name| {
            let range = words.iter().find_map(|word| use_of(text, word, name))?;
            Some((range, *name))
        });
        let mut used: Vec<_> = used.collect();
        used.sort_by_key(|(range, _)| range.start);
        let Some((first, _)) = used.first().cloned() else {
            continue;
        };
        let names: Vec<String> = used.iter().map(|(_, name)| format!("`${name}`")).collect();
        let are = if names.len() == 1 { "is" } else { "are" };
        report
            .at(
                &hooks.source,
                node.span_inside(hooks.source.text(), first),
                format!("{} {are} not set for hooks", names.join(", ")),
            )
            .help("read the JSON on standard input, for example with `jq -r .tool_input.file_path`");
    }
}

/// Where a word uses the variable, unless in single quotes or with a default.
fn use_of(text: &str, word: &Word, name: &str) -> Option<std::ops::Range<usize>> {
    let written = &text[word.span.clone()];
    let places = written.match_indices(name).map(|(at, _)| at);
    for at in places {
        let end = at + name.len();
        let is_braced = written[..at].ends_with("${") && written[end..].starts_with('}');
        let goes_on = written[end..].starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_');
        let is_plain = written[..at].ends_with('$') && !goes_on;
        let start = word.span.start + at;
        if (is_braced || is_plain) && word.quoting_at(start) != Quoting::Single {
            return Some(start - if is_braced { 2 } else { 1 }..start + name.len() + usize::from(is_braced));
        }
    }
    None
}
