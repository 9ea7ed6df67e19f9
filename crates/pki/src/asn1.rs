//! Strict DER, as thin as it can be: a cursor over elements and the few writers that X.509, CMS and SES need.
//!
//! Signatures cover bytes, so readers keep the bytes: every [`Element`] carries its whole encoding beside its value.
//! Headers are decoded by the `der` crate (definite, minimal lengths only); nothing here recurses.

use der::asn1::ObjectIdentifier;
use der::{Decode, Encode, Header, Reader, SliceReader};
use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

/// Identifier octets of the types that occur in this house.
pub mod tag {
    #![allow(missing_docs)]
    pub const BOOLEAN: u8 = 0x01;
    pub const INTEGER: u8 = 0x02;
    pub const BIT_STRING: u8 = 0x03;
    pub const OCTET_STRING: u8 = 0x04;
    pub const NULL: u8 = 0x05;
    pub const OID: u8 = 0x06;
    pub const ENUMERATED: u8 = 0x0a;
    pub const UTF8_STRING: u8 = 0x0c;
    pub const PRINTABLE_STRING: u8 = 0x13;
    pub const TELETEX_STRING: u8 = 0x14;
    pub const IA5_STRING: u8 = 0x16;
    pub const UTC_TIME: u8 = 0x17;
    pub const GENERALIZED_TIME: u8 = 0x18;
    pub const BMP_STRING: u8 = 0x1e;
    pub const SEQUENCE: u8 = 0x30;
    pub const SET: u8 = 0x31;

    /// `[n]` with a constructed value.
    pub const fn context(n: u8) -> u8 {
        0xa0 | n
    }

    /// `[n]` with a primitive value (IMPLICIT over a primitive type).
    pub const fn context_primitive(n: u8) -> u8 {
        0x80 | n
    }
}

/// What was read instead of the DER that was expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct Asn1Error {
    /// The field of the standard's ASN.1 that was being read or written.
    pub field: &'static str,
    /// What is wrong with it.
    pub problem: &'static str,
}

impl Asn1Error {
    /// An error about `field`.
    pub const fn new(field: &'static str, problem: &'static str) -> Self {
        Self { field, problem }
    }
}

/// One TLV: tag, value, and the whole encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Element<'a> {
    /// The identifier octet.
    pub tag: u8,
    /// The content octets.
    pub value: &'a [u8],
    /// Tag, length and value as they stand in the input.
    pub raw: &'a [u8],
    field: &'static str,
}

