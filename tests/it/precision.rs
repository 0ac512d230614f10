//! The labelled corpus in `tests/precision/`: small trees of files, and what is to be found in them.
//!
//! Every case is judged by a person. A finding that the case does not name is a false alarm, one that it names and that is not
//! made is a miss; both fail the test, all at once. `tests/precision/README.md` describes the format.

use std::collections::BTreeSet;
use std::fmt::{self, Write};
use std::path::Path;
use std::{fs, str};

use packwright::diagnostic::Severity;
use packwright::lint::{Levels, Options, Profile};
use packwright::workspace::{Scope, Survey, lint};

use crate::sandbox::repository;

/// The folder that a case's files lie in. Its name is that of a skill at its root.
const ROOT: &str = "pdf-tools";

/// What `body` puts before a page. The text of the case follows.
fn usual_head(name: &str) -> String {
    format!(
        "---\nname: {name}\ndescription: Reads PDF files and fills in forms. Use when a task mentions a PDF.\n---\n\n"
    )
}

/// Lines of [`usual_head`].
const HEAD_LINES: usize = 5;

/// One tree of files and its verdict.
#[derive(Debug)]
struct Case {
    /// File and line of its heading.
    place: String,
    title: String,
    files: Vec<File>,
    expected: Vec<Expected>,
    allowed: Vec<Expected>,
    profile: Option<String>,
    has_verdict: bool,
}

#[derive(Debug)]
pub struct File {
    pub path: String,
    pub contents: Vec<u8>,
    /// Whether the lines of the verdict count from below [`usual_head`].
    has_head: bool,
    pub is_executable: bool,
    pub is_link: bool,
}

/// A finding that a case names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Expected {
    rule: String,
    path: String,
    line: Option<usize>,
    level: Option<String>,
}

/// A finding that was made.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Found {
    path: String,
    line: usize,
    rule: &'static str,
    level: &'static str,
    message: String,
}

impl Expected {
    /// Reads `error link-target-missing at SKILL.md:7`.
    fn read(text: &str) -> Option<Self> {
        let (what, place) = text.trim().rsplit_once(" at ")?;
        let (level, rule) = match what.trim().split_once(' ') {
            Some((level @ ("error" | "warning"), rule)) => (Some(level.to_owned()), rule),
            Some(_) => return None,
            None => (None, what.trim()),
        };
        let line = place.rsplit_once(':').and_then(|(_, line)| line.parse().ok());
        let path = match line {
            Some(_) => place.rsplit_once(':').map_or(place, |(path, _)| path),
            None => place,
        };
        Some(Self {
            rule: rule.to_owned(),
            path: path.to_owned(),
            line,
            level,
        })
    }

    fn is(&self, found: &Found) -> bool {
        self.rule == found.rule
            && self.path == found.path
            && self.line.is_none_or(|line| line == found.line)
            && self.level.as_ref().is_none_or(|level| level == found.level)
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(level) = &self.level {
            write!(out, "{level} ")?;
        }
        write!(out, "{} at {}", self.rule, self.path)?;
        self.line.map_or(Ok(()), |line| write!(out, ":{line}"))
    }
}

impl fmt::Display for Found {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            path,
            line,
            rule,
            level,
            message,
        } = self;
        write!(out, "{level} {rule} at {path}:{line}: {message}")
    }
}

/// The cases of one file of the corpus. Panics where it does not keep to the format, so that no case is passed over in silence.
#[track_caller]
fn read_cases(name: &str, text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        let place = format!("{name}:{}", at + 1);
        if let Some(title) = line.strip_prefix("## ") {
            cases.push(Case {
                place,
                title: title.to_owned(),
                files: Vec::new(),
                expected: Vec::new(),
                allowed: Vec::new(),
                profile: None,
                has_verdict: false,
            });
            continue;
        }
        let Some(case) = cases.last_mut() else {
            continue;
        };
        if line.starts_with("````") {
            let info = line.trim_start_matches('`');
            let fence = &line[..line.len() - info.len()];
            let inside: Vec<&str> = lines
                .by_ref()
                .map(|(_, line)| line)
                .take_while(|line| *line != fence)
                .collect();
            case.files.push(file(&place, info, &inside));
        } else if let Some((key, value)) = line.split_once(": ") {
            let findings = || {
                let read = |text| Expected::read(text).unwrap_or_else(|| panic!("{place}: `{text}`"));
                value
                    .trim_end_matches('.')
                    .split(';')
                    .map(read)
                    .collect::<Vec<_>>()
            };
            match key {
                "Expect" if value == "nothing" => {}
                "Expect" => case.expected.extend(findings()),
                "Also" => case.allowed.extend(findings()),
                "Profile" => case.profile = Some(value.to_owned()),
                _ => continue,
            }
            case.has_verdict |= key == "Expect";
        }
    }
    for case in &cases {
        assert!(
            case.has_verdict && !case.files.is_empty(),
            "{}: a case has files and a line `Expect: …`",
            case.place
        );
    }
    cases
}

