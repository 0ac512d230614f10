use crate::lint::{Report, rule};
use crate::manifest::head;
use crate::marketplace::catalog::Marketplace;

rule! {
    /// A marketplace has no list `plugins`, or something in it is not an object.
    ///
    /// Nothing of the marketplace is loaded.
    ///
    /// ```json bad
    /// { "name": "team-tools", "owner": { "name": "Team" }, "description": "Tools", "plugins": ["./a"] }
    /// ```
    ///
    /// ```json good
    /// { "name": "team-tools", "owner": { "name": "Team" }, "description": "Tools", "plugins": [{ "name": "a", "source": "./a" }] }
    /// ```
    ///
    /// Source: Claude Code documentation, "Plugin marketplaces", section "Required fields", read 2026-08-22.
    "marketplace-plugins-missing", Correctness, "0.1.0", Marketplace, check, refused_by [ClaudeCode]
}

fn check(marketplace: &Marketplace, report: &mut Report<'_>) {
    let Some(object) = marketplace.object() else {
        return;
    };
    let source = marketplace.source();
    let help = "write `\"plugins\": [{ \"name\": \"…\", \"source\": \"./…\" }]`";
    let Some(plugins) = object.get("plugins") else {
        report
            .at(source, head(object), "the marketplace has no `plugins`")
            .help(help);
        return;
    };
    let Some(entries) = plugins.as_list() else {
        let message = format!("`plugins` is a {}, not a list", plugins.type_name());
        report.at(source, plugins.span, message).help(help);
        return;
    };
    for entry in entries.iter().filter(|entry| entry.as_map().is_none()) {
        let message = format!("an entry of `plugins` is a {}, not an object", entry.type_name());
        report.at(source, entry.span, message).help(help);
    }
}
