//! From a link, a path or the name of a skill to what it means.

use std::path::{Path, PathBuf};

use lsp_types::{
    Definition, DefinitionParams, DefinitionResponse, DocumentLink, DocumentLinkParams, Location, Position,
    Range,
};

use crate::config;
use crate::document::markdown::{self, Link};
use crate::io::files;
use crate::page::Page;
use crate::skill::links::{Target, resolve};
use crate::text::{Source, Span};

use super::position::Lines;
use super::session::{self, Session};
use super::{naming, uri};

pub fn answer(session: &mut Session, params: &DefinitionParams) -> Option<DefinitionResponse> {
    let place = &params.text_document_position_params;
    let buffer = session.buffers.get(&place.text_document.uri)?.clone();
    let path = buffer.path.clone()?;
    let at = buffer.lines.offset(&buffer.text, place.position);
    if session::is_settings(&path) {
        let source = Source::new("", buffer.text.as_str());
        let named = config::skills_in_bundles(&source).into_iter();
        let (name, _) = named.into_iter().find(|(_, span)| covers(*span, at))?;
        let name = name.rsplit('/').next().unwrap_or(&name);
        let file = session.repository(&path).skill(name)?.file;
        return Some(found(session, &file, None));
    }
    let (_, page) = session.page(&place.text_document.uri)?;
    let folder = session.skill_folder(&path);
    if let Some(link) = page.markdown.links.iter().find(|link| covers(link.span, at)) {
        let (file, anchor) = target(&path, folder.as_deref(), &link.destination)?;
        return Some(found(session, &file, anchor.as_deref()));
    }
    if let Some(file) = named_file(session, &page, &path, at) {
        return Some(found(session, &file, None));
    }
    let word = word_at(&buffer.text, at)?;
    let (file, anchor) = target(&path, folder.as_deref(), word)?;
    Some(found(session, &file, anchor.as_deref()))
}

/// The links of a page that lead to files.
pub fn links(session: &mut Session, params: &DocumentLinkParams) -> Option<Vec<DocumentLink>> {
    let (buffer, page) = session.page(&params.text_document.uri)?;
    let path = buffer.path.clone()?;
    let folder = session.skill_folder(&path);
    let shown = |link: &Link| {
        let (file, _) = target(&path, folder.as_deref(), &link.destination)?;
        let target = session.buffers.uri_of(&file);
        Some(DocumentLink {
            range: buffer.lines.range(&buffer.text, link.destination_span),
            target: Some(target),
            ..DocumentLink::default()
        })
    };
    Some(page.markdown.links.iter().filter_map(shown).collect())
}

fn covers(span: Span, at: usize) -> bool {
    span.start <= at && at <= span.end
}

/// The file of the skill or agent whose name is under the pointer.
fn named_file(session: &mut Session, page: &Page, path: &Path, at: usize) -> Option<PathBuf> {
    if let Some((_, value)) = page.field("agent")
        && covers(value.span, at)
    {
        let name = value.as_str()?.trim().to_owned();
        let agents = session.repository(path).agents();
        let agent = agents.into_iter().find(|known| known.name == name);
        return agent.map(|known| known.file);
    }
    let named = naming::at(page, at)?;
    session
        .repository(path)
        .skill(&named.name)
        .map(|known| known.file)
}

/// The file that a destination leads to from a page, and the anchor in it. Destinations are relative to the page, or else to
/// the skill's folder.
pub fn target(page: &Path, folder: Option<&Path>, destination: &str) -> Option<(PathBuf, Option<String>)> {
    let (place, anchor) = match destination.split_once('#') {
        Some((place, anchor)) => (place, uri::percent_decoded(anchor)),
        None => (destination, None),
    };
    let place = place.split('?').next().unwrap_or_default();
    if place.is_empty() {
        return anchor.map(|anchor| (page.to_path_buf(), Some(anchor)));
    }
    if matches!(resolve("page.md", place), Target::Elsewhere | Target::Absolute) {
        return None;
    }
    let relative = uri::percent_decoded(place)?.replace('\\', "/");
    let homes = [page.parent(), folder];
    let places = homes.into_iter().flatten();
    let mut places = places.map(|home| uri::without_dots(&home.join(&relative)));
    let file = places.find(|place| files::exists(place) && !files::is_folder(place))?;
    Some((file, anchor))
}

/// The place in a file that a definition leads to: the heading of an anchor, or the top.
fn found(session: &Session, file: &Path, anchor: Option<&str>) -> DefinitionResponse {
    let top = Range::new(Position::new(0, 0), Position::new(0, 0));
    let range = anchor
        .and_then(|anchor| heading_of(session, file, anchor))
        .unwrap_or(top);
    let location = Location::new(session.buffers.uri_of(file), range);
    Definition::Location(location).into()
}

fn heading_of(session: &Session, file: &Path, anchor: &str) -> Option<Range> {
    let text = match session.buffers.at(file) {
        Some(buffer) => buffer.text.clone(),
        None => String::from_utf8_lossy(&files::read(file).ok()?).into_owned(),
    };
    let page = Page::read(Source::new("", text.as_str()));
    let headings = &page.markdown.headings;
    let anchors = markdown::anchors(headings);
    let wanted = anchor.to_lowercase();
    let at = anchors.iter().position(|anchor| *anchor == wanted)?;
    let span = headings.get(at)?.span;
    let length = page.source.slice(span).trim_end().len();
    let lines = Lines::new(&text, session.buffers.encoding());
    Some(lines.range(&text, Span::new(span.start, span.start + length)))
}

/// What looks like a path around an offset.
fn word_at(text: &str, at: usize) -> Option<&str> {
    let is_end = |character: char| character.is_whitespace() || "\"'`()<>[]{}|,;".contains(character);
    let start = text[..at].rfind(is_end).map_or(0, |before| {
        before + text[before..].chars().next().map_or(1, char::len_utf8)
    });
    let end = text[at..].find(is_end).map_or(text.len(), |length| at + length);
    let word = text[start..end].trim_end_matches(['.', ':']);
    (word.contains('/') || word.contains('.')).then_some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_around_a_place_is_a_path_or_nothing() {
        let text = "Run `scripts/é.py`, then (see a/b.md). Or not";
        for (word, expected) in [
            ("scripts", Some("scripts/é.py")),
            (".py", Some("scripts/é.py")),
            ("b.md", Some("a/b.md")),
            ("Run", None),
            ("not", None),
        ] {
            assert_eq!(word_at(text, text.find(word).unwrap()), expected, "{word}");
        }
        assert_eq!(word_at("", 0), None);
    }
}
