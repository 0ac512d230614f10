//! Tensors read in place from the bytes of a `.safetensors` file.
//!
//! The format: eight bytes with the header's length, a JSON header naming each
//! tensor's type, shape and byte range, then the data. Nothing is copied unless
//! the data is not aligned for 32-bit floats or the machine is big-endian.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use serde::Deserialize;

use crate::failure::{Failure, Result};

/// The reference implementation's own limit on headers.
const MAX_HEADER: usize = 100_000_000;

/// The table of contents of a file.
pub(super) struct Header {
    tensors: HashMap<String, Place>,
}

struct Place {
    float: bool,
    shape: Vec<usize>,
    bytes: Range<usize>,
}

#[derive(Deserialize)]
struct Entry {
    dtype: String,
    shape: Vec<usize>,
    data_offsets: (usize, usize),
}

impl Header {
    /// Reads and checks the header; every tensor it lists lies inside `bytes`.
    pub(super) fn read(bytes: &[u8]) -> Result<Self> {
        let length = bytes
            .first_chunk::<8>()
            .and_then(|length| usize::try_from(u64::from_le_bytes(*length)).ok())
            .filter(|&length| length <= MAX_HEADER && length <= bytes.len() - 8)
            .ok_or_else(|| broken("the header is cut off"))?;
        let (header, data) = bytes[8..].split_at(length);
        let entries: HashMap<String, serde_json::Value> = serde_json::from_slice(header)
            .map_err(|error| broken(&format!("the header is not JSON: {error}")))?;
        let mut tensors = HashMap::with_capacity(entries.len());
        for (name, entry) in entries {
            if name == "__metadata__" {
                continue;
            }
            let entry: Entry = serde_json::from_value(entry)
                .map_err(|error| broken(&format!("tensor `{name}`: {error}")))?;
            let (start, end) = entry.data_offsets;
            if start > end || end > data.len() {
                return Err(broken(&format!("tensor `{name}` lies outside the file")));
            }
            let base = 8 + length;
            tensors.insert(
                name,
                Place {
                    float: entry.dtype == "F32",
                    shape: entry.shape,
                    bytes: base + start..base + end,
                },
            );
        }
        Ok(Self { tensors })
    }

    /// The byte range of the 32-bit float tensor `name`, which must have this shape.
    pub(super) fn floats(&self, name: &str, shape: &[usize]) -> Result<Range<usize>> {
        // Some checkpoints name everything under the model.
        let place = self
            .tensors
            .get(name)
            .or_else(|| self.tensors.get(&format!("bert.{name}")))
            .ok_or_else(|| broken(&format!("there is no tensor `{name}`")))?;
        let size = shape.iter().product::<usize>() * 4;
        if place.shape != shape || !place.float || place.bytes.len() != size {
            return Err(broken(&format!(
                "tensor `{name}` is not a 32-bit float tensor of shape {shape:?}"
            ))
            .hint("only models stored as 32-bit floats are read"));
        }
        Ok(place.bytes.clone())
    }
}

/// The floats stored in `bytes`: the bytes themselves where that is possible, else a copy.
pub(super) fn floats(bytes: &[u8]) -> Cow<'_, [f32]> {
    if cfg!(target_endian = "little")
        && let Ok(floats) = bytemuck::try_cast_slice(bytes)
    {
        return Cow::Borrowed(floats);
    }
    let (values, _) = bytes.as_chunks::<4>();
    Cow::Owned(values.iter().map(|value| f32::from_le_bytes(*value)).collect())
}

fn broken(what: &str) -> Failure {
    Failure::user(format!("the model's weights cannot be used: {what}"))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A file with these tensors, all filled by `fill(name, index)`.
    pub(in crate::rag::embed) fn file(
        tensors: &[(String, Vec<usize>)],
        fill: impl Fn(&str, usize) -> f32,
    ) -> Vec<u8> {
        let mut data = Vec::new();
        let mut header = serde_json::Map::new();
        for (name, shape) in tensors {
            let start = data.len();
            for at in 0..shape.iter().product() {
                data.extend_from_slice(&fill(name, at).to_le_bytes());
            }
            header.insert(
                name.clone(),
                serde_json::json!({"dtype": "F32", "shape": shape, "data_offsets": [start, data.len()]}),
            );
        }
        let header = serde_json::to_vec(&header).unwrap();
        let mut file = u64::try_from(header.len()).unwrap().to_le_bytes().to_vec();
        file.extend(header);
        file.extend(data);
        file
    }

    #[test]
    fn tensors_are_found_with_their_shape() {
        let file = file(&[("a".into(), vec![2, 3]), ("b".into(), vec![1])], |name, at| {
            if name == "a" {
                [0.0, 1.0, 2.0, 3.0, 4.0, 5.0][at]
            } else {
                9.0
            }
        });
        let header = Header::read(&file).unwrap();
        assert_eq!(
            *floats(&file[header.floats("a", &[2, 3]).unwrap()]),
            [0., 1., 2., 3., 4., 5.]
        );
        assert_eq!(*floats(&file[header.floats("b", &[1]).unwrap()]), [9.0]);
        assert!(header.floats("a", &[3, 2]).is_err());
        assert!(header.floats("c", &[1]).is_err());
    }

    #[test]
    fn unaligned_bytes_are_copied_right() {
        let mut bytes = vec![0];
        bytes.extend(1.5_f32.to_le_bytes());
        bytes.extend((-2.0_f32).to_le_bytes());
        bytes.extend([0; 3]);
        for start in 0..4 {
            let mut moved = vec![0; start];
            moved.extend(&bytes[1..9]);
            assert_eq!(*floats(&moved[start..]), [1.5, -2.0]);
        }
    }

    #[test]
    fn broken_files_are_refused() {
        let good = file(&[("a".into(), vec![2])], |_, _| 1.0);
        for cut in 0..good.len() {
            let read = Header::read(&good[..cut]);
            assert!(read.is_err(), "cut at {cut}");
        }
        for header in [
            "{",
            "[]",
            r#"{"a": 1}"#,
            r#"{"a": {"dtype": "F32", "shape": [1], "data_offsets": [4, 0]}}"#,
            r#"{"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 99]}}"#,
        ] {
            let mut file = u64::try_from(header.len()).unwrap().to_le_bytes().to_vec();
            file.extend(header.as_bytes());
            assert!(Header::read(&file).is_err(), "{header}");
        }
        assert!(Header::read(&[255; 64]).is_err());
    }

    #[test]
    fn a_huge_shape_does_not_overflow() {
        let header = format!(
            r#"{{"a": {{"dtype": "F32", "shape": [{0}, {0}], "data_offsets": [0, 0]}}}}"#,
            usize::MAX
        );
        let mut file = u64::try_from(header.len()).unwrap().to_le_bytes().to_vec();
        file.extend(header.as_bytes());
        assert!(Header::read(&file).unwrap().floats("a", &[2]).is_err());
    }
}
