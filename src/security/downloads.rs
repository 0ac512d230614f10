//! How much there is to say against a command that runs what it fetches: that depends on where it fetches from.

use crate::text::Span;

use super::commands::{Fetched, fetched_at};
use super::hosts::{Address, Place};
use super::{Form, Lead, Manner, Text};

/// What is to be said of the place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubt {
    /// Nobody should run this; why.
    Harmful(String),
    /// A place that the text names, or that is not named here; what it is.
    Unknown(String),
    /// The vendor of a widely used tool.
    Vendor,
}

/// A command that runs what it fetches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Download {
    pub span: Span,
    pub doubt: Doubt,
    /// How many more in the text have the same said of them.
    pub others: usize,
}

impl Download {
    /// ` (and 3 more like it)`, or nothing.
    pub fn more(&self) -> String {
        match self.others {
            0 => String::new(),
            count => format!(" (and {count} more like it)"),
        }
    }
}

/// The commands that a text means and that run what they fetch: the first of each kind and place.
pub fn downloads(text: &Text) -> Vec<Download> {
    let mut found: Vec<Download> = Vec::new();
    for at in text.leads(Lead::Fetch) {
        let Some(fetched) = fetched_at(text, at) else {
            continue;
        };
        let Some(doubt) = doubt(text, &fetched).filter(|_| text.means(fetched.span, Manner::Command)) else {
            continue;
        };
        match found.iter_mut().find(|known| known.doubt == doubt) {
            Some(known) => known.others += 1,
            None => found.push(Download {
                span: fetched.span,
                doubt,
                others: 0,
            }),
        }
    }
    found
}

/// What is to be said of a fetched program, if anything: one that comes from this machine is nobody's business.
fn doubt(text: &Text, fetched: &Fetched<'_>) -> Option<Doubt> {
    let Some(address) = fetched.address else {
        // In a page `$URL` and `<url>` stand for an address; in a script somebody fills them in.
        let is_script = matches!(text.form, Form::Script(_));
        return (is_script && fetched.is_variable)
            .then(|| Doubt::Unknown("an address that is put together when it runs".to_owned()));
    };
    let host = address.host;
    let harmful = |why: &str| Some(Doubt::Harmful(format!("`{host}`, {why}")));
    match address.place() {
        Place::Near => None,
        Place::Number => harmful("a bare number"),
        Place::Shortener => harmful("which hides where it leads"),
        Place::DropBox => harmful("where anyone can leave anything"),
        Place::Hostile => harmful("whose name is a warning"),
        // In a page it shows how such a command is written; in a script it was forgotten.
        Place::StandIn => matches!(text.form, Form::Script(_))
            .then(|| Doubt::Unknown(format!("`{host}`, which stands for some host"))),
        _ if fetched.is_unverified => harmful("without checking its certificate"),
        _ if address.is_plain => harmful("without encryption, so that anyone on the way can answer"),
        Place::Vendor => Some(Doubt::Vendor),
        Place::Repository => Some(Doubt::Unknown(format!("`{host}{}`", shown(&address)))),
        Place::Other if address.names().iter().any(|name| text.is_mentioned(name)) => {
            Some(Doubt::Unknown(format!("`{host}`")))
        }
        Place::Other => harmful("which nothing else in the text names"),
    }
}

/// Owner and name of the repository.
fn shown(address: &Address<'_>) -> String {
    address
        .path
        .split('/')
        .skip(1)
        .take(2)
        .fold(String::new(), |shown, part| shown + "/" + part)
}
