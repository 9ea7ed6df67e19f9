//! Reads a SignedData into facts. Strict DER; the bytes that signatures cover are kept.

use super::attributes::{self, CmsAttribute};
use super::revocation::CmsRevocation;
use crate::algorithm::{self, AlgorithmError, SignatureAlgorithm};
use crate::asn1::{Asn1Error, Cursor, Element, tag};
use crate::certificate::Certificate;
use crate::digest::DigestAlgorithm;
use crate::name::Name;
use crate::oid;
use der::asn1::ObjectIdentifier;
use time::OffsetDateTime;

/// Most bytes of a SignedData that are looked at.
pub const MAX_CMS_BYTES: usize = 4 * 1024 * 1024;
/// Most certificates that are read from one SignedData.
const MAX_CERTIFICATES: usize = 32;
/// Most signers in one SignedData.
const MAX_SIGNERS: usize = 16;
/// Most entries of digestAlgorithms that are read.
const MAX_DIGESTS: usize = 16;

/// Bytes that are no SignedData.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CmsError {
    /// The DER is not that of a SignedData.
    #[error("CMS: {0}")]
    Malformed(#[from] Asn1Error),
    /// Another content type.
    #[error("CMS of type {0} is no signed data")]
    NotSignedData(ObjectIdentifier),
    /// Longer, or more numerous inside, than is read.
    #[error("CMS: too many {0}")]
    TooMuch(&'static str),
}

/// Under whose identifiers the message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ContentForm {
    /// RFC 5652, `1.2.840.113549.1.7.2`.
    Cms,
    /// GB/T 35275, `1.2.156.10197.6.1.4.2.2`.
    Gbt35275,
}

/// A SignedData, read but not judged.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SignedData {
    /// Whose identifiers.
    pub form: ContentForm,
    /// version, as it stands: RFC 5652 5.1 derives it from the rest, GB/T 35275 has 1.
    pub version: u32,
    /// digestAlgorithms, as far as they can be read: what a reader in one pass would compute.
    pub digest_algorithms: Vec<ObjectIdentifier>,
    /// eContentType.
    pub content_type: ObjectIdentifier,
    /// eContent, when the signature is not detached.
    pub content: Option<Vec<u8>>,
    /// The certificates that could be read.
    pub certificates: Vec<Certificate>,
    /// How many entries of `certificates` could not be read.
    pub unreadable_certificates: usize,
    /// Whether the crls field is present (baseline profiles do not use it).
    pub has_crls: bool,
    /// Revocation data that came along, in the crls field or as adbe-revocationInfoArchival: nobody vouches for it yet.
    pub revocation: CmsRevocation,
    /// The signers.
    pub signers: Vec<SignerInfo>,
    /// How many bytes follow the structure (PDF pads with zeros).
    pub trailing: usize,
    /// Whether any of them is not zero.
    pub trailing_not_zero: bool,
}

/// How a SignerInfo names its certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignerId {
    /// issuerAndSerialNumber.
    IssuerAndSerial {
        /// The issuer.
        issuer: Name,
        /// The content of the serial number.
        serial: Vec<u8>,
    },
    /// subjectKeyIdentifier.
    SubjectKeyId(Vec<u8>),
}

/// One signer, read but not judged.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SignerInfo {
    /// version, as it stands: 1 with issuer and number, 3 with a key identifier (RFC 5652 5.3).
    pub version: u32,
    /// Who.
    pub id: SignerId,
    /// digestAlgorithm; SHA-1 is read here, so that it can be called weak.
    pub digest_algorithm: Result<DigestAlgorithm, AlgorithmError>,
    /// signatureAlgorithm, completed by the digest where it names only a key type.
    pub signature_algorithm: Result<SignatureAlgorithm, AlgorithmError>,
    /// signedAttrs; `None` when absent.
    pub signed_attributes: Option<Vec<CmsAttribute>>,
    /// Whether they stand in the order of DER (X.690 11.6). They are signed as they stand, in order or not: so OpenSSL and
    /// pyHanko read them; a reader that sorts them first finds another digest.
    pub attributes_in_order: bool,
    /// The signature value.
    pub signature: Vec<u8>,
    /// unsignedAttrs.
    pub unsigned_attributes: Vec<CmsAttribute>,
    pub(super) signed_attributes_der: Option<Vec<u8>>,
    pub(super) digest_identifier: Vec<u8>,
    pub(super) signature_identifier: Vec<u8>,
}

