//! CSV in, records out, one at a time: RFC 4180 with commas, and with what that leaves open decided so that nothing is lost.
//!
//! A field without quotes that is empty is told apart from `""`: the first is no value, the second a value that is empty. Lines end
//! in LF, CRLF or CR; an empty line is no record. A quote is only a quote at the begin of a field, and nothing but a comma or the
//! end of the line may follow the closing one.

use std::io::BufRead;

/// Longest record that is read, in bytes: a quote that is never closed would swallow the rest of the file.
pub const MAX_RECORD: usize = 16 * 1024 * 1024;

/// A field as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    pub text: String,
    pub is_quoted: bool,
}

/// One record and the line that it begins on, from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub fields: Vec<Field>,
    pub line: usize,
}

/// Why a record cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub line: usize,
    /// One clause, lower case.
    pub message: String,
    pub remedy: &'static str,
}

/// Reads records until the end, or until the first fault.
#[derive(Debug)]
pub struct Records<R> {
    source: R,
    line: usize,
    ended: bool,
}

impl<R: BufRead> Records<R> {
    pub fn new(source: R) -> Self {
        Self {
            source,
            line: 0,
            ended: false,
        }
    }

    /// The bytes of one line with its end; `None` at the end of the text.
    fn next_line(&mut self, into: &mut Vec<u8>) -> Result<bool, Fault> {
        let before = into.len();
        loop {
            let chunk = match self.source.fill_buf() {
                Ok(chunk) => chunk,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    return Err(self.fault(format!("the file cannot be read on: {error}"), "check the disk"));
                }
            };
            if chunk.is_empty() {
                break;
            }
            let end = chunk.iter().position(|byte| *byte == b'\n');
            let taken = end.map_or(chunk.len(), |at| at + 1);
            into.extend_from_slice(&chunk[..taken]);
            self.source.consume(taken);
            if into.len() > MAX_RECORD {
                return Err(self.fault(
                    format!("a record is longer than {MAX_RECORD} bytes"),
                    "close the quote that is open, or split the value",
                ));
            }
            if end.is_some() {
                break;
            }
        }
        if into.len() == before {
            return Ok(false);
        }
        self.line += 1;
        Ok(true)
    }

    fn fault(&self, message: String, remedy: &'static str) -> Fault {
        Fault {
            line: self.line.max(1),
            message,
            remedy,
        }
    }

    fn read(&mut self) -> Result<Option<Record>, Fault> {
        let mut bytes = Vec::new();
        loop {
            bytes.clear();
            if !self.next_line(&mut bytes)? {
                return Ok(None);
            }
            if self.line == 1 && bytes.starts_with(b"\xef\xbb\xbf") {
                bytes.drain(..3);
            }
            if !bytes.iter().all(|byte| matches!(byte, b'\n' | b'\r')) {
                break;
            }
        }
        let line = self.line;
        let mut fields: Vec<(Vec<u8>, bool)> = Vec::new();
        let mut at = 0;
        loop {
            let is_quoted = bytes.get(at) == Some(&b'"');
            let mut text = Vec::new();
            if is_quoted {
                at += 1;
                loop {
                    match bytes.get(at) {
                        Some(b'"') if bytes.get(at + 1) == Some(&b'"') => {
                            text.push(b'"');
                            at += 2;
                        }
                        Some(b'"') => {
                            at += 1;
                            break;
                        }
                        Some(byte) => {
                            text.push(*byte);
                            at += 1;
                        }
                        None => {
                            let opened = self.line;
                            if !self.next_line(&mut bytes)? {
                                return Err(Fault {
                                    line: opened.min(line),
                                    message: "a quote is never closed in the record that begins here"
                                        .to_owned(),
                                    remedy: "close it; a quote within a quoted value is written twice",
                                });
                            }
                        }
                    }
                }
            } else {
                while let Some(byte) = bytes.get(at).filter(|byte| !matches!(byte, b',' | b'\n' | b'\r')) {
                    text.push(*byte);
                    at += 1;
                }
            }
            fields.push((text, is_quoted));
            match bytes.get(at) {
                Some(b',') => at += 1,
                None | Some(b'\n') => break,
                Some(b'\r') if matches!(bytes.get(at + 1), None | Some(b'\n')) => break,
                Some(b'\r') if !is_quoted => {
                    return Err(self.fault(
                        "a carriage return stands within the line".to_owned(),
                        "end lines with LF or CRLF, and put a value with line breaks in quotes",
                    ));
                }
                Some(_) => {
                    return Err(self.fault(
                        "something follows the closing quote".to_owned(),
                        "put a comma there, or write a quote within a quoted value twice",
                    ));
                }
            }
        }
        let fields = fields
            .into_iter()
            .map(|(bytes, is_quoted)| String::from_utf8(bytes).map(|text| Field { text, is_quoted }))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| Fault {
                line,
                message: "the text is not UTF-8".to_owned(),
                remedy: "save the file as UTF-8",
            })?;
        Ok(Some(Record { fields, line }))
    }
}