impl<'a> Element<'a> {
    /// A cursor over the elements inside.
    pub fn children(&self) -> Cursor<'a> {
        Cursor::new(self.value)
    }

    /// The value of an OBJECT IDENTIFIER.
    pub fn oid(&self) -> Result<ObjectIdentifier, Asn1Error> {
        ObjectIdentifier::from_bytes(self.value).map_err(|_| self.error("not an object identifier"))
    }

    /// The value of a BIT STRING without unused bits.
    pub fn bits(&self) -> Result<&'a [u8], Asn1Error> {
        match self.value.split_first() {
            Some((0, bytes)) => Ok(bytes),
            _ => Err(self.error("bit string with unused bits")),
        }
    }

    /// The content of an INTEGER, checked to be minimal.
    pub fn integer_bytes(&self) -> Result<&'a [u8], Asn1Error> {
        match self.value {
            [] => Err(self.error("empty integer")),
            [0x00, next, ..] if next & 0x80 == 0 => Err(self.error("integer not minimal")),
            [0xff, next, ..] if next & 0x80 != 0 => Err(self.error("integer not minimal")),
            bytes => Ok(bytes),
        }
    }

    /// The magnitude of a non-negative INTEGER, without leading zeros (empty for zero).
    pub fn unsigned(&self) -> Result<&'a [u8], Asn1Error> {
        match self.integer_bytes()? {
            [0x00, rest @ ..] => Ok(rest),
            [first, ..] if first & 0x80 != 0 => Err(self.error("negative integer")),
            bytes => Ok(bytes),
        }
    }

    /// A small non-negative INTEGER.
    pub fn small_integer(&self) -> Result<u32, Asn1Error> {
        let bytes = self.unsigned()?;
        if bytes.len() > 4 {
            return Err(self.error("integer too large"));
        }
        Ok(bytes.iter().fold(0, |value, byte| value << 8 | u32::from(*byte)))
    }

    /// A BOOLEAN.
    pub fn boolean(&self) -> Result<bool, Asn1Error> {
        match self.value {
            [0x00] => Ok(false),
            [0xff] => Ok(true),
            _ => Err(self.error("boolean is neither 00 nor FF")),
        }
    }

    /// Text of a UTF8String, PrintableString, IA5String, TeletexString (as Latin-1) or BMPString.
    pub fn text(&self) -> Result<String, Asn1Error> {
        match self.tag {
            tag::UTF8_STRING => String::from_utf8(self.value.to_vec()).map_err(|_| self.error("not UTF-8")),
            tag::TELETEX_STRING => Ok(self.value.iter().map(|byte| char::from(*byte)).collect()),
            tag::BMP_STRING if self.value.len().is_multiple_of(2) => {
                let units = self.value.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
                char::decode_utf16(units).collect::<Result<_, _>>().map_err(|_| self.error("not UCS-2"))
            }
            _ if self.value.is_ascii() => Ok(self.value.iter().map(|byte| char::from(*byte)).collect()),
            _ => Err(self.error("not ASCII")),
        }
    }

    /// A UTCTime or GeneralizedTime in the only form DER allows: seconds present, `Z`, no fraction.
    pub fn time(&self) -> Result<OffsetDateTime, Asn1Error> {
        match self.tag {
            tag::UTC_TIME => {
                let [tens, ones, rest @ ..] = self.value else {
                    return Err(self.error("time too short"));
                };
                // RFC 5280 4.1.2.5.1: 50..99 mean 19YY.
                let century: &[u8] = if *tens >= b'5' { b"19" } else { b"20" };
                self.date_time(&[century, &[*tens, *ones], rest].concat())
            }
            tag::GENERALIZED_TIME => self.date_time(self.value),
            _ => Err(self.error("not a time")),
        }
    }

    fn date_time(&self, text: &[u8]) -> Result<OffsetDateTime, Asn1Error> {
        let bad = || self.error("time is not YYYYMMDDHHMMSSZ");
        let [digits @ .., b'Z'] = text else {
            return Err(bad());
        };
        if digits.len() != 14 || !digits.iter().all(u8::is_ascii_digit) {
            return Err(bad());
        }
        let number = |from: usize, to: usize| {
            digits[from..to].iter().fold(0u16, |value, digit| value * 10 + u16::from(digit - b'0'))
        };
        let small = |from: usize| u8::try_from(number(from, from + 2)).unwrap_or(u8::MAX);
        let month = Month::try_from(small(4)).map_err(|_| bad())?;
        let date = Date::from_calendar_date(i32::from(number(0, 4)), month, small(6)).map_err(|_| bad())?;
        let time = Time::from_hms(small(8), small(10), small(12)).map_err(|_| bad())?;
        Ok(PrimitiveDateTime::new(date, time).assume_utc())
    }

    fn error(&self, problem: &'static str) -> Asn1Error {
        Asn1Error::new(self.field, problem)
    }
}

