use crate::lint::{Report, rule};
use crate::manifest::head;
use crate::marketplace::catalog::Marketplace;

rule! {
    /// A marketplace has no name.
    ///
    /// Its plugins are installed as `plugin@marketplace`; without a name nothing of it is loaded.
    ///
    /// ```json bad
    /// { "owner": { "name": "Team" }, "description": "Tools", "plugins": [{ "name": "a", "source": "./a" }] }
    /// ```
    ///
    /// ```json good
    /// { "name": "team-tools", "owner": { "name": "Team" }, "description": "Tools", "plugins": [{ "name": "a", "source": "./a" }] }
    /// ```
    ///
    /// Source: Claude Code documentation, "Plugin marketplaces", section "Required fields", read 2026-08-22.
    "marketplace-name-missing", Correctness, "0.1.0", Marketplace, check, refused_by [ClaudeCode]
}

fn check(marketplace: &Marketplace, report: &mut Report<'_>) {
    let Some(object) = marketplace.object() else {
        return;
    };
    let (span, message) = match object.get("name") {
        None => (head(object), "the marketplace has no `name`".to_owned()),
        Some(name) if name.as_str().is_none() => (
            name.span,
            format!("`name` is a {}, not a string", name.type_name()),
        ),
        Some(name) if name.as_str().is_some_and(|name| name.trim().is_empty()) => {
            (name.span, "`name` is empty".to_owned())
        }
        Some(_) => return,
    };
    report
        .at(marketplace.source(), span, message)
        .help("name it in kebab case, as in `\"name\": \"team-tools\"`");
}
