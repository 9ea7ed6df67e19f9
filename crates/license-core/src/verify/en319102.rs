//! The states of ETSI EN 319 102-1 (5.1.3, 5.1.4) for each signature, so that reports of other validators can be held
//! against ours. The table with reasons and tests: `docs/conformance/en319102.md`.

use super::reasons::{Effect, Reason};
use super::report::{Check, Integrity};

/// The main status, with the sub-indication when it did not pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Indication {
    /// TOTAL-PASSED.
    Passed,
    /// TOTAL-FAILED.
    Failed(SubIndication),
    /// INDETERMINATE.
    Indeterminate(SubIndication),
}

macro_rules! sub_indications {
    ($( $name:ident $word:literal $main:ident )*) => {
        /// Why it did not pass, as the standard names it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum SubIndication { $( #[doc = $word] $name, )* }

        impl SubIndication {
            /// The standard's word; `urn:etsi:019102:subindication:` stands before it in the URN.
            pub const fn name(self) -> &'static str {
                match self { $( SubIndication::$name => $word, )* }
            }

            /// The main status under which the standard lists it.
            const fn main(self) -> Indication {
                match self { $( SubIndication::$name => Indication::$main(self), )* }
            }
        }
    };
}

sub_indications! {
    FormatFailure "FORMAT_FAILURE" Failed
    HashFailure "HASH_FAILURE" Failed
    SigCryptoFailure "SIG_CRYPTO_FAILURE" Failed
    Revoked "REVOKED" Failed
    Expired "EXPIRED" Failed
    NotYetValid "NOT_YET_VALID" Failed
    SigConstraintsFailure "SIG_CONSTRAINTS_FAILURE" Indeterminate
    ChainConstraintsFailure "CHAIN_CONSTRAINTS_FAILURE" Indeterminate
    CryptoConstraintsFailure "CRYPTO_CONSTRAINTS_FAILURE" Indeterminate
    CryptoConstraintsFailureNoPoe "CRYPTO_CONSTRAINTS_FAILURE_NO_POE" Indeterminate
    TimestampOrderFailure "TIMESTAMP_ORDER_FAILURE" Indeterminate
    NoSigningCertificateFound "NO_SIGNING_CERTIFICATE_FOUND" Indeterminate
    NoCertificateChainFound "NO_CERTIFICATE_CHAIN_FOUND" Indeterminate
    RevokedNoPoe "REVOKED_NO_POE" Indeterminate
    OutOfBoundsNoPoe "OUT_OF_BOUNDS_NO_POE" Indeterminate
    TryLater "TRY_LATER" Indeterminate
}

impl Indication {
    /// TOTAL-PASSED, TOTAL-FAILED or INDETERMINATE.
    pub const fn name(self) -> &'static str {
        match self {
            Indication::Passed => "TOTAL-PASSED",
            Indication::Failed(_) => "TOTAL-FAILED",
            Indication::Indeterminate(_) => "INDETERMINATE",
        }
    }

    /// Why not passed.
    pub const fn sub_indication(self) -> Option<SubIndication> {
        match self {
            Indication::Passed => None,
            Indication::Failed(why) | Indication::Indeterminate(why) => Some(why),
        }
    }

    /// This, by the checks of a signature, with what was found of it before as a time-stamp: a failure is final, and what
    /// leaves a time-stamp open does so though it may be no fault of the document.
    #[must_use]
    pub(super) fn with(self, own: Option<Indication>) -> Indication {
        match (self, own) {
            (Indication::Failed(_), _) | (_, None | Some(Indication::Passed)) => self,
            (_, Some(own)) => own,
        }
    }

    /// What the checks of one signature amount to: a failure before everything else, then the first that leaves it open.
    /// Parts that were changed are named by their own place: a signature that is broken through them fails with them,
    /// and one that holds in a file that does not is no proof of what the file shows.
    pub(super) fn of(checks: &[Check], place: &str, own: Integrity, whole: Integrity) -> Indication {
        let deciding = |check: &Check| check.outcome.reason().filter(|reason| reason.effect() != Effect::Note);
        let reasons = || checks.iter().filter(|check| check.place == place).filter_map(deciding);
        let told = || reasons().filter_map(SubIndication::of).map(SubIndication::main);
        let is_failure = |indication: &Indication| matches!(indication, Indication::Failed(_));
        let broken = || {
            let mut of_parts = checks.iter().filter_map(deciding).filter_map(SubIndication::of);
            let hash = of_parts.find(|why| *why == SubIndication::HashFailure);
            // An algorithm that is not accepted is no fault of the form.
            let refused = told().any(|told| told.sub_indication() == Some(SubIndication::CryptoConstraintsFailure));
            hash.or((!refused).then_some(SubIndication::FormatFailure)).map(Indication::Failed)
        };
        let failed = told().find(is_failure).or_else(|| (own == Integrity::Broken).then(broken).flatten());
        let constraints = || Indication::Indeterminate(SubIndication::SigConstraintsFailure);
        let other = || (reasons().next().is_some() || whole == Integrity::Broken).then(constraints);
        failed.or_else(|| told().next()).or_else(other).unwrap_or(Indication::Passed)
    }
}

impl SubIndication {
    /// The standard's word for a reason; none for what it does not speak about.
    pub const fn of(reason: Reason) -> Option<SubIndication> {
        Some(match reason {
            Reason::CmsStructure
            | Reason::PdfByteRange
            | Reason::OfdSignature
            | Reason::SealStructure
            | Reason::SealVersion
            | Reason::TimeStampMalformed => SubIndication::FormatFailure,
            Reason::CmsDigest
            | Reason::OfdDigest
            | Reason::SealDataHash
            | Reason::PdfChangedAfter
            | Reason::TimeStampImprint => SubIndication::HashFailure,
            Reason::CmsSignature | Reason::SealSignature | Reason::SealMakerSignature | Reason::TimeStampSignature => {
                SubIndication::SigCryptoFailure
            }
            Reason::CmsAlgorithm
            | Reason::AlgorithmWeak
            | Reason::AlgorithmUnsupported
            | Reason::SealAlgorithm
            | Reason::OfdDigestMethod
            | Reason::OfdSignatureMethod => SubIndication::CryptoConstraintsFailure,
            Reason::SignerLaterWeak => SubIndication::CryptoConstraintsFailureNoPoe,
            Reason::SignerRevoked | Reason::SealMakerRevoked | Reason::TrustCompromised => SubIndication::Revoked,
            Reason::SignerLaterRevoked | Reason::TrustLaterCompromised => SubIndication::RevokedNoPoe,
            Reason::SignerExpired => SubIndication::Expired,
            Reason::SignerNotYetValid | Reason::TimeFuture => SubIndication::NotYetValid,
            Reason::SignerLaterExpired => SubIndication::OutOfBoundsNoPoe,
            Reason::SignerUntrusted | Reason::SealMakerUntrusted => SubIndication::NoCertificateChainFound,
            Reason::SignerCertificate
            | Reason::SignerKeyUsage
            | Reason::SignerNotIssuer
            | Reason::SealMakerCertificate
            | Reason::TimeStampCertificate => SubIndication::ChainConstraintsFailure,
            Reason::OfdUnverifiable => SubIndication::NoSigningCertificateFound,
            Reason::RevocationUnknown | Reason::RevocationStale => SubIndication::TryLater,
            Reason::TimeOrder => SubIndication::TimestampOrderFailure,
            Reason::TimeStampContent => SubIndication::SigConstraintsFailure,
            _ => return None,
        })
    }
}
