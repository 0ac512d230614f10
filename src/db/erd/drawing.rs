//! The drawing as SVG.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::layout::{self, Link, Size};
use super::{Diagram, Line, Table, escaped};

const HEAD: f64 = 30.0;
const ROW: f64 = 21.0;
const FOOT: f64 = 6.0;
const MARGIN: f64 = 40.0;
/// Widths of letters at the sizes of the style sheet; a wide letter counts twice.
const LETTER: f64 = 6.9;
const HEAD_LETTER: f64 = 7.9;
/// Longer names are cut in the drawing; the list below it has them whole.
const LONGEST: usize = 34;

/// Writes the SVG element.
pub fn write(diagram: &Diagram<'_>) -> String {
    let sizes: Vec<Size> = diagram.boxes.iter().map(size).collect();
    let links: Vec<Link> = diagram
        .lines
        .iter()
        .map(|line| Link {
            from: line.from.0,
            to: line.to.0,
            from_y: row_middle(line.from.1),
            to_y: row_middle(line.to.1),
        })
        .collect();
    let layout = layout::place(&sizes, &links);
    let (width, height) = (layout.width + 2.0 * MARGIN, layout.height + 2.0 * MARGIN);
    let mut svg = format!(
        "<svg id=\"drawing\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" height=\"{height:.0}\" role=\"group\" aria-label=\"{}\">\n<g id=\"world\" transform=\"translate({MARGIN} {MARGIN})\">\n<g class=\"lines\" aria-hidden=\"true\">\n",
        escaped(&format!("Tables of {} and their references", diagram.title))
    );
    for (line, path) in diagram.lines.iter().zip(&layout.paths) {
        write_line(&mut svg, diagram, line, path);
    }
    svg.push_str("</g>\n");
    let hues = hues(diagram);
    for (at, table) in diagram.boxes.iter().enumerate() {
        let hue = hues
            .get(table.relation.name.schema.as_str())
            .copied()
            .unwrap_or_default();
        write_table(&mut svg, diagram, at, layout.corners[at], sizes[at], hue);
    }
    svg.push_str("</g>\n</svg>\n");
    svg
}

/// A colour for each schema: steps of the golden angle, so that neighbours differ.
fn hues<'a>(diagram: &'a Diagram<'_>) -> BTreeMap<&'a str, u32> {
    let schemas = diagram
        .boxes
        .iter()
        .map(|table| table.relation.name.schema.as_str());
    let schemas: std::collections::BTreeSet<&str> = schemas.collect();
    // The usual schema has the first colour.
    let mut schemas: Vec<&str> = schemas.into_iter().collect();
    schemas.sort_by_key(|name| *name != "public");
    let hue = |at: usize| (212 + u32::try_from(at).unwrap_or_default() * 137) % 360;
    schemas
        .into_iter()
        .enumerate()
        .map(|(at, name)| (name, hue(at)))
        .collect()
}

#[expect(clippy::cast_precision_loss, reason = "letters are few")]
fn width_of(text: &str, letter: f64) -> f64 {
    let letters: usize = cut(text)
        .chars()
        .map(|letter| if u32::from(letter) > 0x10ff { 2 } else { 1 })
        .sum();
    letters as f64 * letter
}

fn cut(text: &str) -> String {
    let text = crate::text::printable(text).replace(['\n', '\t'], " ");
    if text.chars().count() <= LONGEST {
        return text;
    }
    text.chars()
        .take(LONGEST - 1)
        .chain(std::iter::once('…'))
        .collect()
}

#[expect(clippy::cast_precision_loss, reason = "rows are few")]
fn size(table: &Table<'_>) -> Size {
    let head = width_of(&table.label, HEAD_LETTER) + 24.0;
    let rows = table.rows.iter().map(|row| {
        34.0 + width_of(&row.column.name, LETTER) + 18.0 + width_of(&type_shown(row.column), LETTER) + 10.0
    });
    Size {
        width: rows.fold(head, f64::max).max(130.0).ceil(),
        height: HEAD + table.rows.len() as f64 * ROW + FOOT,
    }
}

fn type_shown(column: &super::Column) -> String {
    // The long names of the standard are known by short ones.
    let written = column
        .written
        .replace("timestamp with time zone", "timestamptz")
        .replace("timestamp without time zone", "timestamp")
        .replace("character varying", "varchar")
        .replace("double precision", "float8");
    let written = match written.strip_prefix("public.") {
        Some(bare) => bare.to_owned(),
        None => written,
    };
    if column.is_not_null {
        written
    } else {
        format!("{written}?")
    }
}

#[expect(clippy::cast_precision_loss, reason = "rows are few")]
fn row_middle(row: Option<usize>) -> f64 {
    match row {
        Some(row) => HEAD + row as f64 * ROW + ROW / 2.0,
        None => HEAD / 2.0,
    }
}

