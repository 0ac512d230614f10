//! When a schedule is due: a cron pattern in a time zone.
//!
//! Five fields, or six with seconds in front, or seven with years at the end; names of months and days, `L`, `W`, `#`, `@daily`.
//! A wall-clock time that summer time leaves out comes at the moment it would have been; one that it repeats comes once.

use std::str::FromStr as _;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::failure::{Failure, Result};
use crate::io::clock;

/// A pattern in a zone.
#[derive(Debug, Clone)]
pub struct Cron {
    pattern: croner::Cron,
    zone: TimeZone,
}

impl Cron {
    /// Reads a pattern; the zone is one of the IANA's names, as in `Europe/Berlin`, or `UTC`.
    pub fn parse(pattern: &str, zone: &str) -> Result<Self> {
        let failed = |error: &croner::errors::CronError| {
            Failure::user(format!("`{pattern}` is no cron pattern"))
                .because(error)
                .hint("write `minute hour day month weekday`, as in `30 3 * * MON-FRI`, or a name such as `@daily`")
        };
        // Longer ones say nothing that shorter ones cannot.
        if pattern.len() > 256 {
            return Err(failed(&croner::errors::CronError::InvalidPattern(
                "it has more than 256 bytes".to_owned(),
            )));
        }
        let read = croner::Cron::from_str(pattern).map_err(|error| failed(&error))?;
        let zone = clock::time_zone(zone).ok_or_else(|| {
            Failure::user(format!("there is no time zone `{zone}`"))
                .hint("write `UTC` or a name of the IANA's, as in `Europe/Berlin`")
        })?;
        Ok(Self { pattern: read, zone })
    }

    /// The first time after this one, both in milliseconds since 1970; `None` when the pattern names none.
    pub fn next(&self, after: i64) -> Option<i64> {
        let after = Timestamp::from_millisecond(after)
            .ok()?
            .to_zoned(self.zone.clone());
        let next = self.pattern.find_next_occurrence(&after, false).ok()?;
        Some(next.timestamp().as_millisecond())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn times(pattern: &str, zone: &str, from: &str, count: usize) -> Vec<String> {
        let cron = Cron::parse(pattern, zone).unwrap();
        let from: Timestamp = from.parse().unwrap();
        let mut at = from.as_millisecond();
        let mut found = Vec::new();
        while found.len() < count {
            at = cron.next(at).unwrap();
            found.push(Timestamp::from_millisecond(at).unwrap().to_string());
        }
        found
    }

    #[test]
    fn patterns_have_seconds_names_and_zones() {
        assert_eq!(
            times("*/20 * * * * *", "UTC", "2026-01-01T00:00:00Z", 3),
            [
                "2026-01-01T00:00:20Z",
                "2026-01-01T00:00:40Z",
                "2026-01-01T00:01:00Z"
            ]
        );
        assert_eq!(
            times("30 3 * JAN MON-TUE", "UTC", "2026-01-01T00:00:00Z", 2),
            ["2026-01-05T03:30:00Z", "2026-01-06T03:30:00Z"]
        );
        assert_eq!(
            times("@daily", "Asia/Tokyo", "2026-01-01T00:00:00Z", 1),
            ["2026-01-01T15:00:00Z"]
        );
    }

    #[test]
    fn summer_time_neither_drops_nor_doubles_a_daily_run() {
        // On 29 March 2026 there is no 02:30 in Berlin; on 25 October there are two.
        assert_eq!(
            times("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 2),
            ["2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]
        );
        assert_eq!(
            times("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 2),
            ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]
        );
    }

    #[test]
    fn what_never_comes_has_no_next_time() {
        assert_eq!(Cron::parse("0 0 30 2 *", "UTC").unwrap().next(0), None);
        assert_eq!(Cron::parse("@daily", "UTC").unwrap().next(i64::MAX), None);
    }

    #[test]
    fn what_is_no_pattern_says_so() {
        for pattern in ["", "* * *", "61 * * * *", "soon", &"*".repeat(300)] {
            let failure = Cron::parse(pattern, "UTC").unwrap_err();
            assert!(failure.message.contains("is no cron pattern"), "{failure}");
        }
        let failure = Cron::parse("@daily", "Mars/Olympus").unwrap_err();
        assert!(failure.message.contains("no time zone"), "{failure}");
    }

    proptest! {
        #[test]
        fn reading_and_asking_never_panic(pattern in "[-0-9*/,LW#A-Z@ +]{0,24}", after in any::<i64>()) {
            if let Ok(cron) = Cron::parse(&pattern, "UTC")
                && let Some(next) = cron.next(after)
            {
                prop_assert!(next > after);
            }
        }
    }
}
