//! Paths as CI systems count them: from the root of the checkout, whatever the working folder.

use std::borrow::Cow;
use std::path::{Component, Path, PathBuf};

use crate::io::files;
use crate::text::slashed;

/// The folder that paths in reports for machines are relative to.
#[derive(Debug, Clone)]
pub struct Checkout {
    /// The nearest folder upwards that git keeps; the working folder where there is none.
    root: PathBuf,
    /// The working folder, which findings are relative to.
    folder: PathBuf,
}

impl Checkout {
    /// The checkout that a working folder, given absolutely, lies in.
    pub fn around(folder: &Path) -> Self {
        let root = folder
            .ancestors()
            .find(|ancestor| files::exists(&ancestor.join(".git")));
        Self {
            root: root.unwrap_or(folder).to_path_buf(),
            folder: folder.to_path_buf(),
        }
    }

    /// A path of a finding as seen from the root, with `/` between its parts; absolute where it lies outside.
    pub fn path<'a>(&self, shown: &'a str) -> Cow<'a, str> {
        let is_plain = Path::new(shown)
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
        if is_plain && self.root == self.folder {
            return Cow::Borrowed(shown);
        }
        let mut path = PathBuf::new();
        for part in self.folder.join(shown).components() {
            match part {
                Component::CurDir => {}
                Component::ParentDir => {
                    path.pop();
                }
                part => path.push(part),
            }
        }
        let inside = path.strip_prefix(&self.root).ok();
        Cow::Owned(slashed(inside.unwrap_or(&path)))
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn paths_count_from_the_root_of_the_checkout() {
        let checkout = Checkout {
            root: PathBuf::from("/srv/repository"),
            folder: PathBuf::from("/srv/repository/packs/a"),
        };
        for (shown, expected) in [
            ("skills/x/SKILL.md", "packs/a/skills/x/SKILL.md"),
            ("./x.md", "packs/a/x.md"),
            ("../b/x.md", "packs/b/x.md"),
            ("/srv/repository/x.md", "x.md"),
            ("../../../other/x.md", "/srv/other/x.md"),
        ] {
            assert_eq!(checkout.path(shown), expected);
        }
        let at_root = Checkout {
            folder: checkout.root.clone(),
            ..checkout
        };
        assert!(matches!(at_root.path("skills/x/SKILL.md"), Cow::Borrowed(_)));
        assert_eq!(at_root.path("./x.md"), "x.md");
    }
}
