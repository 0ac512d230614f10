//! The files that a hook runs, as far as its command names them below the root of the plugin or project.

use crate::document::shell::{Quoting, Word};
use crate::text::Span;

use super::{Handler, Hooks};

/// A file that a hook needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// From the root of the plugin or project.
    pub path: String,
    /// The word that names it.
    pub span: Span,
    /// Whether it is run itself rather than handed to an interpreter.
    pub runs_directly: bool,
}

/// Endings of files that somebody wrote to be run. What is built has others, or lies in a folder of [`BUILT`].
const ENDINGS: &[&str] = &[
    "sh", "bash", "zsh", "py", "js", "mjs", "cjs", "ts", "mts", "rb", "pl", "php", "ps1", "cmd", "bat", "lua",
];

/// Folders whose contents are often made on the user's machine and lie in no repository.
const BUILT: &[&str] = &["bin", "build", "dist", "out", "venv"];

/// Commands that name files without needing them.
const HARMLESS: &[&str] = &[
    "[", "[[", "echo", "mkdir", "printf", "rm", "test", "touch", "export",
];

/// The scripts a handler names.
pub fn scripts(hooks: &Hooks, handler: &Handler<'_>) -> Vec<Script> {
    let root = hooks.place.root();
    let mut found = Vec::new();
    let Some((_, node)) = handler.command() else {
        return found;
    };
    if let Some(arguments) = handler.arguments() {
        let words = std::iter::once(node).chain(arguments);
        for (at, word) in words.enumerate() {
            let path = word.as_str().and_then(|word| below(word, root));
            if let Some(path) = path.filter(|path| at == 0 || is_script(path)) {
                found.push(Script {
                    path: path.to_owned(),
                    span: word.span,
                    runs_directly: at == 0,
                });
            }
        }
        return found;
    }
    let commands = handler.shell_commands();
    let is_guarded = |path: &str| {
        let tests = commands
            .iter()
            .filter(|command| matches!(command.name(), "[" | "[[" | "test"));
        tests
            .flat_map(|command| &command.words)
            .any(|word| below(&word.text, root) == Some(path))
    };
    for command in &commands {
        if HARMLESS.contains(&command.name()) {
            continue;
        }
        for (at, word) in command.words.iter().enumerate() {
            let Some(path) = below(&word.text, root).filter(|path| at == 0 || is_script(path)) else {
                continue;
            };
            if !is_guarded(path) && !is_single_quoted(word) {
                found.push(Script {
                    path: path.to_owned(),
                    span: node.span_inside(hooks.source.text(), word.span.clone()),
                    runs_directly: at == 0,
                });
            }
        }
    }
    found
}

/// A placeholder in single quotes is substituted by Claude Code, but not by the shell.
fn is_single_quoted(word: &Word) -> bool {
    word.pieces.iter().any(|(_, quoting)| *quoting == Quoting::Single)
}

/// The path below the placeholder `${root}` or `$root` that begins a word. A path with variables or wildcards is none.
fn below<'a>(word: &'a str, root: &str) -> Option<&'a str> {
    let rest = word.strip_prefix('$')?;
    let rest = match rest.strip_prefix('{') {
        Some(rest) => rest.strip_prefix(root)?.strip_prefix('}')?,
        None => rest.strip_prefix(root)?,
    };
    let path = rest.strip_prefix('/')?;
    let is_plain =
        !path.is_empty() && !path.contains(['$', '*', '?', '`', '[', '{', '\\', '<', '>', '~', '\n']);
    is_plain.then_some(path)
}

fn is_script(path: &str) -> bool {
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    ENDINGS.contains(&ending)
}

impl Script {
    /// Whether the file may well be made on the user's machine.
    pub fn may_be_built(&self) -> bool {
        let mut folders = self.path.split('/').rev().skip(1);
        folders.any(|folder| BUILT.contains(&folder))
    }
}