fn write_line(svg: &mut String, diagram: &Diagram<'_>, line: &Line, path: &[(f64, f64)]) {
    let (Some(&start), Some(&end)) = (path.first(), path.last()) else {
        return;
    };
    // Which way the line leaves its table and reaches the other.
    let out = if path[1].0 < start.0 { -1.0 } else { 1.0 };
    let before_last = path[path.len() - 2];
    let into = if before_last.0 < end.0 { -1.0 } else { 1.0 };
    let mut d = format!("M{:.1} {:.1}", start.0, start.1);
    let (first, last) = ((start.0 + out * 16.0, start.1), (end.0 + into * 16.0, end.1));
    let _ = write!(d, "H{:.1}", first.0);
    let mut from = first;
    for &to in path[1..path.len() - 1].iter().chain([&last]) {
        if (from.1 - to.1).abs() < 0.05 {
            let _ = write!(d, "H{:.1}", to.0);
        } else {
            let reach = ((to.0 - from.0).abs() / 2.0).max(12.0) * (to.0 - from.0).signum();
            // A table that refers to itself: out of its side and back into it.
            let turns = (to.0 - from.0).abs() < 0.05;
            let (reach, arrival) = if turns {
                (out * 12.0, -out * 12.0)
            } else {
                (reach, reach)
            };
            let _ = write!(
                d,
                "C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1}",
                from.0 + reach,
                from.1,
                to.0 - arrival,
                to.1,
                to.0,
                to.1
            );
        }
        from = to;
    }
    let _ = write!(d, "H{:.1}", end.0);
    // The foot at the table that refers: three toes for many, a bar for at most one.
    let many = if line.is_unique {
        bar(start, out * 7.0)
    } else {
        format!(
            "M{0:.1} {1:.1}L{2:.1} {3:.1}L{0:.1} {4:.1}",
            start.0,
            start.1 - 5.0,
            start.0 + out * 10.0,
            start.1,
            start.1 + 5.0
        )
    };
    let one = bar(end, into * 6.0);
    let circle = |x: f64, y: f64| format!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.5\"/>");
    let none = if line.is_optional {
        circle(end.0 + into * 11.0, end.1)
    } else {
        String::new()
    };
    let class = if line.is_identifying { "line" } else { "line loose" };
    let (child, parent) = (&diagram.boxes[line.from.0], &diagram.boxes[line.to.0]);
    let told = escaped(&format!("{}.{} → {}", child.label, line.label, parent.label));
    let _ = writeln!(
        svg,
        "<g class=\"{class}\" data-a=\"{}\" data-b=\"{}\"><title>{told}</title><path class=\"hit\" d=\"{d}\"/><path d=\"{d}\"/><path class=\"end\" d=\"{many}{one}\"/>{}{none}</g>",
        line.from.0,
        line.to.0,
        if line.is_optional {
            String::new()
        } else {
            format!("<path class=\"end\" d=\"{}\"/>", bar(end, into * 10.0))
        }
    );
}

fn bar((x, y): (f64, f64), away: f64) -> String {
    format!("M{0:.1} {1:.1}V{2:.1}", x + away, y - 5.0, y + 5.0)
}

fn write_table(svg: &mut String, diagram: &Diagram<'_>, at: usize, corner: (f64, f64), size: Size, hue: u32) {
    let table = &diagram.boxes[at];
    let references = diagram.lines.iter().filter(|line| line.from.0 == at);
    let references: std::collections::BTreeSet<&str> = references
        .map(|line| diagram.boxes[line.to.0].label.as_str())
        .collect();
    let kind = if table.relation.is_view() { "View" } else { "Table" };
    let mut told = format!("{kind} {}, {} columns", table.label, table.relation.columns.len());
    if !references.is_empty() {
        let references: Vec<&str> = references.into_iter().collect();
        let _ = write!(told, ", refers to {}", references.join(", "));
    }
    let view = if table.relation.is_view() { " view" } else { "" };
    let _ = writeln!(
        svg,
        "<g class=\"table{view}\" id=\"t{at}\" data-name=\"{}\" transform=\"translate({:.1} {:.1})\" style=\"--hue:{hue}\" tabindex=\"0\" role=\"group\" aria-label=\"{}\">",
        escaped(&table.label.to_lowercase()),
        corner.0,
        corner.1,
        escaped(&told)
    );
    let (width, height) = (size.width, size.height);
    let comment = table.relation.comment.as_deref().unwrap_or_default();
    let title = if comment.is_empty() {
        table.label.clone()
    } else {
        format!("{}: {comment}", table.label)
    };
    let _ = writeln!(
        svg,
        "<rect class=\"box\" width=\"{width:.0}\" height=\"{height:.0}\" rx=\"6\"/><path class=\"head\" d=\"M0 {HEAD}V6a6 6 0 0 1 6-6H{:.0}a6 6 0 0 1 6 6V{HEAD}Z\"/><text class=\"name\" x=\"12\" y=\"20\" style=\"--fit:{:.1}px\"><title>{}</title>{}</text>",
        width - 6.0,
        (width - 24.0) / width_of(&table.label, 0.62).max(1.0),
        escaped(&title),
        escaped(&cut(&table.label))
    );
    for (number, row) in table.rows.iter().enumerate() {
        let y = row_middle(Some(number)) + 4.0;
        let (mark, class) = match (row.is_primary, row.is_foreign) {
            (true, true) => ("PF", "key"),
            (true, false) => ("PK", "key"),
            (false, true) => ("FK", "ref"),
            (false, false) if row.is_unique => ("UK", "ref"),
            (false, false) => ("", ""),
        };
        if !mark.is_empty() {
            let _ = write!(
                svg,
                "<text class=\"mark {class}\" x=\"10\" y=\"{y:.1}\">{mark}</text>"
            );
        }
        let mut title = format!("{} {}", row.column.name, row.column.written);
        if row.column.is_not_null {
            title.push_str(" not null");
        }
        if let Some(default) = &row.column.default {
            let _ = write!(title, " default {default}");
        }
        if let Some(comment) = &row.column.comment {
            let _ = write!(title, ": {comment}");
        }
        let strong = if row.is_primary { " strong" } else { "" };
        let _ = writeln!(
            svg,
            "<text class=\"column{strong}\" x=\"34\" y=\"{y:.1}\"><title>{}</title>{}</text><text class=\"type\" x=\"{:.0}\" y=\"{y:.1}\">{}</text>",
            escaped(&title),
            escaped(&cut(&row.column.name)),
            width - 10.0,
            escaped(&cut(&type_shown(row.column)))
        );
    }
    svg.push_str("</g>\n");
}
