//! OCSPResponse (RFC 6960 4.2), read but not judged.

use super::id::{CertId, digest, key_bits};
use crate::algorithm::{AlgorithmError, SignatureAlgorithm};
use crate::asn1::{self, Asn1Error, Cursor, Element, tag};
use crate::certificate::Certificate;
use crate::crl::{self, Revocation, RevocationReason};
use crate::extension::{self, Extension};
use crate::name::Name;
use crate::oid;
use der::asn1::ObjectIdentifier;
use std::fmt;
use std::sync::Arc;
use time::OffsetDateTime;

/// A longer answer is not read.
pub const MAX_OCSP_BYTES: usize = 512 * 1024;
/// More answers than this in one response are not read.
const MAX_RESPONSES: usize = 256;
/// More certificates than this in one response are not read.
const MAX_CERTIFICATES: usize = 16;

/// OCSPResponseStatus other than successful.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "RFC 6960 4.2.1 names them")]
pub enum OcspStatus {
    MalformedRequest = 1,
    InternalError = 2,
    TryLater = 3,
    SigRequired = 5,
    Unauthorized = 6,
}

impl fmt::Display for OcspStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MalformedRequest => "malformedRequest",
            Self::InternalError => "internalError",
            Self::TryLater => "tryLater",
            Self::SigRequired => "sigRequired",
            Self::Unauthorized => "unauthorized",
        })
    }
}

/// Bytes that are no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OcspError {
    /// The DER is not that of an OCSPResponse.
    #[error("OCSP response: {0}")]
    Malformed(#[from] Asn1Error),
    /// The responder declined.
    #[error("the OCSP responder answers {0}")]
    Declined(OcspStatus),
    /// An answer of another type than basic.
    #[error("OCSP response of unknown type {0}")]
    UnknownType(ObjectIdentifier),
    /// Longer, or more numerous inside, than is read.
    #[error("OCSP response: too many {0}")]
    TooMuch(&'static str),
}

/// Who answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResponderId {
    /// byName.
    Name(Name),
    /// byKey: SHA-1 of the public key.
    KeyHash(Vec<u8>),
}

/// What is said about one certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertStatus {
    /// Not revoked, as far as is known. Says not that it was ever issued.
    Good,
    /// Revoked or on hold.
    Revoked(Revocation),
    /// The responder does not know it.
    Unknown,
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SingleResponse {
    /// About which certificate.
    pub id: CertId,
    /// What is said.
    pub status: CertStatus,
    /// When it was known to be so.
    pub this_update: OffsetDateTime,
    /// When newer knowledge will be there.
    pub next_update: Option<OffsetDateTime>,
    /// How far back the responder remembers expired certificates.
    pub archive_cutoff: Option<OffsetDateTime>,
    /// Whether each critical extension is understood.
    pub understood: bool,
}

/// A successful basic response; cheap to clone.
#[derive(Clone)]
pub struct OcspResponse(Arc<Inner>);

struct Inner {
    der: Vec<u8>,
    tbs: Vec<u8>,
    responder: ResponderId,
    produced_at: OffsetDateTime,
    responses: Vec<SingleResponse>,
    nonce: Option<Vec<u8>>,
    understood: bool,
    algorithm: Result<SignatureAlgorithm, AlgorithmError>,
    algorithm_identifier: Vec<u8>,
    signature: Vec<u8>,
    certificates: Vec<Certificate>,
}

impl OcspResponse {
    /// Reads the body of an answer, `application/ocsp-response`; nothing may follow it.
    pub fn from_der(der: &[u8]) -> Result<Self, OcspError> {
        if der.len() > MAX_OCSP_BYTES {
            return Err(OcspError::TooMuch("bytes"));
        }
        let mut outer = asn1::whole(der, tag::SEQUENCE, "OCSPResponse")?.children();
        let declined = match outer.expect(tag::ENUMERATED, "responseStatus")?.small_integer()? {
            0 => None,
            1 => Some(OcspStatus::MalformedRequest),
            2 => Some(OcspStatus::InternalError),
            3 => Some(OcspStatus::TryLater),
            5 => Some(OcspStatus::SigRequired),
            6 => Some(OcspStatus::Unauthorized),
            _ => return Err(Asn1Error::new("responseStatus", "unknown").into()),
        };
        if let Some(status) = declined {
            return Err(OcspError::Declined(status));
        }
        let explicit = outer.expect(tag::context(0), "responseBytes")?;
        outer.finish("OCSPResponse")?;
        let mut bytes = asn1::whole(explicit.value, tag::SEQUENCE, "responseBytes")?.children();
        match bytes.oid("responseType")? {
            oid::OCSP_BASIC => {}
            other => return Err(OcspError::UnknownType(other)),
        }
        let basic = bytes.expect(tag::OCTET_STRING, "response")?.value;
        bytes.finish("responseBytes")?;
        Ok(Self(Arc::new(Inner::read(der, basic)?)))
    }

