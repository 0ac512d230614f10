//! Which files of a skill a reader comes to: those its texts speak of, those that these speak of, and so on.
//!
//! A model knows of a file what it reads, and a program what it imports. So a mention is a link, a path, a name with or without
//! its ending, a pattern such as `errors-*.json`, a module of an import, or the name of a folder; and every text that is come to
//! is looked through, be it a page or a script. What is in doubt counts as mentioned.

use std::collections::HashMap;
use std::ops::ControlFlow;

use crate::io::files::EntryKind;

use super::Skill;
use super::furniture::is_furniture;
use super::links::{LinkedPage, Target};
use super::words::{Looks, Seen, holds, is_word_byte, longest_part, may_hold_pattern, trimmed, visit};

/// The files of one skill that a reader comes to.
#[derive(Debug, Clone, Default)]
pub struct Reach {
    /// By the place of the file in [`Skill::files`].
    reached: Vec<bool>,
    /// Places of the pages among them, in the order they are come to.
    pages: Vec<usize>,
}

impl Reach {
    pub fn of(skill: &Skill) -> Self {
        let mut walk = Walk::new(skill);
        // Links first: where they lead to everything, no text need be looked through.
        for (_, target) in skill.linked_pages().flat_map(LinkedPage::links) {
            if let Target::Inside(path) = target
                && let Some(at) = skill.place(path)
            {
                walk.reach(at);
            }
        }
        walk.read(skill.page.source.text(), Kind::Page);
        let mut done = 0;
        while let Some(&at) = walk.queue.get(done) {
            done += 1;
            if walk.missing == 0 {
                continue;
            }
            let path = &skill.files[at].path;
            if let Some(page) = skill.pages.get(path) {
                walk.read(page.source.text(), Kind::Page);
            } else if let Some(text) = skill.texts.get(path) {
                walk.read(text.text(), Kind::Program);
            }
        }
        let is_page = |at: &usize| skill.pages.contains_key(&skill.files[*at].path);
        Self {
            pages: walk.queue.iter().copied().filter(is_page).collect(),
            reached: walk.reached,
        }
    }

    /// Whether a reader comes to the file at this place of [`Skill::files`].
    pub fn holds(&self, at: usize) -> bool {
        self.reached.get(at).copied().unwrap_or(true)
    }

    /// Places in [`Skill::files`] of the pages that a reader comes to, nearest first.
    pub fn pages(&self) -> &[usize] {
        &self.pages
    }
}

/// What is read, and so which words in it name files.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Prose: ordinary words are no names of folders, nor short ones of files.
    Page,
    /// A program or its data.
    Program,
}

struct Walk<'a> {
    skill: &'a Skill,
    reached: Vec<bool>,
    queue: Vec<usize>,
    /// Files nobody has spoken of yet.
    missing: usize,
    /// Places of files by their name and by their name without its endings, both folded.
    names: HashMap<String, Vec<usize>>,
    /// Paths of folders by the name of the last.
    folders: HashMap<String, Vec<&'a str>>,
    /// What the keys of both look like.
    looks: Looks,
    /// Files whose names hold more than a word may.
    odd: Vec<usize>,
    /// What must stand in a text that names a file, by the file's place: a part of its name, or of the name of a folder it is in.
    clues: Vec<(usize, String)>,
}

/// Shortest part of a name that tells anything, in bytes.
const SHORTEST_CLUE: usize = 3;

/// Most parts of names that are looked for one by one before the words of a text are.
const MOST_CLUES: usize = 8;

