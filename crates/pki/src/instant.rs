//! An instant in a message.

use std::fmt;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// An instant as messages say it: RFC 3339, to the second, with its own offset.
///
/// ```
/// use time::macros::datetime;
/// assert_eq!(pki::Instant(datetime!(2026-11-21 12:00:01.5 +8)).to_string(), "2026-11-21T12:00:01+08:00");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(pub OffsetDateTime);

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = self.0.replace_nanosecond(0).unwrap_or(self.0);
        match whole.format(&Rfc3339) {
            Ok(text) => f.write_str(&text),
            // RFC 3339 knows the years 0 to 9999 and offsets of whole minutes.
            Err(_) => write!(f, "{whole}"),
        }
    }
}
