use crate::diagnostic::Fix;
use crate::lint::{Report, rule};
use crate::page::Page;
use crate::text::{Edit, Span};

rule! {
    /// The text holds a word that the organisation does not want to read.
    ///
    /// The words are said in the settings, with what to write instead: `banned_words = { utilize = "use" }` under
    /// `[[lint.policy]]`. Front matter, text and code are looked at, letter case does not matter, and a word counts only as a
    /// whole.
    ///
    /// ```markdown bad policy=banned_words={utilize="use"}
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Utilize the file.
    /// ```
    ///
    /// ```markdown good policy=banned_words={utilize="use"}
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Use the file.
    /// ```
    ///
    /// Source: the settings of the project, `lint.policy`.
    "policy-banned-word", Correctness, "0.1.0", Page, check
}

fn check(page: &Page, report: &mut Report<'_>) {
    let text = page.source.text();
    for policy in page.policies(report.options()) {
        let Some(banned) = &policy.banned else {
            continue;
        };
        for (range, instead) in banned.find(text) {
            let span = Span::from(range);
            let word = page.source.slice(span);
            let finding = report.at(&page.source, span, format!("the policy bans `{word}`"));
            if instead.is_empty() {
                finding.help("say it in other words");
            } else {
                let edit = Edit::replace(span, instead);
                finding
                    .help(format!("write `{instead}`"))
                    .fix(Fix::risky(format!("write `{instead}`"), vec![edit]));
            }
        }
    }
}
