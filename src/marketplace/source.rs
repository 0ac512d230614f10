//! Addresses in the sources of plugins, as far as their writing tells what would be fetched and how.

use crate::text::printable;

/// What an address of git is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Address {
    /// `https://`, `ssh://` or `git@host:path`
    Sound,
    /// `http://`: whoever is on the way can change what arrives.
    Insecure,
    /// `git://`: the same, and Claude Code does not take it.
    Unencrypted,
    /// `file://`
    File,
    /// `transport::address`, by which git runs a program of that name, or the whole line for `ext::`.
    Helper,
    /// A leading hyphen: git takes it for an option.
    Flag,
    /// `owner/repo`
    Shorthand,
    /// A path, a word, nothing.
    Other,
}

/// Tells what an address of git is.
pub fn git_address(address: &str) -> Address {
    let trimmed = address.trim();
    if trimmed.starts_with('-') {
        return Address::Flag;
    }
    let helper = trimmed.split_once("::").map(|(helper, _)| helper);
    if helper.is_some_and(|helper| {
        !helper.is_empty()
            && helper
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'+'))
    }) {
        return Address::Helper;
    }
    if let Some((scheme, rest)) = trimmed.split_once("://") {
        return match scheme.to_ascii_lowercase().as_str() {
            _ if rest.is_empty() => Address::Other,
            "https" | "ssh" | "git+ssh" | "ssh+git" => Address::Sound,
            "http" => Address::Insecure,
            "git" => Address::Unencrypted,
            "file" => Address::File,
            _ => Address::Other,
        };
    }
    let is_scp = trimmed
        .split_once(':')
        .is_some_and(|(host, path)| host.len() > 1 && !path.is_empty() && !host.contains(['/', '\\', ' ']));
    if is_scp {
        return Address::Sound;
    }
    if is_repository(trimmed) {
        Address::Shorthand
    } else {
        Address::Other
    }
}

/// Whether a text is `owner/repo` as GitHub has it.
pub fn is_repository(text: &str) -> bool {
    let is_name = |name: &str| {
        !matches!(name, "" | "." | "..")
            && !name.starts_with('-')
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
    };
    text.split_once('/')
        .is_some_and(|(owner, name)| is_name(owner) && is_name(name))
}

/// The user information of a URL that holds a secret: a password, or a name that is a token.
pub fn credentials(url: &str) -> Option<std::ops::Range<usize>> {
    const TOKENS: &[&str] = &[
        "ghp_",
        "gho_",
        "ghs_",
        "ghu_",
        "github_pat_",
        "glpat-",
        "npm_",
        "xoxb-",
    ];
    let scheme_end = url.find("://")? + 3;
    let authority = &url[scheme_end..];
    let authority = &authority[..authority.find(['/', '?', '#']).unwrap_or(authority.len())];
    let (user, _) = authority.rsplit_once('@')?;
    let (name, password) = user.split_once(':').unwrap_or((user, ""));
    // What is put in when it is used is no secret.
    let is_placeholder = |text: &str| text.contains(['$', '<', '{', '*']);
    let has_password = !password.is_empty() && !is_placeholder(password);
    let is_token = TOKENS.iter().any(|token| name.starts_with(token)) && !is_placeholder(name);
    (has_password || is_token).then_some(scheme_end..scheme_end + user.len())
}

/// An address as it may be shown: without a secret, and without what a terminal would act on.
pub fn shown(address: &str) -> String {
    let mut shown = address.to_owned();
    if let Some(secret) = credentials(address) {
        shown.replace_range(secret, "…");
    }
    printable(&shown).into_owned()
}

/// The host of a URL in lower case, without port and brackets.
fn host(url: &str) -> Option<String> {
    let authority = url.split_once("://")?.1;
    let authority = &authority[..authority.find(['/', '?', '#']).unwrap_or(authority.len())];
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.rsplit_once(':').map_or(host, |(host, _)| host),
    };
    Some(host.trim_end_matches('.').to_ascii_lowercase())
}

/// Why an archive is not fetched from a URL, if it is not.
pub fn archive_fault(url: &str) -> Option<&'static str> {
    if !url.to_ascii_lowercase().starts_with("https://") {
        return Some("is not fetched over `https`");
    }
    let Some(host) = host(url).filter(|host| !host.is_empty()) else {
        return Some("has no host");
    };
    let is_local = host == "localhost"
        || host.ends_with(".localhost")
        || host.starts_with("127.")
        || matches!(host.as_str(), "::1" | "0.0.0.0" | "::");
    let is_link_local = host.starts_with("169.254.") || host.starts_with("fe80:");
    let is_metadata = matches!(
        host.as_str(),
        "metadata.google.internal" | "metadata" | "100.100.100.200" | "fd00:ec2::254"
    );
    (is_local || is_link_local || is_metadata).then_some("leads to the user's own machine or cloud")
}

/// The ending of an archive that cannot be a zip file.
pub fn other_archive(url: &str) -> Option<&'static str> {
    let path = url.split(['?', '#']).next().unwrap_or(url).to_ascii_lowercase();
    let endings = [
        ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar.zst", ".tar", ".gz", ".7z", ".rar", ".xz",
    ];
    endings.into_iter().find(|ending| path.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_are_told_apart() {
        for (address, expected) in [
            ("https://github.com/o/r.git", Address::Sound),
            ("git@github.com:o/r.git", Address::Sound),
            ("ssh://git@host/r", Address::Sound),
            ("host:path", Address::Sound),
            ("http://host/r", Address::Insecure),
            ("git://host/r", Address::Unencrypted),
            ("file:///srv/r", Address::File),
            ("ext::sh -c x", Address::Helper),
            ("fd::17", Address::Helper),
            ("--upload-pack=x", Address::Flag),
            ("o/r", Address::Shorthand),
            ("r", Address::Other),
            ("/abs", Address::Other),
            ("", Address::Other),
            ("C:\\x", Address::Other),
            ("ftp://host/r", Address::Other),
        ] {
            assert_eq!(git_address(address), expected, "{address}");
        }
    }

    #[test]
    fn secrets_in_urls_are_seen() {
        assert_eq!(credentials("https://user:token@host/r"), Some(8..18));
        assert!(credentials("https://ghp_abc@host/r").is_some());
        assert_eq!(credentials("https://org@dev.azure.com/org/_git/r"), None);
        assert_eq!(credentials("https://x:${TOKEN}@host/r"), None);
        assert_eq!(shown("https://user:token@host/r"), "https://…@host/r");
        assert_eq!(credentials("ssh://git@host/r"), None);
        assert_eq!(credentials("https://host/a:b@c"), None);
    }

    #[test]
    fn archives_come_from_other_machines_over_https() {
        for bad in [
            "http://e.com/a.zip",
            "https://localhost/a",
            "https://[::1]:8/a",
            "https://169.254.169.254/a",
            "https://",
            "https://u@127.0.0.1/a",
        ] {
            assert!(archive_fault(bad).is_some(), "{bad}");
        }
        assert_eq!(archive_fault("https://10.0.0.1/a.zip"), None);
        assert_eq!(other_archive("https://e.com/a.tar.gz?x=1.zip"), Some(".tar.gz"));
        assert_eq!(other_archive("https://e.com/download?id=1"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_some_address(text in "[a-z:/@\\-.é\\[\\]?# ]{0,30}") {
            git_address(&text);
            archive_fault(&text);
            if let Some(range) = credentials(&text) {
                prop_assert!(text.get(range).is_some());
            }
        }
    }
}
