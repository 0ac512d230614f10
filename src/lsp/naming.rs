//! Where a text names a skill: to find the skill from there, and to write its new name there.

use crate::document::yaml::{Node, Value};
use crate::page::Page;
use crate::text::Span;

/// A name that may be a skill's, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub name: String,
    pub span: Span,
}

/// The name under the pointer: an entry of the list `skills` in front matter, or code inside a line.
pub fn at(page: &Page, at: usize) -> Option<Named> {
    let covers = |span: Span| span.start <= at && at <= span.end;
    if let Some(named) = preloaded(page).into_iter().find(|named| covers(named.span)) {
        return Some(named);
    }
    let code = page.markdown.codes.iter().find(|span| covers(**span))?;
    let written = page.source.slice(*code);
    let inside = written.trim_matches('`').trim();
    let name = inside.rsplit([':', '/']).next().unwrap_or(inside);
    let is_name = |character: char| character.is_alphanumeric() || character == '-';
    if name.is_empty() || !name.chars().all(is_name) {
        return None;
    }
    let start = code.start + written.rfind(name)?;
    Some(Named {
        name: name.to_owned(),
        span: Span::new(start, start + name.len()),
    })
}

/// The skills that the front matter field `skills` lists.
pub fn preloaded(page: &Page) -> Vec<Named> {
    let Some((_, value)) = page.field("skills") else {
        return Vec::new();
    };
    let items = match &value.value {
        Value::List(items) => items.as_slice(),
        _ => std::slice::from_ref(value),
    };
    items.iter().filter_map(|item| in_node(page, item)).collect()
}

/// The text of a scalar, where it is written as it is meant.
pub fn in_node(page: &Page, node: &Node) -> Option<Named> {
    let name = node.as_str()?.trim();
    let at = page
        .source
        .slice(node.span)
        .find(name)
        .filter(|_| !name.is_empty())?;
    let start = node.span.start + at;
    Some(Named {
        name: name.to_owned(),
        span: Span::new(start, start + name.len()),
    })
}

/// Every place where running text or code names a skill, and not something else of that name: in code that the word "skill"
/// stands beside, or whose name has a hyphen; as a word of its own beside "skill"; and, with `folder`, in paths.
pub fn mentions(text: &str, name: &str, folder: bool) -> Vec<Span> {
    let is_part = |character: char| character.is_alphanumeric() || matches!(character, '-' | '_');
    let has_hyphen = name.contains('-');
    let places = text.match_indices(name).filter(|(at, _)| {
        let (before, after) = (&text[..*at], &text[at + name.len()..]);
        if name.is_empty() || before.ends_with(is_part) || after.starts_with(is_part) {
            return false;
        }
        if folder && is_in_path(before, after) {
            return true;
        }
        let is_code = after.starts_with('`') && opens_code(before);
        let (before, after) = if is_code {
            (&before[..before.rfind('`').unwrap_or(0)], &after[1..])
        } else {
            (before, after)
        };
        if is_code && has_hyphen {
            return true;
        }
        (is_code || has_hyphen) && (ends_with_skill(before) || starts_with_skill(after))
    });
    places.map(|(at, _)| Span::new(at, at + name.len())).collect()
}

/// `skills/NAME`, `../NAME/`
fn is_in_path(before: &str, after: &str) -> bool {
    let extension = after.strip_prefix('.').unwrap_or_default();
    let ends_path = !extension.starts_with(char::is_alphanumeric);
    (before.ends_with("skills/") && ends_path) || (before.ends_with("../") && after.starts_with('/'))
}

/// Whether what stands before a name in code is the opening backtick, perhaps with a slash or the name of a pack.
fn opens_code(before: &str) -> bool {
    let line = &before[before.rfind('\n').map_or(0, |at| at + 1)..];
    let Some(tick) = line.rfind('`') else {
        return false;
    };
    let prefix = &line[tick + 1..];
    let is_pack = prefix.strip_suffix(':').is_some_and(|pack| {
        let pack = pack.trim_start_matches('/');
        !pack.is_empty() && pack.chars().all(|c| c.is_alphanumeric() || c == '-')
    });
    let ticks = line.matches('`').count();
    ticks % 2 == 1 && (prefix.is_empty() || prefix == "/" || is_pack)
}

fn ends_with_skill(before: &str) -> bool {
    let before = before.trim_end_matches([' ', ':']);
    ["skill", "skills", "Skill", "Skills"]
        .iter()
        .any(|word| before.ends_with(word))
}

fn starts_with_skill(after: &str) -> bool {
    let after = after.trim_start_matches(' ');
    after.starts_with("skill") || after.starts_with("Skill")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Source;
    use proptest::prelude::*;

    fn marked(text: &str, name: &str) -> String {
        let mut marked = text.to_owned();
        for span in mentions(text, name, true).into_iter().rev() {
            marked.replace_range(span.start..span.end, "*");
        }
        marked
    }

    #[test]
    fn a_mention_is_told_from_a_word_of_that_name() {
        for (text, expected) in [
            ("Use the `git` skill.", "Use the `*` skill."),
            ("Run `git` first.", "Run `git` first."),
            ("Use skill `git` or `/git`.", "Use skill `*` or `/git`."),
            ("the git skill", "the git skill"),
            (
                "See skills/git/SKILL.md and ../git/x.md.",
                "See skills/*/SKILL.md and ../*/x.md.",
            ),
            ("in skills/git.", "in skills/*."),
            (
                "skills/git.md skills/github ../github/x",
                "skills/git.md skills/github ../github/x",
            ),
            ("`tools:git` skill", "`tools:*` skill"),
            ("`a git` skill", "`a git` skill"),
        ] {
            assert_eq!(marked(text, "git"), expected);
        }
        for (text, expected) in [
            ("Run `/pdf-forms` then.", "Run `/*` then."),
            ("the pdf-forms skill", "the * skill"),
            ("pdf-forms and `my-pdf-forms`", "pdf-forms and `my-pdf-forms`"),
        ] {
            assert_eq!(marked(text, "pdf-forms"), expected);
        }
    }

    #[test]
    fn the_name_under_the_pointer_is_found() {
        let text = "---\nskills:\n  - \"a-b\"\n  - c\n---\nUse `/pack:d-e` now.\n";
        let page = Page::read(Source::new("a.md", text));
        for (word, name) in [("a-b", "a-b"), ("c\n", "c"), ("d-e", "d-e"), ("pack:", "d-e")] {
            let named = at(&page, text.find(word).unwrap()).unwrap();
            assert_eq!(named.name, name);
            assert_eq!(page.source.slice(named.span), name);
        }
        assert_eq!(at(&page, text.find("now").unwrap()), None);
    }

    proptest! {
        #[test]
        fn any_text_is_searched(text in "(a-b|`|/|skills|skill| |\n|:|é|\\.\\.|-){0,14}") {
            for span in mentions(&text, "a-b", true) {
                prop_assert_eq!(&text[span.start..span.end], "a-b");
            }
        }
    }
}
