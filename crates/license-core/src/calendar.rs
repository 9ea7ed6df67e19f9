//! License dates are Chinese calendar dates: one time zone, UTC+8, no daylight saving.

use time::{Date, OffsetDateTime, UtcOffset};

/// The date in China at an instant.
pub fn china_date(at: OffsetDateTime) -> Date {
    // +08:00 is within the range of offsets.
    at.to_offset(UtcOffset::from_hms(8, 0, 0).unwrap_or(UtcOffset::UTC)).date()
}
