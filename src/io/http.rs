//! HTTP: one client, one TLS stack, and downloads that go on where they stopped.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use futures_util::StreamExt as _;
use reqwest::header::{CONTENT_RANGE, HeaderMap, RANGE};
use reqwest::{Response, StatusCode};

use crate::failure::{Failure, Result};
use crate::text::slashed;

/// A host that cannot be reached is given up after this.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// So long may a server be silent in the middle of an answer.
const READ_TIMEOUT: Duration = Duration::from_secs(30);
/// Tries of one download; each goes on where the one before stopped.
const TRIES: u32 = 3;
/// Before the second try; the third waits twice as long.
const PAUSE: Duration = Duration::from_millis(400);

/// A client with its connections.
#[derive(Debug, Clone)]
pub struct Http {
    client: reqwest::Client,
}

/// Why one try failed.
enum Trouble {
    /// Another try may succeed.
    Passing(Failure),
    /// It would not.
    Lasting(Failure),
}

impl Http {
    /// A client that trusts the system's certificates and takes the usual proxy variables.
    pub fn new() -> Result<Self> {
        // Another part of the process may have installed it already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .user_agent(concat!("packwright/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(READ_TIMEOUT)
            .build()
            .map_err(|error| {
                Failure::user("cannot prepare HTTPS")
                    .because(&error)
                    .hint("check that the system's certificates are installed (package `ca-certificates`)")
            })?;
        Ok(Self { client })
    }

    /// Downloads `url` to `path`, which must end up `bytes` long. What is at `path` already is taken for the beginning and the
    /// rest asked for; so a download that was interrupted goes on. `progress` is told how many bytes are there.
    ///
    /// Fails naming the URL (without password and query) when the server cannot be reached, refuses, sends more or less than
    /// `bytes`, or stops three times; what has arrived stays at `path`.
    pub async fn download(
        &self,
        url: &str,
        path: &Path,
        bytes: u64,
        progress: &mut (dyn FnMut(u64) + Send),
    ) -> Result<()> {
        let mut tried = 0;
        loop {
            tried += 1;
            match self.attempt(url, path, bytes, progress).await {
                Ok(()) => return Ok(()),
                Err(Trouble::Lasting(failure)) => return Err(failure),
                Err(Trouble::Passing(failure)) if tried >= TRIES => return Err(failure),
                Err(Trouble::Passing(_)) => tokio::time::sleep(PAUSE * tried).await,
            }
        }
    }

    async fn attempt(
        &self,
        url: &str,
        path: &Path,
        bytes: u64,
        progress: &mut (dyn FnMut(u64) + Send),
    ) -> Result<(), Trouble> {
        let mut have = fs::metadata(path).map_or(0, |metadata| metadata.len());
        if have == bytes {
            progress(have);
            return Ok(());
        }
        if have > bytes {
            have = 0;
        }
        let mut request = self.client.get(url);
        if have > 0 {
            request = request.header(RANGE, format!("bytes={have}-"));
        }
        let response = request.send().await.map_err(|error| connecting(url, error))?;
        match response.status() {
            StatusCode::PARTIAL_CONTENT if first_byte(response.headers()) == Some(have) => {}
            // What is here does not fit what is there: begin again.
            StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE if have > 0 => {
                let _ = fs::remove_file(path);
                return Err(Trouble::Passing(refused(url, response.status())));
            }
            StatusCode::OK => {
                have = 0;
                if let Some(length) = response.content_length().filter(|&length| length != bytes) {
                    return Err(Trouble::Lasting(wrong_length(url, length, bytes)));
                }
            }
            status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
                return Err(Trouble::Passing(refused(url, status)));
            }
            status => return Err(Trouble::Lasting(refused(url, status))),
        }
        receive(response, url, path, have, bytes, progress).await
    }
}

