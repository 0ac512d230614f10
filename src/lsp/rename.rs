//! A new name for a skill, everywhere it is named: its page and folder, other skills, agents, manifests and bundles.

use std::path::{Path, PathBuf};

use lsp_types::{
    PrepareRenameParams, PrepareRenamePlaceholder, PrepareRenameResult, RenameParams,
    TextDocumentPositionParams, WorkspaceEdit,
};

use crate::agent;
use crate::config;
use crate::io::files;
use crate::page::Page;
use crate::skill::{self, Bundle};
use crate::text::{Edit, Source, Span};

use super::buffers::Buffer;
use super::edits::Edits;
use super::naming::{self, Named};
use super::session::Session;
use super::wire::Fault;
use super::{lint, repository};

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
    if let Some(other) = session.pack(&path).skill(new) {
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
    let root = session.repository(&path).root.clone();
    let mut edits = Edits::default();
    renaming.skills(session, &root, &file, &mut edits);
    renaming.agents(session, &root, &mut edits);
    renaming.lists(session, &root, &path, &mut edits);
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
    if lint::is_skill_file(&path) {
        let (_, value) = page.field("name")?;
        let named = naming::in_node(&page, value).filter(covers)?;
        return Some((buffer, named, path));
    }
    let named = naming::preloaded(&page).into_iter().find(covers)?;
    let file = session.pack(&path).skill(&named.name)?.file.clone();
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
    /// In every file of every skill; `own` is the file of the renamed one.
    fn skills(&self, session: &Session, root: &Path, own: &Path, edits: &mut Edits) {
        let found = skill::find(&[root.to_path_buf()]).unwrap_or_default();
        for Bundle {
            folder,
            file_name,
            text,
            texts,
            ..
        } in found
        {
            let page = text.into_iter().map(|bytes| (file_name.clone(), bytes));
            for (name, bytes) in page.chain(texts) {
                let path = Path::new(&folder).join(&name);
                let Some(text) = repository::text_of(&session.buffers, &path, bytes) else {
                    continue;
                };
                let mut spans = naming::mentions(&text, self.old, self.moves);
                if path == own {
                    let page = Page::read(Source::new("", text.as_str()));
                    let name = page
                        .field("name")
                        .and_then(|(_, value)| naming::in_node(&page, value));
                    spans.extend(name.map(|name| name.span));
                }
                if own.starts_with(&folder) && name.starts_with("evals/") {
                    spans.extend(self.in_evals(&text));
                }
                edits.add(&path, &text, self.replacing(spans));
            }
        }
    }

    /// In every agent: its list of skills, and its text.
    fn agents(&self, session: &Session, root: &Path, edits: &mut Edits) {
        for agent in agent::find(&[root.to_path_buf()]).unwrap_or_default() {
            let path = PathBuf::from(&**agent.page.source.path());
            let bytes = agent.page.source.text().as_bytes().to_vec();
            let Some(text) = repository::text_of(&session.buffers, &path, bytes) else {
                continue;
            };
            let page = Page::read(Source::new("", text.as_str()));
            let listed = naming::preloaded(&page).into_iter();
            let listed = listed.filter(|named| named.name == self.old);
            let mut spans = naming::mentions(&text, self.old, self.moves);
            spans.extend(listed.map(|named| named.span));
            edits.add(&path, &text, self.replacing(spans));
        }
    }

    /// In the manifests and the settings.
    fn lists(&self, session: &mut Session, root: &Path, path: &Path, edits: &mut Edits) {
        let settings = session.repository(path).settings_file.clone();
        let manifests = MANIFESTS.iter().map(|manifest| root.join(manifest));
        let packs = session.repository(path).pack_folders.clone().into_iter();
        let packs = packs.flat_map(|pack| MANIFESTS.iter().map(move |manifest| pack.join(manifest)));
        let mut manifests: Vec<PathBuf> = manifests.chain(packs).collect();
        manifests.sort();
        manifests.dedup();
        for path in manifests.iter().filter(|_| self.moves) {
            if let Ok(Some(bytes)) = files::read_if_present(path)
                && let Some(text) = repository::text_of(&session.buffers, path, bytes)
            {
                edits.add(
                    path,
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