impl<'a> Walk<'a> {
    fn new(skill: &'a Skill) -> Self {
        let mut walk = Self {
            skill,
            reached: vec![true; skill.files.len()],
            queue: Vec::new(),
            missing: 0,
            names: HashMap::new(),
            folders: HashMap::new(),
            looks: Looks::default(),
            odd: Vec::new(),
            clues: Vec::new(),
        };
        for (at, entry) in skill.files.iter().enumerate() {
            if !matches!(entry.kind, EntryKind::File { .. } | EntryKind::Link { .. }) {
                continue;
            }
            if is_furniture(&entry.path) {
                walk.queue.push(at);
                continue;
            }
            walk.reached[at] = false;
            walk.missing += 1;
            let (above, name) = entry.path.rsplit_once('/').unwrap_or(("", &entry.path));
            if !name.bytes().all(is_word_byte) {
                walk.odd.push(at);
            }
            let key = folded(name);
            let ends = key.match_indices('.').map(|(end, _)| end).chain([key.len()]);
            let mut ends = ends.filter(|end| *end > 1).peekable();
            if let Some(end) = ends.peek() {
                walk.clues.push((at, longest_part(&key[..*end]).to_owned()));
            }
            for end in ends {
                walk.looks.add(&key[..end]);
                walk.names.entry(key[..end].to_owned()).or_default().push(at);
            }
            let ends = above.match_indices('/').map(|(end, _)| end).chain([above.len()]);
            for folder in ends.map(|end| &above[..end]).filter(|folder| !folder.is_empty()) {
                let key = folded(folder.rsplit('/').next().unwrap_or(folder));
                walk.clues.push((at, longest_part(&key).to_owned()));
                walk.looks.add(&key);
                let known = walk.folders.entry(key).or_default();
                if !known.contains(&folder) {
                    known.push(folder);
                }
            }
        }
        walk
    }

    fn reach(&mut self, at: usize) {
        if !self.reached[at] {
            self.reached[at] = true;
            self.missing -= 1;
            self.queue.push(at);
        }
    }

    fn reach_all(&mut self, wanted: impl Fn(&str) -> bool) {
        for at in 0..self.reached.len() {
            if !self.reached[at] && wanted(&self.skill.files[at].path) {
                self.reach(at);
            }
        }
    }

    fn read(&mut self, text: &str, kind: Kind) {
        for at in std::mem::take(&mut self.odd) {
            let path = &self.skill.files[at].path;
            let name = path.rsplit('/').next().unwrap_or(path);
            if text.contains(name) || text.contains(&name.replace(' ', "%20")) {
                self.reach(at);
            } else {
                self.odd.push(at);
            }
        }
        if self.missing > 0 && self.may_be_named_in(text) {
            self.read_words(text, kind);
        }
    }

    fn read_words(&mut self, text: &str, kind: Kind) {
        visit(text, |start, word, seen| {
            if self.missing == 0 {
                return ControlFlow::Break(());
            }
            self.mention(text, start, word, seen, kind);
            ControlFlow::Continue(())
        });
    }

    /// Whether a text may name a file that nobody has spoken of yet. Where only few are left this is told at the speed of memory.
    fn may_be_named_in(&self, text: &str) -> bool {
        let mut clues: Vec<&str> = Vec::with_capacity(MOST_CLUES);
        for (at, clue) in &self.clues {
            if self.reached[*at] || clues.contains(&clue.as_str()) {
                continue;
            }
            if clue.len() < SHORTEST_CLUE || clues.len() == MOST_CLUES {
                return true;
            }
            clues.push(clue);
        }
        clues.iter().any(|clue| holds(text, clue)) || may_hold_pattern(text)
    }

    /// Reaches what a word names. Nearly all words name nothing, which is told before anything is folded or searched.
    fn mention(&mut self, text: &str, start: usize, written: &str, seen: Seen, kind: Kind) {
        if seen.is_plain() && !self.looks.may_hold(written) {
            return;
        }
        let end = start + written.len();
        let word = trimmed(written);
        // A placeholder follows a word that is not over yet: `errors-{lang}.json`.
        let goes_on = matches!(text.as_bytes().get(end), Some(b'{' | b'<' | b'[' | b'$'));
        let is_compound = seen.has_slash() || seen.has_star() || (seen.has_dot() && word.contains('.'));
        if !is_compound && !goes_on && !self.looks.may_hold(word) {
            return;
        }
        let is_path = seen.has_slash() && word.contains('/');
        let folder = if is_path { word.trim_end_matches('/') } else { word };
        let name = match folder.bytes().rposition(|byte| byte == b'/') {
            Some(slash) if is_path => &folder[slash + 1..],
            _ => folder,
        };
        if (seen.has_star() && name.contains('*')) || (goes_on && written.ends_with(['-', '_', '/', '.'])) {
            self.mention_pattern(word, name);
        }
        let is_long = is_path || name.len() >= shortest(kind);
        if is_long && self.looks.may_hold(name) {
            let name = folded(name);
            let is_folder =
                is_path || kind == Kind::Program && name != "scripts" || is_called_folder(text, start, end);
            if !word.ends_with('/') {
                self.mention_file(folder, &name);
            }
            if is_folder {
                self.mention_folder(folder, &name);
            }
        }
        // `import helpers.dates`, `python -m scripts.run`.
        if seen.has_dot() && !is_path && name.contains('.') {
            for module in name.split('.') {
                let is_long = module.len() > 3 || kind == Kind::Program && module.len() > 1;
                if is_long && self.looks.may_hold(module) {
                    let module = folded(module);
                    self.mention_file(&module, &module);
                    if kind == Kind::Program && module != "scripts" {
                        self.mention_folder(&module, &module);
                    }
                }
            }
        }
    }

