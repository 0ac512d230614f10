//! YAML: streams of documents, with anchors, aliases and tags.

use crate::document::yaml;

use super::Fault;
use super::plain_yaml::is_plain;

/// Why `text` is not YAML.
///
/// One block often shows several files, or several ways to write one, with a blank line or a comment between them. So each such
/// part may be YAML on its own.
pub(super) fn read(text: &str) -> Option<Fault> {
    if is_plain(text) {
        return None;
    }
    let whole = scan(text, 0)?;
    if is_page(text, whole.at) {
        return None;
    }
    let mut start = 0;
    for end in parts(text) {
        let part = &text[start..end];
        if let Some(fault) = scan(part, start)
            && is_meant(part, fault.at - start)
        {
            return Some(fault);
        }
        start = end;
    }
    None
}

fn scan(text: &str, base: usize) -> Option<Fault> {
    let refusal = yaml::scan(text)?;
    // "while parsing a block mapping, did not find expected key"
    let message = refusal.message.rsplit(", ").next().unwrap_or_default();
    let message = message
        .strip_prefix("did not find expected")
        .map_or_else(|| message.to_owned(), |what| format!("expected{what}"));
    Some(Fault::new(base + refusal.at, message))
}

/// Where the parts of a text end: before a line that is not indented and has a blank line or a comment above it, and before a line
/// that is indented less than the first of its part.
fn parts(text: &str) -> Vec<usize> {
    let mut ends = Vec::new();
    let mut base = None;
    let mut is_break = false;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let code = line.trim_start_matches(' ');
        let column = line.len() - code.len();
        if code.trim().is_empty() || code.starts_with('#') {
            is_break |= code.trim().is_empty() || column == 0;
        } else {
            if base.is_some_and(|base| column < base || (is_break && column == 0)) {
                ends.push(at);
                base = None;
            }
            base.get_or_insert(column);
            is_break = false;
        }
        at += line.len();
    }
    ends.push(text.len());
    ends
}

/// Whether the fault lies in the body below a front matter, which is Markdown.
fn is_page(text: &str, at: usize) -> bool {
    let Some((head, body)) = text
        .trim_start()
        .strip_prefix("---\n")
        .and_then(|rest| rest.split_once("\n---\n"))
    else {
        return false;
    };
    let is_manifest = head
        .lines()
        .any(|line| line.starts_with("apiVersion:") || line.starts_with("kind:"));
    at >= text.len() - body.len() && !is_manifest
}

/// Whether the part was meant as YAML at all, and the line at `at` as YAML that its reader takes strictly.
fn is_meant(part: &str, at: usize) -> bool {
    let start = part[..at].rfind('\n').map_or(0, |before| before + 1);
    let line = part[start..].lines().next().unwrap_or_default();
    // Where a value ends that began above, the line alone says little.
    let above = part[..start].trim_end().rsplit('\n').next().unwrap_or_default();
    let is_field = |line: &str| {
        let line = line.trim();
        line.contains(": ") || line.ends_with(':') || line.starts_with("- ")
    };
    // `"fast" | "slow"` lists what may stand there; a command behind `!` is run before the text is read.
    let is_notation = part[at..].starts_with('|') || line.contains("\" | \"") || line.contains("!`");
    (is_field(line) || is_field(above))
        && !is_notation
        && !holds_stand_in(line)
        && !part.lines().any(is_outline)
}

/// Whether `[name]` stands in a line for a part of a value or key. Claude Code's documentation writes `argument-hint: [a] [b]` so.
fn holds_stand_in(line: &str) -> bool {
    let is_key = line.trim_start().starts_with('[');
    line.match_indices(']').any(|(at, _)| {
        let rest = &line[at + 1..];
        let next = rest.trim_start();
        let ends =
            next.is_empty() || next.starts_with(['#', ',', ']', '}']) || (rest.starts_with(':') && !is_key);
        !ends
    })
}

/// A line of an outline that has only the looks of YAML: a check box, a number, a heading of several words.
fn is_outline(line: &str) -> bool {
    let line = line.trim_start().trim_start_matches("- ");
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let is_numbered =
        digits > 0 && line[digits..].starts_with([')', '.']) && line[digits + 1..].starts_with(' ');
    let key = line.split_once(": ").map_or(line.trim_end(), |(key, _)| key);
    let is_heading = (key.len() < line.trim_end().len() || key.ends_with(':'))
        && key.starts_with(char::is_alphanumeric)
        && key.contains(' ')
        && key
            .chars()
            .all(|next| next.is_alphanumeric() || " _-/&(),%:".contains(next));
    line.starts_with("[ ] ") || line.starts_with("[x] ") || is_numbered || is_heading
}

#[cfg(test)]
mod tests {
    use super::super::Language::Yaml;
    use super::super::tests::{accepts, refuses};

    #[test]
    fn streams_parts_and_templates_are_read() {
        accepts(
            Yaml,
            &[
                "a: 1\n---\nb: [x, {y: z}]\n...\n",
                "a: &a\n  b: !tag c\nd:\n  <<: *a\n  e: |\n    x: y: z\n",
                "    spec:\n      replicas: 2\n  metadata: {}\n",
                "tasks:\n  - name: a\n\n# handlers\nhandlers:\n- name: b\n",
                "- name: a\n  x: 1\n\n# Or:\nhosts: all\n",
                "name: {{ .Values.name }}\n{{- if .x }}\nb: {{ c }}\n{{- end }}\n",
                "key: <your-key>\nurl: ${URL}\nname: {name}\n",
                "steps:\n  - one\n  ...\n    more: x\n",
                "---\nname: a\ndescription: b\n---\n# Title\nYou are: a thing: `x`\n1. Do\n",
                "argument-hint: [a] [b]\ntitle: [Name] API\n",
                "level: \"low\" | \"high\"\n",
                "Checks:\n  - [ ] All: done\n  - [ ] More\n",
                "Phase 1: Plan\n  Actions:\n    - a\n",
                "1. First: do it\n   - then: this\n2. Second\n",
                "# WRONG\ndescription: Use when: x\n",
                "-  a: 1\n+  a: 2: 3\n",
                "context: !`git status`\nx: !`ls: y`\n",
                "a: 1\na: 2\n",
                "a: 1\r\nb:\r\n  - c\r\n",
            ],
        );
    }

    #[test]
    fn what_no_reader_takes_is_found() {
        refuses(
            Yaml,
            &[
                ("name: a\ndescription: Use when: x\n", ": x"),
                ("a:\n\t- b\n", "- b"),
                ("a: \"b\nc: 1\n", "c: 1"),
                ("a: [1, 2\nb: 3\n", ": 3"),
                ("pattern: \"\\d+\"\n", "\"\\d+"),
                ("uptime: >99.9%\nb: 1\n", ">99.9%"),
                ("principles:\n  - \"Less\" - more\n  - x: y\n", "- more"),
                ("a:\n  - b\n  c: d\n", "c: d"),
                ("paths:\n  - *.js\n  - x: y\n", "*.js"),
                ("x: @scope/name\n", "@scope"),
            ],
        );
    }
}
