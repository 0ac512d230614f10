use crate::io::files::EntryKind;
use crate::lint::{Report, rule};
use crate::skill::Skill;
use crate::skill::named::Run;

rule! {
    /// A page runs a script by its path, and the file is not executable.
    ///
    /// The command ends in "permission denied", and the model has to find out why. Clients copy the permissions of files with them.
    /// Scripts that are given to a program, as in `bash scripts/fill.sh`, need no permission.
    ///
    /// ```bash bad path=scripts/fill.sh run=./scripts/fill.sh
    /// #!/usr/bin/env bash
    /// echo done
    /// ```
    ///
    /// ```bash good path=scripts/fill.sh run=./scripts/fill.sh executable=yes
    /// #!/usr/bin/env bash
    /// echo done
    /// ```
    ///
    /// Source: POSIX.1-2017, `exec`, error `EACCES`, read 2026-11.
    "script-not-executable", Suspicious, "0.2.0", Skill, check
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    for Run { path, source, span } in skill.scripts_run() {
        let kind = skill.entry(path).map(|entry| &entry.kind);
        if let Some(EntryKind::File {
            executable: false, ..
        }) = kind
        {
            report
                .at(
                    source,
                    *span,
                    format!("`{path}` is run by its path, and is not executable"),
                )
                .help(format!(
                    "`chmod +x {path}` and `git add --chmod=+x {path}`, or name the program that runs it"
                ));
        }
    }
}
