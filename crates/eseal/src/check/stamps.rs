//! Time-stamps: whether a token is one, is over this value, and holds. Who made it is for the caller.

use super::not_done;
use crate::seal::Seal;
use crate::signature::{SealSignature, SigningTime};
use pki::asn1::tag;
use pki::cms::CmsRevocation;
use pki::tsp::{TimeStampError, TimeStampToken, VerifiedTimeStamp};
use pki::{Certificate, Digest, Outcome};
use time::OffsetDateTime;

/// A time-stamp that is there.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct StampReport {
    /// genTime, when the token can be read.
    pub time: Option<OffsetDateTime>,
    /// The token over this value; its authority remains to be believed.
    pub verified: Result<VerifiedTimeStamp, TimeStampError>,
    /// All enclosed certificates.
    pub enclosed: Vec<Certificate>,
    /// Revocation data that came inside.
    pub revocation: CmsRevocation,
}

/// A check and what it found.
pub(super) struct Stamped {
    pub(super) outcome: Outcome,
    pub(super) report: Option<StampReport>,
}

/// `timeStamp` is over the signature value. The free timeInfo of v1 may be a token, too; being inside of what is signed
/// it can only speak of the document: dataHash, or the file that dataHash is the digest of.
pub(super) fn signature(signature: &SealSignature, xml: &Digest) -> Stamped {
    if let Some(token) = signature.time_stamp() {
        return read(token, |token| over(token, signature.signature()));
    }
    match signature.time() {
        SigningTime::Unreadable(token) if token.first() == Some(&tag::SEQUENCE) => read(token, |token| {
            token.verify(|algorithm| if algorithm == xml.algorithm() { *xml } else { algorithm.digest(&[]) }).or_else(
                |error| match error {
                    TimeStampError::Imprint => over(token, signature.data_hash()),
                    other => Err(other),
                },
            )
        }),
        _ => absent("there is no time-stamp: the time of signing is the signer's claim"),
    }
}

/// v5: over the seal maker's signature value.
pub(super) fn seal(seal: &Seal) -> Stamped {
    match seal.time_stamp() {
        Some(token) => read(token, |token| over(token, seal.signature())),
        None => absent("the seal has no time-stamp"),
    }
}

fn over(token: &TimeStampToken, message: &[u8]) -> Result<VerifiedTimeStamp, TimeStampError> {
    token.verify(|algorithm| algorithm.digest(message))
}

fn absent(why: &str) -> Stamped {
    Stamped { outcome: not_done(why), report: None }
}

fn read(der: &[u8], verify: impl Fn(&TimeStampToken) -> Result<VerifiedTimeStamp, TimeStampError>) -> Stamped {
    let report = match TimeStampToken::from_der(der) {
        Ok(token) if token.der().len() == der.len() => StampReport {
            time: Some(token.info().time),
            verified: verify(&token),
            enclosed: token.certificates().to_vec(),
            revocation: token.signed_data().revocation.clone(),
        },
        Ok(_) => unreadable(pki::asn1::Asn1Error::new("TimeStampToken", "trailing data").into()),
        Err(error) => unreadable(error),
    };
    let outcome = match &report.verified {
        Ok(_) => Outcome::Passed,
        Err(error) => Outcome::Failed(error.to_string()),
    };
    Stamped { outcome, report: Some(report) }
}

fn unreadable(error: TimeStampError) -> StampReport {
    StampReport { time: None, verified: Err(error), enclosed: Vec::new(), revocation: CmsRevocation::default() }
}
