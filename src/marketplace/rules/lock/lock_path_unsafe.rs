use crate::document::tree::Node;
use crate::lint::{Report, rule};
use crate::marketplace::skills_lock::SkillsLock;
use crate::text::printable;

rule! {
    /// A skill's name or `skillPath` in `skills-lock.json` leads out of the folder that it is meant for.
    ///
    /// Both become paths when the skills are installed again from the file: a name the folder that is written, a `skillPath` what is
    /// read of the source. The program that wrote the file refuses such names; others that read it need not.
    ///
    /// ```json bad
    /// {
    ///   "version": 1,
    ///   "skills": {
    ///     "../../pdf-tools": { "source": "team/skills", "sourceType": "github" }
    ///   }
    /// }
    /// ```
    ///
    /// ```json bad
    /// {
    ///   "version": 1,
    ///   "skills": {
    ///     "pdf-tools": { "source": "team/skills", "sourceType": "github", "skillPath": "skills/../../x/SKILL.md" }
    ///   }
    /// }
    /// ```
    ///
    /// ```json good
    /// {
    ///   "version": 1,
    ///   "skills": {
    ///     "pdf-tools": { "source": "team/skills", "sourceType": "github", "skillPath": "skills/pdf-tools/SKILL.md" }
    ///   }
    /// }
    /// ```
    ///
    /// Source: the npm package `skills` 1.7.4, its project lock and its check of names, read 2026-11.
    "lock-path-unsafe", Suspicious, "0.2.0", SkillsLock, check
}

fn check(lock: &SkillsLock, report: &mut Report<'_>) {
    for (name, entry) in lock.entries() {
        let path = entry.get("skillPath");
        for (node, what) in [(Some(name), "the name"), (path, "`skillPath`")] {
            let Some((node, text)) = node.and_then(|node: &Node| Some((node, node.as_text()?))) else {
                continue;
            };
            if leaves(text) {
                let message = format!("{what} `{}` leads out of its folder", printable(text));
                report
                    .at(lock.source(), node.span, message)
                    .help("install the skill anew from a source you trust, or remove the entry");
            }
        }
    }
}

/// Whether a path is absolute or climbs.
fn leaves(path: &str) -> bool {
    path.starts_with(['/', '\\', '~']) || path.split(['/', '\\']).any(|part| part == "..")
}
