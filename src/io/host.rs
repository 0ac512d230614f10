//! This machine and this process, as other people are told of them.

use std::process::Command;

/// Number of this process.
pub fn process_id() -> u32 {
    std::process::id()
}

/// Name of this machine; `unknown host` when the system does not tell.
pub fn name() -> String {
    let told = std::fs::read_to_string("/proc/sys/kernel/hostname")
        .ok()
        .or_else(|| {
            Some(String::from_utf8_lossy(&Command::new("hostname").output().ok()?.stdout).into_owned())
        });
    match told.as_deref().map(str::trim) {
        Some(name) if !name.is_empty() => name.to_owned(),
        _ => "unknown host".to_owned(),
    }
}
