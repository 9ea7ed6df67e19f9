//! CertID: a certificate named by its issuer's digests and its serial number (RFC 6960 4.1.1).

use crate::algorithm;
use crate::asn1::{self, Asn1Error, Cursor, tag};
use crate::certificate::Certificate;
use crate::digest::DigestAlgorithm;
use crate::oid;
use der::asn1::ObjectIdentifier;

/// Names one certificate. The digests only identify; SHA-1 does no harm here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertId {
    /// hashAlgorithm.
    pub algorithm: ObjectIdentifier,
    /// issuerNameHash.
    pub issuer_name: Vec<u8>,
    /// issuerKeyHash.
    pub issuer_key: Vec<u8>,
    /// serialNumber, the content of the INTEGER.
    pub serial: Vec<u8>,
}

impl CertId {
    /// Names `certificate` under `issuer` by SHA-1, which every responder understands.
    pub fn new(certificate: &Certificate, issuer: &Certificate) -> Self {
        let digest = |bytes| digest(&oid::SHA1, bytes).unwrap_or_default();
        Self {
            algorithm: oid::SHA1,
            issuer_name: digest(certificate.issuer().der()),
            issuer_key: digest(key_bits(issuer)),
            serial: certificate.serial().to_vec(),
        }
    }

    /// Whether it names `certificate`, issued by `issuer`.
    pub fn names(&self, certificate: &Certificate, issuer: &Certificate) -> bool {
        self.serial == certificate.serial()
            && digest(&self.algorithm, key_bits(issuer)).is_some_and(|own| own == self.issuer_key)
            && [certificate.issuer(), issuer.subject()]
                .iter()
                .any(|name| digest(&self.algorithm, name.der()).is_some_and(|own| own == self.issuer_name))
    }

    pub(super) fn read(fields: &mut Cursor<'_>) -> Result<Self, Asn1Error> {
        let mut inside = fields.sequence("CertID")?;
        let (algorithm, _) = algorithm::split(inside.expect(tag::SEQUENCE, "hashAlgorithm")?.raw)?;
        let issuer_name = inside.expect(tag::OCTET_STRING, "issuerNameHash")?.value.to_vec();
        let issuer_key = inside.expect(tag::OCTET_STRING, "issuerKeyHash")?.value.to_vec();
        let serial = inside.expect(tag::INTEGER, "serialNumber")?.integer_bytes()?.to_vec();
        inside.finish("CertID")?;
        Ok(Self { algorithm, issuer_name, issuer_key, serial })
    }

    pub(super) fn to_der(&self) -> Vec<u8> {
        asn1::sequence(&[
            &asn1::sequence(&[&asn1::oid(&self.algorithm), &asn1::null()]),
            &asn1::octet_string(&self.issuer_name),
            &asn1::octet_string(&self.issuer_key),
            &asn1::tlv(tag::INTEGER, &[&self.serial]),
        ])
    }
}

/// The content of subjectPublicKey; empty when it cannot be read, which names nobody.
pub(super) fn key_bits(certificate: &Certificate) -> &[u8] {
    let bits = || -> Result<&[u8], Asn1Error> {
        let mut inside = asn1::whole(certificate.spki_der(), tag::SEQUENCE, "SubjectPublicKeyInfo")?.children();
        inside.expect(tag::SEQUENCE, "algorithm")?;
        inside.expect(tag::BIT_STRING, "subjectPublicKey")?.bits()
    };
    bits().unwrap_or_default()
}

pub(super) fn digest(algorithm: &ObjectIdentifier, bytes: &[u8]) -> Option<Vec<u8>> {
    if *algorithm == oid::SHA1 {
        return Some(ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, bytes).as_ref().to_vec());
    }
    Some(DigestAlgorithm::from_oid(algorithm)?.digest(bytes).as_bytes().to_vec())
}