    /// Reaches the files of that name; those whose folders are named too come first, if there are such.
    fn mention_file(&mut self, path: &str, name: &str) {
        let Some(places) = self.names.get(name) else {
            return;
        };
        let path = folded(path.trim_start_matches(['.', '/']));
        let is_meant = |at: &usize| {
            let stem = folded(&self.skill.files[*at].path);
            let stem = stem.get(..stem.len() - file_rest(&stem, name)).unwrap_or(&stem);
            stem.ends_with(&path) || path.ends_with(stem)
        };
        let meant: Vec<usize> = places.iter().copied().filter(is_meant).collect();
        let places = if meant.is_empty() { places.clone() } else { meant };
        for at in places {
            self.reach(at);
        }
    }

    fn mention_folder(&mut self, path: &str, name: &str) {
        let Some(known) = self.folders.get(name).cloned() else {
            return;
        };
        let path = folded(path.trim_start_matches(['.', '/']));
        for folder in known {
            let folded_path = folded(folder);
            if folded_path.ends_with(&path) || path.ends_with(&folded_path) {
                let prefix = format!("{folder}/");
                self.reach_all(|file| file.starts_with(&prefix));
            }
        }
    }

    /// `errors-*.json`, and `errors-` before a placeholder.
    fn mention_pattern(&mut self, word: &str, name: &str) {
        let pieces: Vec<String> = name.split('*').map(folded).collect();
        let literal: usize = pieces.iter().map(String::len).sum();
        let parent = word.rsplit_once('/').map_or("", |(parent, _)| parent);
        let parent = folded(parent.trim_start_matches(['.', '/']));
        if literal < 2 && parent.is_empty() {
            return;
        }
        self.reach_all(|path| {
            let path = folded(path);
            let (above, name) = path.rsplit_once('/').unwrap_or(("", &path));
            let mut rest = name;
            let fits = pieces.iter().all(|piece| match rest.find(piece.as_str()) {
                Some(at) => {
                    rest = &rest[at + piece.len()..];
                    true
                }
                None => false,
            });
            fits && name.starts_with(&pieces[0]) && (parent.is_empty() || above.ends_with(&parent))
        });
    }
}

/// Bytes behind `name` at the end of a path: its endings, when `name` is written without them.
fn file_rest(path: &str, name: &str) -> usize {
    let last = path.rsplit('/').next().unwrap_or(path);
    last.len().saturating_sub(name.len())
}

/// Length from which a word alone can be the name of a file, in bytes.
fn shortest(kind: Kind) -> usize {
    if kind == Kind::Page { 4 } else { 2 }
}

/// Names are held against each other without regard to letter case, `_` and `-`.
fn folded(name: &str) -> String {
    name.to_lowercase().replace('_', "-")
}