    /// The bytes.
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// The bytes the responder signed.
    pub fn tbs_der(&self) -> &[u8] {
        &self.0.tbs
    }

    /// Who answered.
    pub fn responder(&self) -> &ResponderId {
        &self.0.responder
    }

    /// When the answer was signed.
    pub fn produced_at(&self) -> OffsetDateTime {
        self.0.produced_at
    }

    /// The answers.
    pub fn responses(&self) -> &[SingleResponse] {
        &self.0.responses
    }

    /// The nonce of the question, repeated.
    pub fn nonce(&self) -> Option<&[u8]> {
        self.0.nonce.as_deref()
    }

    /// Whether each critical extension of the whole is understood.
    pub fn is_understood(&self) -> bool {
        self.0.understood
    }

    /// The enclosed certificates: the responder's own.
    pub fn certificates(&self) -> &[Certificate] {
        &self.0.certificates
    }

    /// The algorithm of its signature, or why it is not supported.
    pub fn signature_algorithm(&self) -> Result<SignatureAlgorithm, &AlgorithmError> {
        self.0.algorithm.as_ref().copied()
    }

    /// DER of signatureAlgorithm.
    pub fn algorithm_identifier(&self) -> &[u8] {
        &self.0.algorithm_identifier
    }

    /// The signature value.
    pub fn signature(&self) -> &[u8] {
        &self.0.signature
    }

    /// Whether the answer claims to come from the holder of this certificate.
    pub fn is_by(&self, certificate: &Certificate) -> bool {
        match &self.0.responder {
            ResponderId::Name(name) => name.matches(certificate.subject()),
            ResponderId::KeyHash(hash) => digest(&oid::SHA1, key_bits(certificate)).is_some_and(|own| own == *hash),
        }
    }
}

impl PartialEq for OcspResponse {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.der == other.0.der
    }
}

impl Eq for OcspResponse {}

impl fmt::Debug for OcspResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OcspResponse({:?}, {}, {} answers)", self.0.responder, self.0.produced_at, self.0.responses.len())
    }
}

impl Inner {
    fn read(der: &[u8], basic: &[u8]) -> Result<Self, OcspError> {
        let mut outer = asn1::whole(basic, tag::SEQUENCE, "BasicOCSPResponse")?.children();
        let tbs = outer.expect(tag::SEQUENCE, "tbsResponseData")?;
        let algorithm_identifier = outer.expect(tag::SEQUENCE, "signatureAlgorithm")?.raw;
        let signature = outer.expect(tag::BIT_STRING, "signature")?.bits()?.to_vec();
        let certificates = match outer.optional(tag::context(0), "certs")? {
            Some(explicit) => certificates(&explicit)?,
            None => Vec::new(),
        };
        outer.finish("BasicOCSPResponse")?;

        let mut fields = tbs.children();
        if let Some(explicit) = fields.optional(tag::context(0), "version")?
            && asn1::whole(explicit.value, tag::INTEGER, "version")?.small_integer()? != 0
        {
            return Err(Asn1Error::new("version", "not 1").into());
        }
        let responder = match fields.optional(tag::context(1), "byName")? {
            Some(explicit) => ResponderId::Name(Name::from_der(explicit.value)?),
            None => {
                let explicit = fields.expect(tag::context(2), "byKey")?;
                ResponderId::KeyHash(asn1::whole(explicit.value, tag::OCTET_STRING, "KeyHash")?.value.to_vec())
            }
        };
        let produced_at = fields.expect(tag::GENERALIZED_TIME, "producedAt")?.time()?;
        let mut list = fields.sequence("responses")?;
        let extensions = explicit_extensions(&mut fields, 1)?;
        fields.finish("tbsResponseData")?;
        let mut responses = Vec::new();
        while !list.is_empty() {
            if responses.len() == MAX_RESPONSES {
                return Err(OcspError::TooMuch("answers"));
            }
            responses.push(single(list.sequence("SingleResponse")?)?);
        }
        let nonce = match extensions.iter().find(|extension| extension.oid == oid::OCSP_NONCE) {
            Some(found) => Some(asn1::whole(&found.value, tag::OCTET_STRING, "nonce")?.value.to_vec()),
            None => None,
        };
        Ok(Self {
            tbs: tbs.raw.to_vec(),
            responder,
            produced_at,
            responses,
            nonce,
            understood: extensions.iter().all(|found| !found.critical || found.oid == oid::OCSP_NONCE),
            algorithm: SignatureAlgorithm::from_algorithm_identifier(algorithm_identifier),
            algorithm_identifier: algorithm_identifier.to_vec(),
            signature,
            certificates,
            der: der.to_vec(),
        })
    }
}