impl SignedData {
    /// Reads a ContentInfo with SignedData. Bytes behind it are counted, not read.
    pub fn from_der(bytes: &[u8]) -> Result<Self, CmsError> {
        if bytes.len() > MAX_CMS_BYTES {
            return Err(CmsError::TooMuch("bytes"));
        }
        let mut cursor = Cursor::new(bytes);
        let mut info = cursor.sequence("ContentInfo")?;
        let trailing = cursor.rest();
        let form = match info.oid("contentType")? {
            oid::SIGNED_DATA => ContentForm::Cms,
            oid::GM_SIGNED_DATA => ContentForm::Gbt35275,
            other => return Err(CmsError::NotSignedData(other)),
        };
        let mut content = info.expect(tag::context(0), "content")?.children();
        info.finish("ContentInfo")?;
        let mut fields = content.sequence("SignedData")?;
        content.finish("content")?;

        let version = fields.expect(tag::INTEGER, "version")?.small_integer()?;
        let digest_algorithms = digest_algorithms(fields.expect(tag::SET, "digestAlgorithms")?);
        let (content_type, content) = encapsulated(fields.sequence("encapContentInfo")?)?;
        let (certificates, unreadable_certificates) = match fields.optional(tag::context(0), "certificates")? {
            Some(element) => certificates(element)?,
            None => (Vec::new(), 0),
        };
        let crls = fields.optional(tag::context(1), "crls")?;
        let mut set = fields.expect(tag::SET, "signerInfos")?.children();
        fields.finish("SignedData")?;
        let mut signers = Vec::new();
        while !set.is_empty() {
            if signers.len() == MAX_SIGNERS {
                return Err(CmsError::TooMuch("signers"));
            }
            signers.push(SignerInfo::read(set.sequence("SignerInfo")?)?);
        }
        Ok(Self {
            form,
            version,
            digest_algorithms,
            content_type,
            content,
            certificates,
            unreadable_certificates,
            has_crls: crls.is_some(),
            revocation: CmsRevocation::read(crls, &signers),
            signers,
            trailing: trailing.len(),
            trailing_not_zero: trailing.iter().any(|byte| *byte != 0),
        })
    }

    /// Whether digestAlgorithms lists the digest of this signer (RFC 5652 5.1): some readers refuse one that is not there.
    pub fn lists_digest_of(&self, signer: &SignerInfo) -> bool {
        algorithm::split(&signer.digest_identifier).is_ok_and(|(id, _)| self.digest_algorithms.contains(&id))
    }

    /// The enclosed certificate that this signer names.
    pub fn certificate_of(&self, signer: &SignerInfo) -> Option<&Certificate> {
        self.certificates.iter().find(|certificate| match &signer.id {
            SignerId::IssuerAndSerial { issuer, serial } => {
                certificate.serial() == serial && certificate.issuer().matches(issuer)
            }
            SignerId::SubjectKeyId(id) => certificate.subject_key_id() == Some(id),
        })
    }
}

