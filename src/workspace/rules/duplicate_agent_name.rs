use crate::lint::{Report, rule};
use crate::workspace::{Catalog, Kind};

rule! {
    /// Two agents in the same folder have the same name.
    ///
    /// Claude Code takes one of them and says nothing of the other. Agents of different plugins may share a name.
    ///
    /// ```text bad
    /// agents/a.md | name: reviewer
    /// agents/b.md | name: reviewer
    /// ```
    ///
    /// ```text good
    /// plugins/one/agents/a.md | name: reviewer
    /// plugins/two/agents/b.md | name: reviewer
    /// ```
    ///
    /// Source: Claude Code documentation, "Subagents"; read 2026-11.
    "duplicate-agent-name", Suspicious, "0.1.0", Catalog, check
}

fn check(catalog: &Catalog, report: &mut Report<'_>) {
    for cards in catalog.by_name(Kind::Agent).values() {
        for (at, card) in cards.iter().enumerate() {
            let first = cards[..at].iter().find(|other| other.root() == card.root());
            if let Some(first) = first {
                report
                    .place(
                        card.place(card.name_at),
                        format!("the name `{}` is that of `{}` too", card.name, first.path),
                    )
                    .help("rename one of them");
            }
        }
    }
}
