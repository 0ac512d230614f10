//! Messages on the wire: frames with a `Content-Length`, JSON-RPC 2.0 inside.
//!
//! The reader belongs to this room because nothing a client sends may end the server: a body that is no JSON is answered and
//! forgotten, a line that is no header is passed over until the next header comes, and no length that is claimed is believed
//! before the bytes arrive. The crate that usually does this ends at the first such message.

use std::io::{self, BufRead, Read, Write};

use serde_json::{Map, Value, json};

/// Longest body that is read. Longer ones are passed over and refused.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// Longest line that may be a header.
const MOST_HEADER_BYTES: u64 = 4096;

/// A code of JSON-RPC or of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    ParseError = -32_700,
    InvalidRequest = -32_600,
    MethodNotFound = -32_601,
    InvalidParams = -32_602,
    InternalError = -32_603,
    ServerNotInitialized = -32_002,
    RequestFailed = -32_803,
    RequestCancelled = -32_800,
}

/// Why a request got no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub code: Code,
    pub message: String,
}

impl Fault {
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    /// A request that was understood and cannot be done; the message is for the user.
    pub fn failed(message: impl Into<String>) -> Self {
        Self::new(Code::RequestFailed, message)
    }
}

/// What a client sent.
#[derive(Debug, Clone, PartialEq)]
pub enum Incoming {
    Request {
        /// A number or a string.
        id: Value,
        method: String,
        params: Value,
    },
    Notification {
        method: String,
        params: Value,
    },
    /// The answer to something this server asked.
    Response,
    /// No message; the id is null where none could be read.
    Broken {
        id: Value,
        fault: Fault,
    },
}

/// The next message, or `None` at the end of the input.
pub fn read(input: &mut impl BufRead) -> io::Result<Option<Incoming>> {
    let Some(length) = read_headers(input)? else {
        return Ok(None);
    };
    if length > MOST_BYTES {
        let passed = io::copy(&mut input.by_ref().take(length), &mut io::sink())?;
        let words = format!("a message of {length} bytes is longer than {MOST_BYTES}");
        let fault = Fault::new(Code::InvalidRequest, words);
        return Ok((passed == length).then_some(Incoming::Broken {
            id: Value::Null,
            fault,
        }));
    }
    let mut body = Vec::new();
    input.by_ref().take(length).read_to_end(&mut body)?;
    Ok((body.len() as u64 == length).then(|| parse(&body)))
}

/// Passes over headers up to the empty line behind them, and gives the length of the body.
fn read_headers(input: &mut impl BufRead) -> io::Result<Option<u64>> {
    let mut length = None;
    let mut line = Vec::new();
    loop {
        line.clear();
        if input
            .by_ref()
            .take(MOST_HEADER_BYTES)
            .read_until(b'\n', &mut line)?
            == 0
        {
            return Ok(None);
        }
        let header = String::from_utf8_lossy(&line);
        match header.trim_end_matches(['\r', '\n']).split_once(':') {
            Some((name, value)) if name.trim().eq_ignore_ascii_case("content-length") => {
                length = value.trim().parse().ok().or(length);
            }
            None if header.trim().is_empty() && length.is_some() => return Ok(length),
            _ => {}
        }
    }
}

fn parse(body: &[u8]) -> Incoming {
    let broken = |id: Value, code, words: String| Incoming::Broken {
        id,
        fault: Fault::new(code, words),
    };
    let mut message: Map<String, Value> = match serde_json::from_slice(body) {
        Ok(Value::Object(message)) => message,
        Ok(_) => {
            return broken(
                Value::Null,
                Code::InvalidRequest,
                "a message is an object".to_owned(),
            );
        }
        Err(error) => return broken(Value::Null, Code::ParseError, error.to_string()),
    };
    let id = message.remove("id").unwrap_or(Value::Null);
    let params = message.remove("params").unwrap_or(Value::Null);
    match (id, message.remove("method")) {
        (Value::Null, Some(Value::String(method))) => Incoming::Notification { method, params },
        (id @ (Value::Number(_) | Value::String(_)), Some(Value::String(method))) => {
            Incoming::Request { id, method, params }
        }
        (_, None) if message.contains_key("result") || message.contains_key("error") => Incoming::Response,
        (id @ (Value::Number(_) | Value::String(_)), _) => {
            broken(id, Code::InvalidRequest, "`method` is not a string".to_owned())
        }
        _ => broken(
            Value::Null,
            Code::InvalidRequest,
            "neither request, notification nor response".to_owned(),
        ),
    }
}

