//! What may be written at the cursor: keys and values of front matter, tools, skills, agents, paths and anchors.
//!
//! The text around the cursor is half written, so it is read by its lines here and not as YAML or Markdown.

use std::path::Path;

use lsp_types::{
    CompletionItem, CompletionItemKind, CompletionList, CompletionParams, CompletionResponse, MarkupContent,
    MarkupKind, TextEdit,
};

use crate::document::front_matter::FrontMatter;
use crate::document::markdown;
use crate::io::files;
use crate::page::fields::{self, Field, Values};
use crate::page::{Page, tools};
use crate::skill;
use crate::text::{Source, Span};

use super::buffers::Buffer;
use super::definition;
use super::session::Session;

/// Characters after which an editor asks by itself.
pub const TRIGGERS: [&str; 9] = [":", " ", "-", ",", "[", "(", "/", "#", "`"];

/// Folders of a skill that texts name by their paths from the skill's folder.
const FOLDERS: &[&str] = &["scripts/", "references/", "assets/", "examples/"];

pub fn answer(session: &mut Session, params: &CompletionParams) -> Option<CompletionResponse> {
    let place = &params.text_document_position_params;
    let (buffer, page) = session.page(&place.text_document.uri)?;
    let path = buffer.path.clone()?;
    let at = buffer.lines.offset(&buffer.text, place.position);
    let units = session.units(&path);
    let mut fields = units.iter().map(|unit| unit.fields(&path));
    let known = fields.find(|fields| !fields.is_empty()).unwrap_or_default();
    let offers = match front_matter(&page, at) {
        Some(zone) => in_front_matter(session, &buffer, &path, zone, at, known),
        None if units.is_empty() => return None,
        None => in_body(session, &buffer, &path, at),
    };
    let items = offers.into_iter().map(|offer| offer.shown(&buffer));
    let list = CompletionList {
        is_incomplete: false,
        items: items.collect(),
        ..CompletionList::default()
    };
    Some(list.into())
}

/// Something that may be written.
#[derive(Debug, Clone)]
struct Offer {
    label: String,
    kind: CompletionItemKind,
    /// Takes the place of `span`.
    text: String,
    span: Span,
    docs: String,
}

impl Offer {
    fn new(label: &str, kind: CompletionItemKind, span: Span) -> Self {
        Self {
            label: label.to_owned(),
            kind,
            text: label.to_owned(),
            span,
            docs: String::new(),
        }
    }

    fn shown(self, buffer: &Buffer) -> CompletionItem {
        let range = buffer.lines.range(&buffer.text, self.span);
        let docs = MarkupContent::new(MarkupKind::Markdown, self.docs);
        CompletionItem {
            label: self.label,
            kind: Some(self.kind),
            documentation: (!docs.value.is_empty()).then(|| docs.into()),
            text_edit: Some(TextEdit::new(range, self.text).into()),
            ..CompletionItem::default()
        }
    }
}

/// The bytes between the fences when the cursor stands there. While it is typed the second fence may not be there yet.
fn front_matter(page: &Page, at: usize) -> Option<Span> {
    let zone = match &page.parts.front_matter {
        FrontMatter::Block(block) => block.yaml,
        FrontMatter::Unclosed { fence } => {
            let end = page.source.text().len();
            Span::new((fence.end + 1).min(end), end)
        }
        FrontMatter::Missing { .. } => return None,
    };
    let is_inside =
        zone.start <= at && (at < zone.end || (at == zone.end && zone.end == page.source.text().len()));
    is_inside.then_some(zone)
}

/// A top-level key at the start of a line: its name and what stands behind the colon.
fn key_of(line: &str) -> Option<(&str, &str)> {
    let (key, rest) = line.split_once(':')?;
    let is_key = !key.is_empty() && key.chars().all(is_word);
    is_key.then_some((key, rest))
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '-' | '_')
}

