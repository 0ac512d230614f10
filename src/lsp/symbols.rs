//! The outline of a page: its headings, each with what lies below it.

use lsp_types::{
    BaseSymbolInformation, DocumentSymbol, DocumentSymbolParams, DocumentSymbolResponse, Location,
    SymbolInformation, SymbolKind,
};

use crate::text::Span;

use super::buffers::Buffer;
use super::session::Session;

/// A heading and the text it stands over.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Section {
    level: u8,
    title: String,
    heading: Span,
    whole: Span,
}

pub fn answer(session: &mut Session, params: &DocumentSymbolParams) -> Option<DocumentSymbolResponse> {
    let (buffer, page) = session.page(&params.text_document.uri)?;
    let headings = &page.markdown.headings;
    let sections = headings.iter().enumerate().map(|(at, heading)| {
        let next = headings[at + 1..].iter().find(|next| next.level <= heading.level);
        let end = next.map_or(buffer.text.len(), |next| next.span.start);
        let trimmed = buffer.slice(heading.span).trim_end().len();
        Section {
            level: heading.level,
            // Some clients refuse a symbol without a name.
            title: if heading.text.is_empty() {
                "#".to_owned()
            } else {
                heading.text.clone()
            },
            heading: Span::new(heading.span.start, heading.span.start + trimmed),
            whole: Span::new(heading.span.start, end),
        }
    });
    let sections: Vec<Section> = sections.collect();
    if session.client.nested_symbols {
        return Some(nested(&sections, &buffer).into());
    }
    let flat = sections.iter().map(|section| {
        let location = Location::new(
            buffer.uri.clone(),
            buffer.lines.range(&buffer.text, section.whole),
        );
        let base = BaseSymbolInformation::new(section.title.clone(), SymbolKind::String, None, None);
        SymbolInformation::new(None, location, base)
    });
    Some(flat.collect::<Vec<_>>().into())
}

/// Sections in one another by their levels.
fn nested(mut sections: &[Section], buffer: &Buffer) -> Vec<DocumentSymbol> {
    let mut symbols = Vec::new();
    while let [first, rest @ ..] = sections {
        let inner = rest
            .iter()
            .take_while(|section| section.level > first.level)
            .count();
        let children = nested(&rest[..inner], buffer);
        symbols.push(DocumentSymbol::new(
            first.title.clone(),
            None,
            SymbolKind::String,
            None,
            None,
            buffer.lines.range(&buffer.text, first.whole),
            buffer.lines.range(&buffer.text, first.heading),
            (!children.is_empty()).then_some(children),
        ));
        sections = &rest[inner..];
    }
    symbols
}
