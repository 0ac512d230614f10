//! One HTML page with the drawing and a list of all tables below it. It loads nothing and works without JavaScript.

use std::fmt::Write as _;
use std::path::Path;

use super::{Diagram, Table, drawing, escaped};
use crate::changes::{Change, ChangeSet};
use crate::failure::{Failure, Result};
use crate::scaffold;

pub fn write(diagram: &Diagram<'_>) -> Result<String> {
    let mut set = ChangeSet::new("");
    let title = escaped(&diagram.title);
    let summary = summary(diagram);
    let (svg, list) = (drawing::write(diagram), list(diagram));
    let answers = [
        ("title", title.as_str()),
        ("summary", summary.as_str()),
        ("drawing", svg.as_str()),
        ("list", list.as_str()),
    ];
    scaffold::render(&mut set, &scaffold::builtin("erd"), Path::new(""), &answers)?;
    let page = set.changes.into_iter().find_map(|change| match change {
        Change::Create { contents, .. } => String::from_utf8(contents).ok(),
        _ => None,
    });
    page.ok_or_else(|| Failure::internal("the template of the page is missing"))
}

fn summary(diagram: &Diagram<'_>) -> String {
    let views = diagram
        .boxes
        .iter()
        .filter(|table| table.relation.is_view())
        .count();
    let tables = diagram.boxes.len() - views;
    let counted = |count: usize, noun: &str| match count {
        1 => format!("1 {noun}"),
        count => format!("{count} {noun}s"),
    };
    let mut parts = vec![counted(tables, "table")];
    if views > 0 {
        parts.push(counted(views, "view"));
    }
    parts.push(counted(diagram.lines.len(), "reference"));
    parts.join(", ")
}

fn list(diagram: &Diagram<'_>) -> String {
    let mut html = String::new();
    for (at, table) in diagram.boxes.iter().enumerate() {
        write_section(&mut html, diagram, at, table);
    }
    html
}

fn write_section(html: &mut String, diagram: &Diagram<'_>, at: usize, table: &Table<'_>) {
    let _ = writeln!(
        html,
        "<section id=\"l{at}\" data-name=\"{}\"><h3><a href=\"#t{at}\">{}</a>{}</h3>",
        escaped(&table.label.to_lowercase()),
        escaped(&table.label),
        if table.relation.is_view() {
            " <small>view</small>"
        } else {
            ""
        }
    );
    if let Some(comment) = &table.relation.comment {
        let _ = writeln!(html, "<p>{}</p>", escaped(comment));
    }
    html.push_str("<table><thead><tr><th scope=\"col\">Column</th><th scope=\"col\">Type</th><th scope=\"col\">Key</th><th scope=\"col\">Default</th><th scope=\"col\">Remark</th></tr></thead><tbody>\n");
    for column in &table.relation.columns {
        let mut keys = Vec::new();
        if table.relation.primary_key.contains(&column.name) {
            keys.push("primary".to_owned());
        }
        if table
            .relation
            .unique_keys
            .iter()
            .any(|key| key.len() == 1 && key[0] == column.name)
        {
            keys.push("unique".to_owned());
        }
        for line in diagram.lines.iter().filter(|line| line.from.0 == at) {
            if line.label == column.name {
                let target = &diagram.boxes[line.to.0];
                keys.push(format!(
                    "<a href=\"#l{}\">{}</a>",
                    line.to.0,
                    escaped(&target.label)
                ));
            }
        }
        let null = if column.is_not_null {
            ""
        } else {
            " <small>null</small>"
        };
        let _ = writeln!(
            html,
            "<tr><th scope=\"row\">{}</th><td><code>{}</code>{null}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            escaped(&column.name),
            escaped(&column.written),
            keys.join(", "),
            match &column.default {
                Some(default) => format!("<code>{}</code>", escaped(default)),
                None => String::new(),
            },
            escaped(column.comment.as_deref().unwrap_or_default())
        );
    }
    html.push_str("</tbody></table>\n");
    let several = diagram
        .lines
        .iter()
        .filter(|line| line.from.0 == at && line.label.starts_with('('));
    for line in several {
        let _ = writeln!(
            html,
            "<p>{} refers to <a href=\"#l{}\">{}</a>.</p>",
            escaped(&line.label),
            line.to.0,
            escaped(&diagram.boxes[line.to.0].label)
        );
    }
    html.push_str("</section>\n");
}
