//! Mermaid's `erDiagram`.

use std::fmt::Write as _;

use super::{Diagram, Row};

pub fn write(diagram: &Diagram<'_>) -> String {
    let mut text = String::from("erDiagram\n");
    for table in &diagram.boxes {
        let _ = write!(text, "    {}", quoted(&table.label));
        if table.rows.is_empty() {
            text.push('\n');
            continue;
        }
        text.push_str(" {\n");
        for row in &table.rows {
            write_row(&mut text, row);
        }
        text.push_str("    }\n");
    }
    for line in &diagram.lines {
        let parent = if line.is_optional { "|o" } else { "||" };
        let middle = if line.is_identifying { "--" } else { ".." };
        let child = if line.is_unique { "o|" } else { "o{" };
        let _ = writeln!(
            text,
            "    {} {parent}{middle}{child} {} : {}",
            quoted(&diagram.boxes[line.to.0].label),
            quoted(&diagram.boxes[line.from.0].label),
            quoted(&line.label)
        );
    }
    text
}

fn write_row(text: &mut String, row: &Row<'_>) {
    let column = row.column;
    let name = word(&column.name);
    let _ = write!(text, "        {} {name}", word(&column.written));
    let keys = [
        (row.is_primary, "PK"),
        (row.is_foreign, "FK"),
        (row.is_unique && !row.is_primary, "UK"),
    ];
    let keys: Vec<&str> = keys.iter().filter(|(is, _)| *is).map(|(_, key)| *key).collect();
    if !keys.is_empty() {
        let _ = write!(text, " {}", keys.join(", "));
    }
    let mut remarks = Vec::new();
    if name != column.name {
        remarks.push(column.name.clone());
    }
    remarks.extend(column.comment.clone());
    if !remarks.is_empty() {
        let remark = remarks.join(": ").replace('"', "'");
        let remark = crate::text::printable(&remark)
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        let _ = write!(text, " \"{remark}\"");
    }
    text.push('\n');
}

/// A word of the grammar: what it has no place for becomes `_`.
fn word(text: &str) -> String {
    let is_letter =
        |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '(' | ')' | '[' | ']');
    let word: String = text
        .chars()
        .map(|letter| if is_letter(letter) { letter } else { '_' })
        .collect();
    match word.chars().next() {
        Some(first) if first.is_ascii_alphabetic() || first == '_' => word,
        Some(_) => format!("_{word}"),
        None => "_".to_owned(),
    }
}

/// A name in quotes. What may not stand there becomes a character reference as Mermaid writes them: `#quot;`.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '%' | '\\' | '#' | ';' | '<' | '>' | '&' => {
                let _ = write!(quoted, "#{};", u32::from(letter));
            }
            letter if letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}') => quoted.push(' '),
            letter => quoted.push(letter),
        }
    }
    if quoted.len() == 1 {
        quoted.push('_');
    }
    quoted.push('"');
    quoted
}
