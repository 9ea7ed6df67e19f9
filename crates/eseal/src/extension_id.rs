//! Names of extensions: object identifiers of any size.

use std::borrow::Cow;
use std::fmt;

use pki::ObjectIdentifier;
use pki::asn1::{self, Asn1Error, tag};

/// An extnID. Unlike [`ObjectIdentifier`] it may have arcs above 32 bits, as those below `2.25` have (X.667: the number
/// of a UUID).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ExtensionId(Cow<'static, [u8]>);

impl ExtensionId {
    /// From the content of its DER encoding, which must be well-formed.
    pub const fn from_static(content: &'static [u8]) -> ExtensionId {
        ExtensionId(Cow::Borrowed(content))
    }

    /// Reads the content of an OBJECT IDENTIFIER.
    pub(crate) fn read(content: &[u8]) -> Result<ExtensionId, Asn1Error> {
        // Arcs in base 128: each begins without leading zeros and ends with a byte below 0x80 (X.690, 8.19).
        let minimal =
            content.iter().zip(std::iter::once(&0).chain(content)).all(|(b, last)| *b != 0x80 || *last >= 0x80);
        let whole = content.last().is_some_and(|last| *last < 0x80);
        if whole && minimal && content.len() <= MAX_LEN {
            Ok(ExtensionId(Cow::Owned(content.to_vec())))
        } else {
            Err(Asn1Error::new("extnID", "not an object identifier"))
        }
    }

    pub(crate) fn der(&self) -> Vec<u8> {
        asn1::tlv(tag::OID, &[&self.0])
    }
}

impl From<ObjectIdentifier> for ExtensionId {
    fn from(oid: ObjectIdentifier) -> ExtensionId {
        ExtensionId(Cow::Owned(oid.as_bytes().to_vec()))
    }
}

impl PartialEq<ObjectIdentifier> for ExtensionId {
    fn eq(&self, other: &ObjectIdentifier) -> bool {
        *self.0 == *other.as_bytes()
    }
}

impl fmt::Display for ExtensionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, arc) in self.0.split_inclusive(|byte| *byte < 0x80).enumerate() {
            // Digits of base 128 into decimal ones; the length is limited, so this stays small.
            let mut decimal = vec![0u8];
            for byte in arc {
                let mut carry = u32::from(byte & 0x7f);
                for digit in decimal.iter_mut() {
                    carry += u32::from(*digit) * 128;
                    *digit = (carry % 10) as u8;
                    carry /= 10;
                }
                while carry > 0 {
                    decimal.push((carry % 10) as u8);
                    carry /= 10;
                }
            }
            let number: String = decimal.iter().rev().map(|digit| char::from(b'0' + digit)).collect();
            match (at, number.parse::<u32>()) {
                (0, Ok(both)) => write!(f, "{}.{}", (both / 40).min(2), both - 40 * (both / 40).min(2))?,
                (0, Err(_)) => write!(f, "2.({number}-80)")?,
                _ => write!(f, ".{number}")?,
            }
        }
        Ok(())
    }
}

/// Three UUIDs would fit.
const MAX_LEN: usize = 64;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn arcs_of_any_size_are_read_and_written() {
        let uuid = [
            0x69, 0x83, 0xab, 0xf9, 0x96, 0xc2, 0x87, 0x8c, 0xca, 0x94, 0xab, 0x92, 0xe5, 0xfb, 0xed, 0xf6, 0x99, 0x92,
            0xca, 0x35,
        ];
        let id = ExtensionId::read(&uuid).unwrap();
        assert_eq!(id.to_string(), "2.25.284419358379794198328283395077966177589");
        assert_eq!(id.der()[..2], [6, 20]);
        let sm3 = ExtensionId::from(pki::oid::SM3);
        assert_eq!((sm3.to_string().as_str(), sm3 == pki::oid::SM3), ("1.2.156.10197.1.401", true));
        for bad in [&[][..], &[0x2a, 0x80], &[0x2a, 0x80, 0x01], &[0x80, 0x01], &[1; 65]] {
            assert!(ExtensionId::read(bad).is_err(), "{bad:?}");
        }
    }
}