impl SignerInfo {
    fn read(mut fields: Cursor<'_>) -> Result<Self, Asn1Error> {
        let version = fields.expect(tag::INTEGER, "version")?.small_integer()?;
        let id = match fields.optional(tag::context_primitive(0), "subjectKeyIdentifier")? {
            Some(key_id) => SignerId::SubjectKeyId(key_id.value.to_vec()),
            None => {
                let mut pair = fields.sequence("issuerAndSerialNumber")?;
                let issuer = crate::name::read(&mut pair, "issuer")?;
                let serial = pair.expect(tag::INTEGER, "serialNumber")?.integer_bytes()?.to_vec();
                pair.finish("issuerAndSerialNumber")?;
                SignerId::IssuerAndSerial { issuer, serial }
            }
        };
        let digest_identifier = fields.expect(tag::SEQUENCE, "digestAlgorithm")?.raw.to_vec();
        let signed = fields.optional(tag::context(0), "signedAttrs")?;
        let signature_identifier = fields.expect(tag::SEQUENCE, "signatureAlgorithm")?.raw.to_vec();
        let signature = fields.expect(tag::OCTET_STRING, "signature")?.value.to_vec();
        let unsigned = fields.optional(tag::context(1), "unsignedAttrs")?;
        fields.finish("SignerInfo")?;

        let digest_algorithm = algorithm::any_digest_from_identifier(&digest_identifier);
        let signature_algorithm = match digest_algorithm {
            Ok(digest) => SignatureAlgorithm::from_cms(&signature_identifier, digest),
            Err(_) => SignatureAlgorithm::from_algorithm_identifier(&signature_identifier),
        };
        Ok(Self {
            version,
            id,
            digest_algorithm,
            signature_algorithm,
            signed_attributes: signed.map(|element| attributes::read_all(element.children())).transpose()?,
            attributes_in_order: signed.is_none_or(|element| in_order(element).unwrap_or(false)),
            signature,
            unsigned_attributes: match unsigned {
                Some(element) => attributes::read_all(element.children())?,
                None => Vec::new(),
            },
            // RFC 5652 5.4: signed as SET OF, whatever tag it travels under.
            signed_attributes_der: signed.map(|element| {
                let mut set = element.raw.to_vec();
                set[0] = tag::SET;
                set
            }),
            digest_identifier,
            signature_identifier,
        })
    }

    /// The signed signing-time, a claim of the signer.
    pub fn signing_time(&self) -> Option<OffsetDateTime> {
        let attributes = self.signed_attributes.as_deref()?;
        let value = attributes::single(attributes, &oid::SIGNING_TIME).ok()??;
        Cursor::new(value).any("signingTime").ok()?.time().ok()
    }

    /// The signed message-digest.
    pub fn message_digest(&self) -> Option<Vec<u8>> {
        let attributes = self.signed_attributes.as_deref()?;
        let value = attributes::single(attributes, &oid::MESSAGE_DIGEST).ok()??;
        Some(Cursor::new(value).expect(tag::OCTET_STRING, "messageDigest").ok()?.value.to_vec())
    }
}

/// What cannot be read is left out.
fn digest_algorithms(set: Element<'_>) -> Vec<ObjectIdentifier> {
    let mut list = set.children();
    let mut found = Vec::new();
    while let (true, Ok(element)) = (!list.is_empty() && found.len() < MAX_DIGESTS, list.any("digestAlgorithm")) {
        found.extend(algorithm::split(element.raw).map(|(id, _)| id));
    }
    found
}

/// Whether each encoding is at least the one before, octet by octet.
fn in_order(set: Element<'_>) -> Result<bool, Asn1Error> {
    let mut list = set.children();
    let mut before: &[u8] = &[];
    while !list.is_empty() {
        let next = list.any("Attribute")?.raw;
        if next < before {
            return Ok(false);
        }
        before = next;
    }
    Ok(true)
}

fn encapsulated(mut fields: Cursor<'_>) -> Result<(ObjectIdentifier, Option<Vec<u8>>), Asn1Error> {
    let content_type = fields.oid("eContentType")?;
    let content = match fields.optional(tag::context(0), "eContent")? {
        Some(explicit) => {
            let mut inside = explicit.children();
            let octets = inside.expect(tag::OCTET_STRING, "eContent")?;
            inside.finish("eContent")?;
            Some(octets.value.to_vec())
        }
        None => None,
    };
    fields.finish("encapContentInfo")?;
    Ok((content_type, content))
}

fn certificates(set: Element<'_>) -> Result<(Vec<Certificate>, usize), CmsError> {
    let mut list = set.children();
    let (mut certificates, mut unreadable) = (Vec::new(), 0);
    while !list.is_empty() {
        if certificates.len() + unreadable == MAX_CERTIFICATES {
            return Err(CmsError::TooMuch("certificates"));
        }
        match Certificate::from_der(list.any("CertificateChoices")?.raw) {
            Ok(certificate) => certificates.push(certificate),
            Err(_) => unreadable += 1,
        }
    }
    Ok((certificates, unreadable))
}
