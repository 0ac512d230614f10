use crate::lint::{Report, rule};
use crate::marketplace::catalog::Marketplace;
use crate::marketplace::fields::{RELEVANCE, SIGNALS};

rule! {
    /// `relevance` of an entry has no `signals`, none of the signals that there are, or more of them than are read.
    ///
    /// The marketplace does not load.
    ///
    /// ```json bad
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "plugins": [{ "name": "a", "source": "./a", "relevance": { "cli": ["terraform"] } }]
    /// }
    /// ```
    ///
    /// ```json good
    /// {
    ///   "name": "team-tools",
    ///   "owner": { "name": "Team" },
    ///   "description": "Tools",
    ///   "plugins": [{ "name": "a", "source": "./a", "relevance": { "topic": "Terraform", "signals": { "cli": ["terraform"] } } }]
    /// }
    /// ```
    ///
    /// Source: Claude Code documentation, "Recommend plugins for your org", read 2026-08-22; `claude plugin validate` 2.1.329, run
    /// 2026-11.
    "marketplace-relevance-malformed", Correctness, "0.1.0", Marketplace, check, refused_by [ClaudeCode]
}

/// Longest `topic`, in characters.
const LONGEST_TOPIC: usize = 64;

fn check(marketplace: &Marketplace, report: &mut Report<'_>) {
    let source = marketplace.source();
    for entry in marketplace.entries() {
        // Anything but an object is passed over, which is another rule's to say.
        let Some(relevance) = entry
            .node
            .get("relevance")
            .filter(|relevance| relevance.as_map().is_some())
        else {
            continue;
        };
        for fault in RELEVANCE.judge(relevance, source.text()) {
            report.at(source, fault.span, fault.message).help(fault.help);
        }
        if let Some(signals) = relevance.get("signals")
            && signals.as_map().is_some()
            && SIGNALS
                .fields
                .iter()
                .all(|signal| signals.get(signal.name).is_none())
        {
            report
                .at(source, signals.span, "there is no signal in `signals`")
                .help("add one of `cwd`, `cli`, `hosts`, `filesRead` and `manifestDeps`");
        }
        if let Some(topic) = relevance.get("topic")
            && topic
                .as_str()
                .is_some_and(|text| text.chars().count() > LONGEST_TOPIC)
        {
            report
                .at(
                    source,
                    topic.span,
                    format!("`topic` is longer than {LONGEST_TOPIC} characters"),
                )
                .help("shorten it");
        }
    }
}
