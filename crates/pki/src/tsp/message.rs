//! TimeStampReq and TimeStampResp.

use super::info::{read_imprint, write_imprint};
use super::token::{TimeStampError, TimeStampToken};
use crate::asn1::{self, Asn1Error, Element, tag};
use crate::digest::Digest;
use der::asn1::ObjectIdentifier;
use std::fmt;

/// A longer answer is not read.
pub const MAX_RESPONSE_BYTES: usize = 1024 * 1024;
/// A longer nonce is neither sent nor read.
pub const MAX_NONCE_BYTES: usize = 32;
/// Lines of text in a refusal that are kept.
const MAX_STATUS_TEXTS: usize = 16;

/// A question to a time-stamp service: certificates are always asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeStampRequest {
    digest: Digest,
    policy: Option<ObjectIdentifier>,
    nonce: Option<Vec<u8>>,
}

impl TimeStampRequest {
    /// Asks for a stamp over this digest.
    pub const fn new(digest: Digest) -> Self {
        Self { digest, policy: None, nonce: None }
    }

    /// A number the answer must repeat: 8 to [`MAX_NONCE_BYTES`] random bytes, cut there. Always send one.
    pub fn with_nonce(mut self, random: &[u8]) -> Self {
        let magnitude = asn1::unsigned(&random[..random.len().min(MAX_NONCE_BYTES)]);
        // Header of two bytes: the content is at most MAX_NONCE_BYTES and a sign byte.
        self.nonce = Some(magnitude[2..].to_vec());
        self
    }

    /// The policy under which the service shall stamp.
    pub const fn with_policy(mut self, policy: ObjectIdentifier) -> Self {
        self.policy = Some(policy);
        self
    }

    /// The digest to be stamped.
    pub const fn digest(&self) -> &Digest {
        &self.digest
    }

    /// The policy asked for.
    pub const fn policy(&self) -> Option<&ObjectIdentifier> {
        self.policy.as_ref()
    }

    /// The content of the nonce INTEGER.
    pub fn nonce(&self) -> Option<&[u8]> {
        self.nonce.as_deref()
    }

    /// The body of the question, `application/timestamp-query`.
    pub fn to_der(&self) -> Vec<u8> {
        let policy = self.policy.as_ref().map(asn1::oid).unwrap_or_default();
        let nonce = self.nonce.as_deref().map(|nonce| asn1::tlv(tag::INTEGER, &[nonce])).unwrap_or_default();
        asn1::sequence(&[&asn1::integer(1), &write_imprint(&self.digest), &policy, &nonce, &asn1::boolean(true)])
    }

    /// Reads a question, as a service of one's own would.
    pub fn from_der(der: &[u8]) -> Result<Self, Asn1Error> {
        let mut fields = asn1::whole(der, tag::SEQUENCE, "TimeStampReq")?.children();
        if fields.expect(tag::INTEGER, "version")?.small_integer()? != 1 {
            return Err(Asn1Error::new("version", "not 1"));
        }
        let digest = read_imprint(&mut fields)?.1.ok_or(Asn1Error::new("hashAlgorithm", "is not supported"))?;
        let policy = fields.optional(tag::OID, "reqPolicy")?.map(|element| element.oid()).transpose()?;
        let nonce = match fields.optional(tag::INTEGER, "nonce")? {
            Some(element) => match element.integer_bytes()? {
                bytes if bytes.len() > MAX_NONCE_BYTES + 1 => return Err(Asn1Error::new("nonce", "too long")),
                bytes => Some(bytes.to_vec()),
            },
            None => None,
        };
        if let Some(wants_certificates) = fields.optional(tag::BOOLEAN, "certReq")? {
            wants_certificates.boolean()?;
        }
        fields.optional(tag::context(0), "extensions")?;
        fields.finish("TimeStampReq")?;
        Ok(Self { digest, policy, nonce })
    }
}

