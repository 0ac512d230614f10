//! Which backups leave when another was made.

use std::fs;

use super::{back_up, db, filled};
use crate::db::Place;

/// Makes a backup look older, as one that somebody kept would.
fn age(folder: &std::path::Path, seconds: u64) {
    let path = folder.join("manifest.json");
    let mut manifest = super::manifest(folder);
    let taken = manifest["taken_at_unix_ms"].as_u64().unwrap() - seconds * 1_000;
    manifest["taken_at_unix_ms"] = taken.into();
    fs::write(path, serde_json::to_vec(&manifest).unwrap()).unwrap();
}

fn names(place: &Place) -> usize {
    fs::read_dir(place.sandbox.path(".packwright/backups"))
        .unwrap()
        .count()
}

#[test]
fn by_number_and_by_age_and_nothing_of_others() {
    for mut place in super::one_of_each() {
        let old = back_up(&place, "");
        age(&old, 40 * 86_400);
        let strange = back_up(&place, "");
        age(&strange, 35 * 86_400);
        fs::write(strange.join("notes.txt"), "mine").unwrap();
        let recent = back_up(&place, "");
        age(&recent, 86_400);
        // Of another database, a folder of someone's, and one whose manifest is broken: all old, none ours to remove.
        let other = filled(Place::sqlite());
        let foreign = back_up(&other, "");
        let moved = place.sandbox.path(".packwright/backups/other-20200101T000000Z");
        fs::rename(&foreign, &moved).unwrap();
        age(&moved, 400 * 86_400);
        let broken = place.sandbox.path(".packwright/backups/broken-20200101T000000Z");
        fs::create_dir(&broken).unwrap();
        fs::write(broken.join("manifest.json"), "{}").unwrap();
        let mut manifest = super::manifest(&moved);
        manifest["database"]["place"] = "elsewhere".into();
        fs::write(
            moved.join("manifest.json"),
            serde_json::to_vec(&manifest).unwrap(),
        )
        .unwrap();

        let run = db(&place, "backup --keep 30d --format json").expect(0);
        let answer = run.json();
        let removed = answer["removed"].as_array().unwrap();
        assert_eq!(removed.len(), 1, "{answer}");
        assert!(!old.exists() && strange.exists() && recent.exists() && moved.exists() && broken.exists());
        assert!(
            answer["warnings"][0].as_str().unwrap().contains("`notes.txt`"),
            "{answer}"
        );

        fs::remove_file(strange.join("notes.txt")).unwrap();
        place.sandbox.set("TZ", "UTC");
        place
            .sandbox
            .write("packwright.toml", "[database]\nkeep_backups = \"2\"\n");
        let run = db(&place, "backup").expect(0);
        assert_eq!(run.stdout.matches("removed ").count(), 2, "{run:?}");
        assert!(!strange.exists() && !recent.exists() && moved.exists() && broken.exists());
        assert_eq!(names(&place), 4);

        place
            .sandbox
            .write("packwright.toml", "[database]\nkeep_backups = \"never\"\n");
        let run = db(&place, "backup").expect(2);
        assert!(
            run.stderr.contains("`keep_backups` under `[database]`"),
            "{run:?}"
        );
        // Where nothing can be backed up, nothing is removed.
        place.sandbox.write("packwright.toml", "");
        let gone = db(&place, "backup --keep 1 --database-url sqlite:gone.db").expect(2);
        assert!(gone.stderr.contains("nothing to back up"), "{gone:?}");
        assert_eq!(names(&place), 4);
    }
}
