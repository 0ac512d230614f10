//! Keys, tokens and passwords as they are written, and how a real one is told from a stand-in.
//!
//! Long because of the table of shapes and the cases that its judgement is held by.

use crate::text::Span;

/// A secret in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Secret {
    pub span: Span,
    /// What it opens, with its article: "an AWS access key id".
    pub kind: &'static str,
}

/// The characters a token is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Alphabet {
    /// `A` to `Z`, `2` to `7`.
    Base32,
    Hex,
    /// Letters and digits.
    Alphanumeric,
    /// Letters, digits, `_` and `-`.
    Url,
    /// Letters, digits, `_`, `-` and `.`.
    Dotted,
    /// Letters, digits, `+`, `/` and `=`.
    Base64,
}

impl Alphabet {
    fn has(self, byte: u8) -> bool {
        match self {
            Self::Base32 => byte.is_ascii_uppercase() || matches!(byte, b'2'..=b'7'),
            Self::Hex => byte.is_ascii_hexdigit(),
            Self::Alphanumeric => byte.is_ascii_alphanumeric(),
            Self::Url => byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'),
            Self::Dotted => byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'),
            Self::Base64 => byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='),
        }
    }
}

/// How the tokens of one provider look: what they begin with, and what follows.
struct Shape {
    prefix: &'static str,
    kind: &'static str,
    alphabet: Alphabet,
    shortest: usize,
    longest: usize,
}

const fn shape(
    prefix: &'static str,
    kind: &'static str,
    alphabet: Alphabet,
    shortest: usize,
    longest: usize,
) -> Shape {
    Shape {
        prefix,
        kind,
        alphabet,
        shortest,
        longest,
    }
}

/// As the providers document them, or as secret scanners that providers work with know them.
const SHAPES: &[Shape] = &[
    shape("AKIA", "an AWS access key id", Alphabet::Base32, 16, 16),
    shape("ASIA", "an AWS access key id", Alphabet::Base32, 16, 16),
    shape("ghp_", "a GitHub token", Alphabet::Alphanumeric, 36, 36),
    shape("gho_", "a GitHub token", Alphabet::Alphanumeric, 36, 36),
    shape("ghu_", "a GitHub token", Alphabet::Alphanumeric, 36, 36),
    shape("ghs_", "a GitHub token", Alphabet::Alphanumeric, 36, 36),
    shape("ghr_", "a GitHub token", Alphabet::Alphanumeric, 36, 76),
    shape("github_pat_", "a GitHub token", Alphabet::Url, 70, 100),
    shape("glpat-", "a GitLab token", Alphabet::Dotted, 20, 64),
    shape("xoxb-", "a Slack token", Alphabet::Url, 40, 90),
    shape("xoxp-", "a Slack token", Alphabet::Url, 40, 90),
    shape("xoxa-", "a Slack token", Alphabet::Url, 40, 90),
    shape("xoxr-", "a Slack token", Alphabet::Url, 40, 90),
    shape("xoxs-", "a Slack token", Alphabet::Url, 40, 90),
    shape("xapp-", "a Slack token", Alphabet::Url, 60, 140),
    shape("sk-ant-", "an Anthropic API key", Alphabet::Url, 80, 120),
    shape("sk-proj-", "an OpenAI API key", Alphabet::Url, 40, 200),
    shape("sk-svcacct-", "an OpenAI API key", Alphabet::Url, 40, 200),
    shape("sk_live_", "a Stripe secret key", Alphabet::Alphanumeric, 24, 110),
    shape("rk_live_", "a Stripe secret key", Alphabet::Alphanumeric, 24, 110),
    shape("AIza", "a Google API key", Alphabet::Url, 35, 35),
    shape("GOCSPX-", "a Google OAuth secret", Alphabet::Url, 28, 28),
    shape("SG.", "a SendGrid API key", Alphabet::Dotted, 66, 66),
    shape("npm_", "an npm token", Alphabet::Alphanumeric, 36, 36),
    shape("pypi-", "a PyPI token", Alphabet::Url, 80, 220),
    shape("hf_", "a Hugging Face token", Alphabet::Alphanumeric, 34, 37),
    shape("dop_v1_", "a DigitalOcean token", Alphabet::Hex, 64, 64),
    shape("dapi", "a Databricks token", Alphabet::Hex, 32, 34),
    shape("shpat_", "a Shopify token", Alphabet::Hex, 32, 32),
    shape("lin_api_", "a Linear API key", Alphabet::Alphanumeric, 40, 40),
    shape("hvs.", "a HashiCorp Vault token", Alphabet::Url, 90, 120),
    shape("sbp_", "a Supabase token", Alphabet::Hex, 40, 40),
    shape("gsk_", "a Groq API key", Alphabet::Alphanumeric, 52, 52),
    shape("pplx-", "a Perplexity API key", Alphabet::Alphanumeric, 48, 56),
    shape("xai-", "an xAI API key", Alphabet::Alphanumeric, 80, 80),
    shape("AccountKey=", "an Azure storage key", Alphabet::Base64, 86, 88),
    shape(
        "AGE-SECRET-KEY-1",
        "an age secret key",
        Alphabet::Alphanumeric,
        58,
        58,
    ),
    shape("pul-", "a Pulumi token", Alphabet::Hex, 40, 40),
    shape("figd_", "a Figma token", Alphabet::Url, 40, 60),
    shape("ntn_", "a Notion token", Alphabet::Alphanumeric, 46, 46),
    shape("PMAK-", "a Postman API key", Alphabet::Url, 59, 59),
    shape("dp.pt.", "a Doppler token", Alphabet::Alphanumeric, 40, 44),
    shape("sntrys_", "a Sentry token", Alphabet::Base64, 80, 240),
    shape(
        "hooks.slack.com/services/T",
        "a Slack webhook",
        Alphabet::Base64,
        40,
        60,
    ),
];

