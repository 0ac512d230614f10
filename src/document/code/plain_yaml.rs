//! The YAML that nearly all examples are made of, told at a glance: block maps and lists of plain scalars on one line each.
//!
//! Whatever is written in another way is not judged here; the full reader is ten times as slow.

/// One level of a document.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Level {
    column: usize,
    kind: Kind,
    /// Whether its last key or dash has no value yet, so that something deeper may follow.
    is_open: bool,
}

impl Level {
    fn open(column: usize, kind: Kind) -> Self {
        Self {
            column,
            kind,
            is_open: true,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Map,
    List,
}

/// Whether the text is surely YAML. `false` says nothing.
pub(super) fn is_plain(text: &str) -> bool {
    let mut levels: Vec<Level> = Vec::new();
    text.lines().all(|line| {
        let content = line.trim_start_matches(' ');
        content.is_empty()
            || content.starts_with('#')
            || takes(&mut levels, line.len() - content.len(), content)
    })
}

/// Takes a line that begins in `column`.
fn takes(levels: &mut Vec<Level>, mut column: usize, mut content: &str) -> bool {
    while let Some(item) = content
        .strip_prefix("- ")
        .or_else(|| (content == "-").then_some(""))
    {
        if !enter(levels, column, Kind::List) {
            return false;
        }
        let inside = item.trim_start_matches(' ');
        column += content.len() - inside.len();
        content = inside;
        if content.is_empty() {
            return true;
        }
        if is_scalar(content) {
            close(levels);
            return true;
        }
    }
    let Some((key, value)) = content.split_once(':') else {
        return false;
    };
    if !is_key(key) || !enter(levels, column, Kind::Map) {
        return false;
    }
    let value = value.strip_prefix(' ').map_or(value, str::trim);
    if value.is_empty() {
        return content.ends_with(':');
    }
    close(levels);
    content[key.len() + 1..].starts_with(' ') && is_scalar(value)
}

/// Goes to the level of that kind in `column`, or opens it, if that can be.
fn enter(levels: &mut Vec<Level>, column: usize, kind: Kind) -> bool {
    let is_first = levels.is_empty();
    while levels.last().is_some_and(|level| level.column > column) {
        levels.pop();
    }
    // A list may stand right below its key, without an indentation of its own; the next key ends it.
    if let [.., below, top] = levels.as_slice()
        && kind == Kind::Map
        && (below.column, below.kind) == (column, Kind::Map)
        && top.column == column
    {
        levels.pop();
    }
    let Some(top) = levels.last_mut() else {
        levels.push(Level::open(column, kind));
        return is_first;
    };
    if (top.column, top.kind) == (column, kind) {
        top.is_open = true;
        return true;
    }
    let may_hold = top.column < column || (top.kind, kind) == (Kind::Map, Kind::List);
    let is_taken = top.is_open && may_hold;
    top.is_open = false;
    levels.push(Level::open(column, kind));
    is_taken
}

fn close(levels: &mut [Level]) {
    if let Some(top) = levels.last_mut() {
        top.is_open = false;
    }
}

fn is_key(key: &str) -> bool {
    key.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && key
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte))
}

/// Whether it is a scalar without quotes that means nothing else.
fn is_scalar(value: &str) -> bool {
    value.starts_with(|first: char| first.is_ascii_alphanumeric() || matches!(first, '_' | '/' | '.'))
        && value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-./ ,()=+@%".contains(&byte))
        && value != "..."
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::yaml;
    use proptest::prelude::*;

    #[test]
    fn usual_examples_are_plain() {
        for text in [
            "",
            "# nothing\n",
            "name: report\nsteps:\n  - run: build\n    with: a b\n  - run: test\nafter: x\n",
            "steps:\n- run: build\n- run: test\nafter: x\n",
            "a:\n  b:\n    c: 1.5\n  d: /x/y.z\n",
            "- one\n- two, three\n-\n  - four\n",
        ] {
            assert!(is_plain(text), "{text}");
        }
        for text in [
            "a: b: c",
            "a: [b]",
            "a: b\n  c: d",
            "a: \"x\"",
            "  a: 1\nb: 2",
            "a:\n\tb: 1",
            "one\n",
            "a:b",
            "...",
            "a: 1\n- b",
        ] {
            assert!(!is_plain(text), "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn what_is_plain_is_yaml(text in "(( ){0,4}(- ){0,2}(a:|b_1: c|c: d e|d|- |-|# x|e.f:|x: 1,2| |\\.\\.\\.|---)?\n){0,9}") {
            if is_plain(&text) {
                prop_assert!(yaml::scan(&text).is_none(), "{:?}", yaml::scan(&text));
            }
        }
    }
}
