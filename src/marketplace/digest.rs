//! SHA-256 of files and of whole trees.
//!
//! The tree hash is framed: lengths stand before paths and contents, so that no two different trees give the same input. It
//! covers type, mode, path and content, and nothing else: no times, no owners.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use super::tree::File;

/// Begins the input of every tree hash, so that it can never equal the hash of a file.
const TREE_FRAME: &[u8] = b"packwright tree 1\n";

/// SHA-256 of `bytes` as 64 lower-case hexadecimal digits.
pub fn of_bytes(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// `sha256:` and the digest of the files in the order of their paths. For each: `f`, `x` or `-`, the length of the path and the
/// path, the length of the content and the content; lengths are 64-bit, big-endian.
pub fn of_tree<'a>(files: impl IntoIterator<Item = &'a File>) -> String {
    let mut files: Vec<&File> = files.into_iter().collect();
    files.sort_by(|a, b| a.path.as_bytes().cmp(b.path.as_bytes()));
    let mut hash = Sha256::new();
    hash.update(TREE_FRAME);
    for file in files {
        hash.update(if file.executable { b"fx" } else { b"f-" });
        for part in [file.path.as_bytes(), &file.contents] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
    }
    format!("sha256:{}", hexadecimal(&hash.finalize()))
}

fn hexadecimal(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, contents: &str) -> File {
        File {
            path: path.to_owned(),
            executable: false,
            contents: contents.into(),
        }
    }

    #[test]
    fn the_digest_of_a_file_is_plain_sha256() {
        // FIPS 180-2, appendix B.1.
        assert_eq!(
            of_bytes(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn the_digest_of_a_tree_follows_its_description() {
        let mut input = b"packwright tree 1\nf-".to_vec();
        input.extend([0, 0, 0, 0, 0, 0, 0, 1, b'a', 0, 0, 0, 0, 0, 0, 0, 2, b'h', b'i']);
        assert_eq!(
            of_tree(&[file("a", "hi")]),
            format!("sha256:{}", of_bytes(&input))
        );
    }

    #[test]
    fn order_does_not_count_and_everything_else_does() {
        let tree = [file("a", "bc"), file("b", "")];
        let same = [file("b", ""), file("a", "bc")];
        assert_eq!(of_tree(&tree), of_tree(&same));
        let mut executable = tree.clone();
        executable[0].executable = true;
        let others: [&[File]; 4] = [
            &[file("ab", "c"), file("b", "")],
            &[file("a", "b"), file("b", "c")],
            &[file("a", "bc")],
            &executable,
        ];
        for other in others {
            assert_ne!(of_tree(&tree), of_tree(other), "{other:?}");
        }
    }
}
