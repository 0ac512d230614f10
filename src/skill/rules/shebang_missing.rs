use crate::diagnostic::Fix;
use crate::document::script::{Language, interpreter};
use crate::lint::{Report, rule};
use crate::skill::Skill;
use crate::skill::named::Run;
use crate::text::{Edit, Span};

rule! {
    /// A page runs a script by its path, and the script does not say which program runs it.
    ///
    /// Without a first line `#!…` the system refuses the file or takes it for a shell script. Scripts that are given to a program,
    /// as in `python scripts/fill.py`, need none.
    ///
    /// ```bash bad path=scripts/fill.sh run=./scripts/fill.sh executable=yes
    /// echo done
    /// ```
    ///
    /// ```bash good path=scripts/fill.sh run=./scripts/fill.sh executable=yes
    /// #!/usr/bin/env bash
    /// echo done
    /// ```
    ///
    /// ```bash good path=scripts/fill.sh
    /// echo done
    /// ```
    ///
    /// Source: POSIX.1-2017, `execvp`: a file that is no program is given to `sh`, read 2026-11.
    "shebang-missing", Suspicious, "0.2.0", Skill, check
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    for Run { path, .. } in skill.scripts_run() {
        let (Some(source), Some(script)) = (skill.texts.get(path), skill.scripts.get(path)) else {
            continue;
        };
        if interpreter(source.text()).is_some() {
            continue;
        }
        let program = match script.language {
            Language::Python => "python3",
            Language::Shell => "bash",
            Language::JavaScript => "node",
        };
        let line = format!("#!/usr/bin/env {program}");
        let finding = report
            .at(
                source,
                source.line_span(1),
                format!("`{path}` is run by its path and has no `#!` line"),
            )
            .help(format!("begin it with `{line}`"));
        // TypeScript has no program of its own that is everywhere.
        if !path.to_ascii_lowercase().ends_with("ts") {
            let edit = Edit::replace(Span::at(0), format!("{line}\n"));
            finding.fix(Fix::safe(format!("begin with `{line}`"), vec![edit]));
        }
    }
}
