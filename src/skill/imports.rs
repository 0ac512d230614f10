//! Which modules a Python script imports, and which of them come with Python.

use crate::document::script::Script;
use crate::text::{Source, Span};

/// Modules of the standard library, of Python 3.8 up to 3.14, those since removed too.
const STANDARD: &str = "__future__ _thread abc aifc annotationlib antigravity argparse array ast asynchat asyncio asyncore \
    atexit audioop base64 bdb binascii bisect builtins bz2 cProfile calendar cgi cgitb chunk cmath cmd code codecs codeop \
    collections colorsys compileall compression concurrent configparser contextlib contextvars copy copyreg crypt csv ctypes \
    curses dataclasses datetime dbm decimal difflib dis distutils doctest email encodings ensurepip enum errno faulthandler \
    fcntl filecmp fileinput fnmatch formatter fractions ftplib functools gc genericpath getopt getpass gettext glob graphlib grp \
    gzip hashlib heapq hmac html http idlelib imaplib imghdr imp importlib inspect io ipaddress itertools json keyword lib2to3 \
    linecache locale logging lzma mailbox mailcap marshal math mimetypes mmap modulefinder msilib msvcrt multiprocessing netrc \
    nis nntplib nt ntpath nturl2path numbers opcode operator optparse os ossaudiodev parser pathlib pdb pickle pickletools \
    pipes pkgutil platform plistlib poplib posix posixpath pprint profile pstats pty pwd py_compile pyclbr pydoc pydoc_data \
    pyexpat queue quopri random re readline reprlib resource rlcompleter runpy sched secrets select selectors shelve shlex \
    shutil signal site smtpd smtplib sndhdr socket socketserver spwd sqlite3 sre_compile sre_constants sre_parse ssl stat \
    statistics string stringprep struct subprocess sunau symbol symtable sys sysconfig syslog tabnanny tarfile telnetlib \
    tempfile termios test textwrap this threading time timeit tkinter token tokenize tomllib trace traceback tracemalloc tty \
    turtle turtledemo types typing unicodedata unittest urllib uu uuid venv warnings wave weakref webbrowser winreg winsound \
    wsgiref xdrlib xml xmlrpc zipapp zipfile zipimport zlib zoneinfo";

/// Whether the module comes with Python.
pub fn is_standard(module: &str) -> bool {
    module.starts_with('_') || STANDARD.split_ascii_whitespace().any(|known| known == module)
}

/// The packages whose modules have other names, for those met most often.
pub fn package_of(module: &str) -> &str {
    match module {
        "bs4" => "beautifulsoup4",
        "cv2" => "opencv",
        "dateutil" => "python-dateutil",
        "docx" => "python-docx",
        "dotenv" => "python-dotenv",
        "fitz" => "pymupdf",
        "git" => "gitpython",
        "google" => "google-",
        "jwt" => "pyjwt",
        "PIL" => "pillow",
        "pptx" => "python-pptx",
        "serial" => "pyserial",
        "skimage" => "scikit-image",
        "sklearn" => "scikit-learn",
        "yaml" => "pyyaml",
        other => other,
    }
}

/// The first name of each module that a script cannot do without, in order, where it is written. Relative imports, and those in
/// a `try` or for type checkers only, are left out.
pub fn imports<'a>(source: &'a Source, script: &Script) -> Vec<(Span, &'a str)> {
    let mut found = Vec::new();
    let mut at = 0;
    // Indentation of the innermost `try:` or `if TYPE_CHECKING:` that the line may stand in.
    let mut guard: Option<usize> = None;
    let text = source.text();
    for end in memchr::memchr_iter(b'\n', text.as_bytes()).chain([text.len()]) {
        let start = std::mem::replace(&mut at, end + 1);
        let line = &text[start..end];
        let code = line.trim_start();
        let indent = line.len() - code.len();
        // Nearly all lines end here.
        let may_matter = guard.is_some() || code.starts_with(['f', 'i', 't']);
        if !may_matter || code.trim_end().is_empty() || !script.is_code(start + indent) {
            continue;
        }
        if guard.is_some_and(|guard| indent <= guard) {
            guard = None;
        }
        if code.starts_with("try:") || code.starts_with("if ") && code.contains("TYPE_CHECKING") {
            guard.get_or_insert(indent);
        }
        if guard.is_some() {
            continue;
        }
        let names = match (code.strip_prefix("import "), code.strip_prefix("from ")) {
            (Some(names), _) => names.split(['#', ';']).next().unwrap_or_default(),
            (_, Some(rest)) if rest.contains(" import ") => rest.split(" import ").next().unwrap_or_default(),
            _ => continue,
        };
        let mut name_at = start + indent + code.find(' ').unwrap_or(0) + 1;
        for name in names.split(',') {
            let trimmed = name.trim_start();
            let first = trimmed
                .split(|next: char| !(next.is_alphanumeric() || next == '_'))
                .next()
                .unwrap_or_default();
            let place = name_at + name.len() - trimmed.len();
            name_at += name.len() + 1;
            if !first.is_empty() {
                found.push((Span::new(place, place + first.len()), first));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::script::Language;
    use proptest::prelude::*;

    #[test]
    fn imports_are_read_from_code_that_always_runs() {
        let text = "\"\"\"\nimport doc\n\"\"\"\nimport os, yaml as y\nfrom PIL.Image import open\nfrom . import x\nfrom .a import b\ntry:\n    import rich\nexcept ImportError:\n    rich = None\ndef f():\n    import pandas  # x\nif TYPE_CHECKING:\n    import attrs\n";
        let source = Source::new("a.py", text);
        let found = imports(&source, &Script::lex(Language::Python, text));
        let names: Vec<&str> = found.iter().map(|(_, name)| *name).collect();
        assert_eq!(names, ["os", "yaml", "PIL", "pandas"]);
        for (span, name) in found {
            assert_eq!(source.slice(span), name);
        }
        assert!(is_standard("os") && !is_standard("yaml"));
    }

    proptest! {
        #[test]
        fn spans_hold_their_names(text in "(import |from |a|é|,|\\.| |\n|#|'|try:|\t){0,30}") {
            let source = Source::new("a.py", text.as_str());
            for (span, name) in imports(&source, &Script::lex(Language::Python, &text)) {
                prop_assert_eq!(source.slice(span), name);
            }
        }
    }
}
