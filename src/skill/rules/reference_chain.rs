use std::collections::BTreeSet;

use crate::lint::{Report, rule};
use crate::skill::links::{LinkedPage, Target};
use crate::skill::{FILE_NAME, Skill};

rule! {
    /// A page of the skill can only be found through another page.
    ///
    /// Models often read only the head of a page that a page points to. Every reference should be linked from `SKILL.md` itself;
    /// links between references are fine when it is.
    ///
    /// The bad example's `references/forms.md` links to `references/fields.md`.
    ///
    /// ```markdown bad files=references/forms.md,references/fields.md link=references/forms.md:fields.md
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read [the guide to forms](references/forms.md) when there is a form.
    /// ```
    ///
    /// ```markdown good files=references/forms.md,references/fields.md link=references/forms.md:fields.md
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read [the guide to forms](references/forms.md) when there is a form, [the one to fields](references/fields.md) for names.
    /// ```
    ///
    /// Source: Claude documentation, "Skill authoring best practices", "avoid deeply nested references".
    "reference-chain", Style, "0.1.0", Skill, check
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    let mut pages = skill.linked_pages();
    let own = pages.next().into_iter().flat_map(LinkedPage::links);
    let direct: BTreeSet<&str> = own
        .filter_map(|(_, target)| match target {
            Target::Inside(path) => Some(path.as_str()),
            _ => None,
        })
        .collect();
    let body = skill.page.body();
    let mut reported = BTreeSet::new();
    for linked in pages {
        let new_pages = linked.links().filter_map(|(link, target)| {
            let Target::Inside(path) = target else {
                return None;
            };
            let is_new = skill.pages.contains_key(path)
                && !direct.contains(path.as_str())
                && !body.contains(path.as_str());
            (is_new && reported.insert(path)).then_some((link, path))
        });
        let new_pages: Vec<_> = new_pages.collect();
        let Some((link, path)) = new_pages.first() else {
            continue;
        };
        let others = match new_pages.len() - 1 {
            0 => "is".to_owned(),
            1 => "and another page are".to_owned(),
            more => format!("and {more} other pages are"),
        };
        report
            .at(
                &linked.page.source,
                link.destination_span,
                format!("`{path}` {others} linked here, but not from `{FILE_NAME}`"),
            )
            .help(format!(
                "link to them from `{FILE_NAME}`, with a word on when to read each"
            ));
    }
}
