use crate::diagnostic::Fix;
use crate::document::tree::Value;
use crate::hook::Hooks;
use crate::lint::{Report, rule};
use crate::text::{Edit, printable};

rule! {
    /// `timeout` of a handler is not a number of seconds above zero.
    ///
    /// Claude Code leaves the handler out; under `PreToolUse` and `PermissionRequest` everything around it is refused too.
    ///
    /// ```json bad as=hooks
    /// {
    ///   "hooks": {
    ///     "Stop": [{ "hooks": [{ "type": "command", "command": "date", "timeout": "30" }] }]
    ///   }
    /// }
    /// ```
    ///
    /// ```json good as=hooks
    /// {
    ///   "hooks": {
    ///     "Stop": [{ "hooks": [{ "type": "command", "command": "date", "timeout": 30 }] }]
    ///   }
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Hooks reference", read 2026-08-22; `claude plugin validate` 2.1.329, run 2026-11.
    "hook-timeout-invalid", Correctness, "0.1.0", Hooks, check, refused_by [ClaudeCode]
}

fn check(hooks: &Hooks, report: &mut Report<'_>) {
    for handler in hooks.handlers() {
        let Some(node) = handler.node.get("timeout") else {
            continue;
        };
        if node.value == Value::Alias || node.as_number().is_some_and(|seconds| seconds > 0.0) {
            continue;
        }
        let written: String = printable(hooks.source.slice(node.span))
            .chars()
            .take(40)
            .collect();
        let finding = report
            .at(
                &hooks.source,
                node.span,
                format!("`timeout` cannot be `{written}`"),
            )
            .help("write seconds as a number above zero, as in `30`");
        let number = node
            .as_str()
            .map(str::trim)
            .filter(|text| text.parse::<u32>().is_ok_and(|seconds| seconds > 0));
        if let Some(number) = number {
            let number = number.trim_start_matches('0');
            finding.fix(Fix::risky(
                "write it as a number",
                vec![Edit::replace(node.span, number)],
            ));
        }
    }
}
