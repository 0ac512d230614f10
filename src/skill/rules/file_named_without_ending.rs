use crate::diagnostic::Fix;
use crate::lint::{Report, rule};
use crate::skill::Skill;
use crate::skill::links::LinkedPage;
use crate::skill::named::{Setting, named_paths};
use crate::text::Edit;

rule! {
    /// A page names a file by its path but leaves the ending out.
    ///
    /// Most models find the file all the same, after a look into the folder; the ending saves them the look. Off by default, for it
    /// is a matter of a call more or less.
    ///
    /// ```markdown bad files=references/forms.md
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read `references/forms` when there is a form.
    /// ```
    ///
    /// ```markdown good files=references/forms.md
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read `references/forms.md` when there is a form. Everything in `references/` is short.
    /// ```
    ///
    /// Source: Agent Skills specification, "File references": paths are given in full, read 2026-11.
    "file-named-without-ending", Pedantic, "0.2.0", Skill, check
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    for LinkedPage { page, .. } in skill.linked_pages() {
        for named in named_paths(skill, page) {
            let is_whole = named
                .path
                .rsplit('/')
                .next()
                .is_some_and(|name| name.contains('.'));
            if is_whole
                || named.path.ends_with('/')
                || named.setting == Setting::Other
                || skill.has(named.path)
            {
                continue;
            }
            let mut meant = skill.files.iter().filter(|entry| {
                let rest = entry.path.strip_prefix(named.path);
                rest.is_some_and(|rest| rest.starts_with('.') && !rest.contains('/'))
            });
            if let (Some(entry), None) = (meant.next(), meant.next()) {
                let title = format!("write `{}`", entry.path);
                report
                    .at(
                        &page.source,
                        named.span,
                        format!("`{}` is named without its ending", named.path),
                    )
                    .help(&*title)
                    .fix(Fix::safe(title, vec![Edit::replace(named.span, &*entry.path)]));
            }
        }
    }
}