fn in_front_matter(
    session: &mut Session,
    buffer: &Buffer,
    path: &Path,
    zone: Span,
    at: usize,
    known: &'static [Field],
) -> Vec<Offer> {
    let line = buffer.lines.line_at(&buffer.text, at);
    let before = &buffer.text[line.start..at];
    if before.chars().all(is_word) {
        return keys(buffer, zone, line, at, known);
    }
    let (name, typed) = match key_of(before) {
        Some(pair) => pair,
        None => match before.trim_start().strip_prefix("- ") {
            Some(typed) => {
                let mut above = buffer.text[zone.start..line.start].lines().rev();
                let Some((name, _)) = above.find_map(key_of) else {
                    return Vec::new();
                };
                (name, typed)
            }
            None => return Vec::new(),
        },
    };
    // A specifier such as `Bash(git *)` holds what its tool takes, and a comment anything.
    let is_open = typed.matches('(').count() > typed.matches(')').count();
    let Some(field) = fields::find(known, name).filter(|_| !is_open && !typed.contains(" #")) else {
        return Vec::new();
    };
    let is_list = matches!(field.values, Values::Tools | Values::Skills);
    let is_end = |character: char| {
        is_list && matches!(character, ',' | '[') || character.is_whitespace() || "\"'".contains(character)
    };
    let word = typed.rfind(is_end).map_or(typed, |end| &typed[end + 1..]);
    let has_more = typed[..typed.len() - word.len()].trim_matches(['[', '"', '\'', ' ']);
    if !is_list && !has_more.is_empty() {
        return Vec::new();
    }
    let tail = buffer.text[at..line.end]
        .chars()
        .take_while(|&character| is_word(character));
    let span = Span::new(at - word.len(), at + tail.map(char::len_utf8).sum::<usize>());
    let listed = listed_around(buffer, zone, name);
    let offer = |label: &str, kind| Offer::new(label, kind, span);
    let mut offers: Vec<Offer> = match field.values {
        Values::Boolean => ["true", "false"]
            .map(|value| offer(value, CompletionItemKind::Value))
            .into(),
        Values::OneOf(values) => values
            .iter()
            .map(|value| offer(value, CompletionItemKind::EnumMember))
            .collect(),
        Values::Tools => {
            let tools = tools::KNOWN.iter().filter(|tool| !listed.contains(&**tool));
            tools
                .map(|tool| offer(tool, CompletionItemKind::Function))
                .collect()
        }
        Values::Skills => {
            let skills = session
                .repository(path)
                .skills()
                .into_iter()
                .filter(|known| !listed.contains(&known.name.as_str()));
            skills
                .map(|known| Offer {
                    docs: known.description,
                    ..offer(&known.name, CompletionItemKind::Module)
                })
                .collect()
        }
        Values::Agent => {
            let agents = session.repository(path).agents().into_iter();
            agents
                .map(|known| Offer {
                    docs: known.description,
                    ..offer(&known.name, CompletionItemKind::Class)
                })
                .collect()
        }
        Values::Free => match (field.name, session.skill_folder(path)) {
            ("name", Some(folder)) if skill::is_named(path) => {
                let folder = folder.file_name().unwrap_or_default().to_string_lossy();
                vec![offer(&folder, CompletionItemKind::Folder)]
            }
            _ => Vec::new(),
        },
    };
    if typed.is_empty() && key_of(before).is_some() {
        // `key:|` is no pair yet; the value needs a space before it.
        for offer in &mut offers {
            offer.text.insert(0, ' ');
        }
    }
    offers
}

/// The keys that are not there yet.
fn keys(buffer: &Buffer, zone: Span, line: Span, at: usize, known: &'static [Field]) -> Vec<Offer> {
    let text = &buffer.text;
    let others = [&text[zone.start..line.start], &text[line.end..zone.end]];
    let there: Vec<&str> = (others.iter().flat_map(|part| part.lines()))
        .filter_map(|line| key_of(line).map(|(key, _)| key))
        .collect();
    let tail = text[at..line.end]
        .chars()
        .take_while(|&character| is_word(character));
    let end = at + tail.map(char::len_utf8).sum::<usize>();
    let has_colon = text[end..line.end].starts_with(':');
    let span = Span::new(line.start, end);
    let missing = known.iter().filter(|field| !there.contains(&field.name));
    let offers = missing.map(|field| {
        let behind = match field.values {
            _ if has_colon => "",
            Values::Skills => ":\n  - ",
            _ => ": ",
        };
        Offer {
            text: format!("{}{behind}", field.name),
            docs: field.docs.to_owned(),
            ..Offer::new(field.name, CompletionItemKind::Property, span)
        }
    });
    offers.collect()
}

/// The words that a field holds already, on its own line and as items below it.
fn listed_around<'a>(buffer: &'a Buffer, zone: Span, name: &str) -> Vec<&'a str> {
    let lines = buffer.text[zone.start..zone.end].lines();
    let mut lines = lines.skip_while(|line| key_of(line).is_none_or(|(key, _)| key != name));
    let own = lines.next().and_then(key_of).map_or("", |(_, rest)| rest);
    let items = lines.take_while(|line| key_of(line).is_none());
    let is_end = |character: char| character.is_whitespace() || ",[]\"'".contains(character);
    std::iter::once(own)
        .chain(items)
        .flat_map(|text| text.split(is_end))
        .collect()
}

