use crate::diagnostic::Fix;
use crate::document::yaml;
use crate::lint::{Report, rule};
use crate::page::tools;
use crate::skill::Skill;
use crate::text::Edit;

rule! {
    /// The names in `allowed-tools` are parted by commas.
    ///
    /// The specification parts them by spaces: a reader that follows it looks for tools called `Read,` and `Grep,`. Claude Code
    /// reads both ways. Commas inside parentheses belong to their tool and stay.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// allowed-tools: Read, Grep, Bash(git log *)
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// allowed-tools: Read Grep Bash(git log *, git diff *)
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// Source: Agent Skills specification, `allowed-tools` field: a space-separated list.
    "allowed-tools-commas", Style, "0.1.0", Skill, check
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    let page = &skill.page;
    let Some((text, span)) = page.text_field("allowed-tools") else {
        return;
    };
    let pieces: Vec<&str> = tools::pieces(text, &[',']).collect();
    if pieces.len() < 2 {
        return;
    }
    let finding = report
        .at(&page.source, span, "the tools are parted by commas")
        .help("put spaces between them");
    if pieces.iter().all(|piece| tools::is_one(piece)) && !page.source.slice(span).contains('\n') {
        let line = yaml::quoted(&pieces.join(" "));
        finding.fix(Fix::safe(
            "put spaces between them",
            vec![Edit::replace(span, line)],
        ));
    }
}
