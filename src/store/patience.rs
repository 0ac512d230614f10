//! How long to try for a connection, and to wait for what it is asked.

use std::time::Duration;

/// Time-outs and tries. What is opened by an [`Url`](super::Url) keeps to those that the URL carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// How long a server may take to answer.
    pub connect: Duration,
    /// How often a server is tried again that does not answer, or has no room now. What will not pass, such as a wrong password, is
    /// not tried again.
    pub retries: u32,
    /// How long a statement on SQLite waits for another connection's write to end.
    pub busy: Duration,
    /// How long a statement on PostgreSQL may run; `None` leaves it to the server. Migrations take as long as they take.
    pub statement: Option<Duration>,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            retries: 3,
            busy: Duration::from_secs(10),
            statement: None,
        }
    }
}

impl Patience {
    /// The pause before a try, from the first repetition on: a tenth of a second, doubled each time, at most two seconds. `chance`,
    /// from 0 to 1, spreads over the second half of it those who lost the same server together.
    pub(super) fn pause(repetition: u32, chance: f64) -> Duration {
        let doublings = repetition.saturating_sub(1).min(5);
        let whole = Duration::from_millis(100 << doublings).min(Duration::from_secs(2));
        whole / 2 + (whole / 2).mul_f64(chance.clamp(0.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_limit_and_are_spread_over_their_second_half() {
        let pauses =
            |chance| [1, 2, 3, 5, 6, 40].map(|repetition| Patience::pause(repetition, chance).as_millis());
        assert_eq!(pauses(0.0), [50, 100, 200, 800, 1000, 1000]);
        assert_eq!(pauses(1.0), [100, 200, 400, 1600, 2000, 2000]);
    }
}
