//! Git: repositories on this machine through libgit2, other places through the user's own `git`, so that their keys, proxies and
//! credential helpers hold.

mod address;
mod remote;
mod repository;

pub use address::{Remote, redacted};
pub use remote::{Pushed, References};
pub use repository::{Blob, Head, Identity, NewCommit, Repository, TreeEntry, TreeKind};
