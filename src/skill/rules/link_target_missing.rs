use crate::diagnostic::Fix;
use crate::document::markdown::Link;
use crate::lint::{Report, rule};
use crate::skill::Skill;
use crate::skill::links::{Target, similar};
use crate::text::{Edit, Source, Span};

rule! {
    /// A Markdown link leads to a file that is not in the skill.
    ///
    /// The model follows the link and finds nothing. Links in code are not looked at, nor URLs, anchors, and placeholders such as
    /// `{{ path }}`, nor links in a line that is to be filled in, `- [guide.md](guide.md) - [Description]`, or that says
    /// `(planned)` of them. Pages that the skill links to are checked too.
    ///
    /// ```markdown bad files=references/forms.md
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read [the guide to forms](references/froms.md) when there is a form. See also [forms](references/forms.md).
    /// ```
    ///
    /// ```markdown bad files=references/forms.md
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read [the guide to forms](./References/Forms.md#fields) when there is a form. `references/forms.md` is long.
    /// ```
    ///
    /// ```markdown good files=references/forms.md
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read [the guide to forms](references/forms.md) when there is a form. `[not a link](x.md)`
    /// ```
    ///
    /// Source: Agent Skills specification, "File references".
    "link-target-missing", Correctness, "0.1.0", Skill, check
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    for linked in skill.linked_pages() {
        let page = linked.page;
        for (link, target) in linked.links() {
            let path = match target {
                Target::Inside(path) if !path.is_empty() && !skill.has(path) => path,
                Target::Outside(path) if skill.around.has(path) == Some(false) => {
                    if is_yet_to_be(&page.source, link) {
                        continue;
                    }
                    report
                        .at(
                            &page.source,
                            link.destination_span,
                            format!(
                                "`{}` leads out of the skill, and nothing is there",
                                link.destination
                            ),
                        )
                        .help("mend the link, or take it out");
                    continue;
                }
                _ => continue,
            };
            if is_yet_to_be(&page.source, link) {
                continue;
            }
            let finding = report.at(
                &page.source,
                link.destination_span,
                format!("there is no `{path}` in the skill"),
            );
            match similar(skill, path) {
                Some(near) => {
                    let finding = finding.help(format!("did you mean `{near}`?"));
                    if near.eq_ignore_ascii_case(path)
                        && let Some(edit) = respelt(&page.source, link, near)
                    {
                        finding.fix(Fix::safe(format!("link to `{near}`"), vec![edit]));
                    }
                }
                None => {
                    finding.help("add the file, or mend the link");
                }
            }
        }
    }
}

/// Whether the link's line holds words in brackets that are no link, `[Description]`, or says that the target is still to come.
fn is_yet_to_be(source: &Source, link: &Link) -> bool {
    let text = source.text();
    let Span { start, end } = link.destination_span;
    let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let line_end = text[end..].find('\n').map_or(text.len(), |at| end + at);
    let line = &text[line_start..line_end];
    let is_planned = ["(planned)", "(coming soon)", "(todo)"]
        .iter()
        .any(|words| line.to_ascii_lowercase().contains(words));
    is_planned
        || line.match_indices('[').any(|(at, _)| {
            let is_of_a_link = link.destination_span.contains(line_start + at) || line[..at].ends_with(']');
            let Some((words, rest)) = line[at + 1..].split_once(']') else {
                return false;
            };
            let is_blank = words.len() > 2
                && words.starts_with(|first: char| first.is_ascii_alphabetic())
                && words
                    .chars()
                    .all(|character| character.is_ascii_alphabetic() || " -/".contains(character));
            is_blank && !is_of_a_link && !rest.starts_with(['(', '[', ':'])
        })
}

/// The edit that gives a destination the letters of the path it leads to; `./`, `../` and `#…` around it stay.
fn respelt(source: &Source, link: &Link, path: &str) -> Option<Edit> {
    if source.slice(link.destination_span) != link.destination {
        return None;
    }
    let end = link
        .destination
        .find(['#', '?'])
        .unwrap_or(link.destination.len());
    let written = link.destination[..end].trim_start_matches(['.', '/']);
    let tail = path.get(path.len().checked_sub(written.len())?..)?;
    let start = link.destination_span.start + end - written.len();
    tail.eq_ignore_ascii_case(written)
        .then(|| Edit::replace(Span::new(start, start + written.len()), tail))
}
