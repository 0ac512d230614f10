//! `marketplace init` and `build`: from settings to manifests.

use std::fs;

use super::{Market, says, skill};

#[test]
fn init_writes_a_marketplace_that_builds_and_refuses_to_do_it_twice() {
    let market = Market::empty();
    market.write("src/skills/pdf/SKILL.md", skill("pdf", "x"));
    market.write(
        "src/packwright.toml",
        "# mine\n[rag]\ncollection = \"docs\" # keep\n",
    );
    let dry = market
        .run(
            "src",
            "marketplace init --name pdf-tools --owner Dana --dry-run --format json",
        )
        .expect(0);
    assert_eq!(dry.json()["applied"], false);
    assert_eq!(
        market.sandbox.read("src/packwright.toml"),
        "# mine\n[rag]\ncollection = \"docs\" # keep\n"
    );
    market
        .run("src", "marketplace init --name pdf-tools --owner Dana")
        .expect(0);
    let text = market.sandbox.read("src/packwright.toml");
    assert!(
        text.starts_with("# mine\n[rag]\ncollection = \"docs\" # keep\n\n"),
        "{text}"
    );
    market.run("src", "marketplace build").expect(0);
    let manifest: serde_json::Value =
        serde_json::from_str(&market.sandbox.read("src/.claude-plugin/marketplace.json")).unwrap();
    assert_eq!(manifest["name"], "pdf-tools");
    assert_eq!(manifest["plugins"][0]["skills"][0], "./skills/pdf");
    let again = market
        .run("src", "marketplace init --name other --owner Dana")
        .expect(2);
    says(&again, "describes a marketplace already");
    assert_eq!(market.sandbox.read("src/packwright.toml"), text);
}

#[test]
fn init_refuses_names_that_clients_refuse_and_wants_an_owner() {
    let market = Market::empty();
    for name in ["agent-skills", "Bad", "claude-things"] {
        let run = market
            .run("src", &format!("marketplace init --name {name} --owner Dana"))
            .expect(2);
        says(&run, "--name");
    }
    let run = market.run("src", "marketplace init --name fine").expect(2);
    says(&run, "--owner");
    assert_eq!(market.listing("src"), <[&str; 0]>::default());
}

// build

#[test]
fn build_writes_only_what_differs_and_check_finds_what_is_stale() {
    let market = Market::new();
    market.run("src", "marketplace build --check").expect(0);
    let before = market.sandbox.read("src/.claude-plugin/plugin.json");
    market.write("src/packs/data/.claude-plugin/plugin.json", "{}\n");
    let check = market
        .run("src", "marketplace build --check --format json")
        .expect(1)
        .json();
    assert_eq!(
        check["changes"][0]["path"],
        "packs/data/.claude-plugin/plugin.json"
    );
    assert_eq!(check["changes"].as_array().unwrap().len(), 1);
    assert_eq!(
        market.sandbox.read("src/packs/data/.claude-plugin/plugin.json"),
        "{}\n"
    );
    market.run("src", "marketplace build").expect(0);
    market.run("src", "marketplace build --check").expect(0);
    assert_eq!(market.sandbox.read("src/.claude-plugin/plugin.json"), before);
}

#[test]
fn two_places_give_the_same_bytes() {
    let (one, two) = (Market::new(), Market::new());
    one.run("src", "marketplace publish --to ../folder").expect(0);
    two.git("", "clone -q src elsewhere");
    two.run("elsewhere", "marketplace publish --to ../folder")
        .expect(0);
    let paths = one.listing("folder");
    assert_eq!(paths, two.listing("folder"));
    assert!(
        paths.contains(&"skills/pdf/scripts/run.sh".to_owned()),
        "{paths:?}"
    );
    for path in paths
        .iter()
        .filter(|path| one.sandbox.path(format!("folder/{path}")).is_file())
    {
        let bytes = |market: &Market| fs::read(market.sandbox.path(format!("folder/{path}"))).unwrap();
        assert_eq!(bytes(&one), bytes(&two), "{path}");
    }
    let commit = |market: &Market, from: &str| {
        market
            .run(from, "marketplace publish --to ../market.git")
            .expect(0);
        market.references()
    };
    assert_eq!(commit(&one, "src"), commit(&two, "elsewhere"));
}

#[test]
fn settings_that_make_no_marketplace_are_refused_with_every_fault() {
    let market = Market::empty();
    says(
        &market.run("src", "marketplace build").expect(2),
        "marketplace init",
    );
    market.write(
        "src/packwright.toml",
        "[marketplace]\nname = \"m\"\nowner = { name = \"o\" }\n",
    );
    says(
        &market.run("src", "marketplace build").expect(2),
        "describes no pack",
    );
    market.write(
        "src/packwright.toml",
        "[marketplace]\nname = \"m\"\nowner = { name = \"o\" }\n[[pack]]\nname = \"A\"\nversion = \"1\"\npath = \"../x\"\n",
    );
    let run = market.run("src", "marketplace build").expect(2);
    for words in ["kebab case", "no version", "leave its folder"] {
        says(&run, words);
    }
    market.write(
        "src/packwright.toml",
        "[marketplace]\nname = \"m\"\nowner = { name = \"o\" }\n[[pack]]\nname = \"a\"\nversion = \"1.0.0\"\n",
    );
    says(
        &market.run("src", "marketplace build").expect(2),
        "neither a skill nor an agent",
    );
}

// publish
