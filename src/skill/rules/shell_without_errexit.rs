use crate::document::script::Language;
use crate::lint::{Report, rule};
use crate::skill::Skill;
use crate::text::Span;

rule! {
    /// A shell script goes on after a command has failed.
    ///
    /// Without `set -e` a script reports success though a step in its midst failed, and the model believes it. Off by default: many
    /// scripts look at every answer themselves, and those that are only sourced must not set it.
    ///
    /// ```bash bad path=scripts/build.sh
    /// #!/usr/bin/env bash
    /// cd out
    /// make
    /// cp result ..
    /// echo done
    /// ```
    ///
    /// ```bash good path=scripts/build.sh
    /// #!/usr/bin/env bash
    /// set -euo pipefail
    /// cd out
    /// make
    /// cp result ..
    /// ```
    ///
    /// Source: POSIX.1-2017, `set -e`, read 2026-11.
    "shell-without-errexit", Pedantic, "0.2.0", Skill, check
}

/// Scripts with fewer commands than this have little to fail halfway.
const FEWEST_LINES: usize = 4;

fn check(skill: &Skill, report: &mut Report<'_>) {
    for (_, source, script) in skill.own_scripts() {
        if script.language != Language::Shell {
            continue;
        }
        let text = source.text();
        let mut lines = 0;
        let mut at = 0;
        let mut is_set = text
            .lines()
            .next()
            .is_some_and(|first| first.starts_with("#!") && first.contains(" -e"));
        for line in text.split_inclusive('\n') {
            let start = at + line.len() - line.trim_start().len();
            at += line.len();
            let words = line.trim();
            if words.is_empty() || script.is_comment(start) {
                continue;
            }
            lines += 1;
            if let Some(options) = words.strip_prefix("set ") {
                is_set |= options.contains("errexit")
                    || options
                        .split_whitespace()
                        .any(|word| word.starts_with('-') && word.contains('e') && !word.starts_with("--"));
            }
        }
        if !is_set && lines >= FEWEST_LINES {
            let place = Span::new(0, source.line_span(1).end);
            report
                .at(source, place, "the script goes on after a command has failed")
                .help("begin with `set -euo pipefail` (bash) or `set -eu`");
        }
    }
}
