//! Graphviz.

use std::fmt::Write as _;

use super::{Diagram, escaped};

pub fn write(diagram: &Diagram<'_>) -> String {
    let mut text = format!(
        "digraph {} {{\n    graph [rankdir=RL, nodesep=0.4, ranksep=1.2, fontname=\"Helvetica\"]\n    node [shape=plain, fontname=\"Helvetica\", fontsize=11]\n    edge [dir=both, color=\"#5b6573\", fontname=\"Helvetica\", fontsize=9]\n\n",
        quoted(&diagram.title)
    );
    for (at, table) in diagram.boxes.iter().enumerate() {
        let _ = writeln!(
            text,
            "    t{at} [tooltip={}, label=<<table border=\"0\" cellborder=\"1\" cellspacing=\"0\" cellpadding=\"4\">\n        <tr><td bgcolor=\"#dbe7f5\"><b>{}</b></td></tr>",
            quoted(&table.label),
            cell(&table.label)
        );
        for (number, row) in table.rows.iter().enumerate() {
            let name = cell(&row.column.name);
            let name = if row.is_primary {
                format!("<u>{name}</u>")
            } else {
                name
            };
            let foreign = if row.is_foreign { " FK" } else { "" };
            let not_null = if row.column.is_not_null { "" } else { "?" };
            let _ = writeln!(
                text,
                "        <tr><td align=\"left\" port=\"c{number}\">{name} <font color=\"#5b6573\">{}{not_null}{foreign}</font></td></tr>",
                cell(&row.column.written)
            );
        }
        text.push_str("    </table>>]\n");
    }
    text.push('\n');
    for line in &diagram.lines {
        let end = |(table, row): (usize, Option<usize>)| match row {
            Some(row) => format!("t{table}:c{row}"),
            None => format!("t{table}"),
        };
        let child = if line.is_unique { "noneteeodot" } else { "crowodot" };
        let parent = if line.is_optional { "noneteeodot" } else { "teetee" };
        let _ = writeln!(
            text,
            "    {} -> {} [arrowtail={}, arrowhead={}, style={}, tooltip={}]",
            end(line.from),
            end(line.to),
            child.trim_start_matches("none"),
            parent.trim_start_matches("none"),
            if line.is_identifying { "solid" } else { "dashed" },
            quoted(&line.label)
        );
    }
    text.push_str("}\n");
    text
}

/// Text in a cell, which may not be empty.
fn cell(text: &str) -> String {
    match escaped(text) {
        empty if empty.trim().is_empty() => "&#160;".to_owned(),
        some => some,
    }
}

/// A string: only quotes need escaping, but a backslash would begin an escape.
fn quoted(text: &str) -> String {
    let plain = crate::text::printable(text).replace(['\n', '\t'], " ");
    format!("\"{}\"", plain.replace('\\', "\\\\").replace('"', "\\\""))
}