/// Appends the body to the first `have` bytes of the file.
async fn receive(
    response: Response,
    url: &str,
    path: &Path,
    mut have: u64,
    bytes: u64,
    progress: &mut (dyn FnMut(u64) + Send),
) -> Result<(), Trouble> {
    let cannot_write = |error: &std::io::Error| {
        Trouble::Lasting(
            Failure::user(format!("cannot write `{}`", slashed(path)))
                .because(error)
                .hint("check the disk: it may be full, or the folder may not be writable"),
        )
    };
    let mut file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .map_err(|error| cannot_write(&error))?;
    file.set_len(have).map_err(|error| cannot_write(&error))?;
    progress(have);
    let mut body = response.bytes_stream();
    while let Some(part) = body.next().await {
        let part =
            part.map_err(|error| Trouble::Passing(cut_off(url, have, bytes).because(&error.without_url())))?;
        have += part.len() as u64;
        if have > bytes {
            let _ = fs::remove_file(path);
            return Err(Trouble::Lasting(wrong_length(url, have, bytes)));
        }
        file.write_all(&part).map_err(|error| cannot_write(&error))?;
        progress(have);
    }
    if have < bytes {
        return Err(Trouble::Passing(cut_off(url, have, bytes)));
    }
    file.sync_all().map_err(|error| cannot_write(&error))
}

/// Where a partial answer begins: `Content-Range: bytes 100-199/200`.
fn first_byte(headers: &HeaderMap) -> Option<u64> {
    let range = headers
        .get(CONTENT_RANGE)?
        .to_str()
        .ok()?
        .strip_prefix("bytes ")?;
    range.split('-').next()?.trim().parse().ok()
}

fn connecting(url: &str, error: reqwest::Error) -> Trouble {
    let unreachable = error.is_connect() || error.is_timeout();
    let failure = Failure::user(format!("cannot reach `{}`", redacted(url)))
        .because(&error.without_url())
        .hint("check the connection, and `HTTPS_PROXY` where a proxy is needed");
    // Another try would only wait as long again.
    if unreachable {
        Trouble::Lasting(failure)
    } else {
        Trouble::Passing(failure)
    }
}

fn refused(url: &str, status: StatusCode) -> Failure {
    let failure = Failure::user(format!("`{}` answered {status}", redacted(url)));
    match status {
        StatusCode::NOT_FOUND => failure.hint("the address is wrong, or what was there has been taken away"),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::PROXY_AUTHENTICATION_REQUIRED => {
            failure.hint("the server or a proxy in between wants to know who asks")
        }
        _ => failure.hint("try again later"),
    }
}

fn wrong_length(url: &str, found: u64, bytes: u64) -> Failure {
    Failure::user(format!(
        "`{}` has {found} bytes or more, not {bytes}",
        redacted(url)
    ))
    .hint("a proxy or mirror in between sends something else than what was asked for")
}

fn cut_off(url: &str, have: u64, bytes: u64) -> Failure {
    Failure::user(format!(
        "`{}` stopped after {have} of {bytes} bytes",
        redacted(url)
    ))
    .hint("run the command again: it goes on where it stopped")
}

/// A URL as it may be shown: without user, password, query and fragment.
pub fn redacted(url: &str) -> String {
    let Ok(mut parsed) = reqwest::Url::parse(url) else {
        return "an address that is no URL".to_owned();
    };
    let _ = parsed.set_username("");
    let _ = parsed.set_password(None);
    parsed.set_query(None);
    parsed.set_fragment(None);
    parsed.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_of_a_url_are_not_shown() {
        assert_eq!(
            redacted("https://me:s3cret@hub.example:8443/a/b?token=s3cret#x"),
            "https://hub.example:8443/a/b"
        );
        assert!(!redacted("s3cret").contains("s3cret"));
    }

    #[test]
    fn the_place_of_a_partial_answer_is_read() {
        let mut headers = HeaderMap::new();
        assert_eq!(first_byte(&headers), None);
        headers.insert(CONTENT_RANGE, "bytes 100-199/200".parse().unwrap());
        assert_eq!(first_byte(&headers), Some(100));
        headers.insert(CONTENT_RANGE, "bytes */200".parse().unwrap());
        assert_eq!(first_byte(&headers), None);
    }
}
