//! Skills: folders with a `SKILL.md`, as the Agent Skills specification has them.

pub mod around;
pub mod clients;
pub mod evals;
pub mod fields;
mod find;
mod furniture;
pub mod imports;
pub mod link;
pub mod links;
pub mod lint;
pub mod named;
pub mod new;
mod overlay;
pub mod plan;
mod reach;
pub mod rules;
mod words;

use find::is_markdown;
pub use find::{Bundle, Found, find, found_at, found_in, is_named, read};
pub use furniture::is_furniture;
pub use overlay::{found_around, holder, overlaid};
pub use reach::Reach;
use words::words;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::document::script::Script;
use crate::io::files::{Entry, EntryKind};
use crate::page::Page;
use crate::text::Source;

use self::around::Around;
use self::links::LinkedPage;

/// Name of the file that makes a folder a skill.
pub const FILE_NAME: &str = "SKILL.md";

/// A skill, read.
#[derive(Debug, Clone)]
pub struct Skill {
    /// Path of the folder as findings show it.
    pub folder: String,
    /// Name of the folder itself.
    pub folder_name: String,
    /// `SKILL.md`; empty when it cannot be read.
    pub page: Page,
    /// Why `SKILL.md` cannot be read.
    pub unreadable: Option<String>,
    /// Everything else in the folder, ordered by path.
    pub files: Vec<Entry>,
    /// The other Markdown files, by path from the folder.
    pub pages: BTreeMap<String, Page>,
    /// The other text files (scripts, evals, data), by path from the folder. Larger ones are not read.
    pub texts: BTreeMap<String, Source>,
    /// Those of them that are scripts in a known language, told apart into code, comments and strings.
    pub scripts: BTreeMap<String, Script>,
    /// The first bytes of files that hold no text or too much of it, by path from the folder.
    pub heads: BTreeMap<String, Vec<u8>>,
    /// Files and folders in it that cannot be read, by path from the folder, and why.
    pub unreadable_files: BTreeMap<String, String>,
    pub around: Around,
    asked: Asked,
}

/// What several rules ask of a skill as a whole, made when the first one does.
#[derive(Debug, Clone, Default)]
struct Asked {
    reach: OnceLock<Reach>,
    linked: OnceLock<Vec<links::Linked>>,
    run: OnceLock<Vec<named::Run>>,
}

impl Skill {
    /// Makes a skill of the bytes of its files.
    pub fn read(bundle: Bundle) -> Self {
        let shown = |path: &str| shown(&bundle.folder, path);
        let (bytes, unreadable) = match bundle.text {
            Ok(bytes) => (bytes, None),
            Err(reason) => (Vec::new(), Some(reason)),
        };
        let mut heads = bundle.heads;
        let mut pages = BTreeMap::new();
        let mut texts = BTreeMap::new();
        for (path, bytes) in bundle.texts {
            if find::is_markdown(&path) {
                let page = Page::read(Source::from_bytes(shown(&path), bytes));
                pages.insert(path, page);
            } else if bytes.contains(&0) {
                heads.insert(path, Bundle::head(&bytes));
            } else {
                let source = Source::from_bytes(shown(&path), bytes);
                texts.insert(path, source);
            }
        }
        let scripts = texts.iter().filter_map(|(path, source)| {
            let script = Script::read(path, source.text())?;
            Some((path.clone(), script))
        });
        Self {
            page: Page::read(Source::from_bytes(shown(&bundle.file_name), bytes)),
            unreadable,
            pages,
            scripts: scripts.collect(),
            texts,
            heads,
            unreadable_files: bundle.unreadable,
            around: bundle.around,
            asked: Asked::default(),
            files: bundle.files,
            folder_name: bundle.folder_name,
            folder: bundle.folder,
        }
    }

    /// A skill of one text and the paths of the files beside it: for examples and tests.
    pub fn from_text(folder_name: &str, text: &str, files: &[(&str, &str)]) -> Self {
        let mut entries: Vec<Entry> = files
            .iter()
            .map(|(path, contents)| {
                let kind = EntryKind::File {
                    bytes: contents.len() as u64,
                    executable: false,
                };
                Entry::new(*path, kind)
            })
            .collect();
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        Self::read(Bundle {
            folder: folder_name.to_owned(),
            folder_name: folder_name.to_owned(),
            file_name: FILE_NAME.to_owned(),
            text: Ok(text.as_bytes().to_vec()),
            files: entries,
            texts: files
                .iter()
                .map(|(path, contents)| ((*path).to_owned(), contents.as_bytes().to_vec()))
                .collect(),
            heads: BTreeMap::new(),
            unreadable: BTreeMap::new(),
            around: Around::default(),
        })
    }

