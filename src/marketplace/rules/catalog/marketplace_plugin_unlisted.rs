use std::collections::BTreeSet;

use crate::document::tree::Node;
use crate::lint::{Report, rule};
use crate::marketplace::catalog::Marketplace;
use crate::text::printable;

rule! {
    /// A plugin lies beside the plugins that a marketplace lists, and is not listed.
    ///
    /// Nobody can install it. Only folders next to a listed one are looked at; plugins elsewhere, and those called `example` or
    /// `template`, are meant to be read.
    ///
    /// ```json bad files=plugins/a/x,plugins/b/x at=plugins/b plugin={"name":"b"}
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "plugins": [{ "name": "a", "source": "./plugins/a" }]
    /// }
    /// ```
    ///
    /// ```json good files=plugins/a/x,examples/b/x at=examples/b plugin={"name":"b"}
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "plugins": [{ "name": "a", "source": "./plugins/a" }]
    /// }
    /// ```
    ///
    /// Source: the layout of public marketplaces, in which every plugin of a folder is listed; seen 2026-11.
    "marketplace-plugin-unlisted", Suspicious, "0.1.0", Marketplace, check
}

fn check(marketplace: &Marketplace, report: &mut Report<'_>) {
    let Some(plugins) = marketplace.get("plugins") else {
        return;
    };
    let listed: BTreeSet<String> = marketplace
        .entries()
        .filter_map(|entry| marketplace.folder(&entry))
        .collect();
    let parent = |folder: &str| {
        folder
            .rsplit_once('/')
            .map_or("", |(parent, _)| parent)
            .to_owned()
    };
    let parents: BTreeSet<String> = listed
        .iter()
        .filter(|folder| !folder.is_empty())
        .map(|folder| parent(folder))
        .collect();
    for (folder, manifest) in &marketplace.plugins {
        let is_sample = ["example", "template", "sample", "test"]
            .iter()
            .any(|word| folder.contains(word));
        if is_sample || folder.is_empty() || listed.contains(folder) || !parents.contains(&parent(folder)) {
            continue;
        }
        let name = manifest
            .object()
            .and_then(|object| object.get("name"))
            .and_then(Node::as_str);
        let name = printable(name.unwrap_or(folder));
        let span = crate::manifest::head(plugins);
        report
            .at(
                marketplace.source(),
                span,
                format!("the plugin `{name}` in `{}` is not listed", printable(folder)),
            )
            .help("add an entry for it");
    }
}
