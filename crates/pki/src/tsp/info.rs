//! TSTInfo: what a time-stamp says (RFC 3161 2.4.2).

use crate::algorithm;
use crate::asn1::{self, Asn1Error, Cursor, Element, tag};
use crate::digest::{Digest, DigestAlgorithm};
use crate::extension::{self, Extension};
use der::asn1::ObjectIdentifier;
use time::{Duration, OffsetDateTime};

/// A longer serial number is refused (RFC 3161: up to 160 bits, and a sign byte).
pub const MAX_SERIAL_BYTES: usize = 21;

/// How far genTime may be off, to either side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Accuracy {
    /// seconds.
    pub seconds: u32,
    /// millis, 1 to 999.
    pub millis: u16,
    /// micros, 1 to 999.
    pub micros: u16,
}

impl Accuracy {
    /// The three parts as one.
    pub fn duration(self) -> Duration {
        Duration::seconds(i64::from(self.seconds))
            + Duration::milliseconds(i64::from(self.millis))
            + Duration::microseconds(i64::from(self.micros))
    }
}

/// What a time-stamp says, read but not judged.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TstInfo {
    /// policy: under which the service stamped.
    pub policy: ObjectIdentifier,
    /// messageImprint: the digest that was stamped; `None` when its function is not one of this house.
    pub imprint: Option<Digest>,
    /// The object identifier of the imprint's function.
    pub imprint_algorithm: ObjectIdentifier,
    /// serialNumber, the content of the INTEGER.
    pub serial: Vec<u8>,
    /// genTime.
    pub time: OffsetDateTime,
    /// accuracy.
    pub accuracy: Option<Accuracy>,
    /// ordering.
    pub ordering: bool,
    /// nonce, the content of the INTEGER.
    pub nonce: Option<Vec<u8>>,
    /// tsa, the DER of the GeneralName.
    pub tsa: Option<Vec<u8>>,
    /// extensions.
    pub extensions: Vec<Extension>,
}

impl TstInfo {
    /// Reads the DER of a TSTInfo.
    pub fn from_der(der: &[u8]) -> Result<Self, Asn1Error> {
        let mut fields = asn1::whole(der, tag::SEQUENCE, "TSTInfo")?.children();
        if fields.expect(tag::INTEGER, "version")?.small_integer()? != 1 {
            return Err(Asn1Error::new("version", "not 1"));
        }
        let policy = fields.oid("policy")?;
        let (imprint_algorithm, imprint) = read_imprint(&mut fields)?;
        let serial = fields.expect(tag::INTEGER, "serialNumber")?.integer_bytes()?;
        if serial.len() > MAX_SERIAL_BYTES {
            return Err(Asn1Error::new("serialNumber", "too long"));
        }
        let time = fields.expect(tag::GENERALIZED_TIME, "genTime")?.fine_time()?;
        let accuracy = fields.optional(tag::SEQUENCE, "accuracy")?.map(read_accuracy).transpose()?;
        let ordering = match fields.optional(tag::BOOLEAN, "ordering")? {
            Some(element) => element.boolean()?,
            None => false,
        };
        let nonce = match fields.optional(tag::INTEGER, "nonce")? {
            Some(element) => Some(element.integer_bytes()?.to_vec()),
            None => None,
        };
        let tsa = fields.optional(tag::context(0), "tsa")?.map(|explicit| explicit.value.to_vec());
        let extensions = match fields.optional(tag::context(1), "extensions")? {
            Some(implicit) => extension::read_all(implicit.children())?,
            None => Vec::new(),
        };
        fields.finish("TSTInfo")?;
        Ok(Self {
            policy,
            imprint,
            imprint_algorithm,
            serial: serial.to_vec(),
            time,
            accuracy,
            ordering,
            nonce,
            tsa,
            extensions,
        })
    }

    /// The earliest and the latest instant the stamp may mean.
    pub fn window(&self) -> (OffsetDateTime, OffsetDateTime) {
        let off = self.accuracy.map_or(Duration::ZERO, Accuracy::duration);
        (self.time.checked_sub(off).unwrap_or(self.time), self.time.checked_add(off).unwrap_or(self.time))
    }
}

/// The algorithm and, if the function is known and the length fits, the digest of a MessageImprint.
pub(super) fn read_imprint(fields: &mut Cursor<'_>) -> Result<(ObjectIdentifier, Option<Digest>), Asn1Error> {
    let mut imprint = fields.sequence("messageImprint")?;
    let identifier = imprint.expect(tag::SEQUENCE, "hashAlgorithm")?.raw;
    let (id, _) = algorithm::split(identifier)?;
    let value = imprint.expect(tag::OCTET_STRING, "hashedMessage")?.value;
    imprint.finish("messageImprint")?;
    let digest = match algorithm::digest_from_identifier(identifier) {
        Ok(function) => Some(
            Digest::from_bytes(function, value).ok_or(Asn1Error::new("hashedMessage", "not as long as the digest"))?,
        ),
        Err(_) => None,
    };
    Ok((id, digest))
}

pub(super) fn write_imprint(digest: &Digest) -> Vec<u8> {
    // NULL parameters: services in the wild compare the identifier byte by byte with this form.
    let identifier = match digest.algorithm() {
        DigestAlgorithm::Sm3 => digest.algorithm().algorithm_identifier(),
        function => asn1::sequence(&[&asn1::oid(&function.oid()), &asn1::null()]),
    };
    asn1::sequence(&[&identifier, &asn1::octet_string(digest.as_bytes())])
}

fn read_accuracy(element: Element<'_>) -> Result<Accuracy, Asn1Error> {
    let mut inside = element.children();
    let seconds = inside.optional(tag::INTEGER, "seconds")?.map(|found| found.small_integer()).transpose()?;
    let mut part = |n, field| match inside.optional(tag::context_primitive(n), field)? {
        Some(found) => match found.small_integer()? {
            value @ 1..=999 => Ok(value as u16),
            _ => Err(Asn1Error::new(field, "not 1 to 999")),
        },
        None => Ok(0),
    };
    let (millis, micros) = (part(0, "millis")?, part(1, "micros")?);
    inside.finish("accuracy")?;
    Ok(Accuracy { seconds: seconds.unwrap_or(0), millis, micros })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn accuracy_is_read_part_by_part() {
        let millis = asn1::tlv(tag::context_primitive(0), &[&[2]]);
        let micros = asn1::tlv(tag::context_primitive(1), &[&[0x01, 0xf4]]);
        let read = |parts: &[&[u8]]| {
            let der = asn1::sequence(parts);
            read_accuracy(asn1::whole(&der, tag::SEQUENCE, "accuracy").unwrap())
        };
        let all = read(&[&asn1::integer(1), &millis, &micros]).unwrap();
        assert_eq!(all.duration(), Duration::microseconds(1_002_500));
        assert_eq!(read(&[&micros]).unwrap().duration(), Duration::microseconds(500));
        assert!(read(&[&micros, &millis]).is_err(), "out of order");
        assert!(read(&[&asn1::tlv(tag::context_primitive(0), &[&[0]])]).is_err());
    }
}
