//! Dates as records write them.

use time::{Date, Month};

/// Why a text is no date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DateFault {
    /// Not of the form `YYYY-MM-DD`.
    Format,
    /// Of that form, but no day of the calendar: 31 February.
    NotReal,
}

/// Reads `YYYY-MM-DD` and nothing else.
pub(crate) fn parse_date(text: &str) -> Result<Date, DateFault> {
    let bytes = text.as_bytes();
    let form = bytes.len() == 10
        && bytes
            .iter()
            .enumerate()
            .all(|(at, byte)| if at == 4 || at == 7 { *byte == b'-' } else { byte.is_ascii_digit() });
    if !form {
        return Err(DateFault::Format);
    }
    let number = |range: std::ops::Range<usize>| text[range].parse::<u16>().map_err(|_| DateFault::Format);
    let month = Month::try_from(number(5..7)? as u8).map_err(|_| DateFault::NotReal)?;
    Date::from_calendar_date(i32::from(number(0..4)?), month, number(8..10)? as u8).map_err(|_| DateFault::NotReal)
}

/// `YYYY-MM-DD`.
pub(crate) fn print_date(date: Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day())
}

/// The same day some years later; 28 February for a leap day that is not there.
pub(crate) fn years_after(date: Date, years: u32) -> Option<Date> {
    let year = date.year().checked_add(i32::try_from(years).ok()?)?;
    date.replace_year(year).or_else(|_| Date::from_calendar_date(year, Month::February, 28)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn only_real_dates_in_the_one_form() {
        assert_eq!(parse_date("2024-02-29"), Ok(date!(2024 - 02 - 29)));
        for text in ["2023-02-29", "2024-02-31", "2024-13-01", "2024-00-10", "2024-01-00"] {
            assert_eq!(parse_date(text), Err(DateFault::NotReal), "{text}");
        }
        for text in ["2024/02/29", "20240229", "2024-2-29", "29.02.2024", "2024-02", "", "2024年2月", "+024-02-29"] {
            assert_eq!(parse_date(text), Err(DateFault::Format), "{text}");
        }
        assert_eq!(print_date(date!(2024 - 03 - 05)), "2024-03-05");
        assert_eq!(years_after(date!(2024 - 02 - 29), 5), Some(date!(2029 - 02 - 28)));
    }
}
