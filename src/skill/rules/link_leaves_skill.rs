use crate::io::files::EntryKind;
use crate::lint::{Report, rule};
use crate::skill::Skill;
use crate::skill::links::{Target, resolve};

rule! {
    /// A link leads out of the skill's folder, by `..` or by an absolute path.
    ///
    /// Clients install the folder and nothing else: after an install the target is not there. Symbolic links inside the folder
    /// that lead out of it are reported too. Links to what lies in the same plugin pass, for a plugin is installed whole.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read [the house rules](../../docs/rules.md) first.
    /// ```
    ///
    /// ```markdown good files=references/rules.md
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read [the house rules](references/rules.md) first.
    /// ```
    ///
    /// Source: Agent Skills specification, "File references": relative paths from the skill root.
    "link-leaves-skill", Suspicious, "0.1.0", Skill, check
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    for linked in skill.linked_pages() {
        for (link, target) in linked.links() {
            let (what, help) = match target {
                Target::Outside(path) if is_elsewhere(skill, path) => {
                    ("leaves the skill's folder", "copy what is needed into the skill")
                }
                Target::Absolute => ("is an absolute path", "use a path relative to this file"),
                _ => continue,
            };
            report
                .at(
                    &linked.page.source,
                    link.destination_span,
                    format!("`{}` {what}", link.destination),
                )
                .help(format!("{help}: only the folder itself is installed"));
        }
    }
    for entry in &skill.files {
        let EntryKind::Link { target } = &entry.kind else {
            continue;
        };
        let target = target.to_string_lossy();
        let leaves = match resolve(&entry.path, &format!("./{target}")) {
            _ if target.starts_with('/') => true,
            Target::Outside(path) => is_elsewhere(skill, &path),
            _ => false,
        };
        if leaves {
            report
                .file(
                    &skill.shown(&entry.path),
                    format!("the symbolic link leads out of the skill, to `{target}`"),
                )
                .help("replace the link by the file: only the folder itself is installed");
        }
    }
}

/// Whether something lies there, or may, that is not installed with the skill. What is not there is a dead link.
fn is_elsewhere(skill: &Skill, path: &str) -> bool {
    let around = &skill.around;
    around.has(path) != Some(false) && !around.is_in_outer_skill(path) && !around.is_in_plugin(path)
}