/// Samples that documentation gives, whole or in part: they open nothing.
const SAMPLES: &[&str] = &[
    "AKIAIOSFO",
    "AKIAI44QH8DHB",
    "16C7e42F292c6912E7710c838347Ae178B4a",
    // Of the storage and database emulators.
    "Eby8vdM02xNOcqFlqUwJPLlm",
    "C2y6yDjf5",
];

/// Parts of stand-ins.
const STAND_INS: &[&str] = &[
    "example",
    "sample",
    "placeholder",
    "dummy",
    "fake",
    "test",
    "demo",
    "your",
    "insert",
    "replace",
    "change",
    "redacted",
    "secret",
    "token",
    "xxx",
    "quickstart",
    "foobar",
    "abcd",
    "1234",
    "0000",
    "here",
    "hidden",
    "random",
    "string",
    "value",
    "apikey",
    "mykey",
    "todo",
    "dead",
    "beef",
    "notreal",
    "invalid",
    "none",
    "null",
    "asdf",
    "qwert",
    "aaaa",
    "bbbb",
    "base64",
    "encoded",
];

/// The token that begins at `at`, unless it is a stand-in.
pub fn token_at(text: &str, at: usize) -> Option<Secret> {
    let bytes = text.as_bytes();
    let rest = bytes.get(at..)?;
    if at > 0
        && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_')
        && !rest.starts_with(b"hooks.")
    {
        return None;
    }
    if let Some(webhook) = discord_webhook(text, at) {
        return Some(webhook);
    }
    if rest.starts_with(b"T3BlbkFJ") {
        return old_openai_key(text, at);
    }
    let shape = SHAPES
        .iter()
        .find(|shape| rest.starts_with(shape.prefix.as_bytes()))?;
    let body = &rest[shape.prefix.len()..];
    let length = body.iter().take_while(|&&byte| shape.alphabet.has(byte)).count();
    // A longer word in other characters is something else.
    let goes_on = body
        .get(length)
        .is_some_and(|&byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if length < shape.shortest || length > shape.longest || goes_on {
        return None;
    }
    let span = Span::new(at, at + shape.prefix.len() + length);
    let whole = text.get(span.start..span.end)?;
    let body = text.get(at + shape.prefix.len()..span.end)?;
    let is_known_sample = SAMPLES.iter().any(|sample| whole.contains(sample));
    (!is_known_sample && is_random(body)).then_some(Secret {
        span,
        kind: shape.kind,
    })
}

/// `…/api/webhooks/<18 digits or so>/<68 characters>`, where `at` is that of `/api`.
fn discord_webhook(text: &str, at: usize) -> Option<Secret> {
    let rest = text[at..].strip_prefix("/api/webhooks/")?;
    let (id, token) = rest.split_once('/')?;
    let length = token.bytes().take_while(|&byte| Alphabet::Url.has(byte)).count();
    let is_whole = (17..=20).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_digit())
        && (60..=80).contains(&length);
    let token = token.get(..length)?;
    (is_whole && is_random(token)).then(|| Secret {
        span: Span::new(at, at + "/api/webhooks/".len() + id.len() + 1 + length),
        kind: "a Discord webhook",
    })
}