/// Walks the elements of one level.
#[derive(Clone, Copy, Debug)]
pub struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    /// A cursor before the first element of `bytes`.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// The bytes not yet read.
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Whether everything was read.
    pub const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The tag of the next element, if there is one.
    pub fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// The next element, whatever it is. `field` names it in errors.
    pub fn any(&mut self, field: &'static str) -> Result<Element<'a>, Asn1Error> {
        let Some(&tag) = self.rest.first() else {
            return Err(Asn1Error::new(field, "missing"));
        };
        if tag & 0x1f == 0x1f {
            return Err(Asn1Error::new(field, "tag number above 30"));
        }
        let bad = |_| Asn1Error::new(field, "not DER");
        let mut reader = SliceReader::new(self.rest).map_err(bad)?;
        let header = Header::decode(&mut reader).map_err(bad)?;
        let value = reader.read_slice(header.length()).map_err(bad)?;
        let (raw, rest) = self.rest.split_at(self.rest.len() - usize::try_from(reader.remaining_len()).unwrap_or(0));
        self.rest = rest;
        Ok(Element { tag, value, raw, field })
    }

    /// The next element, which must have this tag.
    pub fn expect(&mut self, tag: u8, field: &'static str) -> Result<Element<'a>, Asn1Error> {
        match self.peek() {
            Some(found) if found == tag => self.any(field),
            Some(_) => Err(Asn1Error::new(field, "another type than expected")),
            None => Err(Asn1Error::new(field, "missing")),
        }
    }

    /// The next element if it has this tag.
    pub fn optional(&mut self, tag: u8, field: &'static str) -> Result<Option<Element<'a>>, Asn1Error> {
        if self.peek() == Some(tag) { self.any(field).map(Some) } else { Ok(None) }
    }

    /// The next element must be a SEQUENCE: a cursor over its inside.
    pub fn sequence(&mut self, field: &'static str) -> Result<Cursor<'a>, Asn1Error> {
        self.expect(tag::SEQUENCE, field).map(|element| element.children())
    }

    /// The next element must be an OBJECT IDENTIFIER.
    pub fn oid(&mut self, field: &'static str) -> Result<ObjectIdentifier, Asn1Error> {
        self.expect(tag::OID, field)?.oid()
    }

    /// Refuses what is left over.
    pub fn finish(self, field: &'static str) -> Result<(), Asn1Error> {
        if self.is_empty() { Ok(()) } else { Err(Asn1Error::new(field, "trailing data")) }
    }
}

/// The single element that `bytes` must consist of.
pub fn whole<'a>(bytes: &'a [u8], tag: u8, field: &'static str) -> Result<Element<'a>, Asn1Error> {
    let mut cursor = Cursor::new(bytes);
    let element = cursor.expect(tag, field)?;
    cursor.finish(field)?;
    Ok(element)
}

/// One element from its tag and the concatenated parts of its value.
pub fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut out = Vec::with_capacity(length + 6);
    out.push(tag);
    let bytes = length.to_be_bytes();
    match bytes.iter().position(|byte| *byte != 0) {
        Some(first) if length >= 0x80 => {
            let count = bytes.len() - first;
            out.push(0x80 | count as u8);
            out.extend_from_slice(&bytes[first..]);
        }
        _ => out.push(length as u8),
    }
    for part in parts {
        out.extend_from_slice(part);
    }
    out
}

/// SEQUENCE of already encoded parts.
pub fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tlv(tag::SEQUENCE, parts)
}

/// SET OF already encoded parts, sorted as DER asks.
pub fn set_of(mut parts: Vec<Vec<u8>>) -> Vec<u8> {
    parts.sort();
    tlv(tag::SET, &[&parts.concat()])
}

/// `[n] EXPLICIT` around an encoded element (or IMPLICIT around the inside of a constructed one).
pub fn explicit(n: u8, inner: &[u8]) -> Vec<u8> {
    tlv(tag::context(n), &[inner])
}

/// OCTET STRING.
pub fn octet_string(bytes: &[u8]) -> Vec<u8> {
    tlv(tag::OCTET_STRING, &[bytes])
}

/// BIT STRING of whole bytes.
pub fn bit_string(bytes: &[u8]) -> Vec<u8> {
    tlv(tag::BIT_STRING, &[&[0], bytes])
}

/// Non-negative INTEGER from big-endian bytes.
pub fn unsigned(bytes: &[u8]) -> Vec<u8> {
    let first = bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len());
    match &bytes[first..] {
        [] => tlv(tag::INTEGER, &[&[0]]),
        magnitude @ [top, ..] if top & 0x80 != 0 => tlv(tag::INTEGER, &[&[0], magnitude]),
        magnitude => tlv(tag::INTEGER, &[magnitude]),
    }
}

/// Non-negative INTEGER.
pub fn integer(value: u32) -> Vec<u8> {
    unsigned(&value.to_be_bytes())
}

/// BOOLEAN.
pub fn boolean(value: bool) -> Vec<u8> {
    tlv(tag::BOOLEAN, &[&[if value { 0xff } else { 0 }]])
}

/// NULL.
pub fn null() -> Vec<u8> {
    tlv(tag::NULL, &[])
}

