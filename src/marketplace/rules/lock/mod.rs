//! Rules for `skills-lock.json`. Adding one costs its file, a `mod` line and a slice line here.

use crate::lint::Rule;
use crate::marketplace::skills_lock::SkillsLock;

mod lock_entry_malformed;
mod lock_path_unsafe;
mod lock_source_not_portable;

/// In the order of their names.
pub const RULES: &[Rule<SkillsLock>] = &[
    lock_entry_malformed::RULE,
    lock_path_unsafe::RULE,
    lock_source_not_portable::RULE,
];
