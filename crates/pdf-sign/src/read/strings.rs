//! Text strings (7.9.2) and dates (7.9.4).

use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

/// UTF-16 with a byte order mark, UTF-8 with its mark (PDF 2.0), or PDFDocEncoding.
pub(crate) fn text(bytes: &[u8]) -> String {
    match bytes {
        [0xFE, 0xFF, rest @ ..] => utf16_be(rest),
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => bytes.iter().map(|byte| pdf_doc(*byte)).collect(),
    }
}

pub(crate) fn utf16_be(bytes: &[u8]) -> String {
    let units = bytes.chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair.get(1).copied().unwrap_or(0)]));
    char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// ISO 32000 annex D.2.
fn pdf_doc(byte: u8) -> char {
    const LOW: [char; 8] = ['˘', 'ˇ', 'ˆ', '˙', '˝', '˛', '˚', '˜'];
    const HIGH: [char; 33] = [
        '•', '†', '‡', '…', '—', '–', 'ƒ', '⁄', '‹', '›', '−', '‰', '„', '“', '”', '‘', '’', '‚', '™', 'ﬁ', 'ﬂ', 'Ł',
        'Œ', 'Š', 'Ÿ', 'Ž', 'ı', 'ł', 'œ', 'š', 'ž', '\u{FFFD}', '€',
    ];
    match byte {
        0x18..=0x1F => LOW[usize::from(byte - 0x18)],
        0x80..=0xA0 => HIGH[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

/// `D:YYYYMMDDHHmmSSOHH'mm'`; what is left out is the smallest value, the zone UTC.
pub(crate) fn date(text: &str) -> Option<OffsetDateTime> {
    let digits = text.strip_prefix("D:").unwrap_or(text);
    let split = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let (stamp, zone) = digits.split_at(split);
    if !matches!(stamp.len(), 4 | 6 | 8 | 10 | 12 | 14) {
        return None;
    }
    let field = |from: usize, to: usize, default: u8| match stamp.get(from..to) {
        Some(text) => text.parse().ok(),
        None => Some(default),
    };
    let month = Month::try_from(field(4, 6, 1)?).ok()?;
    let date = Date::from_calendar_date(stamp[..4].parse().ok()?, month, field(6, 8, 1)?).ok()?;
    let time = Time::from_hms(field(8, 10, 0)?, field(10, 12, 0)?, field(12, 14, 0)?).ok()?;
    Some(PrimitiveDateTime::new(date, time).assume_offset(offset(zone)?))
}

fn offset(zone: &str) -> Option<UtcOffset> {
    let sign = match zone.as_bytes().first() {
        None | Some(b'Z') => return Some(UtcOffset::UTC),
        Some(b'+') => 1,
        Some(b'-') => -1,
        Some(_) => return None,
    };
    let mut parts = zone[1..].split('\'');
    let mut part =
        || parts.next().filter(|p| !p.is_empty()).map_or(Some(0), |p| p.parse::<i8>().ok().filter(|n| *n >= 0));
    let (hours, minutes) = (part()?, part()?);
    UtcOffset::from_hms(sign * hours, sign * minutes, 0).ok()
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn dates() {
        assert_eq!(date("D:20211121210924+08'00'"), Some(datetime!(2021-11-21 21:09:24 +8)));
        assert_eq!(date("D:20211121210924Z"), Some(datetime!(2021-11-21 21:09:24 UTC)));
        assert_eq!(date("D:2021"), Some(datetime!(2021-01-01 00:00 UTC)));
        assert_eq!(date("D:20210231000000Z"), None);
        assert_eq!(date("yesterday"), None);
        assert_eq!(date("D:2021é"), None);
    }

    #[test]
    fn texts() {
        assert_eq!(text(b"\xFE\xFF\x8B\xC1\x71\x67"), "证照");
        assert_eq!(text(b"a\x80\xE9"), "a•é");
    }
}
