//! Civil dates in UTC, and the clock that the core is given instead of the system's.

use std::fmt;

use serde::{Serialize, Serializer};

/// Seconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Reads RFC 3339: `2026-11-22T06:46:40Z`, fractions of a second and other zones too. Fractions are cut.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (date, rest) = (Date::parse(text.get(..10)?).ok()?, text.get(10..)?);
        let clock = rest.strip_prefix(['T', 't', ' '])?;
        let number = |at: usize| {
            let digits = clock.get(at..at + 2)?;
            digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<i64>().ok())?
        };
        let colons = clock.get(2..3)? == ":" && clock.get(5..6)? == ":";
        let (hour, minute, second) = (number(0)?, number(3)?, number(6)?);
        if !colons || hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        let tail = clock.get(8..)?;
        let zone = match tail.strip_prefix('.') {
            Some(fraction) => fraction.trim_start_matches(|c: char| c.is_ascii_digit()),
            None => tail,
        };
        let offset = match zone {
            "Z" | "z" => 0,
            _ => {
                let sign = match zone.get(..1)? {
                    "+" => 1,
                    "-" => -1,
                    _ => return None,
                };
                let (hours, minutes) = zone.get(1..)?.split_once(':')?;
                let part = |text: &str, most: i64| {
                    let fits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
                    text.parse::<i64>().ok().filter(|number| fits && *number <= most)
                };
                sign * (part(hours, 23)? * 3600 + part(minutes, 59)? * 60)
            }
        };
        Some(Self(date.days() * 86_400 + hour * 3600 + minute * 60 + second - offset))
    }

    /// The UTC day it falls on.
    #[must_use]
    pub fn date(self) -> Date {
        Date::from_days(self.0.div_euclid(86_400))
    }

    /// RFC 3339 in UTC with seconds: `2026-11-22T06:46:40Z`.
    #[must_use]
    pub fn rfc3339(self) -> String {
        let second = self.0.rem_euclid(86_400);
        format!("{}T{:02}:{:02}:{:02}Z", self.date(), second / 3600, second / 60 % 60, second % 60)
    }
}

/// Tells the time; the core never asks the system.
pub trait Clock {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// A clock that stands still, for tests and replays.
#[derive(Clone, Copy, Debug)]
pub struct FixedClock(pub Timestamp);

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// A day of the proleptic Gregorian calendar in UTC, from 0001 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    days: i64,
}

/// Why a text is no date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// Not of the form `YYYY-MM-DD`.
    #[error("a date is written YYYY-MM-DD")]
    Form,
    /// No such day in the calendar.
    #[error("there is no such day")]
    NoSuchDay,
}

impl Date {
    /// The day `days` after 1970-01-01.
    #[must_use]
    pub fn from_days(days: i64) -> Self {
        Self { days }
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub fn days(self) -> i64 {
        self.days
    }

    /// Reads `YYYY-MM-DD` exactly.
    ///
    /// # Errors
    /// [`DateError`] for any other spelling, or a day that does not exist.
    pub fn parse(text: &str) -> Result<Self, DateError> {
        let bytes = text.as_bytes();
        let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = bytes else { return Err(DateError::Form) };
        let number = |digits: &[&u8]| {
            digits
                .iter()
                .try_fold(0_i64, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + i64::from(**digit - b'0')))
        };
        let (Some(year), Some(month), Some(day)) = (number(&[y1, y2, y3, y4]), number(&[m1, m2]), number(&[d1, d2]))
        else {
            return Err(DateError::Form);
        };
        let date = Self::from_civil(year, month, day);
        if year == 0 || date.civil() != (year, month, day) {
            return Err(DateError::NoSuchDay);
        }
        Ok(date)
    }

    /// Days from `earlier` to this day.
    #[must_use]
    pub fn days_since(self, earlier: Date) -> i64 {
        self.days - earlier.days
    }

    // Days from civil and back: the usual shift of the year to start in March, eras of 400 years.
    fn from_civil(year: i64, month: i64, day: i64) -> Self {
        let year = if month <= 2 { year - 1 } else { year };
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        Self { days: era * 146_097 + day_of_era - 719_468 }
    }

    fn civil(self) -> (i64, i64, i64) {
        let days = self.days + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted + 2) / 5 + 1;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        (year, month, day)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_four_centuries_reads_back() {
        for days in -80_000..80_000 {
            let date = Date::from_days(days);
            assert_eq!(Date::parse(&date.to_string()), Ok(date));
        }
    }

    #[test]
    fn other_spellings_and_impossible_days_are_refused() {
        for text in ["2026-2-01", "2026-02-1", " 2026-02-01", "2026-02-01 ", "20260201", "2026/02/01", "+026-02-01"] {
            assert_eq!(Date::parse(text), Err(DateError::Form), "{text}");
        }
        for text in ["2026-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "0000-01-01", "2026-01-00"] {
            assert_eq!(Date::parse(text), Err(DateError::NoSuchDay), "{text}");
        }
        assert_eq!(Timestamp(1_795_330_000).rfc3339(), "2026-11-22T06:46:40Z");
    }
}
