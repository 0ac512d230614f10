use crate::document::script::interpreter;
use crate::io::files::EntryKind;
use crate::lint::{Report, rule};
use crate::skill::Skill;

rule! {
    /// A program lies in the skill under a name that begins with a dot.
    ///
    /// Listings leave such files out, so that whoever reviews the skill does not see what it can run. Settings of tools that are
    /// programs by their nature, such as `.eslintrc.js`, are let be.
    ///
    /// ```sh bad path=scripts/.prepare.sh
    /// #!/bin/sh
    /// set -eu
    /// ls
    /// ```
    ///
    /// ```sh good path=scripts/prepare.sh
    /// #!/bin/sh
    /// set -eu
    /// ls
    /// ```
    ///
    /// Source: Cisco skill-scanner, core signatures, "supply_chain", read 2026-11.
    /// Codes: cisco HIDDEN_FILE_WITH_CODE, HIDDEN_EXECUTABLE_SCRIPT.
    "hidden-script", Suspicious, "0.1.0", Skill, check
}

/// Endings of programs.
const PROGRAMS: &[&str] = &[
    "bash", "bat", "cjs", "cmd", "js", "mjs", "pl", "ps1", "py", "rb", "sh", "ts", "vbs", "zsh", "exe", "so",
    "dylib", "dll", "jar", "pyc",
];

/// Beginnings of names under which tools keep settings that are programs.
const SETTINGS: &[&str] = &[
    ".bash",
    ".babel",
    ".commitlint",
    ".dependency-cruiser",
    ".eleventy",
    ".eslint",
    ".lint",
    ".mocharc",
    ".ncurc",
    ".pnp",
    ".postcss",
    ".prettier",
    ".profile",
    ".puppeteer",
    ".release-it",
    ".remark",
    ".stylelint",
    ".swcrc",
    ".versionrc",
    ".zshrc",
    ".czrc",
    ".cz-config",
    ".depcheck",
    ".size-limit",
    ".solhint",
    ".solcover",
    ".nycrc",
    ".c8rc",
    ".markdownlint",
    ".cspell",
    ".syncpack",
    ".lefthook",
    ".huskyrc",
];

fn check(skill: &Skill, report: &mut Report<'_>) {
    for entry in &skill.files {
        let name = entry.path.rsplit('/').next().unwrap_or(&entry.path);
        let EntryKind::File { executable, .. } = entry.kind else {
            continue;
        };
        if !name.starts_with('.') || SETTINGS.iter().any(|settings| name.starts_with(settings)) {
            continue;
        }
        let ending = name[1..]
            .rsplit_once('.')
            .map(|(_, ending)| ending.to_ascii_lowercase());
        let is_program = ending.is_some_and(|ending| PROGRAMS.contains(&ending.as_str()));
        let text = skill.texts.get(&entry.path);
        let has_interpreter = text.is_some_and(|text| interpreter(text.text()).is_some());
        if is_program
            || has_interpreter
            || (executable && text.is_none_or(|text| text.text().starts_with("#!")))
        {
            let path = format!("{}/{}", skill.folder, entry.path);
            report
                .file(
                    &path,
                    format!("the program `{}` is hidden by its name", entry.path),
                )
                .help("name it without the dot, and say in `SKILL.md` what it is for");
        }
    }
}