/// OBJECT IDENTIFIER.
pub fn oid(value: &ObjectIdentifier) -> Vec<u8> {
    tlv(tag::OID, &[value.as_bytes()])
}

/// UTF8String.
pub fn utf8_string(text: &str) -> Vec<u8> {
    tlv(tag::UTF8_STRING, &[text.as_bytes()])
}

/// IA5String; ASCII only.
pub fn ia5_string(text: &str, field: &'static str) -> Result<Vec<u8>, Asn1Error> {
    if text.is_ascii() { Ok(tlv(tag::IA5_STRING, &[text.as_bytes()])) } else { Err(Asn1Error::new(field, "not ASCII")) }
}

/// GeneralizedTime `YYYYMMDDHHMMSSZ`; fractions of a second are cut off.
pub fn generalized_time(at: OffsetDateTime) -> Result<Vec<u8>, Asn1Error> {
    let at = at.to_offset(UtcOffset::UTC);
    if !(0..=9999).contains(&at.year()) {
        return Err(Asn1Error::new("time", "year outside 0..9999"));
    }
    let (year, month, day) = (at.year(), u8::from(at.month()), at.day());
    let (hour, minute, second) = at.to_hms();
    let text = format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}Z");
    Ok(tlv(tag::GENERALIZED_TIME, &[text.as_bytes()]))
}

/// RFC 5280 `Time`: UTCTime until 2049, GeneralizedTime from 2050.
pub fn x509_time(at: OffsetDateTime) -> Result<Vec<u8>, Asn1Error> {
    let generalized = generalized_time(at)?;
    if (1950..2050).contains(&at.to_offset(UtcOffset::UTC).year()) {
        Ok(tlv(tag::UTC_TIME, &[&generalized[4..]]))
    } else {
        Ok(generalized)
    }
}

/// Encodes a type of the `der` family; only lengths beyond 256 MiB make that fail.
pub fn encoded(value: &impl Encode, field: &'static str) -> Result<Vec<u8>, Asn1Error> {
    value.to_der().map_err(|_| Asn1Error::new(field, "cannot be encoded"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use time::macros::datetime;

    #[test]
    fn long_lengths_are_minimal_and_read_back() {
        for length in [0usize, 127, 128, 255, 256, 65_535, 65_536] {
            let encoded = octet_string(&vec![7; length]);
            let element = whole(&encoded, tag::OCTET_STRING, "test").unwrap();
            assert_eq!(element.value.len(), length);
            assert_eq!(element.raw, encoded);
        }
    }

    #[test]
    fn ber_is_refused() {
        for ber in [
            &[0x30, 0x80, 0x00, 0x00][..],         // indefinite length
            &[0x04, 0x81, 0x01, 0x00],             // length not minimal
            &[0x1f, 0x81, 0x01, 0x00],             // high tag number
            &[0x04, 0x05, 0x00],                   // truncated
            &[0x04, 0x84, 0xff, 0xff, 0xff, 0xff], // absurd length
        ] {
            assert!(Cursor::new(ber).any("test").is_err(), "{ber:02x?}");
        }
        assert!(whole(&[0x02, 0x02, 0x00, 0x01], tag::INTEGER, "t").unwrap().unsigned().is_err());
        assert!(whole(&[0x01, 0x01, 0x01], tag::BOOLEAN, "t").unwrap().boolean().is_err());
    }

    #[test]
    fn times_round_trip_across_2050() {
        for at in
            [datetime!(2049-12-31 23:59:59 UTC), datetime!(2050-01-01 0:00 UTC), datetime!(1999-02-28 1:02:03 UTC)]
        {
            let encoded = x509_time(at).unwrap();
            assert_eq!(Cursor::new(&encoded).any("time").unwrap().time().unwrap(), at);
        }
        let local = tlv(tag::GENERALIZED_TIME, &[b"20200101000000+0800"]);
        assert!(Cursor::new(&local).any("time").unwrap().time().is_err());
        let no_such_day = tlv(tag::GENERALIZED_TIME, &[b"20230229000000Z"]);
        assert!(Cursor::new(&no_such_day).any("time").unwrap().time().is_err());
    }
}