/// A file of a case: its path and the words after it, and the lines of its block.
fn file(place: &str, info: &str, lines: &[&str]) -> File {
    let (path, options) = match info.strip_prefix('"').and_then(|rest| rest.split_once('"')) {
        Some((path, options)) => (path, options),
        None => info.split_once(' ').unwrap_or((info, "")),
    };
    let mut text = lines.iter().fold(String::new(), |text, line| text + line + "\n");
    let mut file = File {
        path: path.to_owned(),
        contents: Vec::new(),
        has_head: false,
        is_executable: false,
        is_link: false,
    };
    let mut is_escaped = false;
    let mut has_mark = false;
    for option in options.split_whitespace() {
        match option.split_once('=').unwrap_or((option, "")) {
            ("body", "") => {
                let folder = path.rsplit_once('/').map_or(ROOT, |(folder, _)| folder);
                let (name, stem) = (path.rsplit('/').next().unwrap_or(path), folder.rsplit('/').next());
                let name = match name.strip_suffix(".md").unwrap_or(name) {
                    "SKILL" | "skill" => stem.unwrap_or(folder),
                    stem => stem,
                };
                text.insert_str(0, &usual_head(name));
                file.has_head = true;
            }
            ("repeat", times) => {
                let last = lines.last().copied().unwrap_or_default();
                let times = times.parse().unwrap_or_else(|_| panic!("{place}: `{option}`"));
                text.push_str(&format!("{last}\n").repeat(times));
            }
            ("long", times) => {
                let last = lines.last().copied().unwrap_or_default();
                let times = times.parse().unwrap_or_else(|_| panic!("{place}: `{option}`"));
                text.insert_str(text.len() - 1, &last.repeat(times));
            }
            ("crlf", "") => text = text.replace('\n', "\r\n"),
            ("bom", "") => has_mark = true,
            ("escaped", "") => is_escaped = true,
            ("unended", "") => {
                text.pop();
            }
            ("executable", "") => file.is_executable = true,
            ("link", "") => file.is_link = true,
            _ => panic!("{place}: there is no option `{option}`"),
        }
    }
    if has_mark {
        text.insert(0, '\u{feff}');
    }
    file.contents = if is_escaped {
        unescaped(place, &text)
    } else {
        text.into_bytes()
    };
    file
}

/// Bytes of a text in which `\xE9` is a byte, `\u{200B}` a character, and `\\` a backslash.
fn unescaped(place: &str, text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut parts = text.split('\\');
    bytes.extend_from_slice(parts.next().unwrap_or_default().as_bytes());
    while let Some(part) = parts.next() {
        let rest = if let Some(rest) = part.strip_prefix('x') {
            let byte = rest
                .get(..2)
                .and_then(|digits| u8::from_str_radix(digits, 16).ok());
            bytes.push(byte.unwrap_or_else(|| panic!("{place}: `\\{part}`")));
            &rest[2..]
        } else if let Some((digits, rest)) = part.strip_prefix("u{").and_then(|rest| rest.split_once('}')) {
            let character = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32);
            let character = character.unwrap_or_else(|| panic!("{place}: `\\{part}`"));
            bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            rest
        } else {
            assert!(part.is_empty(), "{place}: `\\{part}`");
            bytes.push(b'\\');
            parts.next().unwrap_or_default()
        };
        bytes.extend_from_slice(rest.as_bytes());
    }
    bytes
}

impl Case {
    /// Whether this system can hold the case's files.
    fn can_be_here(&self) -> bool {
        cfg!(unix) || !self.files.iter().any(|file| file.is_link || file.is_executable)
    }

