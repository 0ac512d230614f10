//! How long to wait before a job is tried again, and how often.

use std::time::Duration;

/// When to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// How often a job is begun before it is dead; at least 1.
    pub max_attempts: u32,
    /// The longest wait after the first failure; it doubles with each.
    pub first: Duration,
    /// No wait is longer.
    pub limit: Duration,
}

impl Default for RetryPolicy {
    /// Ten attempts over some eight and a half minutes.
    fn default() -> Self {
        Self {
            max_attempts: 10,
            first: Duration::from_secs(1),
            limit: Duration::from_hours(1),
        }
    }
}

impl RetryPolicy {
    /// The wait after the failure of an attempt (from 1), or `None` when it was the last. `chance`, from 0 to 1, spreads what
    /// failed together over the second half of the wait.
    pub fn wait(&self, attempt: u32, chance: f64) -> Option<Duration> {
        if attempt >= self.max_attempts {
            return None;
        }
        let doublings = attempt.saturating_sub(1).min(31);
        let whole = self.first.saturating_mul(1 << doublings).min(self.limit);
        let half = whole / 2;
        Some(half + half.mul_f64(chance.clamp(0.0, 1.0)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const POLICY: RetryPolicy = RetryPolicy {
        max_attempts: 6,
        first: Duration::from_secs(2),
        limit: Duration::from_secs(20),
    };

    #[test]
    fn waits_double_up_to_the_limit_and_end_with_the_last_attempt() {
        let longest: Vec<_> = (1..=7).map(|attempt| POLICY.wait(attempt, 1.0)).collect();
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        assert_eq!(
            longest,
            [
                seconds(2),
                seconds(4),
                seconds(8),
                seconds(16),
                seconds(20),
                None,
                None
            ]
        );
        assert_eq!(POLICY.wait(3, 0.0), seconds(4));
    }

    proptest! {
        #[test]
        fn a_wait_is_between_half_and_the_whole(attempt in 0_u32.., chance in -1.0..2.0, first in 0_u64.., limit in 0_u64..) {
            let policy = RetryPolicy {
                max_attempts: u32::MAX,
                first: Duration::from_millis(first),
                limit: Duration::from_millis(limit),
            };
            if let Some(wait) = policy.wait(attempt, chance) {
                let whole = policy.first.saturating_mul(1 << attempt.saturating_sub(1).min(31)).min(policy.limit);
                // A double has fifteen digits.
                prop_assert!(wait <= whole + whole / 1_000_000);
                prop_assert!(wait + whole / 1_000_000 + Duration::from_nanos(1) >= whole / 2);
            }
        }
    }
}
