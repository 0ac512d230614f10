//! A model hub on the loopback that speaks HTTP and misbehaves on request.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// What the hub does with requests for one file.
#[derive(Debug, Clone)]
pub enum Manner {
    /// Whole or from where it is asked, in the usual way.
    Serve(Arc<Vec<u8>>),
    /// Announces the whole file and hangs up after so many bytes of it; from the second request on it serves.
    HangUpOnce(Arc<Vec<u8>>, usize),
    /// Announces so many bytes more than it has, and hangs up.
    Truncate(Arc<Vec<u8>>, usize),
    /// This status.
    Refuse(u16),
    /// Sends the first so many bytes, then nothing more, until the client goes.
    Stall(Arc<Vec<u8>>, usize),
}

/// A request as it came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub path: String,
    pub range: Option<String>,
}

/// A running hub; it ends with the test process.
pub struct Hub {
    port: u16,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Hub {
    /// Serves files by name, whatever stands before it in the path; 404 for others.
    pub fn start(files: impl IntoIterator<Item = (&'static str, Manner)>) -> Self {
        let files: Arc<HashMap<&str, Manner>> = Arc::new(files.into_iter().collect());
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (files, seen) = (Arc::clone(&files), Arc::clone(&seen));
                // A client that goes away in the middle is part of the play.
                thread::spawn(move || drop(answer(stream, &files, &seen)));
            }
        });
        Self { port, requests }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().expect("no panic").clone()
    }
}

/// An address where nobody listens.
pub fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    format!(
        "http://127.0.0.1:{}",
        listener.local_addr().expect("an address").port()
    )
}

fn answer(
    stream: TcpStream,
    files: &HashMap<&str, Manner>,
    seen: &Mutex<Vec<Request>>,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut writer = stream;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
        let mut range = None;
        loop {
            line.clear();
            reader.read_line(&mut line)?;
            let header = line.trim();
            if header.is_empty() {
                break;
            }
            if let Some((name, value)) = header.split_once(':')
                && name.eq_ignore_ascii_case("range")
            {
                range = Some(value.trim().to_owned());
            }
        }
        let name = path.rsplit('/').next().unwrap_or_default().to_owned();
        let request = Request { path, range };
        let before = {
            let mut seen = seen.lock().expect("no panic");
            let ending = format!("/{name}");
            let before = seen
                .iter()
                .filter(|earlier| earlier.path.ends_with(&ending))
                .count();
            seen.push(request.clone());
            before
        };
        match files.get(name.as_str()) {
            Some(Manner::HangUpOnce(bytes, after)) if before == 0 => {
                head(&mut writer, "200 OK", bytes.len(), "")?;
                writer.write_all(&bytes[..*after])?;
                return Ok(());
            }
            Some(Manner::Serve(bytes) | Manner::HangUpOnce(bytes, _)) => serve(&mut writer, &request, bytes)?,
            Some(Manner::Truncate(bytes, missing)) => {
                let start = start_of(&request).unwrap_or(0);
                let last = bytes.len() + missing - 1;
                let range = format!("Content-Range: bytes {start}-{last}/{}\r\n", last + 1);
                let (status, range) = if start > 0 {
                    ("206 Partial Content", range)
                } else {
                    ("200 OK", String::new())
                };
                head(&mut writer, status, last + 1 - start, &range)?;
                writer.write_all(&bytes[start.min(bytes.len())..])?;
                return Ok(());
            }
            Some(Manner::Refuse(status)) => head(&mut writer, &format!("{status} No"), 0, "")?,
            Some(Manner::Stall(bytes, after)) => {
                head(&mut writer, "200 OK", bytes.len(), "")?;
                writer.write_all(&bytes[..*after])?;
                writer.flush()?;
                reader.read_line(&mut line)?;
                return Ok(());
            }
            None => head(&mut writer, "404 Not Found", 0, "")?,
        }
    }
}

fn start_of(request: &Request) -> Option<usize> {
    let range = request.range.as_deref()?.strip_prefix("bytes=")?;
    range.strip_suffix('-')?.parse().ok()
}

fn serve(writer: &mut TcpStream, request: &Request, bytes: &[u8]) -> std::io::Result<()> {
    match start_of(request) {
        Some(start) if start >= bytes.len() => head(writer, "416 Range Not Satisfiable", 0, ""),
        Some(start) => {
            let range = format!(
                "Content-Range: bytes {start}-{}/{}\r\n",
                bytes.len() - 1,
                bytes.len()
            );
            head(writer, "206 Partial Content", bytes.len() - start, &range)?;
            writer.write_all(&bytes[start..])
        }
        None => {
            head(writer, "200 OK", bytes.len(), "")?;
            writer.write_all(bytes)
        }
    }
}

fn head(writer: &mut TcpStream, status: &str, length: usize, more: &str) -> std::io::Result<()> {
    write!(
        writer,
        "HTTP/1.1 {status}\r\nContent-Length: {length}\r\n{more}\r\n"
    )
}