/// PKIStatus (RFC 3161 2.4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "RFC 3161 names them")]
pub enum PkiStatus {
    Granted = 0,
    GrantedWithMods = 1,
    Rejection = 2,
    Waiting = 3,
    RevocationWarning = 4,
    RevocationNotification = 5,
}

impl fmt::Display for PkiStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Granted => "granted",
            Self::GrantedWithMods => "grantedWithMods",
            Self::Rejection => "rejection",
            Self::Waiting => "waiting",
            Self::RevocationWarning => "revocationWarning",
            Self::RevocationNotification => "revocationNotification",
        })
    }
}

impl fmt::Display for FailureInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BadAlg => "badAlg",
            Self::BadRequest => "badRequest",
            Self::BadDataFormat => "badDataFormat",
            Self::TimeNotAvailable => "timeNotAvailable",
            Self::UnacceptedPolicy => "unacceptedPolicy",
            Self::UnacceptedExtension => "unacceptedExtension",
            Self::AddInfoNotAvailable => "addInfoNotAvailable",
            Self::SystemFailure => "systemFailure",
        })
    }
}

/// A refusal in the words of RFC 3161, and in the service's own.
pub(super) fn refusal(status: PkiStatus, failures: &[FailureInfo], text: &str) -> String {
    let said = std::iter::once(status.to_string()).chain(failures.iter().map(ToString::to_string));
    let own = (!text.is_empty()).then(|| text.to_owned());
    said.chain(own).collect::<Vec<_>>().join(", ")
}

/// PKIFailureInfo (RFC 3161 2.4.2): why a service refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "RFC 3161 names them")]
pub enum FailureInfo {
    BadAlg = 0,
    BadRequest = 2,
    BadDataFormat = 5,
    TimeNotAvailable = 14,
    UnacceptedPolicy = 15,
    UnacceptedExtension = 16,
    AddInfoNotAvailable = 17,
    SystemFailure = 25,
}

impl FailureInfo {
    const ALL: [Self; 8] = [
        Self::BadAlg,
        Self::BadRequest,
        Self::BadDataFormat,
        Self::TimeNotAvailable,
        Self::UnacceptedPolicy,
        Self::UnacceptedExtension,
        Self::AddInfoNotAvailable,
        Self::SystemFailure,
    ];

    /// Whether another service, or the same one later, may well answer.
    pub const fn is_passing(self) -> bool {
        matches!(self, Self::TimeNotAvailable | Self::AddInfoNotAvailable | Self::SystemFailure)
    }
}

/// What a service answered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TimeStampResponse {
    /// Whether it granted the stamp.
    pub status: PkiStatus,
    /// What it says in words.
    pub texts: Vec<String>,
    /// Why it refuses.
    pub failures: Vec<FailureInfo>,
    /// timeStampToken: the DER of the ContentInfo.
    pub token: Option<Vec<u8>>,
}

impl TimeStampResponse {
    /// Reads the body of an answer, `application/timestamp-reply`.
    pub fn from_der(der: &[u8]) -> Result<Self, Asn1Error> {
        if der.len() > MAX_RESPONSE_BYTES {
            return Err(Asn1Error::new("TimeStampResp", "too long"));
        }
        let mut fields = asn1::whole(der, tag::SEQUENCE, "TimeStampResp")?.children();
        let mut info = fields.sequence("PKIStatusInfo")?;
        let status = match info.expect(tag::INTEGER, "status")?.small_integer()? {
            0 => PkiStatus::Granted,
            1 => PkiStatus::GrantedWithMods,
            2 => PkiStatus::Rejection,
            3 => PkiStatus::Waiting,
            4 => PkiStatus::RevocationWarning,
            5 => PkiStatus::RevocationNotification,
            _ => return Err(Asn1Error::new("status", "unknown")),
        };
        let mut texts = Vec::new();
        if let Some(list) = info.optional(tag::SEQUENCE, "statusString")? {
            let mut list = list.children();
            while !list.is_empty() && texts.len() < MAX_STATUS_TEXTS {
                texts.push(list.expect(tag::UTF8_STRING, "PKIFreeText")?.text()?);
            }
        }
        let failures = info.optional(tag::BIT_STRING, "failInfo")?.map_or(Vec::new(), |bits| failures(&bits));
        info.finish("PKIStatusInfo")?;
        let token = fields.optional(tag::SEQUENCE, "timeStampToken")?.map(|element| element.raw.to_vec());
        fields.finish("TimeStampResp")?;
        Ok(Self { status, texts, failures, token })
    }

