use crate::diagnostic::Fix;
use crate::hook::Hooks;
use crate::hook::events::Matches;
use crate::hook::matcher::{self, Matcher};
use crate::lint::{Report, rule};
use crate::page::tools;
use crate::text::{Edit, Span, printable};

rule! {
    /// A matcher cannot match any tool: it is written as a permission rule or a condition, is no regular expression, or has the
    /// name of a tool in other letters.
    ///
    /// The hook never runs. A matcher is a list of tools such as `Edit|Write`, or a regular expression of JavaScript; what a tool is
    /// called with is held against the field `if` of a handler.
    ///
    /// ```json bad as=settings
    /// {
    ///   "hooks": {
    ///     "PreToolUse": [{ "matcher": "Bash(git *)", "hooks": [{ "type": "command", "command": "date" }] }]
    ///   }
    /// }
    /// ```
    ///
    /// ```json bad as=settings
    /// {
    ///   "hooks": {
    ///     "PreToolUse": [{ "matcher": "edit|Write", "hooks": [{ "type": "command", "command": "date" }] }]
    ///   }
    /// }
    /// ```
    ///
    /// ```json good as=settings
    /// {
    ///   "hooks": {
    ///     "PreToolUse": [
    ///       { "matcher": "Bash", "hooks": [{ "type": "command", "command": "date", "if": "Bash(git *)" }] },
    ///       { "matcher": "Edit|Write", "hooks": [{ "type": "command", "command": "date" }] },
    ///       { "matcher": "^Task(Create|Update)$", "hooks": [{ "type": "command", "command": "date" }] }
    ///     ]
    ///   }
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Hooks reference", section "Matcher patterns", read 2026-08-22.
    "hook-matcher-never-matches", Correctness, "0.1.0", Hooks, check
}

fn check(hooks: &Hooks, report: &mut Report<'_>) {
    for group in hooks.groups() {
        let event = group.event;
        let Some((text, node)) = group.matcher() else {
            continue;
        };
        let is_tool = event.matches == Matches::Tool;
        match matcher::read(text, event.name) {
            Matcher::Names(names) if is_tool => {
                for name in names {
                    let other_case = |known: &&&str| known.eq_ignore_ascii_case(name) && **known != name;
                    let Some(known) = tools::KNOWN.iter().find(other_case) else {
                        continue;
                    };
                    let span = place(hooks, node, text, name);
                    let finding = report
                        .at(
                            &hooks.source,
                            span,
                            format!("there is no tool `{name}`: letter case counts"),
                        )
                        .help(format!("write `{known}`"));
                    if span.len() == name.len() {
                        finding.fix(Fix::risky(
                            format!("write `{known}`"),
                            vec![Edit::replace(span, *known)],
                        ));
                    }
                }
            }
            Matcher::Pattern(pattern) if is_tool && is_permission_rule(pattern) => {
                report
                    .at(
                        &hooks.source,
                        node.span,
                        format!(
                            "the matcher `{}` is written as a permission rule",
                            printable(text)
                        ),
                    )
                    .help("match the tool's name here, and put the rule into the field `if` of the handler");
            }
            Matcher::Pattern(pattern) if is_tool && (pattern.contains("==") || pattern.contains("&&")) => {
                report
                    .at(
                        &hooks.source,
                        node.span,
                        "the matcher is written as a condition, which no tool is called",
                    )
                    .help("match the tool's name here; let `if` or the command look at its input");
            }
            // The names of files are taken as they are.
            Matcher::Pattern(pattern) if event.name != "FileChanged" => {
                if let Some(fault) = matcher::pattern_fault(pattern) {
                    report
                        .at(&hooks.source, node.span, format!("the matcher `{}` is no regular expression: {fault}", printable(text)))
                        .help("use `*` alone, names separated by `|`, or a regular expression of JavaScript such as `mcp__.*`");
                }
            }
            _ => {}
        }
    }
}

/// `Tool(…)` with something inside that no name of a tool has. `Task(Create|Update)` is a regular expression that matches.
fn is_permission_rule(pattern: &str) -> bool {
    pattern.split_once('(').is_some_and(|(tool, inside)| {
        tools::KNOWN.contains(&tool.trim_start_matches('^'))
            && (inside.starts_with('*') || inside.contains([' ', ':', '/']))
    })
}

fn place(hooks: &Hooks, node: &crate::document::tree::Node, text: &str, name: &str) -> Span {
    let at = text.find(name).unwrap_or(0);
    node.span_inside(hooks.source.text(), at..at + name.len())
}
