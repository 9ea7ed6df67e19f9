//! Time-stamp tokens (RFC 3161, GB/T 20520): whether one is sound and speaks of the bytes in question. Whether its
//! authority is to be believed is judged in [`super::evidence`].

use eseal::StampReport;
use pki::cms::{CmsRevocation, SignedData, SignerInfo};
use pki::tsp::{TimeStampError, TimeStampToken, VerifiedTimeStamp};
use pki::{Certificate, Digest, DigestAlgorithm, oid};

use super::form;
use super::memory::Met;
use super::reasons::Reason;

/// More tokens over one signature are not looked at.
const MOST_TOKENS: usize = 16;

/// A token that was found, and what became of it.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) verified: Result<VerifiedTimeStamp, TimeStampError>,
    /// All enclosed certificates.
    pub(super) enclosed: Vec<Certificate>,
    /// Revocation data that came inside.
    pub(super) revocation: CmsRevocation,
    /// What is inside that neither the authority's signature protects nor its path needs.
    pub(super) loose: Option<&'static str>,
}

/// A token that holds and is over what it should be; its authority remains to be believed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stamp<'a> {
    pub(super) verified: &'a VerifiedTimeStamp,
    pub(super) enclosed: &'a [Certificate],
}

impl Token {
    /// Opens a token over bytes whose digests `stamped` gives.
    pub(super) fn open(der: &[u8], met: &Met<'_>, stamped: impl FnOnce(DigestAlgorithm) -> Digest) -> Token {
        match SignedData::from_der(der) {
            Ok(signed) => Token::of(signed, der, met, stamped),
            Err(error) => Token::unreadable(error.into()),
        }
    }

    /// The same of what was read already from `der`.
    pub(super) fn of(
        signed: SignedData,
        der: &[u8],
        met: &Met<'_>,
        stamped: impl FnOnce(DigestAlgorithm) -> Digest,
    ) -> Token {
        let loose = form::token_fault(&signed, der, met);
        Token::judged(signed, der, (met, loose), stamped)
    }

    fn judged(
        signed: SignedData,
        der: &[u8],
        (met, loose): (&Met<'_>, Option<&'static str>),
        stamped: impl FnOnce(DigestAlgorithm) -> Digest,
    ) -> Token {
        let (enclosed, revocation) = (signed.certificates.clone(), signed.revocation.clone());
        signed.signers.iter().for_each(|signer| met.checks(signed.certificate_of(signer), signer));
        match TimeStampToken::from_signed_data(signed, der) {
            Ok(token) => Token { verified: token.verify(stamped), enclosed, revocation, loose },
            Err(error) => Token { enclosed, revocation, ..Token::unreadable(error) },
        }
    }

    /// The tokens over the signature value of a signer (signature-time-stamp, an unsigned attribute).
    pub(super) fn over(signer: &SignerInfo, met: &Met<'_>) -> Vec<Token> {
        let open = |der: &Vec<u8>| Token::open(der, met, |algorithm| algorithm.digest(&signer.signature));
        values_over(signer).map(open).collect()
    }

    /// The same in what can be no license: what is loose inside is not asked, nor paid from the measure of the file.
    pub(super) fn over_foreign(signer: &SignerInfo, met: &Met<'_>) -> Vec<Token> {
        let open = |der: &Vec<u8>| match SignedData::from_der(der) {
            Ok(signed) => Token::judged(signed, der, (met, None), |algorithm| algorithm.digest(&signer.signature)),
            Err(error) => Token::unreadable(error.into()),
        };
        values_over(signer).map(open).collect()
    }

    /// The tokens over the content, which the signer had made before (content-time-stamp, a signed attribute).
    pub(super) fn over_content(
        signer: &SignerInfo,
        met: &Met<'_>,
        mut content: impl FnMut(DigestAlgorithm) -> Digest,
    ) -> Vec<Token> {
        let attributes = signer.signed_attributes.iter().flatten();
        let stamps = attributes.filter(|attribute| attribute.oid == oid::CONTENT_TIME_STAMP);
        let values = stamps.flat_map(|attribute| &attribute.values).take(MOST_TOKENS);
        values.map(|der| Token::open(der, met, &mut content)).collect()
    }

    fn unreadable(error: TimeStampError) -> Token {
        let (enclosed, revocation) = (Vec::new(), CmsRevocation::default());
        Token { verified: Err(error), enclosed, revocation, loose: None }
    }

    /// The stamp, when it holds.
    pub(super) fn stamp(&self) -> Option<Stamp<'_>> {
        let verified = self.verified.as_ref().ok()?;
        Some(Stamp { verified, enclosed: &self.enclosed })
    }

    /// Whether it is damaged, or speaks of something else. A certificate that may not stamp is another matter, and so is
    /// what cannot be checked.
    pub(super) fn is_broken(&self) -> bool {
        let other = matches!(&self.verified, Ok(_) | Err(TimeStampError::Usage | TimeStampError::CriticalExtension(_)));
        !other && !self.is_unsupported()
    }

    /// Whether it is made by an algorithm that cannot be checked here.
    pub(super) fn is_unsupported(&self) -> bool {
        let reason = self.verified.as_ref().err().map(reason_of);
        reason == Some(Reason::AlgorithmUnsupported)
    }
}

impl<'a> Stamp<'a> {
    pub(super) fn of(report: &'a StampReport) -> Option<Stamp<'a>> {
        let verified = report.verified.as_ref().ok()?;
        Some(Stamp { verified, enclosed: &report.enclosed })
    }
}

fn values_over(signer: &SignerInfo) -> impl Iterator<Item = &Vec<u8>> {
    let attributes = signer.unsigned_attributes.iter();
    let stamps = attributes.filter(|attribute| attribute.oid == oid::SIGNATURE_TIME_STAMP);
    stamps.flat_map(|attribute| &attribute.values).take(MOST_TOKENS)
}

/// Time-stamps inside a signature that prove nothing here, by their names: PAdES archives by document time-stamps.
pub(super) fn unused(signer: &SignerInfo) -> Vec<&'static str> {
    const UNUSED: [(pki::ObjectIdentifier, &str); 5] = [
        (oid::ARCHIVE_TIME_STAMP_V3, "archive-time-stamp-v3"),
        (oid::ARCHIVE_TIME_STAMP_V2, "archive-time-stamp-v2"),
        (oid::ARCHIVE_TIME_STAMP, "archive-time-stamp"),
        (oid::ESC_TIME_STAMP, "CAdES-C-time-stamp"),
        (oid::CERT_CRL_TIME_STAMP, "time-stamped-certs-crls-references"),
    ];
    let there = |id| signer.unsigned_attributes.iter().any(|attribute| attribute.oid == id);
    UNUSED.into_iter().filter(|(id, _)| there(*id)).map(|(_, name)| name).collect()
}

/// What is wrong with a token.
pub(super) fn reason_of(error: &TimeStampError) -> Reason {
    match error {
        TimeStampError::Imprint => Reason::TimeStampImprint,
        TimeStampError::Usage => Reason::TimeStampCertificate,
        TimeStampError::Weak(_) => Reason::AlgorithmWeak,
        TimeStampError::Unsupported(_) | TimeStampError::ImprintAlgorithm(_) => Reason::AlgorithmUnsupported,
        TimeStampError::Signature(_) | TimeStampError::SigningCertificate => Reason::TimeStampSignature,
        _ => Reason::TimeStampMalformed,
    }
}
