use crate::diagnostic::Fix;
use crate::io::files::EntryKind;
use crate::lint::{Report, rule};
use crate::skill::{FILE_NAME, Skill};
use crate::text::{Edit, Span};

rule! {
    /// `SKILL.md` names a page beside it in other letters than the file has.
    ///
    /// `FORMS.md` opens `forms.md` on macOS and Windows, and nothing on Linux, where most agents run. Paths with a folder are the
    /// business of `named-file-missing`, links of `link-target-missing`.
    ///
    /// ```markdown bad files=forms.md
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// When there is a form, read FORMS.md.
    /// ```
    ///
    /// ```markdown good files=forms.md
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// When there is a form, read forms.md. The project's own README.md comes first.
    /// ```
    ///
    /// Source: POSIX.1-2017, section 4.7: names of files differ when their bytes do, read 2026-11.
    "file-named-in-other-case", Suspicious, "0.2.0", Skill, check
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    let page = &skill.page;
    let body = page.parts.body;
    for entry in &skill.files {
        let path = entry.path.as_str();
        let is_page = matches!(entry.kind, EntryKind::File { .. }) && crate::skill::is_markdown(path);
        if !is_page
            || path.contains('/')
            || path.eq_ignore_ascii_case("readme.md")
            || path.eq_ignore_ascii_case(FILE_NAME)
        {
            continue;
        }
        let other = crate::skill::words(page.body()).find_map(|(at, word)| {
            let bare = word.trim_start_matches(['*', '_']);
            let start = body.start + at + word.len() - bare.len();
            let bare = bare.trim_end_matches(['.', '*', '_']);
            let is_other = bare.eq_ignore_ascii_case(path) && bare != path && !skill.has(bare);
            let is_link = || {
                page.markdown
                    .links
                    .iter()
                    .any(|link| link.destination_span.contains(start))
            };
            (is_other && !is_link()).then_some((start, bare))
        });
        let Some((start, word)) = other else {
            continue;
        };
        let span = Span::new(start, start + word.len());
        let title = format!("write `{path}`");
        report
            .at(
                &page.source,
                span,
                format!("`{word}` is named `{path}` in the skill"),
            )
            .help(&*title)
            .fix(Fix::safe(title, vec![Edit::replace(span, path)]));
    }
}