impl<R: BufRead> Iterator for Records<R> {
    type Item = Result<Record, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let next = self.read().transpose();
        self.ended = !matches!(next, Some(Ok(_)));
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(text: &str) -> Vec<Vec<String>> {
        Records::new(text.as_bytes())
            .map(|record| {
                let fields = record.unwrap().fields.into_iter();
                fields
                    .map(|field| {
                        if field.is_quoted {
                            format!("<{}>", field.text)
                        } else {
                            field.text
                        }
                    })
                    .collect()
            })
            .collect()
    }

    #[test]
    fn records_are_read_with_what_was_quoted() {
        assert_eq!(
            texts("\u{feff}a,b\r\n1,\r\n\r\n\"\",\"x \"\"y\"\"\nz, ok\"\nlast,\"q\""),
            [
                vec!["a", "b"],
                vec!["1", ""],
                vec!["<>", "<x \"y\"\nz, ok>"],
                vec!["last", "<q>"]
            ]
        );
        let lines: Vec<usize> = Records::new("a\n\"x\ny\"\nz\n".as_bytes())
            .map(|record| record.unwrap().line)
            .collect();
        assert_eq!(lines, [1, 2, 4]);
    }

    #[test]
    fn faults_name_the_line() {
        for (text, line) in [("a\n\"b\n\n", 2), ("a\n\"b\"c\n", 2), ("a\nb\rc\n", 2)] {
            let fault = Records::new(text.as_bytes()).find_map(Result::err).unwrap();
            assert_eq!(fault.line, line, "{text:?}: {fault:?}");
        }
        let fault = Records::new(&b"a\n\xff\n"[..]).find_map(Result::err).unwrap();
        assert_eq!(fault.line, 2);
    }

    proptest! {
        #[test]
        fn any_bytes_end_in_records_or_a_fault(bytes in prop::collection::vec(prop_oneof![Just(b'"'), Just(b','), Just(b'\n'), Just(b'\r'), any::<u8>()], 0..60)) {
            let lines = bytes.split(|byte| *byte == b'\n').count();
            for record in Records::new(bytes.as_slice()) {
                match record {
                    Ok(record) => prop_assert!(record.line <= lines && !record.fields.is_empty()),
                    Err(fault) => prop_assert!(fault.line <= lines),
                }
            }
        }

        #[test]
        fn what_is_written_reads_back(rows in prop::collection::vec(prop::collection::vec("[a-z\", \r\né]{0,6}", 1..4), 1..5)) {
            let mut text = String::new();
            for row in &rows {
                let fields: Vec<String> = row.iter().map(|field| format!("\"{}\"", field.replace('"', "\"\""))).collect();
                text.push_str(&fields.join(","));
                text.push_str("\r\n");
            }
            let read: Vec<Vec<String>> = Records::new(text.as_bytes())
                .map(|record| record.unwrap().fields.into_iter().map(|field| field.text).collect())
                .collect();
            prop_assert_eq!(read, rows);
        }
    }
}
