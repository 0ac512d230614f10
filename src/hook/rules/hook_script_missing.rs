use crate::hook::Hooks;
use crate::hook::script::scripts;
use crate::io::listing::Lookup;
use crate::lint::{Report, rule};
use crate::text::printable;

rule! {
    /// A hook names a script that is not there.
    ///
    /// The hook fails every time it should run. Looked for are words of the command that begin with `${CLAUDE_PLUGIN_ROOT}` in a
    /// plugin, or with `${CLAUDE_PROJECT_DIR}` in a project's settings; files that are tested for first or lie in folders of built
    /// files (`dist`, `build`, `bin`) are not judged.
    ///
    /// ```json bad as=hooks files=scripts/Format.sh*
    /// {
    ///   "hooks": {
    ///     "PostToolUse": [
    ///       {
    ///         "matcher": "Edit|Write",
    ///         "hooks": [{ "type": "command", "command": "\"${CLAUDE_PLUGIN_ROOT}\"/scripts/format.sh" }]
    ///       }
    ///     ]
    ///   }
    /// }
    /// ```
    ///
    /// ```json bad as=settings files=.claude/hooks/check.py
    /// {
    ///   "hooks": {
    ///     "Stop": [
    ///       { "hooks": [{ "type": "command", "command": "python3", "args": ["${CLAUDE_PROJECT_DIR}/.claude/check.py"] }] }
    ///     ]
    ///   }
    /// }
    /// ```
    ///
    /// ```json good as=hooks files=scripts/format.sh*
    /// {
    ///   "hooks": {
    ///     "PostToolUse": [
    ///       {
    ///         "matcher": "Edit|Write",
    ///         "hooks": [{ "type": "command", "command": "\"${CLAUDE_PLUGIN_ROOT}\"/scripts/format.sh" }]
    ///       }
    ///     ]
    ///   }
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Hooks reference", section "Reference scripts by path", and "Plugins reference", section
    /// "Path traversal limitations", read 2026-08-22.
    "hook-script-missing", Correctness, "0.1.0", Hooks, check
}

fn check(hooks: &Hooks, report: &mut Report<'_>) {
    for handler in hooks.handlers() {
        for script in scripts(hooks, &handler) {
            let path = printable(&script.path);
            if script.path.split('/').any(|part| part == "..") {
                if hooks.place.is_plugin() {
                    report
                        .at(
                            &hooks.source,
                            script.span,
                            format!("`{path}` leads out of the plugin"),
                        )
                        .help("an installed plugin has its own folder only: keep the script inside");
                }
                continue;
            }
            if let Lookup::Missing { similar } = hooks.files.look(&script.path)
                && !script.may_be_built()
            {
                let finding = report.at(&hooks.source, script.span, format!("there is no file `{path}`"));
                match similar {
                    Some(similar) => {
                        finding.help(format!("there is `{}`: letter case counts", printable(&similar)))
                    }
                    None => finding.help(format!("paths begin at `${{{}}}`", hooks.place.root())),
                };
            }
        }
    }
}
