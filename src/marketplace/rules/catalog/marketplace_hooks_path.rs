use crate::document::tree::Value;
use crate::lint::{Report, rule};
use crate::marketplace::catalog::Marketplace;

rule! {
    /// `hooks` of an entry is a path or a list.
    ///
    /// An entry can hold hooks themselves only, as an object of events. With a path or a list the plugin is installed and does not load,
    /// though the documentation and `claude plugin validate` allow it.
    ///
    /// ```json bad files=a/more.json
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "plugins": [{ "name": "a", "source": "./a", "hooks": "./more.json" }]
    /// }
    /// ```
    ///
    /// ```json good files=a/x
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "plugins": [{ "name": "a", "source": "./a", "hooks": { "Stop": [{ "hooks": [{ "type": "command", "command": "date" }] }] } }]
    /// }
    /// ```
    ///
    /// Source: `claude plugin install` 2.1.329, run 2026-11.
    "marketplace-hooks-path", Correctness, "0.1.0", Marketplace, check
}

fn check(marketplace: &Marketplace, report: &mut Report<'_>) {
    for entry in marketplace.entries() {
        let Some(hooks) = entry.node.get("hooks") else {
            continue;
        };
        let is_path = matches!(hooks.value, Value::List(_)) || hooks.as_str().is_some();
        if is_path {
            report
                .at(
                    marketplace.source(),
                    hooks.span,
                    "an entry cannot name files of hooks",
                )
                .help("name them in the plugin's own `plugin.json`, or write the events here");
        }
    }
}
