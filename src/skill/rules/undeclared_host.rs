use std::collections::BTreeSet;

use crate::lint::{Report, rule};
use crate::security::commands::addresses;
use crate::security::hosts::Place;
use crate::security::polarity::is_fixture;
use crate::skill::Skill;
use crate::text::Span;

rule! {
    /// A script speaks to a host that no page of the skill names.
    ///
    /// Whoever reads `SKILL.md` does not learn where data goes. Most such hosts are what they seem, so this is off unless asked
    /// for; it is for those who keep a list of the hosts that their skills may reach.
    ///
    /// ```python bad path=scripts/fetch.py
    /// from urllib.request import urlopen
    ///
    /// print(urlopen("https://status.northwind-data.net/now", timeout=5).status)
    /// ```
    ///
    /// ```python good path=scripts/fetch.py
    /// from urllib.request import urlopen
    ///
    /// # See https://docs.python.org/3/library/urllib.request.html
    /// print(urlopen("http://127.0.0.1:8080/now", timeout=5).status)
    /// ```
    ///
    /// Source: Cisco skill-scanner, checks of declared tools, read 2026-11.
    /// Codes: cisco TOOL_ABUSE_UNDECLARED_NETWORK, DATA_EXFIL_NETWORK_REQUESTS.
    "undeclared-host", Pedantic, "0.1.0", Skill, check
}

fn check(skill: &Skill, report: &mut Report<'_>) {
    let mut seen = BTreeSet::new();
    for (path, source) in &skill.texts {
        let text = source.text();
        if is_fixture(path) || !text.contains("://") {
            continue;
        }
        let Some(script) = skill.scripts.get(path) else {
            continue;
        };
        for (at, address) in addresses(text) {
            let is_far = !matches!(address.place(), Place::Near | Place::StandIn);
            if !is_far || script.is_comment(at) || !seen.insert(address.host) {
                continue;
            }
            let pages = std::iter::once(&skill.page).chain(skill.pages.values());
            if pages
                .into_iter()
                .any(|page| page.source.text().contains(address.host))
            {
                continue;
            }
            report
                .at(
                    source,
                    Span::new(at, at + address.whole.len()),
                    format!("no page of the skill names `{}`", address.host),
                )
                .help("say in `SKILL.md` that the script reaches it, and why");
        }
    }
}
