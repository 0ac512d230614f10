//! Files that are in a skill for tools or by custom.

/// Whether a file is there for tools or by custom, so that nobody has to speak of it: licences, manifests, packages' own files, tests,
/// whatever begins with a dot or an underscore.
pub fn is_furniture(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_hidden = path.split('/').any(|part| part.starts_with(['.', '_']));
    is_hidden
        || is_licence(name)
        || is_manifest(path)
        || is_test(name)
        || name.eq_ignore_ascii_case("readme.md")
}

/// Tests of scripts beside them: `test_run.py`, `run_test.go`, `run.test.ts`.
fn is_test(name: &str) -> bool {
    let (stem, _) = name.rsplit_once('.').unwrap_or((name, ""));
    stem.starts_with("test_")
        || [".test", ".spec", "_test", "_spec"]
            .iter()
            .any(|end| stem.ends_with(end))
}

fn is_licence(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let words = ["LICENSE", "LICENCE", "COPYING", "NOTICE", "OFL", "AUTHORS"];
    words.iter().any(|word| name.starts_with(word)) || name.ends_with("-OFL.TXT")
}

/// Files that a package manager, a build or a client looks for by their name.
fn is_manifest(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let named = [
        "package.json",
        "package-lock.json",
        "pnpm-lock.yaml",
        "yarn.lock",
        "bun.lock",
        "tsconfig.json",
        "deno.json",
        "pyproject.toml",
        "uv.lock",
        "setup.py",
        "setup.cfg",
        "conftest.py",
        "poetry.lock",
        "Pipfile",
        "Cargo.toml",
        "Cargo.lock",
        "go.mod",
        "go.sum",
        "Gemfile",
        "Gemfile.lock",
        "Makefile",
        "Dockerfile",
        "plugin.json",
        "marketplace.json",
    ];
    let is_requirements = name.starts_with("requirements") && name.to_ascii_lowercase().ends_with(".txt");
    // `agents/openai.yaml` is what Codex reads of a skill beside its page.
    let is_client_file = path.starts_with("agents/") && matches!(name, "openai.yaml" | "openai.yml");
    named.contains(&name) || is_requirements || is_client_file
}
