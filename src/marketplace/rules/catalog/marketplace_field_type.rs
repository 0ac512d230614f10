use crate::lint::{Report, rule};
use crate::marketplace::catalog::Marketplace;
use crate::marketplace::fields::MARKETPLACE;

rule! {
    /// A field of a marketplace holds a value of the wrong type.
    ///
    /// Nothing of the marketplace is loaded. The fields of its entries are those of plugins and judged with them.
    ///
    /// ```json bad
    /// {
    ///   "name": "team-tools",
    ///   "version": 1,
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "plugins": [{ "name": "a", "source": "./a" }]
    /// }
    /// ```
    ///
    /// ```json good
    /// {
    ///   "name": "team-tools",
    ///   "version": "1.0.0",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "plugins": [{ "name": "a", "source": "./a" }]
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Plugin marketplaces", section "Optional fields", read 2026-08-22; `claude plugin validate`
    /// 2.1.329, run 2026-11.
    "marketplace-field-type", Correctness, "0.1.0", Marketplace, check, refused_by [ClaudeCode]
}

fn check(marketplace: &Marketplace, report: &mut Report<'_>) {
    let source = marketplace.source();
    for (key, value) in marketplace
        .object()
        .and_then(|object| object.as_map())
        .unwrap_or_default()
    {
        let field = MARKETPLACE.field(key.as_text().unwrap_or_default());
        for fault in field
            .map(|field| field.judge(value, source.text()))
            .unwrap_or_default()
        {
            report.at(source, fault.span, fault.message).help(fault.help);
        }
    }
}
