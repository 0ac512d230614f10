//! What is said of the place under the pointer: the rules that fire there, the front matter field, the skill that is named.

use std::path::Path;

use lsp_types::{Hover, HoverParams, MarkupContent, MarkupKind};

use crate::lint::explained;
use crate::page::fields;
use crate::text::Span;

use super::session::Session;
use super::{lint, naming};

pub fn answer(session: &mut Session, params: &HoverParams) -> Option<Hover> {
    let place = &params.text_document_position_params;
    let buffer = session.buffers.get(&place.text_document.uri)?.clone();
    let path = buffer.path.clone()?;
    let at = buffer.lines.offset(&buffer.text, place.position);
    let mut spans = Vec::new();
    let mut words = Vec::new();
    let findings = session.findings(&path);
    let here = findings.iter().filter(|finding| covers(finding.place.span, at));
    let mut told = Vec::new();
    for finding in here {
        let Some(about) = about_rule(session, &path, finding.rule) else {
            continue;
        };
        spans.push(finding.place.span);
        if !told.contains(&finding.rule) {
            told.push(finding.rule);
            words.push(about);
        }
    }
    if let Some((span, text)) = about_field(session, &path, params, at) {
        spans.push(span);
        words.push(text);
    }
    if let Some((_, page)) = session.page(&place.text_document.uri)
        && let Some(named) = naming::at(&page, at)
        && let Some(known) = session.repository(&path).skill(&named.name)
    {
        spans.push(named.span);
        words.push(format!("**{}** (skill)\n\n{}", known.name, known.description));
    }
    let narrowest = spans.into_iter().min_by_key(|span| span.len())?;
    Some(Hover {
        contents: MarkupContent::new(MarkupKind::Markdown, words.join("\n\n---\n\n")).into(),
        range: Some(buffer.lines.range(&buffer.text, narrowest)),
    })
}

fn covers(span: Span, at: usize) -> bool {
    span.start <= at && at <= span.end
}

/// The documentation of a rule, under its name.
fn about_rule(session: &mut Session, path: &Path, rule: &str) -> Option<String> {
    let about = lint::about(rule)?;
    let repository = session.repository(path);
    let shown = lint::shown(path, &repository.site.root);
    let level = repository.levels.of(about, &shown).name();
    let docs = explained(about.docs);
    Some(format!(
        "**{}** ({}, {level})\n\n{docs}",
        about.name,
        about.group.name()
    ))
}

/// The documentation of the field whose key is under the pointer.
fn about_field(
    session: &mut Session,
    path: &Path,
    params: &HoverParams,
    at: usize,
) -> Option<(Span, String)> {
    let units = session.units(path);
    let mut known = units.iter().map(|unit| unit.fields(path));
    let known = known.find(|fields| !fields.is_empty())?;
    let (_, page) = session.page(&params.text_document_position_params.text_document.uri)?;
    let fields = page.parts.fields();
    let (key, _) = fields.iter().find(|(key, _)| covers(key.span, at))?;
    let field = fields::find(known, key.as_text()?)?;
    Some((key.span, format!("**{}**\n\n{}", field.name, field.docs)))
}
