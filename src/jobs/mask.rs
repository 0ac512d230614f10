//! What a program printed, without the secrets it was given.

/// Put in place of a secret.
const MASK: &str = "***";
/// Shorter values are no secrets: hiding `1` would hide everything.
const SHORTEST: usize = 6;

/// The secrets of a process's environment.
#[derive(Debug, Clone, Default)]
pub struct Mask {
    /// Longest first, so that one within another does not spoil it.
    secrets: Vec<String>,
}

impl Mask {
    /// Takes the values of variables whose names speak of secrets, and the passwords of URLs in any.
    pub fn of_variables<'a>(variables: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut secrets: Vec<String> = variables
            .into_iter()
            .filter_map(|(name, value)| {
                if is_secret(name) {
                    Some(value.to_owned())
                } else {
                    password(value).map(|(start, end)| value[start..end].to_owned())
                }
            })
            .filter(|secret| secret.len() >= SHORTEST)
            .collect();
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        secrets.dedup();
        Self { secrets }
    }

    /// The last `limit` bytes of a text that may itself be the end of a longer one, without secrets, nor the end of one that is
    /// cut off at the start. NUL, which PostgreSQL cannot store, is replaced.
    pub fn tail(&self, text: &str, is_cut: bool, limit: usize) -> String {
        let mut masked = text.replace('\0', "\u{fffd}");
        for secret in &self.secrets {
            masked = masked.replace(secret.as_str(), MASK);
        }
        masked = without_passwords(&masked);
        let longest = self.secrets.first().map_or(0, String::len);
        let first = if is_cut { longest } else { 0 };
        let start =
            masked.ceil_char_boundary(first.max(masked.len().saturating_sub(limit)).min(masked.len()));
        masked.split_off(start)
    }
}

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    [
        "TOKEN",
        "SECRET",
        "PASSWORD",
        "PASSWD",
        "CREDENTIAL",
        "PASSPHRASE",
    ]
    .iter()
    .any(|word| name.contains(word))
        || ["KEY", "PASS", "_PWD"].iter().any(|end| name.ends_with(end))
}

/// Where the password of the first URL in a text stands.
fn password(text: &str) -> Option<(usize, usize)> {
    let start = text.find("://")? + 3;
    let end = text[start..]
        .find(|letter: char| letter.is_whitespace() || matches!(letter, '/' | '"' | '\'' | '`'))
        .map_or(text.len(), |at| start + at);
    let at = start + text[start..end].rfind('@')?;
    let colon = start + text[start..at].find(':')?;
    Some((colon + 1, at))
}

fn without_passwords(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(scheme) = rest.find("://") {
        let end = scheme + 3;
        match password(&rest[scheme..]) {
            Some((from, to)) if from < to => {
                masked.push_str(&rest[..scheme + from]);
                masked.push_str(MASK);
                rest = &rest[scheme + to..];
            }
            _ => {
                masked.push_str(&rest[..end]);
                rest = &rest[end..];
            }
        }
    }
    masked.push_str(rest);
    masked
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn secrets_of_the_environment_are_hidden() {
        let mask = Mask::of_variables([
            ("API_TOKEN", "tok-123456"),
            ("DATABASE_URL", "postgres://app:hunter22@db/shop"),
            ("SHORT_KEY", "1"),
            ("HOME", "/srv/app"),
        ]);
        assert_eq!(
            mask.tail("with tok-123456 and hunter22 at 1 in /srv/app", false, 100),
            "with *** and *** at 1 in /srv/app"
        );
    }

    #[test]
    fn passwords_in_urls_are_hidden_whoever_gave_them() {
        let mask = Mask::default();
        assert_eq!(
            mask.tail(
                "to postgres://a:b:c@h/d, http://x/y@z:1 and ftp://u:p@h",
                false,
                100
            ),
            "to postgres://a:***@h/d, http://x/y@z:1 and ftp://u:***@h"
        );
    }

    #[test]
    fn the_end_of_a_secret_that_is_cut_off_is_dropped() {
        let mask = Mask::of_variables([("API_TOKEN", "tok-123456")]);
        assert_eq!(mask.tail("k-123456 and the rest", true, 100), "nd the rest");
        assert_eq!(mask.tail("häuser", false, 5), "user");
    }

    proptest! {
        #[test]
        fn no_secret_survives(before in ".{0,40}", after in ".{0,40}", secret in "[a-zA-Z0-9]{8,20}", limit in 0_usize..100) {
            let mask = Mask::of_variables([("A_SECRET", secret.as_str())]);
            let shown = mask.tail(&format!("{before}{secret}{after}"), false, limit);
            prop_assert!(!shown.contains(&secret));
            prop_assert!(shown.len() <= limit);
        }
    }
}
