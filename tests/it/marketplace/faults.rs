//! Two publications at once, and publications killed at random moments.

use std::fs;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use super::{Market, sha256, skill};

#[test]
fn two_publications_at_the_same_moment_both_arrive() {
    let market = Market::new();
    market.git("", "clone -q src other");
    let children: Vec<_> = [("src", "docs"), ("other", "data")]
        .iter()
        .map(|(folder, pack)| {
            let mut command =
                market.command(folder, &format!("marketplace publish {pack} --to ../market.git"));
            command
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    for child in children {
        market.sandbox.shown(&child.wait_with_output().unwrap()).expect(0);
    }
    let manifest: serde_json::Value =
        serde_json::from_str(&market.git("market.git", "show main:.claude-plugin/marketplace.json")).unwrap();
    assert_eq!(manifest["plugins"].as_array().unwrap().len(), 2);
    assert_eq!(market.git("market.git", "tag").lines().count(), 2);
    market
        .run("user", "marketplace install all --from ../market.git")
        .expect(0);
}

// killed

/// A repository that takes a while to publish.
fn large() -> Market {
    let market = Market::new();
    for at in 0..20 {
        let name = format!("skill-{at}");
        market.write(
            &format!("src/skills/{name}/SKILL.md"),
            skill(&name, &"words ".repeat(200)),
        );
        market.write(
            &format!("src/skills/{name}/data.bin"),
            vec![u8::try_from(at).unwrap(); 20_000],
        );
    }
    market.run("src", "marketplace build").expect(0);
    market.commit("many");
    market
}

/// Kills a publication twenty times, spread over the time that a whole one takes; `whole` looks at what is there after each kill,
/// and after the run that completes it.
fn kill_twenty_times(to: &str, whole: impl Fn(&Market, &str, bool)) {
    let market = large();
    let line = format!("marketplace publish docs --to {to}");
    let started = Instant::now();
    market.run("src", &line).expect(0);
    let took = started.elapsed();
    let mut killed = 0;
    for at in 1..=20u32 {
        let version = format!("1.{at}.0");
        market.release(&version);
        let mut child = market
            .command("src", &line)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Not a wait for something to happen: any moment is a good one to be killed at.
        let spread = Duration::from_micros(u64::from(at * 7919 % 1000));
        std::thread::sleep(took.mul_f64(f64::from(at) / 20.0) + spread);
        let _ = child.kill();
        killed += u32::from(!child.wait().unwrap().success());
        whole(&market, &version, false);
        market.run("src", &line).expect(0);
        whole(&market, &version, true);
        assert!(!market.sandbox.path("src/.packwright").exists());
    }
    assert!(
        killed >= 5,
        "only {killed} of 20 were killed before they were done"
    );
}

#[cfg(unix)]
#[test]
fn killed_while_publishing_to_git_loses_nothing() {
    kill_twenty_times("../market.git", |market, version, completed| {
        if !completed {
            return;
        }
        let tag = format!("docs--v{version}");
        assert_eq!(
            market.git("market.git", "rev-parse main^{tree}"),
            market.git("market.git", &format!("rev-parse {tag}^{{tree}}"))
        );
        let manifest = market.git("market.git", "show main:.claude-plugin/plugin.json");
        assert!(
            manifest.contains(&format!("\"version\": \"{version}\"")),
            "{manifest}"
        );
        let minor: usize = version.split('.').nth(1).unwrap().parse().unwrap();
        assert_eq!(market.git("market.git", "tag").lines().count(), minor + 1);
        assert_eq!(
            market.git("market.git", "rev-list --count main").trim(),
            (minor + 1).to_string()
        );
        market.git("market.git", "fsck --connectivity-only");
    });
}

#[cfg(unix)]
#[test]
fn killed_while_publishing_to_a_folder_leaves_the_old_or_the_new_one() {
    kill_twenty_times("../folder", |market, version, completed| {
        let root = market.sandbox.path("folder");
        let index: serde_json::Value =
            serde_json::from_slice(&fs::read(root.join(".claude-plugin/published.json")).unwrap()).unwrap();
        let listed = index["files"].as_object().unwrap();
        let on_disk = market.listing("folder");
        let files: Vec<&String> = on_disk
            .iter()
            .filter(|path| root.join(path).is_file() && *path != ".claude-plugin/published.json")
            .collect();
        assert_eq!(files, listed.keys().collect::<Vec<_>>());
        for (path, stamp) in listed {
            let bytes = fs::read(root.join(path)).unwrap();
            assert!(
                stamp.as_str().unwrap().ends_with(&sha256(&bytes)),
                "{path} after {version}"
            );
        }
        if completed {
            assert_eq!(index["packs"]["docs"]["version"], *version);
            let beside = fs::read_dir(market.sandbox.path("")).unwrap();
            let left = beside.filter(|entry| {
                entry
                    .as_ref()
                    .unwrap()
                    .file_name()
                    .to_string_lossy()
                    .starts_with(".packwright")
            });
            assert_eq!(left.count(), 0);
        }
    });
}
