use std::sync::LazyLock;

use regex::Regex;

use crate::document::script::Language;
use crate::lint::{Report, rule};
use crate::skill::Skill;
use crate::skill::links::LinkedPage;
use crate::text::{Source, Span};

rule! {
    /// A command fetches a package and runs it, whatever its newest version is by then.
    ///
    /// `npx`, `uvx`, `pipx run`, `bunx`, `pnpm dlx`, `yarn dlx` and `go run …@latest` run what the registry hands out that day: what
    /// was tried may not be what runs, and who takes over the package runs code on every machine. Off by default: instructions in
    /// public skills are full of such commands, and a project's lock file may pin what `npx` runs.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Run `npx -y pdf-merge a.pdf b.pdf`.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// ---
    ///
    /// Run `npx -y pdf-merge@2.1.0 a.pdf b.pdf`. `npx` runs packages.
    /// ```
    ///
    /// Source: agentskills.io, "Using scripts in skills", "One-off commands", on pinning versions; snyk agent-scan, W012 "unverifiable
    /// dependency", read 2026-11.
    "unpinned-runner", Pedantic, "0.2.0", Skill, check
}

static RUNNER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"\b(npx|bunx|uvx|pipx run|pnpm dlx|yarn dlx|go run|uv tool run)((?:[ \t]+[^\s`|;&()]+)+)")
        .ok()
});

fn check(skill: &Skill, report: &mut Report<'_>) {
    let Some(runner) = RUNNER.as_ref() else {
        return;
    };
    for LinkedPage { page, .. } in skill.linked_pages() {
        let markdown = &page.markdown;
        let fences = markdown.fences.iter().filter(|fence| {
            let language = fence.info.split([' ', ',']).next().unwrap_or_default();
            matches!(
                language,
                "" | "sh" | "bash" | "shell" | "zsh" | "console" | "terminal"
            )
        });
        for span in fences
            .map(|fence| fence.span)
            .chain(markdown.codes.iter().copied())
        {
            commands(runner, &page.source, span, |_| true, report);
        }
    }
    for (_, source, script) in skill.own_scripts() {
        if script.language == Language::Shell {
            let whole = Span::new(0, source.text().len());
            commands(runner, source, whole, |at| script.is_code(at), report);
        }
    }
}

fn commands(
    runner: &Regex,
    source: &Source,
    span: Span,
    counts: impl Fn(usize) -> bool,
    report: &mut Report<'_>,
) {
    for found in runner.captures_iter(source.slice(span)) {
        let (Some(program), Some(words)) = (found.get(1), found.get(2)) else {
            continue;
        };
        let start = span.start + program.start();
        if let Some(package) = package(program.as_str(), words.as_str())
            && counts(start)
        {
            let end = span.start + words.start() + words.as_str().find(package).unwrap_or(0) + package.len();
            let message = format!("`{} {package}` runs whatever version is newest", program.as_str());
            report
                .at(source, Span::new(start, end), message)
                .help("name the version that was tried");
        }
    }
}

/// The package that is run without a version, or nothing.
fn package<'a>(program: &str, words: &'a str) -> Option<&'a str> {
    let mut words = words.split_whitespace();
    let package = loop {
        let word = words.next()?;
        match word {
            "--from" | "--package" | "-p" | "--spec" => break words.next()?,
            "--with" | "--python" | "--directory" => {
                words.next();
            }
            _ if word.starts_with("--package=") || word.starts_with("--from=") => {
                break word.split_once('=')?.1;
            }
            _ if word.starts_with('-') => {}
            _ => break word,
        }
    };
    let version = package
        .get(1..)?
        .rsplit_once(['@', '='])
        .map(|(_, version)| version);
    let is_pinned = version.is_some_and(|version| version != "latest");
    let is_name = package.starts_with(|first: char| first.is_ascii_lowercase() || first == '@')
        && package.contains(|next: char| next.is_ascii_alphanumeric())
        && !package.contains(['<', '$', '{', '"', '\'', ':', '[']);
    let is_fetched = program != "go run" || version == Some("latest");
    (is_name && !is_pinned && is_fetched).then_some(package)
}
