use crate::diagnostic::Fix;
use crate::document::shell::{Quoting, Word};
use crate::document::tree::{Node, Style, Value};
use crate::hook::Hooks;
use crate::lint::{Report, rule};
use crate::text::{Edit, Span};

rule! {
    /// A placeholder for a path stands unquoted in a shell command.
    ///
    /// The shell cuts the path at its spaces, and the hook fails for everyone whose home folder has one in its name. With `args` no
    /// shell is involved and nothing needs quotes.
    ///
    /// ```json bad as=hooks files=scripts/format.sh*
    /// {
    ///   "hooks": {
    ///     "Stop": [{ "hooks": [{ "type": "command", "command": "bash ${CLAUDE_PLUGIN_ROOT}/scripts/format.sh" }] }]
    ///   }
    /// }
    /// ```
    ///
    /// ```json good as=hooks files=scripts/format.sh*
    /// {
    ///   "hooks": {
    ///     "Stop": [{ "hooks": [{ "type": "command", "command": "bash \"${CLAUDE_PLUGIN_ROOT}\"/scripts/format.sh" }] }]
    ///   }
    /// }
    /// ```
    ///
    /// ```json good as=hooks files=scripts/format.sh*
    /// {
    ///   "hooks": {
    ///     "Stop": [
    ///       { "hooks": [{ "type": "command", "command": "${CLAUDE_PLUGIN_ROOT}/scripts/format.sh", "args": [] }] }
    ///     ]
    ///   }
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Hooks reference", section "Reference scripts by path", read 2026-08-22; `claude plugin
    /// validate` 2.1.329, run 2026-11, which warns of assignments and `[[ … ]]` too, where the shell cuts nothing.
    "hook-placeholder-unquoted", Suspicious, "0.1.0", Hooks, check
}

const PLACEHOLDERS: &[&str] = &[
    "${CLAUDE_PLUGIN_ROOT}",
    "$CLAUDE_PLUGIN_ROOT",
    "${CLAUDE_PLUGIN_DATA}",
    "$CLAUDE_PLUGIN_DATA",
    "${CLAUDE_PROJECT_DIR}",
    "$CLAUDE_PROJECT_DIR",
];

fn check(hooks: &Hooks, report: &mut Report<'_>) {
    for handler in hooks.handlers() {
        let Some((text, node)) = handler
            .shell_command()
            .filter(|(text, _)| text.contains("CLAUDE_P"))
        else {
            continue;
        };
        for command in handler.shell_commands() {
            if command.name() == "[[" {
                continue;
            }
            for word in command.words.iter().chain(&command.redirections) {
                for (at, placeholder) in unquoted(text, word) {
                    let range = at..at + placeholder.len();
                    let span = node.span_inside(hooks.source.text(), range);
                    let finding = report
                        .at(&hooks.source, span, format!("`{placeholder}` is not quoted"))
                        .help("put it in double quotes, or name the arguments in `args`");
                    if let Some(quoted) = quoted(node, span, placeholder) {
                        finding.fix(Fix::safe(
                            "put it in double quotes",
                            vec![Edit::replace(span, quoted)],
                        ));
                    }
                }
            }
        }
    }
}

/// Placeholders of a word that the shell would cut, and where they stand in the command. What is inside a substitution is quoted
/// there or not; it is not followed.
fn unquoted<'a>(text: &'a str, word: &Word) -> Vec<(usize, &'a str)> {
    let written = &text[word.span.clone()];
    let mut found = Vec::new();
    for placeholder in PLACEHOLDERS {
        for (at, _) in written.match_indices(placeholder) {
            let end = at + placeholder.len();
            let goes_on = !placeholder.ends_with('}')
                && written[end..].starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_');
            let is_inside =
                written[..at].contains("$(") || written[..at].contains('`') || written[..at].contains("${");
            let start = word.span.start + at;
            if !goes_on && !is_inside && word.quoting_at(start) == Quoting::Bare {
                found.push((start, &text[start..word.span.start + end]));
            }
        }
    }
    found
}

/// The placeholder in double quotes, as it is written inside this scalar.
fn quoted(node: &Node, span: Span, placeholder: &str) -> Option<String> {
    let Value::Scalar { style, .. } = &node.value else {
        return None;
    };
    if span.len() != placeholder.len() {
        return None;
    }
    match style {
        Style::DoubleQuoted => Some(format!("\\\"{placeholder}\\\"")),
        Style::SingleQuoted => Some(format!("\"{placeholder}\"")),
        // At its beginning a quote would be YAML's.
        Style::Plain if span.start > node.span.start => Some(format!("\"{placeholder}\"")),
        _ => None,
    }
}
