//! The token: a SignedData around a TSTInfo.

use super::info::TstInfo;
use super::message::{self, FailureInfo, PkiStatus, TimeStampRequest};
use crate::algorithm::{self, SignatureAlgorithm};
use crate::asn1::Asn1Error;
use crate::certificate::Certificate;
use crate::cms::{self, CmsCheckName, CmsError, CmsReport, Outcome, SignedData};
use crate::digest::{Digest, DigestAlgorithm};
use crate::oid;
use der::asn1::ObjectIdentifier;
use time::OffsetDateTime;

/// Why a time-stamp is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TimeStampError {
    /// The service refused.
    #[error("the time-stamp service refused: {}", message::refusal(*status, failures, text))]
    Refused {
        /// Its answer.
        status: PkiStatus,
        /// Its reasons.
        failures: Vec<FailureInfo>,
        /// Its words.
        text: String,
    },
    /// Granted, but without a token.
    #[error("the time-stamp service sent no token")]
    NoToken,
    /// The token is no SignedData.
    #[error(transparent)]
    Cms(#[from] CmsError),
    /// The content is no TSTInfo.
    #[error("time-stamp token: {0}")]
    Info(#[from] Asn1Error),
    /// eContentType is not id-ct-TSTInfo, or there is no content.
    #[error("the token encloses no TSTInfo")]
    NoInfo,
    /// Not exactly one signer.
    #[error("the token has {0} signers, not one")]
    Signers(usize),
    /// The imprint is made by a function that is not known here.
    #[error("the imprint's digest {0} is not supported")]
    ImprintAlgorithm(ObjectIdentifier),
    /// The signature or the imprint is made by something too weak to prove anything.
    #[error("the token is too weak: {0}")]
    Weak(String),
    /// The signature is made by something that is not known here, so that it cannot be told whether it holds.
    #[error("the token cannot be checked: {0}")]
    Unsupported(String),
    /// Another thing was stamped.
    #[error("the imprint is not that of the stamped bytes")]
    Imprint,
    /// The answer to another question, or a replay.
    #[error("the nonce is not the one that was sent")]
    Nonce,
    /// Stamped under another policy than asked for.
    #[error("stamped under policy {0}, which was not asked for")]
    Policy(ObjectIdentifier),
    /// A critical extension of TSTInfo that is not understood.
    #[error("the token has an unknown critical extension {0}")]
    CriticalExtension(ObjectIdentifier),
    /// Neither signing-certificate nor signing-certificate-v2 names the signer.
    #[error("the token does not name its certificate")]
    SigningCertificate,
    /// The certificate may not sign time-stamps (RFC 3161 2.3).
    #[error("the certificate's extended key usage is not time-stamping, critical and alone")]
    Usage,
    /// A check of the signature failed.
    #[error("the token's signature does not hold: {0}")]
    Signature(String),
}

/// A token, read but not judged.
#[derive(Clone, Debug)]
pub struct TimeStampToken {
    info: TstInfo,
    signed: SignedData,
    content: Vec<u8>,
    der: Vec<u8>,
}

/// A token whose signature, signer's usage and imprint hold. Whether the signer is trusted is for [`crate::path`].
#[derive(Clone, Debug)]
pub struct VerifiedTimeStamp {
    signer: Certificate,
    info: TstInfo,
    algorithm: SignatureAlgorithm,
    report: CmsReport,
}

impl VerifiedTimeStamp {
    /// The certificate of the service.
    pub const fn signer(&self) -> &Certificate {
        &self.signer
    }

    /// What was stamped, and when.
    pub const fn info(&self) -> &TstInfo {
        &self.info
    }

    /// genTime.
    pub const fn time(&self) -> OffsetDateTime {
        self.info.time
    }

    /// How the service signed.
    pub const fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// Each check of the signature.
    pub const fn report(&self) -> &CmsReport {
        &self.report
    }
}

impl TimeStampToken {
    /// Reads a token: an RFC 3161 `ContentInfo`. Bytes behind it are left (PDF pads with zeros).
    pub fn from_der(der: &[u8]) -> Result<Self, TimeStampError> {
        let signed = SignedData::from_der(der)?;
        let length = der.len() - signed.trailing;
        Self::from_signed_data(signed, &der[..length])
    }

    /// A token from a SignedData that was read already from `der`.
    pub fn from_signed_data(signed: SignedData, der: &[u8]) -> Result<Self, TimeStampError> {
        let content = signed.content.clone().filter(|_| signed.content_type == oid::TST_INFO);
        let content = content.ok_or(TimeStampError::NoInfo)?;
        Ok(Self { info: TstInfo::from_der(&content)?, signed, content, der: der.to_vec() })
    }

    /// What it says.
    pub const fn info(&self) -> &TstInfo {
        &self.info
    }

    /// The signed structure around it.
    pub const fn signed_data(&self) -> &SignedData {
        &self.signed
    }

    /// The enclosed certificates: the service's own and, mostly, its CAs.
    pub fn certificates(&self) -> &[Certificate] {
        &self.signed.certificates
    }

    /// The bytes.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Whether it answers `request`: imprint, nonce and policy.
    pub fn answers(&self, request: &TimeStampRequest) -> Result<(), TimeStampError> {
        if self.imprint()? != request.digest() {
            return Err(TimeStampError::Imprint);
        }
        // A nonce that was not sent must not come back, either: it is another's answer.
        if self.info.nonce.as_deref() != request.nonce() {
            return Err(TimeStampError::Nonce);
        }
        match request.policy() {
            Some(policy) if *policy != self.info.policy => Err(TimeStampError::Policy(self.info.policy)),
            _ => Ok(()),
        }
    }

    /// Checks the token by itself and that it stamps the bytes whose digest `stamped` gives.
    pub fn verify(&self, stamped: impl FnOnce(DigestAlgorithm) -> Digest) -> Result<VerifiedTimeStamp, TimeStampError> {
        let imprint = self.imprint()?;
        if stamped(imprint.algorithm()) != *imprint {
            return Err(TimeStampError::Imprint);
        }
        if let Some(unknown) = self.info.extensions.iter().find(|extension| extension.critical) {
            return Err(TimeStampError::CriticalExtension(unknown.oid));
        }
        let [signer] = self.signed.signers.as_slice() else {
            return Err(TimeStampError::Signers(self.signed.signers.len()));
        };
        let report = match &signer.digest_algorithm {
            Ok(function) => self.signed.verify(0, &function.digest(&self.content)),
            Err(_) => self.signed.verify_without_digest(0),
        };
        // What is weak is told only of a token that holds otherwise.
        let failed = report.checks.iter().filter_map(|check| match &check.outcome {
            Outcome::Failed(why) => Some((check.name, why)),
            _ => None,
        });
        if let Some((name, why)) = failed.min_by_key(|(name, _)| *name == CmsCheckName::Strength) {
            return Err(match name {
                CmsCheckName::Strength => TimeStampError::Weak(why.clone()),
                _ => TimeStampError::Signature(why.clone()),
            });
        }
        let algorithm = match &signer.signature_algorithm {
            Ok(algorithm) if !report.is_unsupported() => *algorithm,
            _ => return Err(TimeStampError::Unsupported(why_unsupported(&report))),
        };
        // Without signed attributes nothing says what kind of content was signed.
        let attributes = signer.signed_attributes.as_deref();
        let (Some(attributes), Some(certificate), true) = (attributes, report.certificate.clone(), report.passed())
        else {
            return Err(TimeStampError::Signature("no signed attributes or no certificate".to_owned()));
        };
        // RFC 3161 2.4.2 with RFC 5816: one of the two attributes names the certificate.
        let by_v2 = report.outcome(CmsCheckName::SigningCertificate) == Some(&Outcome::Passed);
        if !by_v2 && !cms::signing_certificate_v1_names(attributes, &certificate) {
            return Err(TimeStampError::SigningCertificate);
        }
        let critical =
            certificate.extensions().iter().any(|found| found.oid == oid::EXTENDED_KEY_USAGE && found.critical);
        if !critical || certificate.extended_key_usage() != Some(&[oid::KP_TIME_STAMPING]) {
            return Err(TimeStampError::Usage);
        }
        Ok(VerifiedTimeStamp { signer: certificate, info: self.info.clone(), algorithm, report })
    }

    fn imprint(&self) -> Result<&Digest, TimeStampError> {
        let id = self.info.imprint_algorithm;
        let refused = || match id == oid::SHA1 || algorithm::is_of_the_past(&id) {
            true => TimeStampError::Weak(format!("an imprint by {id}")),
            false => TimeStampError::ImprintAlgorithm(id),
        };
        self.info.imprint.as_ref().ok_or_else(refused)
    }
}

fn why_unsupported(report: &CmsReport) -> String {
    match report.outcome(CmsCheckName::Algorithms) {
        Some(Outcome::NotDone(why)) => why.clone(),
        _ => "an algorithm is not supported".to_owned(),
    }
}