    /// Every text of the skill that was read; `SKILL.md` first.
    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        let pages = self.pages.values().map(|page| &page.source);
        std::iter::once(&self.page.source)
            .chain(pages)
            .chain(self.texts.values())
    }

    /// The same skill with other texts in the places of [`Skill::sources`].
    #[must_use]
    pub fn with_sources(&self, sources: &[Source]) -> Self {
        let mut skill = self.clone();
        skill.asked = Asked::default();
        for source in sources {
            let known = skill.sources().find(|known| known.path() == source.path());
            if known.is_none_or(|known| known.text() == source.text()) {
                continue;
            }
            let pages = std::iter::once(&mut skill.page).chain(skill.pages.values_mut());
            if let Some(page) = pages.into_iter().find(|page| page.source.path() == source.path()) {
                *page = Page::read(source.clone());
            } else if let Some((path, text)) =
                (skill.texts.iter_mut()).find(|(_, text)| text.path() == source.path())
            {
                *text = source.clone();
                if let Some(script) = Script::read(path, source.text()) {
                    skill.scripts.insert(path.clone(), script);
                }
            }
        }
        skill
    }

    /// Puts another text in the place of a file's, given by its path from the folder: what an editor holds and has not written
    /// yet. The listing stays that of the disk.
    pub fn put(&mut self, path: &str, text: &str) {
        self.asked = Asked::default();
        let source = Source::new(shown(&self.folder, path), text);
        if source.path() == self.page.source.path() {
            self.page = Page::read(source);
            self.unreadable = None;
        } else if !Bundle::reads(path, text.len() as u64) {
            self.pages.remove(path);
            self.texts.remove(path);
            self.scripts.remove(path);
        } else if is_markdown(path) {
            self.pages.insert(path.to_owned(), Page::read(source));
        } else {
            if let Some(script) = Script::read(path, text) {
                self.scripts.insert(path.to_owned(), script);
            }
            self.texts.insert(path.to_owned(), source);
        }
    }

    /// The name that clients use: the field, or the folder's name where the field is not there.
    pub fn name(&self) -> &str {
        self.page
            .text_field("name")
            .map_or(&self.folder_name, |(name, _)| name)
    }

    /// The description, or nothing.
    pub fn description(&self) -> &str {
        self.page.text_field("description").map_or("", |(text, _)| text)
    }

    /// Whether a model may choose it by itself, so that clients list its description.
    pub fn is_listed(&self) -> bool {
        let off = self.page.field("disable-model-invocation");
        off.is_none_or(|(_, value)| value.as_text() != Some("true"))
    }

    /// The pages under `references/`.
    pub fn references(&self) -> impl Iterator<Item = &Page> {
        let folders = ["references/", "reference/"];
        let pages = self.pages.iter();
        pages
            .filter(move |(path, _)| folders.iter().any(|folder| path.starts_with(folder)))
            .map(|(_, page)| page)
    }

    /// Whether a file, folder or link lies at this path from the folder, in a skill inside this one too. What lies behind a link to a
    /// folder is not known and taken to be there.
    pub fn has(&self, path: &str) -> bool {
        let is_link = |path: &str| matches!(self.entry(path), Some(entry) if matches!(entry.kind, EntryKind::Link { .. }));
        path == FILE_NAME
            || self.entry(path).is_some()
            || self.around.has(path) == Some(true)
            || path.match_indices('/').any(|(at, _)| is_link(&path[..at]))
    }

    /// The scripts that are the skill's own tools: those it hands out, as templates, examples or material for tests, are not.
    pub fn own_scripts(&self) -> impl Iterator<Item = (&str, &Source, &Script)> {
        let others = [
            "assets",
            "examples",
            "templates",
            "references",
            "reference",
            "resources",
            "tests",
            "test",
            "evals",
        ];
        self.scripts.iter().filter_map(move |(path, script)| {
            let is_own = path.split('/').all(|part| !others.contains(&part));
            is_own.then(|| Some((path.as_str(), self.texts.get(path)?, script)))?
        })
    }

    /// The files that a reader of the skill comes to.
    pub fn reach(&self) -> &Reach {
        self.asked.reach.get_or_init(|| Reach::of(self))
    }

    /// Its own page and every page that links lead to from it; the own page first, then the nearest.
    pub fn linked_pages(&self) -> impl Iterator<Item = LinkedPage<'_>> {
        let linked = self.asked.linked.get_or_init(|| links::linked(self));
        linked.iter().filter_map(|linked| {
            let (path, page) = match linked.place {
                None => (FILE_NAME, &self.page),
                Some(at) => (
                    self.files[at].path.as_str(),
                    self.pages.get(&self.files[at].path)?,
                ),
            };
            Some(LinkedPage::new(path, page, &linked.targets))
        })
    }

    /// Its files that its pages run by their paths, ordered by path, each where it is run first.
    pub fn scripts_run(&self) -> &[named::Run] {
        self.asked.run.get_or_init(|| named::scripts_run(self))
    }

    /// A path in the folder as findings show it.
    pub fn shown(&self, path: &str) -> String {
        shown(&self.folder, path)
    }

    /// What lies at this path from the folder.
    pub fn entry(&self, path: &str) -> Option<&Entry> {
        self.place(path).map(|at| &self.files[at])
    }

    /// The place in [`Skill::files`] of what lies at this path from the folder.
    fn place(&self, path: &str) -> Option<usize> {
        let at = (self.files).binary_search_by(|entry| entry.path.as_str().cmp(path));
        at.ok()
    }
}

/// The path of a file of a skill as findings show it.
fn shown(folder: &str, path: &str) -> String {
    if folder.is_empty() || folder == "." {
        path.to_owned()
    } else {
        format!("{folder}/{path}")
    }
}
