//! Signed and unsigned attributes.

use crate::asn1::{self, Asn1Error, Cursor, tag};
use crate::certificate::Certificate;
use crate::digest::{Digest, DigestAlgorithm};
use crate::oid;
use der::asn1::ObjectIdentifier;

/// More attributes than this in one set are not read.
const MAX_ATTRIBUTES: usize = 64;
/// More values than this in one attribute are not read.
const MAX_VALUES: usize = 16;

/// One attribute: its type and the DER of each value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CmsAttribute {
    /// attrType.
    pub oid: ObjectIdentifier,
    /// attrValues.
    pub values: Vec<Vec<u8>>,
}

pub(super) fn read_all(mut list: Cursor<'_>) -> Result<Vec<CmsAttribute>, Asn1Error> {
    let mut attributes = Vec::new();
    while !list.is_empty() {
        let mut inside = list.sequence("Attribute")?;
        let oid = inside.oid("attrType")?;
        let mut set = inside.expect(tag::SET, "attrValues")?.children();
        inside.finish("Attribute")?;
        let mut values = Vec::new();
        while !set.is_empty() && values.len() < MAX_VALUES {
            values.push(set.any("AttributeValue")?.raw.to_vec());
        }
        set.finish("attrValues")?;
        if attributes.len() == MAX_ATTRIBUTES {
            return Err(Asn1Error::new("attributes", "too many"));
        }
        attributes.push(CmsAttribute { oid, values });
    }
    Ok(attributes)
}

pub(super) fn attribute(oid: &ObjectIdentifier, value: &[u8]) -> Vec<u8> {
    asn1::sequence(&[&asn1::oid(oid), &asn1::tlv(tag::SET, &[value])])
}

/// SigningCertificateV2 (RFC 5035) with the digest of the whole certificate and its issuer and serial.
pub(super) fn signing_certificate_v2(certificate: &Certificate, digest: DigestAlgorithm) -> Vec<u8> {
    // hashAlgorithm DEFAULT sha256: DER leaves it out.
    let algorithm = if digest == DigestAlgorithm::Sha256 { Vec::new() } else { digest.algorithm_identifier() };
    let hash = asn1::octet_string(digest.digest(certificate.der()).as_bytes());
    let directory_name = asn1::explicit(4, certificate.issuer().der());
    let serial = asn1::tlv(tag::INTEGER, &[certificate.serial()]);
    let issuer_serial = asn1::sequence(&[&asn1::sequence(&[&directory_name]), &serial]);
    let id = asn1::sequence(&[&algorithm, &hash, &issuer_serial]);
    asn1::sequence(&[&asn1::sequence(&[&id])])
}

/// What signing-certificate-v2 says about the signer.
pub(super) struct CertificateId<'a> {
    digest: Option<Digest>,
    issuer_serial: Option<(&'a [u8], &'a [u8])>,
}

impl<'a> CertificateId<'a> {
    /// The first ESSCertIDv2, which is the signer's.
    pub(super) fn read(value: &'a [u8]) -> Result<Self, Asn1Error> {
        let mut outer = asn1::whole(value, tag::SEQUENCE, "SigningCertificateV2")?.children();
        let mut id = outer.sequence("certs")?.sequence("ESSCertIDv2")?;
        let algorithm = match id.optional(tag::SEQUENCE, "hashAlgorithm")? {
            Some(element) => crate::algorithm::any_digest_from_identifier(element.raw).ok(),
            None => Some(DigestAlgorithm::Sha256),
        };
        let hash = id.expect(tag::OCTET_STRING, "certHash")?.value;
        let issuer_serial = match id.optional(tag::SEQUENCE, "issuerSerial")? {
            Some(element) => {
                let mut inside = element.children();
                let name = inside.sequence("issuer")?.expect(tag::context(4), "directoryName")?.value;
                Some((name, inside.expect(tag::INTEGER, "serialNumber")?.value))
            }
            None => None,
        };
        Ok(Self { digest: algorithm.and_then(|algorithm| Digest::from_bytes(algorithm, hash)), issuer_serial })
    }

    pub(super) fn is_of(&self, certificate: &Certificate) -> bool {
        let same_digest = self.digest.is_some_and(|digest| digest.algorithm().digest(certificate.der()) == digest);
        let same_serial = self.issuer_serial.is_none_or(|(issuer, serial)| {
            serial == certificate.serial()
                && crate::Name::from_der(issuer).is_ok_and(|name| name.matches(certificate.issuer()))
        });
        same_digest && same_serial
    }

    /// Whether the certificate is named by a digest that proves nothing any more.
    pub(super) fn is_weak(&self) -> bool {
        self.digest.is_some_and(|digest| digest.algorithm().is_weak())
    }
}

/// Whether signing-certificate (RFC 2634, version 1) names this certificate. Its SHA-1 only identifies: the signature, and
/// the path of the very certificate, are checked by stronger means. For time-stamps; signatures of documents need v2.
pub(crate) fn signing_certificate_v1_names(attributes: &[CmsAttribute], certificate: &Certificate) -> bool {
    let Ok(Some(value)) = single(attributes, &oid::SIGNING_CERTIFICATE) else { return false };
    let hash = || -> Result<&[u8], Asn1Error> {
        let mut outer = asn1::whole(value, tag::SEQUENCE, "SigningCertificate")?.children();
        let mut id = outer.sequence("certs")?.sequence("ESSCertID")?;
        Ok(id.expect(tag::OCTET_STRING, "certHash")?.value)
    };
    let own = ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, certificate.der());
    hash().is_ok_and(|hash| hash == own.as_ref())
}

/// Whether there is a signing-certificate of version 1 that does not name this certificate.
pub(super) fn signing_certificate_v1_is_wrong(attributes: &[CmsAttribute], certificate: &Certificate) -> bool {
    single(attributes, &oid::SIGNING_CERTIFICATE) != Ok(None) && !signing_certificate_v1_names(attributes, certificate)
}

/// CMSAlgorithmProtection (RFC 6211): whether it names these two identifiers.
pub(super) fn protection_matches(value: &[u8], digest: &[u8], signature: &[u8]) -> Result<bool, Asn1Error> {
    let mut inside = asn1::whole(value, tag::SEQUENCE, "CMSAlgorithmProtection")?.children();
    let protected_digest = inside.expect(tag::SEQUENCE, "digestAlgorithm")?.raw;
    let protected_signature = inside.expect(tag::context(1), "signatureAlgorithm")?.value;
    // [1] IMPLICIT: compare the inside.
    let inside_of = |der| asn1::whole(der, tag::SEQUENCE, "AlgorithmIdentifier").map(|element| element.value);
    Ok(protected_digest == digest && protected_signature == inside_of(signature)?)
}

/// The single value of the single attribute of this type; `Err` when it is not single.
pub(super) fn single<'a>(
    attributes: &'a [CmsAttribute],
    oid: &ObjectIdentifier,
) -> Result<Option<&'a [u8]>, &'static str> {
    let mut found = attributes.iter().filter(|attribute| attribute.oid == *oid);
    match (found.next(), found.next()) {
        (None, _) => Ok(None),
        (Some(_), Some(_)) => Err("the attribute occurs twice"),
        (Some(attribute), None) => match attribute.values.as_slice() {
            [value] => Ok(Some(value)),
            _ => Err("the attribute has not exactly one value"),
        },
    }
}

pub(super) fn content_type(form_content: &ObjectIdentifier) -> Vec<u8> {
    attribute(&oid::CONTENT_TYPE, &asn1::oid(form_content))
}
