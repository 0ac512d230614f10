//! Code actions: the fix of a finding, the comment that allows it, and all safe fixes of a file at once.

use std::borrow::Cow;

use lsp_types::{CodeAction, CodeActionKind, CodeActionParams, CodeActionResponse};
use serde_json::Value;

use crate::diagnostic::{Diagnostic, Safety};
use crate::text::{Edit, Span};

use super::buffers::Buffer;
use super::edits::{Edits, between};
use super::session::Session;
use super::{allowing, diagnostics, lint};

/// Asked for by editors that fix on save.
pub const FIX_ALL: CodeActionKind = CodeActionKind::Custom(Cow::Borrowed("source.fixAll.packwright"));

pub fn answer(session: &mut Session, params: &CodeActionParams) -> Option<Vec<CodeActionResponse>> {
    let buffer = session.buffers.get(&params.text_document.uri)?.clone();
    let path = buffer.path.clone()?;
    if !session.client.action_literals {
        return None;
    }
    let wants = |kind: &CodeActionKind| match &params.context.only {
        Some(only) => only.iter().any(|wanted| holds(wanted, kind)),
        None => true,
    };
    let mut actions = Vec::new();
    if wants(&CodeActionKind::QuickFix) {
        let selected = buffer.lines.span(&buffer.text, params.range);
        let named: Vec<&str> = (params.context.diagnostics.iter())
            .filter_map(|known| known.data.as_ref()?.get("fix").and_then(Value::as_str))
            .collect();
        let mut findings = session.findings(&path);
        findings
            .retain(|finding| touches(finding, selected) || named.contains(&&*diagnostics::id_of(finding)));
        // Fixes first, whatever the order of the findings: they are what is most often wanted.
        actions.extend(
            findings
                .iter()
                .filter_map(|finding| fix(finding, &buffer, session)),
        );
        actions.extend(
            findings
                .iter()
                .filter_map(|finding| allow(finding, &buffer, session)),
        );
    }
    if wants(&FIX_ALL)
        && let Some(fixed) = session.fixed(&path)
        && let Some(edit) = between(&buffer.text, &fixed)
    {
        let edits = Edits::of(&path, &buffer.text, vec![edit]);
        actions.push(CodeAction {
            title: "Apply all safe fixes".to_owned(),
            kind: Some(FIX_ALL),
            edit: Some(edits.shown(session)),
            ..CodeAction::default()
        });
    }
    Some(actions.into_iter().map(Into::into).collect())
}

/// Whether a kind that was asked for is `kind` or one above it: `source` holds `source.fixAll`.
fn holds(wanted: &CodeActionKind, kind: &CodeActionKind) -> bool {
    let (wanted, kind) = (String::from(wanted.clone()), String::from(kind.clone()));
    let rest = kind.strip_prefix(&wanted);
    rest.is_some_and(|rest| wanted.is_empty() || rest.is_empty() || rest.starts_with('.'))
}

fn touches(finding: &Diagnostic, selected: Span) -> bool {
    let span = finding.place.span;
    span.start <= selected.end && selected.start <= span.end
}

fn fix(finding: &Diagnostic, buffer: &Buffer, session: &Session) -> Option<CodeAction> {
    let fix = finding.fix.as_ref()?;
    let is_safe = fix.safety == Safety::Safe;
    let title = capitalised(&fix.title);
    let title = if is_safe {
        title
    } else {
        format!("{title} (look it over: it may change the meaning)")
    };
    Some(CodeAction {
        is_preferred: is_safe.then_some(true),
        ..quick_fix(title, fix.edits.clone(), finding, buffer, session)
    })
}

fn allow(finding: &Diagnostic, buffer: &Buffer, session: &Session) -> Option<CodeAction> {
    // What is wrong with the settings is no rule's finding.
    lint::about(finding.rule)?;
    let path = buffer.path.as_ref()?;
    let edit = allowing::edit(path, &buffer.text, finding)?;
    let title = format!("Allow `{}` here, with a reason", finding.rule);
    Some(quick_fix(title, vec![edit], finding, buffer, session))
}

fn quick_fix(
    title: String,
    edits: Vec<Edit>,
    finding: &Diagnostic,
    buffer: &Buffer,
    session: &Session,
) -> CodeAction {
    let path = buffer.path.as_deref().unwrap_or(std::path::Path::new(""));
    let edits = Edits::of(path, &buffer.text, edits);
    CodeAction {
        title,
        kind: Some(CodeActionKind::QuickFix),
        diagnostics: Some(vec![diagnostics::in_buffer(finding, buffer, session)]),
        edit: Some(edits.shown(session)),
        ..CodeAction::default()
    }
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_holds_those_below_it() {
        let kind = |name: &str| CodeActionKind::from(name.to_owned());
        for (wanted, expected) in [
            ("", true),
            ("source", true),
            ("source.fixAll", true),
            ("source.fixAll.packwright", true),
            ("source.fixAll.packwright.x", false),
            ("source.fix", false),
            ("quickfix", false),
        ] {
            assert_eq!(holds(&kind(wanted), &FIX_ALL), expected, "{wanted}");
        }
    }
}
