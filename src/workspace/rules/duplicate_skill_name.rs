use crate::lint::{Report, rule};
use crate::workspace::{Catalog, Kind};

rule! {
    /// Two skills in the same folder of skills have the same name.
    ///
    /// A client lists one of them and hides the other; which one is not the same everywhere. Skills of different plugins, or of a
    /// pack and the copy that a client installed, may share a name and are not looked at here.
    ///
    /// ```text bad
    /// skills/pdf/SKILL.md | name: pdf-tools
    /// skills/pdf-tools/SKILL.md | name: pdf-tools
    /// ```
    ///
    /// ```text good
    /// skills/pdf-tools/SKILL.md | name: pdf-tools
    /// .claude/skills/pdf-tools/SKILL.md | name: pdf-tools
    /// ```
    ///
    /// Source: Agent Skills, guide for client implementers: name collisions; read 2026-11.
    "duplicate-skill-name", Suspicious, "0.1.0", Catalog, check
}

fn check(catalog: &Catalog, report: &mut Report<'_>) {
    for cards in catalog.by_name(Kind::Skill).values() {
        for (at, card) in cards.iter().enumerate() {
            let first = cards[..at].iter().find(|other| other.root() == card.root());
            if let Some(first) = first {
                report
                    .place(
                        card.place(card.name_at),
                        format!("the name `{}` is that of `{}` too", card.name, first.path),
                    )
                    .help("rename one of them, its folder included");
            }
        }
    }
}