/// `sk-` and 20 characters stand before the mark, 20 behind it.
fn old_openai_key(text: &str, at: usize) -> Option<Secret> {
    let start = at.checked_sub(23)?;
    let end = at + 8 + 20;
    let whole = text.get(start..end)?;
    let body = whole.strip_prefix("sk-")?;
    (body.bytes().all(|byte| byte.is_ascii_alphanumeric()) && is_random(body)).then(|| Secret {
        span: Span::new(start, end),
        kind: "an OpenAI API key",
    })
}

/// Whether the characters look drawn at random, and not written by somebody who needed something in their place.
pub fn is_random(body: &str) -> bool {
    let lower = body.to_ascii_lowercase();
    let bytes = lower.as_bytes();
    if STAND_INS.iter().any(|word| lower.contains(word)) {
        return false;
    }
    let repeats = bytes
        .windows(4)
        .any(|four| four.iter().all(|&byte| byte == four[0]));
    let climbs = bytes.windows(5).any(|five| {
        five.windows(2)
            .all(|pair| pair[0].is_ascii_alphanumeric() && pair[1] == pair[0] + 1)
            || five
                .windows(2)
                .all(|pair| pair[1].is_ascii_alphanumeric() && pair[0] == pair[1] + 1)
    });
    let cycles = (1..=4).any(|period| {
        let length = period * 4;
        bytes
            .windows(length)
            .any(|window| window.chunks(period).all(|chunk| chunk == &window[..period]))
    });
    let is_long = bytes.len() >= 30;
    let has_both = bytes.iter().any(u8::is_ascii_digit) && bytes.iter().any(u8::is_ascii_alphabetic);
    let floor = match bytes.len() {
        0..=11 => 2.5,
        12..=19 => 2.7,
        20..=39 => 3.0,
        _ => 3.2,
    };
    !repeats && !climbs && !cycles && (!is_long || has_both) && entropy(bytes) >= floor
}

