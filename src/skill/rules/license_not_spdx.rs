use crate::diagnostic::Fix;
use crate::lint::{Report, rule};
use crate::skill::Skill;
use crate::text::Edit;

rule! {
    /// `license` is nearly an SPDX identifier: `Apache 2.0` for `Apache-2.0`, `MIT license` for `MIT`.
    ///
    /// Programs that gather licenses know the identifiers only. The specification leaves the words free, so the rule is off by
    /// default; other text, such as the name of a file, is never reported.
    ///
    /// ```markdown bad
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// license: Apache 2.0
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown good
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// license: Apache-2.0
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// ```markdown good files=LICENSE.txt
    /// ---
    /// name: pdf-tools
    /// description: Reads PDF files. Use when a task mentions a PDF.
    /// license: Complete terms in LICENSE.txt
    /// ---
    ///
    /// Read the file.
    /// ```
    ///
    /// Source: SPDX License List 3.27; Agent Skills specification, `license` field.
    "license-not-spdx", Pedantic, "0.1.0", Skill, check
}

/// Identifiers that skills use, and other ways in which they are written, without spaces, marks and the word "license".
const NAMES: &[(&str, &[&str])] = &[
    ("0BSD", &["0bsd"]),
    (
        "AGPL-3.0-only",
        &["agpl3", "agplv3", "agpl30", "agpl30only", "gnuagplv3"],
    ),
    (
        "AGPL-3.0-or-later",
        &["agpl30orlater", "agplv3orlater", "agpl3+", "agpl30+"],
    ),
    (
        "Apache-2.0",
        &[
            "apache2",
            "apache20",
            "apachev2",
            "apachev20",
            "apache",
            "apacheversion20",
            "asl20",
        ],
    ),
    ("BSD-2-Clause", &["bsd2", "bsd2clause", "simplifiedbsd"]),
    ("BSD-3-Clause", &["bsd3", "bsd3clause", "newbsd", "modifiedbsd"]),
    ("BSL-1.0", &["boost", "boost10", "bsl10"]),
    ("CC-BY-4.0", &["ccby4", "ccby40", "creativecommonsattribution40"]),
    ("CC-BY-SA-4.0", &["ccbysa4", "ccbysa40"]),
    ("CC0-1.0", &["cc0", "cc010"]),
    (
        "GPL-2.0-only",
        &["gpl2", "gplv2", "gpl20", "gpl20only", "gnugplv2"],
    ),
    (
        "GPL-3.0-only",
        &["gpl3", "gplv3", "gpl30", "gpl30only", "gnugplv3"],
    ),
    (
        "GPL-3.0-or-later",
        &["gpl30orlater", "gplv3orlater", "gpl3+", "gpl30+"],
    ),
    ("ISC", &["isc"]),
    ("LGPL-3.0-only", &["lgpl3", "lgplv3", "lgpl30", "lgpl30only"]),
    ("MIT", &["mit"]),
    ("MIT-0", &["mit0"]),
    ("MPL-2.0", &["mpl2", "mpl20", "mozilla20", "mozillapublic20"]),
    ("Unlicense", &["unlicense", "un"]),
    ("Zlib", &["zlib"]),
];

fn check(skill: &Skill, report: &mut Report<'_>) {
    let page = &skill.page;
    let Some((text, span)) = page.text_field("license") else {
        return;
    };
    if text.len() > 60 || NAMES.iter().any(|(name, _)| *name == text) {
        return;
    }
    let lower = text.to_lowercase().replace("license", "").replace("licence", "");
    let bare: String = lower
        .trim_start_matches("the ")
        .chars()
        .filter(|character| character.is_alphanumeric() || *character == '+')
        .collect();
    let meant = NAMES.iter().find(|(_, others)| others.contains(&bare.as_str()));
    if let Some((name, _)) = meant {
        let finding = report
            .at(&page.source, span, format!("`{text}` is not an SPDX identifier"))
            .help(format!("write `{name}`"));
        // Whether later versions are allowed too cannot be known from the number.
        if !name.ends_with("-only") || lower.contains("only") {
            finding.fix(Fix::safe(
                format!("write `{name}`"),
                vec![Edit::replace(span, *name)],
            ));
        }
    }
}
