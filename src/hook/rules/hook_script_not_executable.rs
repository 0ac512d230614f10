use crate::hook::Hooks;
use crate::hook::script::scripts;
use crate::io::listing::Lookup;
use crate::lint::{Report, rule};
use crate::text::printable;

rule! {
    /// A hook runs a script itself, and the script may not be run.
    ///
    /// The system refuses to start a file without the executable bit, and the hook fails every time.
    ///
    /// ```json bad as=hooks files=scripts/format.sh
    /// {
    ///   "hooks": {
    ///     "Stop": [
    ///       { "hooks": [{ "type": "command", "command": "${CLAUDE_PLUGIN_ROOT}/scripts/format.sh", "args": [] }] }
    ///     ]
    ///   }
    /// }
    /// ```
    ///
    /// ```json good as=hooks files=scripts/format.sh
    /// {
    ///   "hooks": {
    ///     "Stop": [
    ///       { "hooks": [{ "type": "command", "command": "bash", "args": ["${CLAUDE_PLUGIN_ROOT}/scripts/format.sh"] }] }
    ///     ]
    ///   }
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Hooks reference", section "How a hook resolves", read 2026-08-22.
    "hook-script-not-executable", Suspicious, "0.1.0", Hooks, check
}

fn check(hooks: &Hooks, report: &mut Report<'_>) {
    for handler in hooks.handlers() {
        for script in scripts(hooks, &handler) {
            let is_for_windows = [".cmd", ".bat", ".ps1", ".exe"]
                .iter()
                .any(|ending| script.path.ends_with(ending));
            if script.runs_directly
                && !is_for_windows
                && hooks.files.look(&script.path) == (Lookup::File { executable: false })
            {
                let path = printable(&script.path);
                report
                    .at(&hooks.source, script.span, format!("`{path}` is not executable"))
                    .help(format!(
                        "run `chmod +x {path}`, or name its interpreter before it"
                    ));
            }
        }
    }
}