    /// The token, when it is granted and answers exactly `request`: imprint, nonce, policy. The token's own signature is
    /// for [`TimeStampToken::verify`].
    pub fn token_for(&self, request: &TimeStampRequest) -> Result<TimeStampToken, TimeStampError> {
        match (self.status, &self.token) {
            (PkiStatus::Granted | PkiStatus::GrantedWithMods, Some(der)) => {
                let token = TimeStampToken::from_der(der)?;
                token.answers(request)?;
                Ok(token)
            }
            (PkiStatus::Granted | PkiStatus::GrantedWithMods, None) => Err(TimeStampError::NoToken),
            (status, _) => {
                Err(TimeStampError::Refused { status, failures: self.failures.clone(), text: self.texts.join("; ") })
            }
        }
    }
}

fn failures(bits: &Element<'_>) -> Vec<FailureInfo> {
    let bytes = bits.value.get(1..).unwrap_or_default();
    let set = |bit: usize| bytes.get(bit / 8).is_some_and(|byte| byte & (0x80 >> (bit % 8)) != 0);
    FailureInfo::ALL.into_iter().filter(|failure| set(*failure as usize)).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::DigestAlgorithm;

    #[test]
    fn requests_round_trip() {
        for function in [DigestAlgorithm::Sha256, DigestAlgorithm::Sm3, DigestAlgorithm::Sha512] {
            let plain = TimeStampRequest::new(function.digest(b"x"));
            assert_eq!(TimeStampRequest::from_der(&plain.to_der()).unwrap(), plain);
            let full = plain.with_nonce(&[0xff; 16]).with_policy(ObjectIdentifier::new_unwrap("1.2.3.4"));
            assert_eq!(full.nonce().unwrap().len(), 17, "positive");
            assert_eq!(TimeStampRequest::from_der(&full.to_der()).unwrap(), full);
        }
        let zeros = TimeStampRequest::new(DigestAlgorithm::Sha256.digest(b"")).with_nonce(&[0; 8]);
        assert_eq!(zeros.nonce(), Some(&[0][..]));
        let long = TimeStampRequest::new(DigestAlgorithm::Sha256.digest(b"")).with_nonce(&[0x80; 200]);
        assert_eq!(long.nonce().unwrap().len(), MAX_NONCE_BYTES + 1);
    }

    #[test]
    fn a_refusal_tells_why() {
        let bits = asn1::tlv(tag::BIT_STRING, &[&[0x06], &[0x20, 0x01, 0x00, 0x40]]);
        let text = asn1::sequence(&[&asn1::utf8_string("quota")]);
        let info = asn1::sequence(&[&asn1::integer(2), &text, &bits]);
        let answer = TimeStampResponse::from_der(&asn1::sequence(&[&info])).unwrap();
        assert_eq!(
            answer.failures,
            [FailureInfo::BadRequest, FailureInfo::UnacceptedPolicy, FailureInfo::SystemFailure]
        );
        let request = TimeStampRequest::new(DigestAlgorithm::Sha256.digest(b"x"));
        match answer.token_for(&request) {
            Err(TimeStampError::Refused { status: PkiStatus::Rejection, text, .. }) => assert_eq!(text, "quota"),
            other => panic!("{other:?}"),
        }
    }
}
