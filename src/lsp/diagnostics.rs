//! Findings as the protocol has them.

use lsp_types::{
    Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, Location, PublishDiagnosticsParams, Uri,
};
use serde_json::json;

use crate::diagnostic::{self, Severity};

use super::buffers::Buffer;
use super::position::Lines;
use super::session::Session;

/// Who found it.
const SOURCE: &str = "packwright";

/// What tells a finding from the others of its file, so that a fix can be asked for by it.
pub fn id_of(finding: &diagnostic::Diagnostic) -> String {
    let span = finding.place.span;
    format!("{}@{}..{}", finding.rule, span.start, span.end)
}

/// A finding in a text.
pub fn shown(
    finding: &diagnostic::Diagnostic,
    uri: &Uri,
    text: &str,
    lines: &Lines,
    related_places: bool,
) -> Diagnostic {
    let labels = finding.labels.iter().filter(|_| related_places);
    let labels: Vec<DiagnosticRelatedInformation> = labels
        .map(|label| {
            let location = Location::new(uri.clone(), lines.range(text, label.span));
            DiagnosticRelatedInformation::new(location, label.message.clone())
        })
        .collect();
    let message = match &finding.help {
        Some(help) => format!("{}\nhelp: {help}", finding.message),
        None => finding.message.clone(),
    };
    Diagnostic {
        range: lines.range(text, finding.place.span),
        severity: Some(match finding.severity {
            Severity::Error => DiagnosticSeverity::Error,
            Severity::Warning => DiagnosticSeverity::Warning,
        }),
        code: Some(finding.rule.to_owned().into()),
        code_description: None,
        source: Some(SOURCE.to_owned()),
        message: message.into(),
        tags: None,
        related_information: (!labels.is_empty()).then_some(labels),
        data: finding.fix.as_ref().map(|_| json!({ "fix": id_of(finding) })),
    }
}

/// A finding in an open file.
pub fn in_buffer(finding: &diagnostic::Diagnostic, buffer: &Buffer, session: &Session) -> Diagnostic {
    shown(
        finding,
        &buffer.uri,
        &buffer.text,
        &buffer.lines,
        session.client.related_places,
    )
}

/// All findings of the files that are due, one message a file, and those of settings files that nobody has opened.
pub fn due(session: &mut Session) -> Vec<PublishDiagnosticsParams> {
    let mut told = Vec::new();
    for path in session.take_due() {
        let findings = session.findings(&path);
        let Some(buffer) = session.buffers.at(&path) else {
            continue;
        };
        let findings = findings.iter().map(|finding| in_buffer(finding, buffer, session));
        told.push(PublishDiagnosticsParams {
            uri: buffer.uri.clone(),
            version: Some(buffer.version),
            diagnostics: findings.collect(),
        });
    }
    for (file, source, faults) in session.closed_settings() {
        let uri = session.buffers.uri_of(file);
        let lines = Lines::new(source.text(), session.buffers.encoding());
        let faults = faults
            .iter()
            .map(|fault| shown(fault, &uri, source.text(), &lines, false));
        told.push(PublishDiagnosticsParams {
            diagnostics: faults.collect(),
            version: None,
            uri: uri.clone(),
        });
    }
    told
}
