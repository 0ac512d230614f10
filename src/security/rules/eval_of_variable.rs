use crate::lint::{Report, rule};
use crate::security::calls::evaluation_at;
use crate::security::payloads::decoded_run_at;
use crate::security::{Lead, Manner, Text};
use crate::text::Span;

rule! {
    /// A script runs text as a program that is not fixed: `eval(x)`, `exec(x)`, `new Function(x)`, `eval "$1"`.
    ///
    /// What an agent passes on often comes from a document or a page, and with it whatever its author wrote. A parser for the few forms
    /// that are wanted (`ast.literal_eval`, `JSON.parse`, a table of functions) does not run them.
    ///
    /// ```python bad path=scripts/sum.py
    /// import sys
    ///
    /// print(eval(sys.argv[1]))
    /// ```
    ///
    /// ```python good path=scripts/sum.py
    /// import ast
    /// import sys
    ///
    /// print(ast.literal_eval(sys.argv[1]))
    /// ```
    ///
    /// Source: Cisco skill-scanner, core signatures, "command_injection", read 2026-11.
    /// Codes: snyk E006; cisco COMMAND_INJECTION_EVAL, COMMAND_INJECTION_JS_FUNCTION_CONSTRUCTOR.
    "eval-of-variable", Suspicious, "0.1.0", Text, check
}

fn check(text: &Text, report: &mut Report<'_>) {
    for at in text.leads(Lead::Evaluate) {
        if let Some(call) = evaluation_at(text, at)
            && text.means(call.span, Manner::Command)
            && !is_decoded(text, call.span)
        {
            report
                .at(
                    &text.source,
                    call.span,
                    format!("`{}` runs text that is not fixed as a program", call.name),
                )
                .help("parse the forms that are wanted instead of running them");
        }
    }
}

/// Whether the call runs what was decoded, which `decoded-payload-run` tells of.
fn is_decoded(text: &Text, call: Span) -> bool {
    let mut runs = text.leads(Lead::Decode).filter_map(|at| decoded_run_at(text, at));
    runs.any(|run| run.start < call.end && call.start < run.end)
}
