use crate::lint::{Report, rule};
use crate::marketplace::skills_lock::SkillsLock;
use crate::text::printable;

rule! {
    /// A source in `skills-lock.json` is a path of one machine: absolute, or below somebody's home.
    ///
    /// The file is kept with the project so that everyone gets the same skills. From such a source nobody else can install, and the
    /// path tells how the machine's folders are named.
    ///
    /// ```json bad
    /// {
    ///   "version": 1,
    ///   "skills": {
    ///     "pdf-tools": { "source": "/srv/skills/pdf-tools", "sourceType": "local" }
    ///   }
    /// }
    /// ```
    ///
    /// ```json good
    /// {
    ///   "version": 1,
    ///   "skills": {
    ///     "pdf-tools": { "source": "../skills/pdf-tools", "sourceType": "local" },
    ///     "reports": { "source": "team/skills", "sourceType": "github" }
    ///   }
    /// }
    /// ```
    ///
    /// Source: the npm package `skills` 1.7.4, which writes local sources as paths from the lock file, read 2026-11.
    "lock-source-not-portable", Suspicious, "0.2.0", SkillsLock, check
}

fn check(lock: &SkillsLock, report: &mut Report<'_>) {
    for (_, entry) in lock.entries() {
        for field in ["source", "sourceUrl"] {
            let Some((node, text)) = entry.get(field).and_then(|node| Some((node, node.as_str()?))) else {
                continue;
            };
            if is_of_one_machine(text) {
                let message = format!("`{}` is a path of one machine", printable(text));
                report
                    .at(lock.source(), node.span, message)
                    .help("write the path from the lock file, or install from a repository");
            }
        }
    }
}

fn is_of_one_machine(source: &str) -> bool {
    let bytes = source.as_bytes();
    let is_drive = bytes.len() > 2
        && bytes[0].is_ascii_alphabetic()
        && bytes[1] == b':'
        && matches!(bytes[2], b'/' | b'\\');
    is_drive || source.starts_with(['/', '\\']) || source.starts_with("~/") || source.starts_with("file:")
}
