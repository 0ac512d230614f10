use crate::io::files::EntryKind;
use crate::lint::{Report, rule};
use crate::skill::Skill;

rule! {
    /// The skill holds a program, an archive or compiled code.
    ///
    /// Nobody who reviews the skill can see what it does, scanners pass over it, and it runs on one kind of system. Images, fonts,
    /// PDFs and office documents are what assets are for, and are fine. A file is known by its ending, and a program by its first
    /// bytes, whatever it is called.
    ///
    /// ```markdown bad files=scripts/tools.zip
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Unpack `scripts/tools.zip` first.
    /// ```
    ///
    /// ```markdown bad files=assets/logo.png head=7f454c4602010100
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Put `assets/logo.png` on the title page.
    /// ```
    ///
    /// ```markdown good files=assets/logo.png head=89504e470d0a1a0a
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Put `assets/logo.png` on the title page.
    /// ```
    ///
    /// Source: cisco-ai-defense/skill-scanner, findings on binary files and archives in skills, read 2026-11.
    "binary-file", Suspicious, "0.2.0", Skill, check
}

const ARCHIVES: &[&str] = &[
    "7z", "apk", "bz2", "deb", "dmg", "gz", "iso", "jar", "rar", "rpm", "tar", "tgz", "war", "whl", "xz",
    "zip", "zst",
];
const PROGRAMS: &[&str] = &[
    "a", "com", "dll", "dylib", "exe", "lib", "msi", "o", "obj", "scr", "so", "wasm",
];
const BYTECODE: &[&str] = &["class", "pyc", "pyd", "pyo"];

/// How programs begin: Linux, Windows, macOS (four ways and the one for several processors).
const MAGIC: &[&[u8]] = &[
    b"\x7fELF",
    b"MZ",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
];

fn check(skill: &Skill, report: &mut Report<'_>) {
    for entry in &skill.files {
        if !matches!(entry.kind, EntryKind::File { .. }) {
            continue;
        }
        let name = entry.path.rsplit('/').next().unwrap_or_default();
        let ending = name
            .rsplit_once('.')
            .map_or("", |(_, ending)| ending)
            .to_ascii_lowercase();
        let has = |endings: &[&str]| endings.contains(&ending.as_str());
        // What was read as text is none, whatever its ending says: a model of a cube may end in `.obj`.
        let is_text = skill.texts.contains_key(&entry.path);
        let head = skill.heads.get(&entry.path).map_or(&[][..], Vec::as_slice);
        let what = if has(BYTECODE) {
            "compiled code"
        } else if MAGIC.iter().any(|magic| head.starts_with(magic)) {
            "a program"
        } else if has(PROGRAMS) && !is_text {
            "compiled code"
        } else if has(ARCHIVES) {
            "an archive"
        } else {
            continue;
        };
        report
            .file(
                &skill.shown(&entry.path),
                format!("`{}` is {what}, which no reviewer can read", entry.path),
            )
            .help("keep the source in the skill, or say where to get the rest");
    }
}
