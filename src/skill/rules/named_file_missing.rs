use std::collections::BTreeSet;

use crate::diagnostic::Fix;
use crate::lint::{Report, rule};
use crate::skill::links::similar;
use crate::skill::named::{is_there, means_own_file, named_paths};
use crate::skill::{FILE_NAME, Skill};
use crate::text::Edit;

rule! {
    /// A page names a file of the skill, such as `scripts/run.py`, that is not there.
    ///
    /// The model runs or opens it and fails. Links are the business of `link-target-missing`; this rule looks at paths under
    /// `scripts/`, `references/`, `assets/`, `examples/`, `templates/` and `resources/` in prose, in backticks and in the commands of
    /// shell fences. A path counts as the skill's own when the skill has that folder, when the skill's folder stands in front of it
    /// (`${CLAUDE_SKILL_DIR}/…`), or when `SKILL.md` names it, no folder around has one of that name, and the words around it do not
    /// speak of the user's project. Placeholders, patterns, files to be made, files of other skills, and skills that teach how to
    /// write skills are passed over.
    ///
    /// ```markdown bad files=scripts/extract.py
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Run `scripts/extract.py`, then `scripts/merge.py`.
    /// ```
    ///
    /// ```markdown good files=scripts/extract.py
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Run `scripts/extract.py`. When the project has `src/scripts/merge.py`, run that too. Save what you learn as
    /// `scripts/<topic>.md`.
    /// ```
    ///
    /// Source: Agent Skills specification, "File references": paths are relative to the skill's folder, read 2026-11.
    "named-file-missing", Suspicious, "0.2.0", Skill, check
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    let pages = skill
        .reach()
        .pages()
        .iter()
        .map(|at| skill.files[*at].path.as_str());
    let pages = pages.filter(|path| path.starts_with("reference") && !path.contains("example"));
    let pages = pages.filter_map(|path| Some((path, skill.pages.get(path)?)));
    for (from, page) in std::iter::once((FILE_NAME, &skill.page)).chain(pages) {
        let mut seen = BTreeSet::new();
        for named in named_paths(skill, page) {
            if is_there(skill, from, named.path)
                || !means_own_file(skill, from, page, &named)
                || !seen.insert(named.path)
            {
                continue;
            }
            let message = format!("there is no `{}` in the skill", named.path);
            let finding = report.at(&page.source, named.span, message);
            match similar(skill, named.path) {
                Some(near) if near.eq_ignore_ascii_case(named.path) => {
                    let title = format!("write `{near}`");
                    finding
                        .help(&*title)
                        .fix(Fix::safe(title, vec![Edit::replace(named.span, near)]));
                }
                Some(near) => {
                    finding.help(format!("did you mean `{near}`?"));
                }
                None => {
                    finding.help("add the file, or take the mention out");
                }
            }
        }
    }
}
