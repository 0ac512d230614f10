//! The time of day and how long things take.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Time since the Unix epoch; zero for a clock set before it.
pub fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Nanoseconds since the Unix epoch.
pub fn unix_nanoseconds() -> i128 {
    i128::try_from(now().as_nanos()).unwrap_or(i128::MAX)
}

/// The current time in UTC as `2026-11-21T08:30:00Z`.
pub fn timestamp() -> String {
    let seconds = i64::try_from(now().as_secs()).unwrap_or(i64::MAX);
    jiff::Timestamp::from_second(seconds)
        .unwrap_or(jiff::Timestamp::UNIX_EPOCH)
        .to_string()
}

/// The current time in UTC as fourteen digits, `20261121083000`: the version of a new migration.
pub fn compact_timestamp() -> String {
    timestamp().chars().filter(char::is_ascii_digit).collect()
}

/// Measures how long something takes.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    pub fn start() -> Self {
        Self(Instant::now())
    }

    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

/// Lets time pass.
pub fn wait(time: Duration) {
    std::thread::sleep(time);
}

/// A time zone by its name in the database of the IANA.
pub fn time_zone(name: &str) -> Option<jiff::tz::TimeZone> {
    match name {
        "UTC" => Some(jiff::tz::TimeZone::UTC),
        name => jiff::tz::TimeZone::get(name).ok(),
    }
}

/// Milliseconds since 1970 as `2026-11-21T08:30:00Z`, without the fraction of the second.
pub fn written(milliseconds: i64) -> String {
    jiff::Timestamp::from_second(milliseconds.div_euclid(1_000))
        .unwrap_or(jiff::Timestamp::UNIX_EPOCH)
        .to_string()
}
