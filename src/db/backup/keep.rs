//! How long backups are kept: for a time, or so many of them.

use std::str::FromStr;

/// Which backups stay when another was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// So many, the new one among them.
    Newest(usize),
    /// Those of the last so many seconds.
    Seconds(u64),
}

const UNITS: [(char, u64); 3] = [('h', 3_600), ('d', 86_400), ('w', 604_800)];

impl FromStr for Keep {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wanted = "write a time, as in `30d`, `12h` or `8w`, or how many, as in `7`";
        let (digits, unit) = match text.char_indices().next_back() {
            Some((at, unit)) if !unit.is_ascii_digit() => (&text[..at], Some(unit)),
            _ => (text, None),
        };
        let count: u64 = match digits.parse() {
            Ok(0) => return Err(format!("`{text}` would keep nothing: {wanted}")),
            Ok(count) if digits.bytes().all(|byte| byte.is_ascii_digit()) => count,
            _ => return Err(format!("`{text}` is no time and no number: {wanted}")),
        };
        let Some(unit) = unit else {
            return Ok(Self::Newest(usize::try_from(count).unwrap_or(usize::MAX)));
        };
        match UNITS.iter().find(|(known, _)| *known == unit) {
            Some((_, seconds)) => Ok(Self::Seconds(count.saturating_mul(*seconds))),
            None => Err(format!("`{unit}` in `{text}` is no unit of time: {wanted}")),
        }
    }
}

impl Keep {
    /// Whether to remove the backup that has `newer` newer ones above it and was made at `taken`, in seconds since 1970. The newest
    /// always stays.
    pub fn is_over(self, newer: usize, taken: u64, now: u64) -> bool {
        newer > 0
            && match self {
                Self::Newest(count) => newer >= count,
                Self::Seconds(seconds) => taken.saturating_add(seconds) < now,
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn times_and_numbers() {
        assert_eq!("7".parse(), Ok(Keep::Newest(7)));
        assert_eq!("30d".parse(), Ok(Keep::Seconds(30 * 86_400)));
        assert_eq!("12h".parse(), Ok(Keep::Seconds(43_200)));
        for wrong in [
            "",
            "d",
            "0",
            "0d",
            "-1",
            "+3",
            "3 d",
            "3m",
            "3é",
            "1.5d",
            "99999999999999999999",
        ] {
            assert!(wrong.parse::<Keep>().is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,8}") {
            let _ = text.parse::<Keep>();
        }

        #[test]
        fn the_newest_always_stays(count in 1usize..9, seconds in 1u64..99, now in 0u64..1000) {
            prop_assert!(!Keep::Newest(count).is_over(0, 0, now));
            prop_assert!(!Keep::Seconds(seconds).is_over(0, 0, now));
        }
    }

    #[test]
    fn the_rest_goes_by_number_or_age() {
        assert!(!Keep::Newest(2).is_over(1, 0, 100));
        assert!(Keep::Newest(2).is_over(2, 100, 100));
        assert!(!Keep::Seconds(10).is_over(5, 90, 100));
        assert!(Keep::Seconds(10).is_over(1, 89, 100));
    }
}