/// The answer to a request.
pub fn response(id: &Value, result: Result<Value, Fault>) -> Value {
    match result {
        Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
        Err(Fault { code, message }) => {
            json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code as i32, "message": message } })
        }
    }
}

/// Something the client is told.
pub fn notification(method: &str, params: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "method": method, "params": params })
}

/// Something the client is asked.
pub fn request(id: &str, method: &str, params: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })
}

/// Sends one message on its way.
pub fn write(output: &mut impl Write, message: &Value) -> io::Result<()> {
    let body = serde_json::to_vec(message)?;
    let mut frame = format!("Content-Length: {}\r\n\r\n", body.len()).into_bytes();
    frame.extend(body);
    output.write_all(&frame)?;
    output.flush()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(mut input: &[u8]) -> Vec<Incoming> {
        std::iter::from_fn(|| read(&mut input).unwrap()).collect()
    }

    fn framed(body: &str) -> String {
        format!("Content-Length: {}\r\n\r\n{body}", body.len())
    }

    fn code_of(message: &Incoming) -> Option<Code> {
        match message {
            Incoming::Broken { fault, .. } => Some(fault.code),
            _ => None,
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let mut wire = Vec::new();
        let params = json!({"text": "é"});
        write(&mut wire, &notification("a/b", &params)).unwrap();
        write(&mut wire, &request("x", "c", &Value::Null)).unwrap();
        write(&mut wire, &response(&json!(7), Ok(Value::Null))).unwrap();
        let expected = [
            Incoming::Notification {
                method: "a/b".to_owned(),
                params,
            },
            Incoming::Request {
                id: json!("x"),
                method: "c".to_owned(),
                params: Value::Null,
            },
            Incoming::Response,
        ];
        assert_eq!(all(&wire), expected);
    }

    #[test]
    fn rubbish_is_answered_and_the_next_message_is_read() {
        let next = framed(r#"{"method":"next"}"#);
        for (rubbish, code) in [
            (framed("{"), Some(Code::ParseError)),
            (framed("[1]"), Some(Code::InvalidRequest)),
            (framed("{}"), Some(Code::InvalidRequest)),
            (framed(r#"{"id":1,"method":2}"#), Some(Code::InvalidRequest)),
            (framed(&"[".repeat(10_000)), Some(Code::ParseError)),
            ("no header at all\r\n\r\n".to_owned(), None),
            ("Content-Length: many\r\n\r\n".to_owned(), None),
            (format!("{}\r\n", "x".repeat(100_000)), None),
        ] {
            let found = all(format!("{rubbish}{next}").as_bytes());
            assert_eq!(found.len(), 1 + usize::from(code.is_some()), "{rubbish:.40}");
            assert_eq!(code_of(&found[0]), code, "{rubbish:.40}");
            assert!(
                matches!(&found[found.len() - 1], Incoming::Notification { method, .. } if method == "next")
            );
        }
    }

    #[test]
    fn a_length_that_is_only_claimed_costs_nothing() {
        assert_eq!(all(b"Content-Length: 18446744073709551615\r\n\r\n{}"), []);
        assert_eq!(all(b"Content-Length: 60000000\r\n\r\n{}"), []);
    }

    #[test]
    fn header_names_come_in_any_case_and_order() {
        let body = r#"{"method":"m"}"#;
        let wire = format!(
            "Content-Type: application/vscode-jsonrpc; charset=utf-8\r\ncontent-length:{}\n\n{body}",
            body.len()
        );
        assert_eq!(all(wire.as_bytes()).len(), 1);
    }

    proptest! {
        #[test]
        fn any_bytes_end(bytes in prop::collection::vec(prop::sample::select(b"Content-Length: 019\r\n{}\"id:[],".to_vec()), 0..200)) {
            all(&bytes);
        }
    }
}
