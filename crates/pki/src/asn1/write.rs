//! Writers: each gives the bytes of one element.

use super::{Asn1Error, tag};
use der::asn1::ObjectIdentifier;
use time::{OffsetDateTime, UtcOffset};

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
