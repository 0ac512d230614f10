//! From the URIs of the protocol to paths, and back.

use std::path::{Component, Path, PathBuf};

use lsp_types::Uri;

/// The path of a `file` URI; nothing for any other.
pub fn path_of(uri: &str) -> Option<PathBuf> {
    decoded(uri, cfg!(windows)).map(|path| without_dots(Path::new(&path)))
}

/// A path as the system writes it. Drives may come as `c:`, `c%3A` or `c|`.
fn decoded(uri: &str, windows: bool) -> Option<String> {
    let (scheme, rest) = uri.split_once(':')?;
    if !scheme.eq_ignore_ascii_case("file") {
        return None;
    }
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (host, path) = match rest.strip_prefix("//") {
        Some(rest) => rest.split_at(rest.find('/')?),
        None => ("", rest),
    };
    let path = percent_decoded(path)?;
    if !path.starts_with('/') || path.contains('\0') {
        return None;
    }
    let is_local = host.is_empty() || host.eq_ignore_ascii_case("localhost");
    match (windows, is_local) {
        (false, true) => Some(path),
        (false, false) => None,
        (true, false) => Some(format!("//{}{path}", percent_decoded(host)?)),
        (true, true) => {
            let has_drive =
                matches!(path.as_bytes(), [_, drive, b':' | b'|', ..] if drive.is_ascii_alphabetic());
            has_drive.then(|| format!("{}:{}", &path[1..2], &path[3..]))
        }
    }
}

/// The bytes behind `%41` and the like; nothing when they are no UTF-8.
pub fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let pair = tail.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        let byte = pair
            .filter(|_| *first == b'%')
            .and_then(|pair| u8::from_str_radix(pair, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8(bytes).ok()
}

/// The `file` URI of an absolute path.
pub fn of_path(path: &Path) -> Uri {
    let mut uri = "file://".to_owned();
    let bytes = path.as_os_str().as_encoded_bytes();
    let has_drive = cfg!(windows) && bytes.get(1) == Some(&b':');
    if has_drive {
        uri.push('/');
    }
    for (at, &byte) in bytes.iter().enumerate() {
        match byte {
            b'\\' if cfg!(windows) => uri.push('/'),
            b':' if has_drive && at == 1 => uri.push(':'),
            b'/' | b'-' | b'_' | b'.' | b'~' => uri.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => uri.push(char::from(byte)),
            _ => {
                let digits = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
                uri.push('%');
                uri.extend([digits(byte >> 4), digits(byte & 15)].map(|digit| digit.to_ascii_uppercase()));
            }
        }
    }
    Uri(uri)
}

/// The path without `.` and `..`, by its words alone.
pub fn without_dots(path: &Path) -> PathBuf {
    let mut parts = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn uris_are_decoded_as_their_system_has_them() {
        for (uri, unix, windows) in [
            ("file:///a/b%20c/%C3%A9.md", Some("/a/b c/é.md"), None),
            ("FILE:///a", Some("/a"), None),
            ("file:/a", Some("/a"), None),
            ("file://localhost/a", Some("/a"), None),
            ("file:///c%3A/x/y.md", Some("/c:/x/y.md"), Some("c:/x/y.md")),
            ("file:///C:/x", Some("/C:/x"), Some("C:/x")),
            ("file:///c|/x", Some("/c|/x"), Some("c:/x")),
            ("file://server/share/x", None, Some("//server/share/x")),
            ("file:///a?query#part", Some("/a"), None),
            ("file:///a%00b", None, None),
            ("file:///a%FF", None, None),
            ("file:///é/x", Some("/é/x"), None),
            ("file:///%C3%A9:/x", Some("/é:/x"), None),
            ("file:a", None, None),
            ("untitled:Untitled-1", None, None),
            ("vscode-notebook-cell:/a/b", None, None),
            ("https://example.com/a", None, None),
            ("", None, None),
        ] {
            assert_eq!(decoded(uri, false).as_deref(), unix, "{uri}");
            assert_eq!(decoded(uri, true).as_deref(), windows, "{uri} on Windows");
        }
    }

    #[cfg(unix)]
    #[test]
    fn paths_survive_the_way_there_and_back() {
        let path = Path::new("/a b/ü#?%41:[x].md");
        let uri = of_path(path);
        assert_eq!(uri.0, "file:///a%20b/%C3%BC%23%3F%2541%3A%5Bx%5D.md");
        assert_eq!(path_of(&uri.0).as_deref(), Some(path));
        assert_eq!(path_of("file:///a/./b/../c"), Some(PathBuf::from("/a/c")));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(uri in "(file:|//|/|c|%3A|%|[a-z]|\\||é|\\.\\.|#){0,12}") {
            for windows in [false, true] {
                let _ = decoded(&uri, windows);
            }
        }
    }
}
