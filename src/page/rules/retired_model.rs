use crate::lint::{Report, rule};
use crate::page::{Page, values};
use crate::text::Span;

rule! {
    /// An example sets a model that its maker has shut down.
    ///
    /// Requests that name it fail, so the example does not work. Looked at are values in code that are called a model, as in
    /// `model="gpt-4"`, and not mentions: a guide to migration may name what is gone. Models on Azure, Bedrock and Vertex AI have
    /// calendars of their own and pass. `lint.retired_models` in the settings adds to the list.
    ///
    /// ````markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// ```python
    /// client.messages.create(model="claude-3-opus-20240229")
    /// ```
    /// ````
    ///
    /// ````markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// ```python
    /// client.messages.create(model="claude-opus-4-8")
    /// ```
    ///
    /// Replace `claude-3-opus-20240229`.
    /// ````
    ///
    /// Source: the pages of the Claude API, the OpenAI API and the Gemini API on model deprecations, read 2026-11.
    "retired-model", Suspicious, "0.1.0", Page, check
}

/// Words that a shut-down model of another house stands beside.
const ELSEWHERE: &[&str] = &[
    "azure",
    "bedrock",
    "vertex",
    "deprecated",
    "retired",
    "legacy",
    "migrat",
];

fn check(page: &Page, report: &mut Report<'_>) {
    let more = &report.options().retired_models;
    for fence in &page.markdown.fences {
        let code = page.source.slice(fence.span);
        if !code.contains("model") {
            continue;
        }
        let lower = code.to_lowercase();
        if ELSEWHERE.iter().any(|word| lower.contains(word)) {
            continue;
        }
        for (at, model) in models(code) {
            let own = more.iter().find(|(name, _)| values::is_form_of(model, name));
            let help = match (own, values::retired_family(model)) {
                (Some((_, instead)), _) if !instead.is_empty() => format!("write `{instead}`"),
                (Some(_), _) => "name another model".to_owned(),
                (None, Some(family)) => format!("name a current {family} model"),
                (None, None) => continue,
            };
            let span = Span::new(fence.span.start + at, fence.span.start + at + model.len());
            report
                .at(
                    &page.source,
                    span,
                    format!("the model `{model}` is no longer answered"),
                )
                .help(help);
        }
    }
}

/// The values in quotes of what is called a model, and where they stand.
fn models(code: &str) -> impl Iterator<Item = (usize, &str)> {
    code.match_indices("model").filter_map(|(at, word)| {
        let rest = &code[at + word.len()..];
        let rest = ["_name", "_id", "Name", "Id", "ID"]
            .iter()
            .find_map(|end| rest.strip_prefix(end))
            .unwrap_or(rest);
        let rest = rest
            .strip_prefix(['"', '\''])
            .unwrap_or(rest)
            .trim_start_matches(' ');
        let rest = rest
            .strip_prefix([':', '='])
            .filter(|rest| !rest.starts_with('='))?
            .trim_start_matches(' ');
        let quote = rest.chars().next().filter(|first| matches!(first, '"' | '\''))?;
        let value = &rest[quote.len_utf8()..];
        let model = &value[..value.find(quote)?];
        Some((code.len() - value.len(), model))
    })
}
