//! The token: a SignedData around a TSTInfo.

use super::info::TstInfo;
use super::message::{FailureInfo, PkiStatus, TimeStampRequest};
use crate::algorithm::{AlgorithmError, SignatureAlgorithm};
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
    #[error("the time-stamp service refused ({status:?} {failures:?} {text})")]
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
    /// The imprint is made by a function that is not accepted.
    #[error("the imprint's digest {0} is not accepted")]
    ImprintAlgorithm(ObjectIdentifier),
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
        let unsupported = |error: &AlgorithmError| TimeStampError::Signature(error.to_string());
        let function = *signer.digest_algorithm.as_ref().map_err(unsupported)?;
        let algorithm = *signer.signature_algorithm.as_ref().map_err(unsupported)?;
        let report = self.signed.verify(0, &function.digest(&self.content));
        if let Some(check) = report.checks.iter().find(|check| matches!(check.outcome, Outcome::Failed(_))) {
            let Outcome::Failed(why) = &check.outcome else { unreachable!("found as failed") };
            return Err(TimeStampError::Signature(format!("{:?}: {why}", check.name)));
        }
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
        self.info.imprint.as_ref().ok_or(TimeStampError::ImprintAlgorithm(self.info.imprint_algorithm))
    }
}
