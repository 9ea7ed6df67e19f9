//! The checks of GM/T 0031 and GB/T 38540 that need no trust, each by itself.
//!
//! Whether the certificates of seal maker, signer and time-stamp authority are trusted, and were at that time, is for
//! [`pki::path`].
//!
//! | file | checks |
//! |---|---|
//! | `signatures` | the two signature values, algorithms |
//! | `belongs` | data hash, property info, seal file, the seal's list |
//! | `form` | versions, extensions, type |
//! | `times` | validity of seal and certificates, dates that contradict |
//! | `stamps` | time-stamps of signature and seal |

mod belongs;
mod form;
mod signatures;
mod stamps;
mod times;

pub use signatures::{check_seal, is_raw};
pub use stamps::StampReport;

use crate::signature::SealSignature;
use pki::{Certificate, Digest, Outcome};
use std::fmt;

/// What is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CheckName {
    /// The certificates inside can be read.
    Structure,
    /// Seal and signature are of one version, and their numbers say so.
    Version,
    /// No critical extension is unknown.
    Extensions,
    /// The type of the seal is one that the standard knows (v1; free since v4).
    Kind,
    /// The seal maker's signature over the seal.
    SealMakerSignature,
    /// The signer's signature over toSign.
    SignerSignature,
    /// The signer's certificate is in the seal's list.
    SignerListed,
    /// Algorithms and key types agree: SM2 with SM3 everywhere.
    AlgorithmsAgree,
    /// dataHash is the digest of Signature.xml.
    DataHash,
    /// propertyInfo names this Signature.xml.
    PropertyInfo,
    /// Seal.esl of the package is the seal inside the signature.
    SealFile,
    /// The time of signing can be read.
    SigningTime,
    /// The seal was made before it was used.
    SealCreated,
    /// The time of signing lies in the validity of the seal.
    SealValidity,
    /// The time of signing lies in the validity of the signer's certificate.
    SignerValidity,
    /// The signer's certificate is for signing.
    SignerUsage,
    /// The date of making lies in the validity of the seal maker's certificate.
    MakerValidity,
    /// The seal maker's certificate is for signing.
    MakerUsage,
    /// A time-stamp over the signature value (or, in v1, in place of the time of signing).
    TimeStamp,
    /// A time-stamp over the seal maker's signature value (v5).
    SealTimeStamp,
}

impl CheckName {
    /// All of them, in the order of a report.
    pub const ALL: &'static [Self] = &[
        Self::Structure,
        Self::Version,
        Self::Extensions,
        Self::Kind,
        Self::SealMakerSignature,
        Self::SignerSignature,
        Self::SignerListed,
        Self::AlgorithmsAgree,
        Self::DataHash,
        Self::PropertyInfo,
        Self::SealFile,
        Self::SigningTime,
        Self::SealCreated,
        Self::SealValidity,
        Self::SignerValidity,
        Self::SignerUsage,
        Self::MakerValidity,
        Self::MakerUsage,
        Self::TimeStamp,
        Self::SealTimeStamp,
    ];

    /// Whether a failure means that bytes were changed or never signed by whom they claim.
    pub const fn is_integrity(self) -> bool {
        matches!(
            self,
            Self::Structure
                | Self::SealMakerSignature
                | Self::SignerSignature
                | Self::SignerListed
                | Self::DataHash
                | Self::SealFile
        )
    }
}

/// One check and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Which.
    pub name: CheckName,
    /// How it ended.
    pub outcome: Outcome,
}

/// Whether a seal is known by a name.
pub type KnownSeals<'a> = dyn Fn(&[u8; 32]) -> bool + 'a;

/// What the checks compare with, taken from the package around the signature.
#[derive(Clone, Copy)]
pub struct CheckRequest<'a> {
    data_hash: &'a Digest,
    seal_file: Option<&'a [u8]>,
    signature_path: Option<&'a str>,
    known_seals: Option<&'a KnownSeals<'a>>,
}

impl fmt::Debug for CheckRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CheckRequest").field("data_hash", self.data_hash).finish_non_exhaustive()
    }
}

impl<'a> CheckRequest<'a> {
    /// The digest of Signature.xml as it stands in the package.
    pub const fn new(data_hash: &'a Digest) -> Self {
        Self { data_hash, seal_file: None, signature_path: None, known_seals: None }
    }

    /// The content of Seal.esl, when the package has one.
    pub const fn with_seal_file(mut self, seal_file: &'a [u8]) -> Self {
        self.seal_file = Some(seal_file);
        self
    }

    /// Says whether a seal is known to be its maker's, by the name that [`SealReport::known_as`] gave it: its signature is
    /// not checked again then.
    pub const fn with_known_seals(mut self, known: &'a KnownSeals<'a>) -> Self {
        self.known_seals = Some(known);
        self
    }

