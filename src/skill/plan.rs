//! The plan of a skill, `init.md`, and the nine parts that a quality checklist asks of it.

use crate::document::markdown::Heading;
use crate::page::Page;
use crate::text::Span;

/// Name of the file in the skill's folder.
pub const PLAN: &str = "init.md";

/// A part of a plan.
struct Part {
    /// As findings name it.
    name: &'static str,
    /// Words in a heading that name it, in lower case.
    headings: &'static [&'static str],
    /// Phrases anywhere in the text that speak of nothing else, in lower case.
    phrases: &'static [&'static str],
    /// What must stand there beside words.
    proof: Proof,
}

#[derive(Debug, Clone, Copy)]
enum Proof {
    Words,
    /// A drawing of lines and arrows in a code block.
    Diagram,
    /// A drawing of folders in a code block.
    Tree,
    /// Two languages at least.
    Languages,
}

const PARTS: &[Part] = &[
    Part {
        name: "a scope",
        headings: &["scope", "what this skill teaches", "does not cover"],
        phrases: &["in scope", "out of scope"],
        proof: Proof::Words,
    },
    Part {
        name: "library research with trust scores",
        headings: &[
            "library research",
            "library validation",
            "library recommendation",
            "recommended libraries",
            "research findings",
            "libraries",
        ],
        phrases: &["trust score", "context7 id"],
        proof: Proof::Words,
    },
    Part {
        name: "a decision framework with a diagram",
        headings: &["decision", "selection", "framework", "choosing"],
        phrases: &[],
        proof: Proof::Diagram,
    },
    Part {
        name: "support for several languages",
        headings: &["language"],
        phrases: &[],
        proof: Proof::Languages,
    },
    Part {
        name: "integration with the frontend",
        headings: &["integration", "integrates", "works with", "related skills"],
        phrases: &["integrates with", "frontend integration"],
        proof: Proof::Words,
    },
    Part {
        name: "design tokens",
        headings: &["design token", "token categories", "theming", "tokens"],
        phrases: &["design token", "design-token"],
        proof: Proof::Words,
    },
    Part {
        name: "security",
        headings: &["security", "hardening", "secrets"],
        phrases: &["security best practice", "security consideration"],
        proof: Proof::Words,
    },
    Part {
        name: "performance",
        headings: &["performance", "benchmark", "latency"],
        phrases: &["benchmark", "req/s", "requests per second", "throughput"],
        proof: Proof::Words,
    },
    Part {
        name: "the structure of an example project",
        headings: &[],
        phrases: &[],
        proof: Proof::Tree,
    },
];

/// Languages a plan may speak of, in the letters of their names: `go` is a word.
const LANGUAGES: &[&str] = &[
    "Python",
    "TypeScript",
    "JavaScript",
    "Rust",
    "Go",
    "Java",
    "C#",
    "Ruby",
    "Bash",
    "PHP",
    "Kotlin",
    "Swift",
];

/// The parts that are not there, as findings name them.
pub fn missing_parts(page: &Page) -> Vec<&'static str> {
    let text = page.body().to_lowercase();
    let parts = PARTS.iter().filter(|part| !is_there(part, page, &text));
    parts.map(|part| part.name).collect()
}

fn is_there(part: &Part, page: &Page, text: &str) -> bool {
    let is_named = |heading: &Heading| {
        let words = heading.text.to_lowercase();
        part.headings.iter().any(|name| words.contains(name))
    };
    let headings = &page.markdown.headings;
    let mut sections = (headings.iter().enumerate())
        .filter(|(_, heading)| is_named(heading))
        .map(|(at, _)| section(page, at));
    let drawings = |is_meant: fn(&str) -> bool| {
        let page = &page;
        page.markdown
            .fences
            .iter()
            .filter(move |fence| is_meant(page.source.slice(fence.span)))
            .map(|fence| fence.span.start)
    };
    match part.proof {
        Proof::Words => {
            sections.any(|span| has_words(page, span))
                || part.phrases.iter().any(|phrase| text.contains(phrase))
        }
        Proof::Diagram => sections.any(|span| drawings(is_drawing).any(|at| span.contains(at))),
        Proof::Tree => drawings(is_tree).next().is_some(),
        Proof::Languages => {
            let words = || {
                page.body()
                    .split(|character: char| !(character.is_alphanumeric() || character == '#'))
            };
            let named = LANGUAGES
                .iter()
                .filter(|language| words().any(|word| word == **language));
            named.count() > 1
        }
    }
}

/// From a heading to the next one of its level or above.
fn section(page: &Page, at: usize) -> Span {
    let headings = &page.markdown.headings;
    let heading = &headings[at];
    let next = headings[at + 1..]
        .iter()
        .find(|other| other.level <= heading.level);
    let end = next.map_or(page.parts.body.end, |next| next.span.start);
    Span::new(heading.span.end, end)
}

/// Whether something stands in a section beside headings and lines.
fn has_words(page: &Page, span: Span) -> bool {
    let lines = page.source.slice(span).lines().map(str::trim);
    let mut told = lines.filter(|line| !line.starts_with('#') && line.contains(char::is_alphanumeric));
    told.next().is_some()
}

fn is_drawing(code: &str) -> bool {
    let has_lines = code.contains(['│', '├', '└', '┌', '─', '→', '▼', '↓']);
    has_lines || code.contains("-->") || code.contains("->") || code.contains("+--")
}

fn is_tree(code: &str) -> bool {
    let branches = code
        .lines()
        .filter(|line| line.contains("── ") || line.contains("|-- ") || line.contains("`-- "));
    let is_path = |line: &&str| line.contains('/') || line.contains('.');
    branches.filter(is_path).count() > 1
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::text::Source;

    /// A plan with all its parts.
    pub const WHOLE: &str = "# Plan\n\n## Scope\n\nPDF files of one repository.\n\n## Library research\n\n| Library | Trust |\n|---|---|\n| pypdf | 9.1 |\n\n## Decision framework\n\n```\nIs it a scan?\n├── yes → OCR\n└── no → text\n```\n\n## Languages\n\nPython first, TypeScript for the browser.\n\n## Integration\n\nThe frontend skill `forms` shows what was read.\n\n## Design tokens\n\nNone: it draws nothing.\n\n## Security\n\nNever run what a file holds.\n\n## Performance\n\nA page takes 20 ms.\n\n## Project structure\n\n```\npdf-tools/\n├── SKILL.md\n└── scripts/\n```\n";

    fn missing(text: &str) -> Vec<&'static str> {
        missing_parts(&Page::read(Source::new("init.md", text)))
    }

    #[test]
    fn a_whole_plan_lacks_nothing_and_an_empty_one_everything() {
        assert_eq!(missing(WHOLE), <[&str; 0]>::default());
        assert_eq!(missing("# Plan\n").len(), PARTS.len());
    }

    #[test]
    fn a_heading_with_nothing_below_is_no_part() {
        assert!(missing("# Plan\n\n## Security\n\n## Performance\n\nFast.\n").contains(&"security"));
        assert!(!missing("# Plan\n\n## Security\n\n### Keys\n\nIn the vault.\n").contains(&"security"));
        assert!(
            missing("# Plan\n\n## Decision framework\n\nThink.\n")
                .contains(&"a decision framework with a diagram")
        );
    }
}
