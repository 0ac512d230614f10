use crate::hook::Hooks;
use crate::lint::{Report, rule};
use crate::text::printable;

rule! {
    /// `if` of a handler holds several permission rules.
    ///
    /// It takes exactly one; there is no `&&`, `||` or list.
    ///
    /// ```json bad as=hooks
    /// {
    ///   "hooks": {
    ///     "PreToolUse": [
    ///       { "matcher": "Bash", "hooks": [{ "type": "command", "command": "date", "if": "Bash(rm *) || Bash(mv *)" }] }
    ///     ]
    ///   }
    /// }
    /// ```
    ///
    /// ```json good as=hooks
    /// {
    ///   "hooks": {
    ///     "PreToolUse": [
    ///       {
    ///         "matcher": "Bash",
    ///         "hooks": [
    ///           { "type": "command", "command": "date", "if": "Bash(rm *)" },
    ///           { "type": "command", "command": "date", "if": "Bash(git commit -m \"$(x)\" && *)" }
    ///         ]
    ///       }
    ///     ]
    ///   }
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Hooks reference", section "Common fields", read 2026-08-22.
    "hook-if-many-rules", Correctness, "0.1.0", Hooks, check
}

fn check(hooks: &Hooks, report: &mut Report<'_>) {
    for handler in hooks.handlers() {
        let Some((text, node)) = handler.text("if") else {
            continue;
        };
        if holds_many(text) {
            report
                .at(
                    &hooks.source,
                    node.span,
                    format!("`{}` is more than one rule", printable(text)),
                )
                .help("write a handler for each rule");
        }
    }
}

/// Whether something that joins rules stands outside parentheses.
fn holds_many(text: &str) -> bool {
    let mut depth = 0usize;
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => drop(characters.next()),
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            '|' | '&' | ',' if depth == 0 => return true,
            _ => {}
        }
    }
    false
}