fn in_body(session: &mut Session, buffer: &Buffer, path: &Path, at: usize) -> Vec<Offer> {
    let line = buffer.lines.line_at(&buffer.text, at);
    let before = &buffer.text[line.start..at];
    if let Some(typed) = before.rfind("](").map(|open| &before[open + 2..])
        && !typed.contains([')', ' '])
    {
        let rest = &buffer.text[at..line.end];
        let closing = rest.find(')').filter(|end| !rest[..*end].contains(' '));
        let end = at + closing.unwrap_or(0);
        return match typed.split_once('#') {
            Some((place, anchor)) => anchors(session, buffer, path, place, Span::new(at - anchor.len(), end)),
            None => paths(session, path, Span::new(at - typed.len(), end)),
        };
    }
    let is_end = |character: char| character.is_whitespace() || "\"'`()<>[]{}".contains(character);
    let word = before.rfind(is_end).map_or(before, |end| &before[end + 1..]);
    if FOLDERS.iter().any(|folder| word.starts_with(folder)) {
        let end = buffer.text[at..line.end].find(is_end).unwrap_or(line.end - at);
        let span = Span::new(at - word.len(), at + end);
        let files = session
            .skill_files(path)
            .map_or_else(Vec::new, |(_, files)| files);
        let wanted = files
            .iter()
            .filter(|file| FOLDERS.iter().any(|folder| file.starts_with(folder)));
        return wanted
            .filter(|file| !is_hidden(file))
            .map(|file| Offer::new(file, CompletionItemKind::File, span))
            .collect();
    }
    if before.matches('`').count() % 2 == 1 {
        return named_skills(session, path, before, at);
    }
    Vec::new()
}

/// Names of skills inside code, where a skill is spoken of or the beginning of a name is there.
fn named_skills(session: &mut Session, path: &Path, before: &str, at: usize) -> Vec<Offer> {
    let Some((prose, code)) = before.rsplit_once('`') else {
        return Vec::new();
    };
    let word = code.trim_start_matches('/');
    let is_asked_for = !word.is_empty() || prose.to_lowercase().contains("skill");
    if !is_asked_for || !word.chars().all(is_word) {
        return Vec::new();
    }
    let span = Span::new(at - word.len(), at);
    let known = session.repository(path).skills().into_iter();
    let known = known.filter(|known| known.name.starts_with(word));
    let offers = known.map(|known| Offer {
        docs: known.description,
        ..Offer::new(&known.name, CompletionItemKind::Module, span)
    });
    offers.collect()
}

/// The files of the skill, by their paths from the page.
fn paths(session: &mut Session, path: &Path, span: Span) -> Vec<Offer> {
    let Some((folder, files)) = session.skill_files(path) else {
        return Vec::new();
    };
    let own = path
        .strip_prefix(&folder)
        .ok()
        .and_then(Path::parent)
        .unwrap_or(Path::new(""));
    let own = crate::text::slashed(own);
    let offers = files
        .iter()
        .filter(|file| !is_hidden(file) && folder.join(file) != path)
        .map(|file| {
            let shown = relative(&own, file);
            Offer {
                text: shown.replace(' ', "%20"),
                ..Offer::new(&shown, CompletionItemKind::File, span)
            }
        });
    offers.collect()
}

fn is_hidden(file: &str) -> bool {
    file.split('/').any(|part| part.starts_with('.'))
}

/// The path of a file as it is seen from a folder, both given from the same root.
fn relative(from: &str, file: &str) -> String {
    let from: Vec<&str> = from.split('/').filter(|part| !part.is_empty()).collect();
    let parts: Vec<&str> = file.split('/').collect();
    let folders = &parts[..parts.len() - 1];
    let same = from.iter().zip(folders).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..", from.len() - same);
    up.chain(parts[same..].iter().copied())
        .collect::<Vec<_>>()
        .join("/")
}

/// The anchors of the headings of a page: this one when no place is named.
fn anchors(session: &mut Session, buffer: &Buffer, path: &Path, place: &str, span: Span) -> Vec<Offer> {
    let folder = session.skill_folder(path);
    let text = if place.is_empty() {
        buffer.text.clone()
    } else {
        let Some((file, _)) = definition::target(path, folder.as_deref(), place) else {
            return Vec::new();
        };
        match session.buffers.at(&file) {
            Some(buffer) => buffer.text.clone(),
            None => files::read(&file).map_or_else(
                |_| String::new(),
                |bytes| String::from_utf8_lossy(&bytes).into_owned(),
            ),
        }
    };
    let page = Page::read(Source::new("", text));
    let headings = &page.markdown.headings;
    let offers = markdown::anchors(headings).into_iter().zip(headings);
    let offers = offers.map(|(anchor, heading)| Offer {
        docs: heading.text.clone(),
        ..Offer::new(&anchor, CompletionItemKind::Reference, span)
    });
    offers.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_seen_from_their_page() {
        for (from, file, expected) in [
            ("", "references/a.md", "references/a.md"),
            ("references", "references/b.md", "b.md"),
            ("references", "scripts/run.py", "../scripts/run.py"),
            ("references/deep", "references/b.md", "../b.md"),
            ("a/b", "a/c/d.md", "../c/d.md"),
        ] {
            assert_eq!(relative(from, file), expected);
        }
    }
}
