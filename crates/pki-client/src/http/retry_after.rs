//! `Retry-After` (RFC 9110 10.2.3): seconds, or a date.

use std::time::Duration;

use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime};

/// Nobody is believed who says longer.
const MOST: Duration = Duration::from_secs(24 * 60 * 60);

/// IMF-fixdate, the only form that is written today.
const DATE: &[BorrowedFormatItem<'_>] =
    format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");

pub(super) fn read(text: &str) -> Option<Duration> {
    read_at(text, OffsetDateTime::now_utc())
}

fn read_at(text: &str, now: OffsetDateTime) -> Option<Duration> {
    let text = text.trim();
    let wait = match text.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let until = PrimitiveDateTime::parse(text, DATE).ok()?.assume_utc();
            Duration::try_from(until - now).unwrap_or(Duration::ZERO)
        }
    };
    Some(wait.min(MOST))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn seconds_and_dates_are_read() {
        let at = |text| read_at(text, datetime!(2026-11-22 06:00 UTC));
        assert_eq!(at(" 120 "), Some(Duration::from_secs(120)));
        assert_eq!(at("Sun, 22 Nov 2026 06:01:30 GMT"), Some(Duration::from_secs(90)));
        assert_eq!(at("Sun, 22 Nov 2026 05:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(at("99999999999"), Some(MOST));
        for wrong in ["-1", "soon", "", "1.5", "2026-11-22T06:00:00Z"] {
            assert_eq!(at(wrong), None, "{wrong}");
        }
    }
}
