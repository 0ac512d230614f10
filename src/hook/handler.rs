//! The three levels of hooks as rules walk them: events, groups with a matcher, handlers. What is not shaped like one is left out.

use crate::document::shell::{self, Command};
use crate::document::tree::Node;

use super::Hooks;
use super::events::{self, Event};

/// A group of handlers under an event that is known. What stands under others is passed over by Claude Code, and may be written
/// for another client.
#[derive(Debug, Clone, Copy)]
pub struct Group<'a> {
    pub event: &'static Event,
    pub node: &'a Node,
}

impl<'a> Group<'a> {
    /// The matcher, when there is one and it is a string.
    pub fn matcher(&self) -> Option<(&'a str, &'a Node)> {
        let node = self.node.get("matcher")?;
        Some((node.as_str()?, node))
    }

    /// Whether its handlers run at every occurrence of the event.
    pub fn matches_all(&self) -> bool {
        match self.node.get("matcher") {
            None => true,
            Some(node) => matches!(node.as_str(), Some("" | "*" | ".*" | "^.*$")),
        }
    }
}

/// What runs.
#[derive(Debug, Clone, Copy)]
pub struct Handler<'a> {
    pub group: Group<'a>,
    /// A map.
    pub node: &'a Node,
}

impl<'a> Handler<'a> {
    /// Its type as it is written.
    pub fn kind(&self) -> Option<&'a str> {
        self.node.get("type")?.as_str()
    }

    /// A field that is a string.
    pub fn text(&self, field: &str) -> Option<(&'a str, &'a Node)> {
        let node = self.node.get(field)?;
        Some((node.as_str()?, node))
    }

    /// The command of a handler that runs one, whichever way.
    pub fn command(&self) -> Option<(&'a str, &'a Node)> {
        self.text("command").filter(|_| self.kind() == Some("command"))
    }

    /// The arguments, when it runs a program without a shell.
    pub fn arguments(&self) -> Option<&'a [Node]> {
        self.node.get("args")?.as_list()
    }

    /// The command, when a POSIX shell reads it.
    pub fn shell_command(&self) -> Option<(&'a str, &'a Node)> {
        let is_powershell = self.text("shell").is_some_and(|(shell, _)| shell == "powershell");
        self.command()
            .filter(|_| self.node.get("args").is_none() && !is_powershell)
    }

    /// The simple commands of [`Handler::shell_command`].
    pub fn shell_commands(&self) -> Vec<Command> {
        self.shell_command()
            .map_or_else(Vec::new, |(command, _)| shell::commands(command))
    }
}

impl Hooks {
    /// Keys at the level of events with their names and values, known or not.
    pub fn events(&self) -> impl Iterator<Item = (&Node, &str, &Node)> {
        let pairs = self.node.as_map().unwrap_or_default().iter();
        pairs.map(|(key, value)| (key, key.as_text().unwrap_or_default(), value))
    }

    pub fn groups(&self) -> impl Iterator<Item = Group<'_>> {
        let pairs = self.node.as_map().unwrap_or_default().iter();
        let known = pairs.filter_map(|(key, value)| Some((events::named(key.as_text()?)?, value)));
        known.flat_map(|(event, value)| {
            let groups = value.as_list().unwrap_or_default().iter();
            let groups = groups.filter(|node| node.as_map().is_some());
            groups.map(move |node| Group { event, node })
        })
    }

    pub fn handlers(&self) -> impl Iterator<Item = Handler<'_>> {
        self.groups().flat_map(|group| {
            let handlers = group
                .node
                .get("hooks")
                .and_then(Node::as_list)
                .unwrap_or_default();
            let handlers = handlers.iter().filter(|node| node.as_map().is_some());
            handlers.map(move |node| Handler { group, node })
        })
    }
}
