use crate::lint::{Report, rule};
use crate::manifest::head;
use crate::marketplace::skills_lock::SkillsLock;
use crate::text::printable;

rule! {
    /// `skills-lock.json` has no version, no map of skills, or an entry without a source or with a hash that is none.
    ///
    /// The program that wrote the file takes one that it does not understand for an empty one and writes over it: what was installed
    /// and from where is lost. An entry without a source cannot be installed again, and with a hash that is no SHA-256 of 64
    /// lowercase hexadecimal digits every copy looks changed. Files of a later version are not judged.
    ///
    /// ```json bad
    /// {
    ///   "version": 1,
    ///   "skills": {
    ///     "pdf-tools": { "source": "team/skills", "sourceType": "github", "computedHash": "a1b2c3" }
    ///   }
    /// }
    /// ```
    ///
    /// ```json bad
    /// { "version": "1", "skills": {} }
    /// ```
    ///
    /// ```json good
    /// {
    ///   "version": 1,
    ///   "skills": {
    ///     "pdf-tools": {
    ///       "source": "team/skills",
    ///       "sourceType": "github",
    ///       "skillPath": "skills/pdf-tools/SKILL.md",
    ///       "computedHash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// Source: the npm package `skills` 1.7.4, its project lock, read 2026-11.
    "lock-entry-malformed", Suspicious, "0.2.0", SkillsLock, check
}

fn check(lock: &SkillsLock, report: &mut Report<'_>) {
    let Some(object) = lock.object() else {
        return;
    };
    let source = lock.source();
    if !SkillsLock::has_known_version(object) {
        let span = object.get("version").map_or(head(object), |version| version.span);
        report
            .at(source, span, "the lock file does not say that its `version` is 1")
            .help("write `\"version\": 1`, or install the skills anew");
    }
    if object.get("skills").and_then(|skills| skills.as_map()).is_none() {
        let span = object.get("skills").map_or(head(object), |skills| skills.span);
        report
            .at(source, span, "the lock file has no object `skills`")
            .help("write `\"skills\": {}`, or install the skills anew");
    }
    for (name, entry) in lock.entries() {
        let shown = printable(name.as_text().unwrap_or_default());
        if entry.as_map().is_none() {
            let message = format!("the entry of `{shown}` is no object");
            report
                .at(source, entry.span, message)
                .help("install the skill anew, or remove the entry");
            continue;
        }
        let from = entry.get("source");
        if from.and_then(|from| from.as_str()).is_none_or(str::is_empty) {
            let span = from.map_or(name.span, |from| from.span);
            let message = format!("the entry of `{shown}` has no `source`");
            report
                .at(source, span, message)
                .help("say where the skill comes from, as in `\"source\": \"owner/repository\"`");
        }
        for (field, prefix) in [("computedHash", ""), ("wellKnownDigest", "sha256:")] {
            let Some(hash) = entry.get(field) else {
                continue;
            };
            let digits = hash.as_str().and_then(|hash| hash.strip_prefix(prefix));
            if !digits.is_some_and(is_sha256) {
                let shown = printable(hash.as_text().unwrap_or(hash.type_name()));
                report
                    .at(source, hash.span, format!("`{shown}` in `{field}` is no SHA-256"))
                    .help("install the skill anew; a hash is not written by hand");
            }
        }
    }
}

fn is_sha256(digits: &str) -> bool {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    digits.len() == 64 && digits.bytes().all(is_digit)
}
