//! Versions: what a tag is called, and whether a pack may be published under the version it names.

use semver::Version;

/// The tag of one published version: `{pack}--v{version}`, the convention of Claude Code's dependency ranges.
pub fn tag(pack: &str, version: &Version) -> String {
    format!("{pack}--v{version}")
}

/// The version in a tag of `pack`, or nothing when it is another pack's or no version.
pub fn from_tag(pack: &str, tag: &str) -> Option<Version> {
    let version = tag.strip_prefix(pack)?.strip_prefix("--v")?;
    let parsed = Version::parse(version).ok()?;
    // `1.0.0` has one spelling only; anything else would be two names for one tag.
    (parsed.to_string() == version).then_some(parsed)
}

/// The newest version: a pre-release only when there is nothing else.
pub fn newest<'a>(versions: impl IntoIterator<Item = &'a Version>) -> Option<&'a Version> {
    versions
        .into_iter()
        .max_by_key(|version| (version.pre.is_empty(), *version))
}

/// What becomes of a pack that is to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// This version is not published yet.
    New,
    /// This version is published with exactly this content.
    Published,
    /// This version is published with other content.
    Taken,
    /// A later version is published.
    Behind { newest: Version },
}

/// Judges `version` with content `digest` against what is published. `published` is the digest under the same version, if it
/// is there; `others` are all versions that are.
pub fn judge<'a>(
    version: &Version,
    digest: &str,
    published: Option<&str>,
    others: impl IntoIterator<Item = &'a Version>,
) -> Verdict {
    match published {
        Some(published) if published == digest => Verdict::Published,
        Some(_) => Verdict::Taken,
        None => match newest(others) {
            Some(newest) if newest > version && (newest.pre.is_empty() || !version.pre.is_empty()) => {
                Verdict::Behind {
                    newest: newest.clone(),
                }
            }
            _ => Verdict::New,
        },
    }
}

/// The smallest version after `version` and every one in `others`, for hints: one more patch.
pub fn next_patch(version: &Version) -> Version {
    if version.pre.is_empty() {
        Version::new(version.major, version.minor, version.patch + 1)
    } else {
        Version::new(version.major, version.minor, version.patch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn v(text: &str) -> Version {
        Version::parse(text).unwrap()
    }

    #[test]
    fn tags_say_pack_and_version_and_are_read_back() {
        assert_eq!(tag("pdf-tools", &v("1.2.3")), "pdf-tools--v1.2.3");
        assert_eq!(
            from_tag("pdf-tools", "pdf-tools--v1.2.3-rc.1"),
            Some(v("1.2.3-rc.1"))
        );
        for other in [
            "pdf--v1.0.0",
            "pdf-tools--v1.0",
            "pdf-tools--v01.0.0",
            "pdf-tools--v",
            "v1.0.0",
            "pdf-tools--v1.0.0 ",
        ] {
            assert_eq!(from_tag("pdf-tools", other), None, "{other}");
        }
    }

    #[test]
    fn a_prerelease_is_newest_only_alone() {
        assert_eq!(
            newest(&[v("1.0.0"), v("2.0.0-rc.1"), v("0.9.0")]),
            Some(&v("1.0.0"))
        );
        assert_eq!(
            newest(&[v("2.0.0-rc.1"), v("2.0.0-rc.2")]),
            Some(&v("2.0.0-rc.2"))
        );
        assert_eq!(newest(&[]), None);
    }

    #[test]
    fn a_version_is_published_once() {
        let others = [v("1.0.0"), v("1.1.0")];
        assert_eq!(judge(&v("1.1.0"), "a", Some("a"), &others), Verdict::Published);
        assert_eq!(judge(&v("1.1.0"), "b", Some("a"), &others), Verdict::Taken);
        assert_eq!(judge(&v("1.2.0"), "b", None, &others), Verdict::New);
        assert_eq!(judge(&v("1.2.0-rc.1"), "b", None, &others), Verdict::New);
        assert_eq!(
            judge(&v("1.0.1"), "b", None, &others),
            Verdict::Behind { newest: v("1.1.0") }
        );
        assert_eq!(judge(&v("1.0.0"), "b", None, &[v("1.0.0-rc.1")]), Verdict::New);
        assert_eq!(judge(&v("0.9.0"), "b", None, &[v("1.0.0-rc.1")]), Verdict::New);
    }

    #[test]
    fn the_hinted_version_is_the_next_patch() {
        assert_eq!(next_patch(&v("1.2.3")), v("1.2.4"));
        assert_eq!(next_patch(&v("1.2.3-rc.1")), v("1.2.3"));
    }
}
