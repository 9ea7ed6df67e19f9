//! The times that a signature names: SignatureDateTime of its XML, the time in its value.

use ofd::SignatureFacts;
use time::{Date, Duration, Month, OffsetDateTime, PrimitiveDateTime, Time};

use super::Value;
use crate::verify::reasons::Reason;
use crate::verify::report::Checks;

/// Making Signature.xml and the signature value takes a while, more so with a device and a person.
const LAG: Duration = Duration::minutes(10);
/// China Standard Time: producers write it as UTC, and UTC as it.
const ZONE: Duration = Duration::hours(8);

/// Whether SignatureDateTime is the time of the signature value.
pub(super) fn check(signature: &SignatureFacts, value: &Value, place: &str, checks: &mut Checks) {
    const NAME: &str = "time.agree";
    let said = signature.date_time.as_deref();
    let (Some(said), Some(signed)) = (said, value.time()) else {
        let missing =
            if said.is_none() { "there is no SignatureDateTime" } else { "the signature value names no time" };
        return checks.not_applicable(NAME, place, missing);
    };
    match read(said) {
        None => checks.not_applicable(NAME, place, format!("SignatureDateTime cannot be read: {said}")),
        Some(at) => {
            let detail = format!("SignatureDateTime {said}, signature value {signed}");
            checks.record(NAME, is_same(at, signed), Reason::TimeDiffers, place, detail);
        }
    }
}

/// Whether a claimed time is later than a time-stamp, zones considered.
pub(in crate::verify) fn claims_later(claimed: OffsetDateTime, stamped: OffsetDateTime) -> bool {
    claimed > stamped.saturating_add(LAG) && !is_same(claimed, stamped)
}

fn is_same(a: OffsetDateTime, b: OffsetDateTime) -> bool {
    let apart = (a - b).abs();
    apart <= LAG || (apart - ZONE).abs() <= LAG
}

/// Fourteen digits of year to second, however they are parted; fraction and zone are left out.
fn read(text: &str) -> Option<OffsetDateTime> {
    let seconds = text.trim().split('.').next()?;
    let is_parting = |character: char| matches!(character, '-' | '/' | ':' | ' ' | 'T' | 'Z');
    if !seconds.chars().all(|character| character.is_ascii_digit() || is_parting(character)) {
        return None;
    }
    let digits: Vec<u16> = seconds.bytes().filter(u8::is_ascii_digit).map(|digit| u16::from(digit - b'0')).collect();
    if digits.len() != 14 {
        return None;
    }
    let number = |from: usize, to: usize| digits[from..to].iter().fold(0, |value, digit| value * 10 + digit);
    let small = |from: usize| u8::try_from(number(from, from + 2)).ok();
    let date = Date::from_calendar_date(i32::from(number(0, 4)), Month::try_from(small(4)?).ok()?, small(6)?).ok()?;
    let time = Time::from_hms(small(8)?, small(10)?, small(12)?).ok()?;
    Some(PrimitiveDateTime::new(date, time).assume_utc())
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn the_spellings_of_producers_are_read() {
        let at = Some(datetime!(2020-07-23 13:09:07 UTC));
        for text in
            ["20200723130907.763Z", "20200723130907Z", "20200723130907", "2020-07-23 13:09:07", "2020/07/23 13:09:07"]
        {
            assert_eq!(read(text), at, "{text}");
        }
        assert_eq!(read("2020-07-23T13:09:07.377Z"), at);
        for text in
            ["", "today", "2020-07-23", "20201323130907", "2020-07-23 13:09:07 GMT+8", "２０２００７２３１３０９０７"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_zone_forgotten_is_no_contradiction() {
        let at = datetime!(2020-07-23 13:09:07 UTC);
        assert!(is_same(at, at + Duration::hours(8)) && is_same(at, at - Duration::hours(8)) && is_same(at, at));
        assert!(!is_same(at, at + Duration::hours(7)) && !is_same(at, at + Duration::days(1)));
        assert!(claims_later(at + Duration::days(1), at) && !claims_later(at, at + Duration::days(1)));
    }
}