fn single(mut fields: Cursor<'_>) -> Result<SingleResponse, Asn1Error> {
    const GOOD: u8 = tag::context_primitive(0);
    const REVOKED: u8 = tag::context(1);
    const UNKNOWN: u8 = tag::context_primitive(2);
    let id = CertId::read(&mut fields)?;
    let status = fields.any("certStatus")?;
    let status = match status.tag {
        GOOD if status.value.is_empty() => CertStatus::Good,
        UNKNOWN if status.value.is_empty() => CertStatus::Unknown,
        REVOKED => CertStatus::Revoked(revoked(&status)?),
        _ => return Err(Asn1Error::new("certStatus", "unknown")),
    };
    let this_update = fields.expect(tag::GENERALIZED_TIME, "thisUpdate")?.time()?;
    let next_update = match fields.optional(tag::context(0), "nextUpdate")? {
        Some(explicit) => Some(asn1::whole(explicit.value, tag::GENERALIZED_TIME, "nextUpdate")?.time()?),
        None => None,
    };
    let extensions = explicit_extensions(&mut fields, 1)?;
    fields.finish("SingleResponse")?;
    let archive_cutoff = match extensions.iter().find(|found| found.oid == oid::OCSP_ARCHIVE_CUTOFF) {
        Some(found) => Some(asn1::whole(&found.value, tag::GENERALIZED_TIME, "archiveCutoff")?.time()?),
        None => None,
    };
    let mut status = status;
    if let CertStatus::Revoked(entry) = &mut status
        && let Some(found) = extensions.iter().find(|found| found.oid == oid::INVALIDITY_DATE)
    {
        entry.at = entry.at.min(crl::invalidity_date(&found.value)?);
    }
    let known = [oid::OCSP_ARCHIVE_CUTOFF, oid::INVALIDITY_DATE];
    let understood = extensions.iter().all(|found| !found.critical || known.contains(&found.oid));
    Ok(SingleResponse { id, status, this_update, next_update, archive_cutoff, understood })
}

fn revoked(info: &Element<'_>) -> Result<Revocation, Asn1Error> {
    let mut inside = info.children();
    let at = inside.expect(tag::GENERALIZED_TIME, "revocationTime")?.time()?;
    let reason = match inside.optional(tag::context(0), "revocationReason")? {
        Some(explicit) => {
            let code = asn1::whole(explicit.value, tag::ENUMERATED, "revocationReason")?.small_integer()?;
            RevocationReason::from_code(code).ok_or(Asn1Error::new("revocationReason", "unknown reason"))?
        }
        None => RevocationReason::Unspecified,
    };
    inside.finish("RevokedInfo")?;
    Ok(Revocation { at, reason })
}

fn explicit_extensions(fields: &mut Cursor<'_>, n: u8) -> Result<Vec<Extension>, Asn1Error> {
    match fields.optional(tag::context(n), "extensions")? {
        Some(explicit) => extension::read_all(asn1::whole(explicit.value, tag::SEQUENCE, "extensions")?.children()),
        None => Ok(Vec::new()),
    }
}

/// Certificates that cannot be read help nobody and are left out.
fn certificates(explicit: &Element<'_>) -> Result<Vec<Certificate>, OcspError> {
    let mut list = asn1::whole(explicit.value, tag::SEQUENCE, "certs")?.children();
    let mut certificates = Vec::new();
    let mut seen = 0;
    while !list.is_empty() {
        seen += 1;
        if seen > MAX_CERTIFICATES {
            return Err(OcspError::TooMuch("certificates"));
        }
        certificates.extend(Certificate::from_der(list.any("Certificate")?.raw));
    }
    Ok(certificates)
}
