use crate::lint::{Report, rule};
use crate::skill::Skill;
use crate::text::Span;

rule! {
    /// A `$1` of a shell or awk example stands in a skill that takes arguments.
    ///
    /// Claude Code replaces `$0`, `$1` and so on by the skill's arguments wherever they stand, in code too: `awk '{ print $1 }'`
    /// becomes `awk '{ print --all }'`. A backslash before the dollar sign keeps it. Only skills with `arguments`, `argument-hint`
    /// or `$ARGUMENTS` are judged, and only awk programs and bodies of shell functions.
    ///
    /// ````markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// argument-hint: "[folder] [depth]"
    /// ---
    ///
    /// Read the folder $0.
    ///
    /// ```sh
    /// du -d 1 | awk '{ print $1 }'
    /// ```
    /// ````
    ///
    /// ````markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// argument-hint: "[folder] [depth]"
    /// ---
    ///
    /// Read the folder $0.
    ///
    /// ```sh
    /// du -d $1 | cut -f1
    /// ```
    /// ````
    ///
    /// ````markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// ```sh
    /// du -d 1 | awk '{ print $1 }'
    /// ```
    /// ````
    ///
    /// Source: Claude Code documentation, "Available string substitutions": escape a literal `$` before a digit, read 2026-08-22.
    "positional-in-code", Suspicious, "0.1.0", Skill, check
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    let page = &skill.page;
    let takes_arguments = || {
        ["arguments", "argument-hint"]
            .iter()
            .any(|field| page.field(field).is_some())
            || page.body().contains("$ARGUMENTS")
    };
    if page.markdown.fences.is_empty() || !takes_arguments() {
        return;
    }
    for fence in &page.markdown.fences {
        let text = page.source.slice(fence.span);
        let mut in_function = false;
        let mut start = fence.span.start;
        for line in text.split_inclusive('\n') {
            let code = line.trim();
            in_function =
                (in_function || code.contains("() {") || code.starts_with("function ")) && code != "}";
            let is_program = in_function || is_awk(code);
            for at in positionals(line).filter(|_| is_program) {
                let span = Span::new(start + at, start + at + 2);
                report
                    .at(
                        &page.source,
                        span,
                        format!(
                            "`{}` is replaced by an argument of the skill",
                            page.source.slice(span)
                        ),
                    )
                    .help("write a backslash before the dollar sign");
            }
            start += line.len();
        }
    }
}

fn is_awk(line: &str) -> bool {
    line.split(|character: char| !character.is_alphanumeric())
        .any(|word| matches!(word, "awk" | "gawk" | "mawk"))
}

/// Where `$` and a digit stand, no backslash before them.
fn positionals(line: &str) -> impl Iterator<Item = usize> {
    let bytes = line.as_bytes();
    (0..bytes.len().saturating_sub(1)).filter(|&at| {
        bytes[at] == b'$' && bytes[at + 1].is_ascii_digit() && (at == 0 || bytes[at - 1] != b'\\')
    })
}
