//! Whatever happens to a backup is found, and nothing is restored from it.

use std::fs;
use std::path::Path;

use super::{back_up, db, name_of};

#[test]
fn a_changed_byte_a_cut_a_missing_and_a_strange_file_are_found() {
    for place in super::one_of_each() {
        let folder = back_up(&place, "");
        let shown = folder.display().to_string();
        let good: Vec<(std::path::PathBuf, Vec<u8>)> = fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| (path.clone(), fs::read(&path).unwrap()))
            .collect();
        assert_eq!(good.len(), 4);
        let found = |what: &str, file: &Path| {
            let run = db(&place, &format!("verify-backup {shown} --format json"))
                .expect(1)
                .json();
            let findings = run["backups"][0]["findings"].as_array().unwrap().clone();
            assert!(!findings.is_empty(), "{what} of {}: {run}", file.display());
        };
        for (path, bytes) in &good {
            for at in [0, 1, bytes.len() / 3, bytes.len() / 2, bytes.len() - 1] {
                let mut changed = bytes.clone();
                changed[at] ^= 0x20;
                fs::write(path, changed).unwrap();
                found("a changed byte", path);
            }
            fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
            found("a cut", path);
            fs::write(path, [bytes.as_slice(), b"\n"].concat()).unwrap();
            found("a byte more", path);
            fs::remove_file(path).unwrap();
            found("a missing file", path);
            fs::write(path, bytes).unwrap();
        }
        let strange = folder.join("database.dump.old");
        fs::write(&strange, "x").unwrap();
        found("a strange file", &strange);
        let human = db(&place, "verify-backup --all").expect(1);
        assert!(
            human
                .stdout
                .contains("database.dump.old: does not belong to the backup"),
            "{human:?}"
        );
        fs::remove_file(&strange).unwrap();
        db(&place, &format!("verify-backup {shown}")).expect(0);

        let (path, bytes) = good
            .iter()
            .find(|(path, _)| path.to_string_lossy().contains("database."))
            .unwrap();
        let mut changed = bytes.clone();
        let middle = changed.len() / 2;
        changed[middle] ^= 1;
        fs::write(path, changed).unwrap();
        let before = super::everything(&place);
        let run = db(&place, &format!("restore latest --confirm {}", name_of(&place))).expect(2);
        assert!(
            run.stderr.contains("is not whole: nothing was restored"),
            "{run:?}"
        );
        assert!(run.stderr.contains("has SHA-256"), "{run:?}");
        db(&place, "restore latest --drill").expect(2);
        assert_eq!(super::everything(&place), before);
    }
}

/// A manifest that was written by someone who knows how, and says too many rows: only counting finds that.
#[test]
fn counts_that_are_wrong_are_found_and_roll_back() {
    for place in super::one_of_each() {
        let folder = back_up(&place, "");
        let mut manifest = super::manifest(&folder);
        let users = if place.is_postgres() {
            "public.users"
        } else {
            "users"
        };
        manifest["tables"][users] = 3.into();
        let text = serde_json::to_vec(&manifest).unwrap();
        fs::write(folder.join("manifest.json"), &text).unwrap();
        let run = db(&place, "verify-backup").expect(1);
        assert!(
            run.stdout
                .contains(&format!("table {users}: 3 rows in the manifest, 2 here")),
            "{run:?}"
        );
        if !place.is_postgres() {
            continue;
        }
        seal(&folder);
        let before = super::everything(&place);
        let name = name_of(&place);
        let run = db(&place, &format!("restore latest --confirm {name}")).expect(2);
        assert!(run.stderr.contains("is not what its manifest says"), "{run:?}");
        assert_eq!(super::everything(&place), before);
        let run = db(
            &place,
            &format!("restore latest --confirm {name} --allow-differences"),
        )
        .expect(1);
        assert!(run.stdout.contains("3 rows in the manifest, 2 here"), "{run:?}");
        db(&place, "restore latest --drill").expect(1);
        assert_eq!(super::everything(&place), before);
    }
}

/// Writes the digest of a manifest that was changed.
fn seal(folder: &Path) {
    let run = std::process::Command::new("sh")
        .args(["-c", "sha256sum manifest.json > manifest.sha256"])
        .current_dir(folder)
        .status()
        .unwrap();
    assert!(run.success());
}
