use crate::lint::{Report, rule};
use crate::security::calls::shell_call_at;
use crate::security::{Lead, Manner, Text};

rule! {
    /// A script hands a command line to a shell that is put together from variables: `shell=True`, `os.system`, `execSync`.
    ///
    /// A file name with `;` or `$(…)` in it then runs as a command, and names come from documents that an agent reads. Fixed command
    /// lines are let be, and so is a name that is only ever given fixed words.
    ///
    /// ```python bad path=scripts/count.py
    /// import subprocess
    ///
    ///
    /// def count(path: str) -> str:
    ///     return subprocess.check_output(f"wc -l {path}", shell=True, text=True)
    /// ```
    ///
    /// ```python good path=scripts/count.py
    /// import subprocess
    ///
    ///
    /// def count(path: str) -> str:
    ///     subprocess.run("date | tee stamp", shell=True, check=True)
    ///     return subprocess.check_output(["wc", "-l", path], text=True)
    /// ```
    ///
    /// Source: Cisco skill-scanner, core signatures, "command_injection", read 2026-11.
    /// Codes: snyk E006; cisco COMMAND_INJECTION_SHELL_TRUE, COMMAND_INJECTION_OS_SYSTEM, COMMAND_INJECTION_JS_CHILD_PROCESS.
    "shell-call-with-variable", Suspicious, "0.1.0", Text, check
}

fn check(text: &Text, report: &mut Report<'_>) {
    for at in text.leads(Lead::ShellCall).chain(text.leads(Lead::Evaluate)) {
        if let Some(call) = shell_call_at(text, at)
            && text.means(call.span, Manner::Command)
        {
            report
                .at(
                    &text.source,
                    call.span,
                    format!(
                        "`{}` runs a command line that is put together from variables",
                        call.name
                    ),
                )
                .help("pass the program and its arguments as a list, without a shell");
        }
    }
}
