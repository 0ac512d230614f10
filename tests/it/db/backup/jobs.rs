//! A backup as a job, as the help shows it.

use super::db;

#[test]
fn a_schedule_takes_backups() {
    for place in super::one_of_each() {
        let packwright = env!("CARGO_BIN_EXE_packwright").replace('\\', "/");
        place.sandbox.write(
            "packwright.toml",
            format!("[jobs.handlers]\nbackup = [\"{packwright}\", \"db\", \"backup\", \"--keep\", \"2\"]\n"),
        );
        place
            .sandbox
            .run(["jobs", "schedule", "add", "nightly", "30 3 * * *", "backup"])
            .expect(0);
        for _ in 0..3 {
            place.sandbox.line("jobs schedule run nightly").expect(0);
            let run = place.sandbox.line("jobs work --drain").expect(0);
            assert!(run.stdout.contains("done"), "{run:?}");
        }
        let json = db(&place, "verify-backup --all --format json").expect(0).json();
        assert_eq!(json["backups"].as_array().unwrap().len(), 2, "{json}");
        db(&place, "restore latest --drill").expect(0);
    }
}
