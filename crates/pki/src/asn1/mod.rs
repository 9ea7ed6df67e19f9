//! Strict DER, as thin as it can be: a cursor over elements and the few writers that X.509, CMS and SES need.
//!
//! Signatures cover bytes, so readers keep the bytes: every [`Element`] carries its whole encoding beside its value.
//! Headers are decoded by the `der` crate (definite, minimal lengths only); nothing here recurses.

mod read;
mod write;

pub use read::{Cursor, Element, whole};
pub use write::{
    bit_string, boolean, explicit, generalized_time, ia5_string, integer, null, octet_string, oid, sequence, set_of,
    tlv, unsigned, utf8_string, x509_time,
};

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
    pub const NUMERIC_STRING: u8 = 0x12;
    pub const PRINTABLE_STRING: u8 = 0x13;
    pub const TELETEX_STRING: u8 = 0x14;
    pub const IA5_STRING: u8 = 0x16;
    pub const UTC_TIME: u8 = 0x17;
    pub const GENERALIZED_TIME: u8 = 0x18;
    pub const VISIBLE_STRING: u8 = 0x1a;
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

    #[test]
    fn fine_times_may_have_a_fraction() {
        let read = |text: &[u8]| {
            let der = tlv(tag::GENERALIZED_TIME, &[text]);
            whole(&der, tag::GENERALIZED_TIME, "t").unwrap().fine_time().ok()
        };
        assert_eq!(read(b"20261122031500Z"), Some(datetime!(2026-11-22 3:15 UTC)));
        assert_eq!(read(b"20261122031500.25Z"), Some(datetime!(2026-11-22 3:15:00.25 UTC)));
        assert_eq!(read(b"20261122031500.123456789Z"), Some(datetime!(2026-11-22 3:15:00.123456789 UTC)));
        for wrong in [
            &b"20261122031500.Z"[..],
            b"20261122031500.0Z",
            b"20261122031500.10Z",
            b"20261122031500.1234567891Z",
            b"20261122031500.2",
            b"20261122031500.-2Z",
            b"2026112203.5Z",
            b"Z",
            b"",
        ] {
            assert_eq!(read(wrong), None, "{wrong:?}");
        }
    }
}
