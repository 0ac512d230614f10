use std::sync::LazyLock;

use regex::Regex;

use crate::lint::{Report, rule};
use crate::page::Page;

rule! {
    /// The description says that the skill or agent is official, or made by the maker of a client or a model.
    ///
    /// Nothing in the file can prove it, and people trust such words more than others. The source it is installed from says whose
    /// it is. Speaking of official documentation, libraries and styles is let be.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Official Anthropic skill that reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files with the official SDK of Anthropic. Use when a task mentions a PDF.
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// Source: Cisco skill-scanner, core signatures, "social_engineering", read 2026-11.
    /// Codes: cisco SOCIAL_ENG_ANTHROPIC_IMPERSONATION.
    "claims-to-be-official", Suspicious, "0.1.0", Page, check
}

static CLAIM: LazyLock<Regex> = LazyLock::new(|| {
    let makers = r"(?:anthropic|claude(?:\s+code)?|openai|codex|chatgpt|google|gemini|microsoft|github|copilot|cursor|meta|mistral|xai)";
    let things = r"(?:skills?|agents?|subagents?|plugins?|extensions?|assistants?)";
    Regex::new(&format!(
        concat!(
            r"(?i)\b(?:",
            r"official(?:ly)?\s+{makers}(?:['’]s)?\s+{things}\b",
            r"|{makers}(?:['’]s)?\s+official\s+(?:[a-z-]+\s+)?{things}\b",
            r"|official\s+(?:[a-z-]+\s+)?{things}\s+(?:of|by|from)\s+{makers}\b",
            r"|(?:created|made|built|published|maintained|endorsed|approved|verified|certified|authored) by (?:the\s+)?(?:anthropic|openai|google|microsoft|github|meta|mistral|xai)\b",
            r")",
        ),
        makers = makers,
        things = things
    ))
    .expect("a pattern that the examples compile")
});

fn check(page: &Page, report: &mut Report<'_>) {
    let Some((description, span)) = page.text_field("description") else {
        return;
    };
    let lower = description.to_ascii_lowercase();
    let may_claim = ["official", "ed by", "made by", "built by"];
    if !may_claim.iter().any(|words| lower.contains(words)) {
        return;
    }
    if let Some(claim) = CLAIM.find(description) {
        report
            .at(
                &page.source,
                span,
                format!("the description claims `{}`", claim.as_str()),
            )
            .help("say what it does; who made it shows where it is installed from");
    }
}