    /// The absolute path of Signature.xml in the package.
    pub const fn with_signature_path(mut self, path: &'a str) -> Self {
        self.signature_path = Some(path);
        self
    }
}

/// All checks of one seal signature, and the certificates whose trust is left to the caller.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SealReport {
    /// In the order of the standard.
    pub checks: Vec<Check>,
    /// The seal maker.
    pub maker: Option<Certificate>,
    /// The signer.
    pub signer: Option<Certificate>,
    /// The time-stamp over the signature, when one can be read.
    pub time_stamp: Option<StampReport>,
    /// The time-stamp over the seal, when one can be read.
    pub seal_time_stamp: Option<StampReport>,
    /// What to remember this seal by when its maker's signature holds: the certificate, the algorithm, every signed byte.
    /// Only for requests that know seals.
    pub known_as: Option<[u8; 32]>,
}

impl SealReport {
    /// Nothing failed.
    pub fn passed(&self) -> bool {
        self.intact() && !self.checks.iter().any(|check| matches!(check.outcome, Outcome::Failed(_)))
    }

    /// Both signatures hold and nothing was changed; times aside.
    pub fn intact(&self) -> bool {
        let done = [CheckName::SealMakerSignature, CheckName::SignerSignature, CheckName::DataHash];
        done.iter().all(|name| self.outcome(*name) == Some(&Outcome::Passed))
            && !self.failures().any(|check| check.name.is_integrity())
    }

    /// Whether something was changed or is not signed by whom it claims. What is neither intact nor broken could not
    /// be checked: a signature of an algorithm that is not supported.
    pub fn broken(&self) -> bool {
        self.failures().any(|check| check.name.is_integrity())
    }

    /// How one check ended.
    pub fn outcome(&self, name: CheckName) -> Option<&Outcome> {
        self.checks.iter().find(|check| check.name == name).map(|check| &check.outcome)
    }

    /// The checks that failed.
    pub fn failures(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| matches!(check.outcome, Outcome::Failed(_)))
    }
}

/// Does every check on `signature`.
pub fn check(signature: &SealSignature, request: &CheckRequest<'_>) -> SealReport {
    let seal = signature.seal();
    let (maker, signer) = (seal.maker().ok(), signature.signer().ok());
    let stamped = stamps::signature(signature, request.data_hash);
    let seal_stamped = stamps::seal(seal);
    let times = times::Times::of(signature, stamped.report.as_ref());
    let (maker_signature, known_as) = match request.known_seals {
        Some(known) => signatures::known_maker(seal, maker.as_ref(), known),
        None => (signatures::maker(seal, maker.as_ref()), None),
    };
    let checks = [
        (CheckName::Structure, form::structure(maker.as_ref(), signer.as_ref())),
        (CheckName::Version, form::version(signature)),
        (CheckName::Extensions, form::extensions(signature)),
        (CheckName::Kind, form::kind(seal)),
        (CheckName::SealMakerSignature, maker_signature),
        (CheckName::SignerSignature, signatures::signer(signature, signer.as_ref())),
        (CheckName::SignerListed, belongs::listed(signature)),
        (CheckName::AlgorithmsAgree, signatures::algorithms(signature, maker.as_ref(), signer.as_ref())),
        (CheckName::DataHash, belongs::data_hash(signature, request.data_hash)),
        (CheckName::PropertyInfo, belongs::property_info(signature, request.signature_path)),
        (CheckName::SealFile, belongs::seal_file(seal, request.seal_file)),
        (CheckName::SigningTime, times.readable()),
        (CheckName::SealCreated, times.seal_created(seal)),
        (CheckName::SealValidity, times.in_seal(seal)),
        (CheckName::SignerValidity, times.in_signer(signer.as_ref())),
        (CheckName::SignerUsage, form::usage(signer.as_ref(), "signer")),
        (CheckName::MakerValidity, times::made_in(seal, maker.as_ref())),
        (CheckName::MakerUsage, form::usage(maker.as_ref(), "seal maker")),
        (CheckName::TimeStamp, stamped.outcome),
        (CheckName::SealTimeStamp, seal_stamped.outcome),
    ];
    let checks = checks.into_iter().map(|(name, outcome)| Check { name, outcome }).collect();
    SealReport { checks, maker, signer, time_stamp: stamped.report, seal_time_stamp: seal_stamped.report, known_as }
}

fn failed(why: &str) -> Outcome {
    Outcome::Failed(why.to_owned())
}

fn not_done(why: &str) -> Outcome {
    Outcome::NotDone(why.to_owned())
}