/// Bits of information in each byte, by how often each stands here.
fn entropy(bytes: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for &byte in bytes {
        counts[usize::from(byte)] += 1;
    }
    let total = f64::from(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
    counts
        .iter()
        .filter(|&&count| count > 0)
        .map(|&count| {
            let share = f64::from(count) / total;
            -share * share.log2()
        })
        .sum()
}

/// The private key whose heading holds `PRIVATE KEY-----` at `at`.
pub fn private_key_at(text: &str, at: usize) -> Option<Secret> {
    let line_start = text[..at].rfind('\n').map_or(0, |found| found + 1);
    let start = line_start + text[line_start..at].rfind("-----BEGIN ")?;
    let heading_end = at + text[at..].find("-----")? + 5;
    let rest = &text[heading_end..];
    let end = rest.find("-----END").unwrap_or(rest.len().min(8192));
    let body = rest.get(..end)?;
    // In code the line breaks are often written out.
    let body = body.replace("\\n", "\n");
    let is_armour = |line: &str| line.contains(": ") || line.starts_with("Proc-Type");
    let letters: String = body
        .lines()
        .map(|line| {
            line.trim_matches(|mark: char| {
                mark.is_whitespace() || matches!(mark, '"' | '\'' | '+' | ',' | '#' | '>' | '\\')
            })
        })
        .filter(|line| !is_armour(line))
        .collect();
    let is_key = letters.len() >= 100
        && letters.bytes().all(|byte| Alphabet::Base64.has(byte))
        && entropy(letters.as_bytes()) > 4.2
        && !STAND_INS
            .iter()
            .filter(|word| word.len() > 5)
            .any(|word| letters.to_ascii_lowercase().contains(word));
    is_key.then(|| Secret {
        span: Span::new(start, heading_end),
        kind: "a private key",
    })
}

/// Passwords and users that examples are given.
const USUAL: &[&str] = &[
    "password",
    "passwd",
    "pass",
    "pwd",
    "pw",
    "user",
    "username",
    "admin",
    "root",
    "guest",
    "postgres",
    "mysql",
    "mongo",
    "redis",
    "db",
    "dbuser",
    "dbpass",
    "dbpassword",
    "app",
    "myuser",
    "mypassword",
    "letmein",
    "hunter2",
    "changeme",
    "s3cr3t",
    "secretpassword",
    "p@ssw0rd",
    "pa55word",
    "toor",
    "minioadmin",
    "kratos",
];

/// The address with a password whose scheme begins at `at`: `postgres://user:password@host`.
pub fn connection_at(text: &str, at: usize) -> Option<Secret> {
    let start = at;
    let rest = text.get(at..)?;
    let scheme_end = rest
        .find("://")
        .filter(|&end| end < 40 && !rest[..end].contains(char::is_whitespace))?
        + 3;
    let address: &str = rest[scheme_end..]
        .split(|end: char| {
            end.is_whitespace() || matches!(end, '"' | '\'' | '`' | '<' | '>' | ')' | ']' | '|' | ',' | '\\')
        })
        .next()?;
    let authority = address.split(['/', '?', '#']).next()?;
    let (user, rest) = authority.split_once(':')?;
    let (password, host) = rest.rsplit_once('@')?;
    let host = host.split(':').next()?;
    let is_template = |part: &str| {
        part.contains(['$', '{', '}', '%', '*', '[', '(']) || part.contains("...") || part.contains('…')
    };
    let lower = password.to_ascii_lowercase();
    let is_stand_in = is_template(authority)
        || password.len() < 8
        || lower == user.to_ascii_lowercase()
        || USUAL.contains(&lower.as_str())
        || USUAL.iter().any(|usual| usual.len() > 3 && lower.contains(usual))
        || lower
            .chars()
            .all(|letter| letter.is_ascii_alphabetic() || matches!(letter, '_' | '-'))
        || !is_random(password)
        || !is_distant(host);
    (!is_stand_in).then(|| Secret {
        span: Span::new(start, start + scheme_end + authority.len()),
        kind: "an address with a password",
    })
}

/// Whether a host is somewhere else than on this machine, in this network, or in an example.
fn is_distant(host: &str) -> bool {
    let lower = host.to_ascii_lowercase();
    let last = lower.rsplit('.').next().unwrap_or_default();
    let is_named =
        lower.contains('.') && last.len() >= 2 && last.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_here = matches!(
        last,
        "local" | "localhost" | "internal" | "lan" | "test" | "example" | "invalid" | "svc" | "cluster"
    ) || lower.contains("example.")
        || lower.ends_with(".cluster.local")
        || STAND_INS
            .iter()
            .any(|word| word.len() > 3 && lower.contains(word) && *word != "test");
    is_named && !is_here
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A body that no scanner of repositories takes for real, and that this one does.
    const BODY: &str = "q7RzK2vN9wXtB4mJ8cLfP5hYdG3sQ6eUaT1kWnVz";

    fn kind(text: &str) -> Option<&'static str> {
        super::super::leads::find(text)
            .into_iter()
            .find_map(|(_, at)| {
                token_at(text, at)
                    .or_else(|| private_key_at(text, at))
                    .or_else(|| connection_at(text, at))
            })
            .map(|secret| secret.kind)
    }

    #[test]
    fn tokens_are_known_by_prefix_length_and_alphabet() {
        assert_eq!(
            kind(&format!("key = \"ghp_{}\"", &BODY[..36])),
            Some("a GitHub token")
        );
        assert_eq!(kind(&format!("ghp_{}", &BODY[..35])), None);
        assert_eq!(kind(&format!("AIza{}", &BODY[..35])), Some("a Google API key"));
        assert_eq!(
            kind(&format!("AKIA{}", "Q7RZK2VN6WXTB4MJ")),
            Some("an AWS access key id")
        );
        assert_eq!(kind(&format!("hf_{}", &BODY[..34])), Some("a Hugging Face token"));
        assert_eq!(
            kind(&format!("postgres://app:{}@db.acme.io:5432/app", &BODY[..14])),
            Some("an address with a password")
        );
        let key = format!("{BODY}{}{}", BODY.to_uppercase(), &BODY[3..33]);
        assert_eq!(
            kind(&format!(
                "-----BEGIN RSA {}\n{key}\n-----END RSA PRIVATE KEY-----",
                "PRIVATE KEY-----"
            )),
            Some("a private key")
        );
    }

    #[test]
    fn stand_ins_are_no_secrets() {
        for text in [
            "AKIAIOSFODNN7EXAMPLE",
            "AKIAIOSFOLQUICKSTART",
            "AKIA1234567890ABCDEF",
            "AKIAXXXXXXXXXXXXXXXX",
            "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            "ghp_YourPersonalAccessTokenGoesRightHere",
            "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
            "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
            "sk_live_abc123xyz456",
            "sk-ant-...",
            "sk-proj-<your key>",
            "hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX",
            "npm_config_registry_url_is_set_in_the_file",
            "postgres://user:password@db.acme.io/app",
            "postgres://postgres:postgres@db:5432/app",
            "postgresql://${USER}:${PASS}@db.acme.io/x",
            "postgresql://admin:password123@prod-db:5432",
            "postgresql://neondb_owner:AbC123dEf@ep-cool-darkness-123456.aws.neon.tech/x",
            "mongodb+srv://user:<password>@cluster0.ab1cd.mongodb.net",
            "mysql://root:q7RzK2vN9wXtB4@localhost/app",
            "redis://:q7RzK2vN9wXtB4@cache.internal:6379",
            "postgres://%s:%s@%s:%s",
            "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
            "grep -rn 'BEGIN RSA PRIVATE KEY-----' .",
            "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC...\n-----END PRIVATE KEY-----",
            "ASIA Pacific",
            "the Asian market",
            "xai-grok",
            "dapi_client",
        ] {
            assert_eq!(kind(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_breaks_the_readers(text in "(ghp_|AKIA|postgres://|://|a|B|7|:|@|-----BEGIN |PRIVATE KEY-----|\n|é|/api/webhooks/|T3BlbkFJ|sk-){0,30}") {
            for at in (0..text.len()).filter(|&at| text.is_char_boundary(at)) {
                for secret in [token_at(&text, at), private_key_at(&text, at), connection_at(&text, at)].into_iter().flatten() {
                    prop_assert!(text.get(secret.span.start..secret.span.end).is_some());
                }
            }
        }
    }
}