/// Whether prose calls a word a folder: it stands alone in backticks, or `folder` or `directory` follows.
fn is_called_folder(text: &str, start: usize, end: usize) -> bool {
    let after = &text[end..];
    let is_code = text[..start].ends_with('`') && after.starts_with('`');
    let after = after.trim_start_matches(['`', '*', '"', ' ']);
    is_code || after.starts_with("folder") || after.starts_with("director")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The files that nobody speaks of.
    fn orphans(body: &str, files: &[(&str, &str)]) -> Vec<String> {
        let skill = Skill::from_text("a", body, files);
        let reach = Reach::of(&skill);
        (skill.files.iter().enumerate())
            .filter(|(at, _)| !reach.holds(*at))
            .map(|(_, entry)| entry.path.clone())
            .collect()
    }

    #[test]
    fn every_kind_of_mention_counts() {
        for (body, path) in [
            ("[x](references/forms.md)", "references/forms.md"),
            ("read FORMS.md", "references/forms.md"),
            ("run `fill_form`", "scripts/fill-form.py"),
            ("errors-{lang}.json", "assets/errors-en.json"),
            ("errors-*.json", "assets/errors-en.json"),
            ("any of references/*.md", "references/forms.md"),
            ("see references/<topic>.md", "references/forms.md"),
            ("python -m scripts.run_eval", "scripts/run_eval.py"),
            ("look into the `references` folder", "references/forms.md"),
            ("**references/**", "references/forms.md"),
            ("[go](examples/go/)", "examples/go/run.go"),
            ("${CLAUDE_SKILL_DIR}/scripts/go.sh", "scripts/go.sh"),
            ("the Chart.yaml", "assets/Chart.yaml.template"),
            ("Open `My Deck.pptx`", "assets/My Deck.pptx"),
            ("nothing", "LICENSE.txt"),
            ("nothing", "scripts/pkg/__init__.py"),
        ] {
            assert_eq!(orphans(body, &[(path, "")]), <[String; 0]>::default(), "{body}");
        }
        for (body, path) in [
            ("nothing", "references/forms.md"),
            ("references in general", "references/forms.md"),
            ("a form", "references/forms.md"),
            ("references/fields.md", "references/forms.md"),
        ] {
            assert_eq!(orphans(body, &[(path, "")]), [path], "{body}");
        }
    }

    #[test]
    fn what_is_come_to_leads_on() {
        let files = [
            (
                "scripts/run.py",
                "from lib.dates import today\nimport db\nopen('schema.json')",
            ),
            ("scripts/lib/dates.py", "from . import zones"),
            ("scripts/lib/zones.py", ""),
            ("scripts/db.py", ""),
            ("scripts/old.py", "import older"),
            ("scripts/older.py", ""),
            ("assets/schema.json", ""),
            ("references/a.md", "[b](b.md)"),
            ("references/b.md", ""),
        ];
        assert_eq!(
            orphans("python scripts/run.py, references/a.md", &files),
            ["scripts/old.py", "scripts/older.py"]
        );
    }

    #[test]
    fn a_path_names_the_file_in_its_own_folder() {
        let files = [("a/guide.md", ""), ("b/guide.md", "")];
        assert_eq!(orphans("see a/guide.md", &files), ["b/guide.md"]);
        assert_eq!(orphans("see guide.md", &files), <[String; 0]>::default());
    }

    proptest! {
        /// A text that is passed over names nothing.
        #[test]
        fn passing_over_loses_nothing(
            text in "(refer|references?|Guide|guide_one|GUIDE-ONE|\\.md|\\.|/|\\*|\\{x\\}|<x>|\\$|`|-|_| folder| |\n|a|sub){0,14}",
            names in prop::collection::vec("(references/|sub/)?(guide(-|_)one|Guide|a|data)(\\.md|\\.tar\\.gz|)", 1..4),
        ) {
            let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
            let skill = Skill::from_text("x", "", &files);
            for kind in [Kind::Page, Kind::Program] {
                let mut walk = Walk::new(&skill);
                if !walk.may_be_named_in(&text) {
                    let before = walk.missing;
                    walk.read_words(&text, kind);
                    prop_assert_eq!(walk.missing, before, "{:?}", walk.clues);
                }
            }
        }

        #[test]
        fn any_text_is_survived(text in "(references|forms|\\.md|/|\\.|\\*|\\{|`|-|_|é|İ|ß| |\n){0,30}", name in "[a-zéİß._* -]{1,12}") {
            let path = format!("references/{name}");
            orphans(&text, &[(&path, &text), ("references/é.md", "")]);
        }
    }
}
