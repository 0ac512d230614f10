use std::collections::BTreeSet;

use crate::document::script::Language;
use crate::lint::{Report, rule};
use crate::skill::Skill;
use crate::skill::imports::{imports, is_standard, package_of};

rule! {
    /// A Python script imports a package that nothing in the skill says has to be installed.
    ///
    /// The script fails where the package is not there, and the model has to guess its name. A block of inline metadata
    /// (`# /// script`) lets `uv run` and `pipx run` fetch it; a `requirements.txt` or `pyproject.toml` beside the script, the
    /// `compatibility` field, or the package's name in `SKILL.md` or in the script's own words will do too. Imports in a `try` are
    /// passed over, and each package is reported once a skill.
    ///
    /// ```python bad path=scripts/fill.py
    /// import json
    /// import reportlab
    /// ```
    ///
    /// ```python good path=scripts/fill.py
    /// # /// script
    /// # dependencies = ["reportlab"]
    /// # ///
    /// import json
    /// import reportlab
    /// ```
    ///
    /// ```python good path=scripts/fill.py
    /// """Fills in a form. Needs: pip install reportlab"""
    /// import reportlab
    /// ```
    ///
    /// Source: agentskills.io, "Using scripts in skills", "Self-contained scripts"; PEP 723, read 2026-11.
    "python-dependency-undeclared", Suspicious, "0.2.0", Skill, check
}

const MANIFESTS: &[&str] = &[
    "pyproject.toml",
    "setup.py",
    "setup.cfg",
    "Pipfile",
    "environment.yml",
    "environment.yaml",
];

fn check(skill: &Skill, report: &mut Report<'_>) {
    let has_manifest = skill.files.iter().any(|entry| {
        let name = entry.path.rsplit('/').next().unwrap_or_default();
        MANIFESTS.contains(&name) || name.starts_with("requirements")
    });
    if has_manifest {
        return;
    }
    let is_own = |module: &str| {
        let mut parts = skill.files.iter().flat_map(|entry| entry.path.split('/'));
        parts.any(|part| part.split('.').next() == Some(module))
    };
    let mut words: Option<String> = None;
    let mut seen = BTreeSet::new();
    for (_, source, script) in skill.own_scripts() {
        if script.language != Language::Python || source.text().contains("# /// script") {
            continue;
        }
        for (span, module) in imports(source, script) {
            if is_standard(module) || seen.contains(module) || is_own(module) {
                continue;
            }
            let words = words.get_or_insert_with(|| {
                let pages = skill.pages.values().map(|page| page.source.text().to_lowercase());
                pages.fold(skill.page.source.text().to_lowercase(), |all, page| all + &page)
            });
            let package = package_of(module);
            let names = [
                module.to_lowercase(),
                package.to_lowercase(),
                module.to_lowercase().replace('_', "-"),
            ];
            let says_so = |text: &str| names.iter().any(|name| text.contains(name.as_str()));
            let is_told = says_so(words)
                || (script.comments.iter().chain(&script.strings))
                    .any(|place| says_so(&source.slice(*place).to_lowercase()));
            if !is_told {
                seen.insert(module);
                report
                    .at(source, span, format!("nothing says that `{}` has to be installed", package.trim_end_matches('-')))
                    .help("add a `# /// script` block with the script's dependencies, or name them in `SKILL.md`");
            }
        }
    }
}