    fn write(&self, root: &Path) {
        for file in &self.files {
            let path = root.join(&file.path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            if file.is_link {
                let target = str::from_utf8(&file.contents).unwrap().trim_end_matches('\n');
                #[cfg(unix)]
                std::os::unix::fs::symlink(target, &path).unwrap();
                #[cfg(not(unix))]
                panic!("{target} cannot be linked to here");
            } else {
                fs::write(&path, &file.contents).unwrap();
            }
            #[cfg(unix)]
            if file.is_executable {
                use std::os::unix::fs::PermissionsExt;
                fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
            }
        }
    }

    /// Every finding, with paths and lines as the case counts them.
    fn found(&self) -> Vec<Found> {
        let folder = tempfile::Builder::new()
            .prefix("pw-precision-")
            .tempdir()
            .unwrap();
        let root = folder.path().join(ROOT);
        // What lies around a skill is looked at up to the top of its repository.
        fs::create_dir_all(root.join(".git")).unwrap();
        self.write(&root);
        let levels = Levels::default().with_options(Options {
            profile: self.profile.as_ref().map(|name| {
                Profile::named(name, []).unwrap_or_else(|| panic!("{}: no profile `{name}`", self.place))
            }),
            ..Options::default()
        });
        let survey = Survey::of(std::slice::from_ref(&root), Scope::Everything).unwrap();
        let shown_root = root.to_string_lossy().replace('\\', "/");
        let findings = lint::check(&survey, &levels, None, None)
            .findings
            .into_iter()
            .map(|finding| {
                let path = finding.place.path.strip_prefix(&shown_root);
                let path = path.map_or(&*finding.place.path, |path| path.trim_start_matches('/'));
                let has_head = self.files.iter().any(|file| file.has_head && file.path == path);
                let line = finding.place.start.line;
                Found {
                    path: if path.is_empty() { "." } else { path }.to_owned(),
                    line: line.saturating_sub(if has_head { HEAD_LINES } else { 0 }),
                    rule: finding.rule,
                    level: finding.severity.name(),
                    message: finding.message,
                }
            });
        findings.collect()
    }

    /// What was found and not expected, and what was expected and not found.
    fn differences(&self) -> (Vec<String>, usize) {
        let found = self.found();
        let errors = |finding: &Found| finding.level == Severity::Error.name();
        let is_named = |finding: &&Found| {
            let named = self.expected.iter().chain(&self.allowed);
            !named.into_iter().any(|expected| expected.is(finding))
        };
        let mut differences: Vec<String> = (found.iter().filter(is_named))
            .map(|finding| {
                let kind = if errors(finding) {
                    "false error"
                } else {
                    "false warning"
                };
                format!("{kind}: {finding}")
            })
            .collect();
        let missed = self
            .expected
            .iter()
            .filter(|expected| !found.iter().any(|found| expected.is(found)));
        differences.extend(missed.map(|expected| format!("missed: {expected}")));
        (differences, found.len())
    }
}

fn corpus() -> Vec<Case> {
    let folder = repository().join("tests/precision");
    let mut files: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let files = files
        .iter()
        .filter(|path| path.file_name().is_none_or(|name| name != "README.md"));
    let read = files.map(|path| {
        let name = format!("tests/precision/{}", path.file_name().unwrap().to_string_lossy());
        read_cases(&name, &fs::read_to_string(path).unwrap())
    });
    read.flatten().collect()
}

/// The files of every case, for other tests to begin with.
pub fn trees() -> Vec<Vec<File>> {
    corpus().into_iter().map(|case| case.files).collect()
}

#[test]
fn nothing_is_reported_that_a_person_would_not_and_nothing_is_missed() {
    let cases = corpus();
    let mut report = String::new();
    let (mut wrong, mut skipped, mut expected, mut found) = (0, 0, 0, 0);
    for case in &cases {
        if !case.can_be_here() {
            skipped += 1;
            continue;
        }
        let (differences, count) = case.differences();
        expected += case.expected.len();
        found += count;
        if !differences.is_empty() {
            wrong += 1;
            writeln!(report, "{}: {}", case.place, case.title).unwrap();
            for difference in differences {
                writeln!(report, "    {difference}").unwrap();
            }
        }
    }
    println!(
        "precision: {} cases ({skipped} skipped on this system), {expected} findings expected, {found} found",
        cases.len()
    );
    assert!(
        wrong == 0,
        "{wrong} of {} cases are not judged as a person would:\n{report}",
        cases.len()
    );
}

#[test]
fn the_corpus_is_large_and_names_rules_that_there_are() {
    let cases = corpus();
    assert!(cases.len() >= 160, "{} cases", cases.len());
    let rules: BTreeSet<&str> = lint::all_abouts().iter().map(|about| about.name).collect();
    let mut titles = BTreeSet::new();
    for case in &cases {
        assert!(
            titles.insert(&case.title),
            "{}: the title is there twice",
            case.place
        );
        for expected in case.expected.iter().chain(&case.allowed) {
            assert!(
                rules.contains(expected.rule.as_str()),
                "{}: there is no rule `{}`",
                case.place,
                expected.rule
            );
            let is_here = |file: &File| {
                // A skill without its `SKILL.md` is told at the place where it should lie.
                let folder = expected.path.trim_end_matches("/SKILL.md");
                file.path == expected.path || file.path.starts_with(&format!("{folder}/"))
            };
            assert!(
                expected.path == "." || case.files.iter().any(is_here),
                "{}: there is no `{}`",
                case.place,
                expected.path
            );
        }
    }
}

#[test]
fn a_false_alarm_and_a_miss_both_show() {
    let text = "## One\n\n````SKILL.md body\nSee [a](a.md).\n````\n\nExpect: link-target-missing at SKILL.md:2; unclosed-fence at SKILL.md\n";
    let cases = read_cases("x.md", text);
    let (differences, _) = cases[0].differences();
    assert_eq!(
        differences,
        [
            "false error: error link-target-missing at SKILL.md:1: there is no `a.md` in the skill",
            "missed: link-target-missing at SKILL.md:2",
            "missed: unclosed-fence at SKILL.md",
        ]
    );
}

#[test]
fn escapes_become_bytes() {
    assert_eq!(unescaped("", r"a\xE9\u{200B}\\n"), b"a\xe9\xe2\x80\x8b\\n");
}
