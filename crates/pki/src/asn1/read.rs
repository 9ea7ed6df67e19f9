//! Elements and the cursor that walks them.

use super::{Asn1Error, tag};
use der::asn1::ObjectIdentifier;
use der::{Decode, Header, Reader, SliceReader};
use time::{Date, Duration, Month, OffsetDateTime, PrimitiveDateTime, Time};

/// Digits after the seconds that are read.
const MAX_FRACTION_DIGITS: usize = 9;

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

    /// Text of a UTF8String, PrintableString, NumericString, IA5String, VisibleString, TeletexString (as Latin-1) or
    /// BMPString.
    pub fn text(&self) -> Result<String, Asn1Error> {
        match self.tag {
            tag::UTF8_STRING => String::from_utf8(self.value.to_vec()).map_err(|_| self.error("not UTF-8")),
            tag::TELETEX_STRING => Ok(self.value.iter().map(|byte| char::from(*byte)).collect()),
            tag::BMP_STRING if self.value.len().is_multiple_of(2) => {
                let units = self.value.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
                char::decode_utf16(units).collect::<Result<_, _>>().map_err(|_| self.error("not UCS-2"))
            }
            tag::BMP_STRING => Err(self.error("half a character")),
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

    /// A GeneralizedTime that, unlike those of certificates, may have a fraction of a second, without trailing zeros
    /// (RFC 3161 2.4.2).
    pub fn fine_time(&self) -> Result<OffsetDateTime, Asn1Error> {
        let bad = || self.error("time is not YYYYMMDDHHMMSS[.s…]Z");
        let [digits @ .., b'Z'] = self.value else { return Err(bad()) };
        if self.tag != tag::GENERALIZED_TIME {
            return Err(self.error("not a time"));
        }
        let Some(point) = digits.iter().position(|byte| *byte == b'.') else { return self.time() };
        let (whole, fraction) = (&digits[..point], &digits[point + 1..]);
        let plausible = fraction.iter().all(u8::is_ascii_digit)
            && (1..=MAX_FRACTION_DIGITS).contains(&fraction.len())
            && fraction.last() != Some(&b'0');
        if !plausible {
            return Err(bad());
        }
        let seconds = self.date_time(&[whole, b"Z"].concat())?;
        let value = fraction.iter().fold(0i64, |value, digit| value * 10 + i64::from(digit - b'0'));
        let missing = u32::try_from(MAX_FRACTION_DIGITS - fraction.len()).unwrap_or(0);
        seconds.checked_add(Duration::nanoseconds(value * 10i64.pow(missing))).ok_or_else(bad)
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
