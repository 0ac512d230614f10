//! A new name for a skill, everywhere it is named: its page and folder, other skills, agents, manifests and bundles.

use std::path::{Path, PathBuf};

use lsp_types::{
    PrepareRenameParams, PrepareRenamePlaceholder, PrepareRenameResult, RenameParams,
    TextDocumentPositionParams, WorkspaceEdit,
};

use crate::config;
use crate::io::files;
use crate::page::Page;
use crate::skill;
use crate::text::{Edit, Source, Span};

use super::buffers::Buffer;
use super::edits::Edits;
use super::naming::{self, Named};
use super::repository;
use super::session::Session;
use super::wire::Fault;

/// Manifests that list skills by their paths.
const MANIFESTS: &[&str] = &[".claude-plugin/marketplace.json", ".claude-plugin/plugin.json"];

pub fn prepare(session: &mut Session, params: &PrepareRenameParams) -> Option<PrepareRenameResult> {
    let (buffer, named, _) = renamed(session, &params.text_document_position_params)?;
    let range = buffer.lines.range(&buffer.text, named.span);
    Some(PrepareRenamePlaceholder::new(range, named.name).into())
}

pub fn answer(session: &mut Session, params: &RenameParams) -> Result<Option<WorkspaceEdit>, Fault> {
    let Some((buffer, named, file)) = renamed(session, &params.text_document_position_params) else {
        return Err(Fault::failed("there is no name of a skill here"));
    };
    let new = params.new_name.trim();
    if new == named.name {
        return Ok(None);
    }
    skill::new::check_name(new).map_err(|failure| Fault::failed(failure.to_string()))?;
    let path = buffer.path.unwrap_or_default();
    if let Some(other) = session.repository(&path).skill(new) {
        let other = other.file.display();
        return Err(Fault::failed(format!(
            "there is a skill `{new}` already: {other}"
        )));
    }
    let folder = file.parent().unwrap_or(&file).to_path_buf();
    let is_called_so = folder.file_name().is_some_and(|name| name == named.name.as_str());
    let to = folder.with_file_name(new);
    let moves = is_called_so && session.client.renames_files;
    if moves && files::exists(&to) {
        return Err(Fault::failed(format!("`{}` is there already", to.display())));
    }
    let renaming = Renaming {
        old: &named.name,
        new,
        moves,
    };
    let mut edits = Edits::default();
    renaming.pages(session, &path, &file, &mut edits);
    renaming.lists(session, &path, &file, &mut edits);
    if moves {
        edits.rename(folder, to);
    }
    Ok(Some(edits.shown(session)))
}

/// The skill whose name is under the pointer: where the name stands, and the skill's file.
fn renamed(session: &mut Session, place: &TextDocumentPositionParams) -> Option<(Buffer, Named, PathBuf)> {
    let (buffer, page) = session.page(&place.text_document.uri)?;
    let path = buffer.path.clone()?;
    let at = buffer.lines.offset(&buffer.text, place.position);
    let covers = |named: &Named| named.span.start <= at && at <= named.span.end;
    if skill::is_named(&path) {
        let (_, value) = page.field("name")?;
        let named = naming::in_node(&page, value).filter(covers)?;
        return Some((buffer, named, path));
    }
    let named = naming::preloaded(&page).into_iter().find(covers)?;
    let file = session.repository(&path).skill(&named.name)?.file;
    Some((buffer, named, file))
}

/// One name to take the place of another.
struct Renaming<'a> {
    old: &'a str,
    new: &'a str,
    /// Whether the folder gets the name too, so that paths change.
    moves: bool,
}

impl Renaming<'_> {
    /// In every file of every skill and agent; `own` is the file of the renamed one.
    fn pages(&self, session: &mut Session, path: &Path, own: &Path, edits: &mut Edits) {
        let texts = session.repository(path).listing().texts();
        let evals = own.parent().map(|folder| folder.join("evals"));
        for (path, bytes) in texts {
            let Some(text) = repository::text_of(&session.buffers, &path, bytes) else {
                continue;
            };
            // Most files name other things.
            if !text.contains(self.old) {
                continue;
            }
            let mut spans = naming::mentions(&text, self.old, self.moves);
            if path.extension().is_some_and(|end| end == "md") {
                let page = Page::read(Source::new("", text.as_str()));
                let listed = naming::preloaded(&page).into_iter();
                spans.extend(
                    listed
                        .filter(|named| named.name == self.old)
                        .map(|named| named.span),
                );
                let name = page.field("name").filter(|_| path == own);
                let name = name.and_then(|(_, value)| naming::in_node(&page, value));
                spans.extend(name.map(|name| name.span));
            }
            if evals.as_ref().is_some_and(|evals| path.starts_with(evals)) {
                spans.extend(self.in_evals(&text));
            }
            edits.add(&path, &text, self.replacing(spans));
        }
    }

    /// In the manifests above the skill and of the packs, and in the settings.
    fn lists(&self, session: &mut Session, path: &Path, own: &Path, edits: &mut Edits) {
        let repository = session.repository(path);
        let settings = repository.settings_file().map(Path::to_path_buf);
        let root = repository.site.root.clone();
        let above = own.ancestors().skip(1).filter(|folder| folder.starts_with(&root));
        let mut homes: Vec<PathBuf> = above.map(Path::to_path_buf).collect();
        homes.extend(repository.pack_folders.iter().cloned());
        homes.sort();
        homes.dedup();
        let manifests = homes
            .iter()
            .flat_map(|home| MANIFESTS.iter().map(|manifest| home.join(manifest)));
        for path in manifests.filter(|_| self.moves) {
            if let Ok(Some(bytes)) = files::read_if_present(&path)
                && let Some(text) = repository::text_of(&session.buffers, &path, bytes)
            {
                edits.add(
                    &path,
                    &text,
                    self.replacing(naming::mentions(&text, self.old, true)),
                );
            }
        }
        if let Some(path) = settings
            && let Ok(Some(bytes)) = files::read_if_present(&path)
            && let Some(text) = repository::text_of(&session.buffers, &path, bytes)
        {
            let named = config::skills_in_bundles(&Source::new("", text.as_str()));
            let own = named.into_iter().filter_map(|(name, span)| {
                let last = name.rsplit('/').next().unwrap_or(&name);
                (last == self.old).then(|| Span::new(span.end - last.len(), span.end))
            });
            edits.add(&path, &text, self.replacing(own.collect()));
        }
    }

    /// The names behind `"skill_name":` in the skill's own evaluation files.
    fn in_evals(&self, text: &str) -> Vec<Span> {
        let key = "\"skill_name\"";
        let values = text.match_indices(key).filter_map(|(at, _)| {
            let rest = text[at + key.len()..].trim_start().strip_prefix(':')?;
            let value = rest.trim_start().strip_prefix('"')?;
            let is_own = value
                .strip_prefix(self.old)
                .is_some_and(|rest| rest.starts_with('"'));
            let start = text.len() - value.len();
            is_own.then(|| Span::new(start, start + self.old.len()))
        });
        values.collect()
    }

    fn replacing(&self, mut spans: Vec<Span>) -> Vec<Edit> {
        spans.sort();
        spans.dedup();
        spans
            .into_iter()
            .map(|span| Edit::replace(span, self.new))
            .collect()
    }
}
