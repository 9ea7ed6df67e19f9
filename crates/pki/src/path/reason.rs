//! Why there is no trusted path.

use crate::crl::RevocationReason;
use crate::instant::Instant;
use std::fmt;
use time::OffsetDateTime;

/// The reasons, from the least to the most telling: of all that is wrong with all candidate paths, the last is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PathReason {
    /// No issuer was found among anchors and intermediates.
    NoPath,
    /// No anchor within [`super::MAX_PATH`] certificates.
    TooLong,
    /// The path ends in a self-signed certificate that is not trusted.
    UntrustedRoot,
    /// A candidate issuer has the name but not the key.
    BadSignature,
    /// A signature or key algorithm that is too weak to prove anything.
    WeakAlgorithm,
    /// A key or an algorithm that is not said as its standard says it.
    MalformedAlgorithm,
    /// A signature or key algorithm that is not known here: neither yes nor no.
    UnsupportedAlgorithm,
    /// The algorithm inside and outside the signed part differ.
    AlgorithmMismatch,
    /// A critical extension that is not understood.
    UnknownCriticalExtension,
    /// A known extension with a content that is not what its standard says.
    MalformedExtension,
    /// A duty of those who make certificates, by its clause of RFC 5280.
    Profile(&'static str),
    /// A name lies outside of what a CA above may issue for, or cannot be compared with it.
    NameConstraints,
    /// The path holds under no acceptable certificate policy, and one is demanded.
    PolicyConstraints,
    /// Not yet valid at the time in question.
    NotYetValid,
    /// No longer valid at the time in question.
    Expired,
    /// More CAs below than an issuer allows.
    PathLength,
    /// The key usage does not allow it.
    KeyUsage,
    /// The extended key usage does not allow it.
    ExtendedKeyUsage,
    /// A CA where an end entity is needed.
    IsCa,
    /// An issuer that is no CA.
    NotCa,
    /// Whether it was revoked is not known, and the policy asks for knowledge.
    RevocationUnknown,
    /// As before, but there is evidence, only not fresh enough.
    RevocationStale,
    /// More work than one question may cost ([`super::MAX_SIGNATURE_CHECKS`] and its like): neither yes nor no.
    BudgetExceeded,
    /// On hold or revoked at the time in question.
    Revoked {
        /// Since when.
        at: OffsetDateTime,
        /// Why.
        reason: RevocationReason,
    },
}

impl PathReason {
    /// The stable name for reports and logs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoPath => "NoPath",
            Self::TooLong => "TooLong",
            Self::BudgetExceeded => "BudgetExceeded",
            Self::UntrustedRoot => "UntrustedRoot",
            Self::BadSignature => "BadSignature",
            Self::WeakAlgorithm => "WeakAlgorithm",
            Self::MalformedAlgorithm => "MalformedAlgorithm",
            Self::UnsupportedAlgorithm => "UnsupportedAlgorithm",
            Self::AlgorithmMismatch => "AlgorithmMismatch",
            Self::UnknownCriticalExtension => "UnknownCriticalExtension",
            Self::MalformedExtension => "MalformedExtension",
            Self::Profile(_) => "Profile",
            Self::NameConstraints => "NameConstraints",
            Self::PolicyConstraints => "PolicyConstraints",
            Self::NotYetValid => "NotYetValid",
            Self::Expired => "Expired",
            Self::PathLength => "PathLength",
            Self::KeyUsage => "KeyUsage",
            Self::ExtendedKeyUsage => "ExtendedKeyUsage",
            Self::IsCa => "IsCa",
            Self::NotCa => "NotCa",
            Self::RevocationUnknown => "RevocationUnknown",
            Self::RevocationStale => "RevocationStale",
            Self::Revoked { .. } => "Revoked",
        }
    }

    pub(super) const fn rank(&self) -> u8 {
        match self {
            Self::NoPath => 0,
            Self::TooLong => 1,
            Self::UntrustedRoot => 2,
            Self::BadSignature => 3,
            Self::UnsupportedAlgorithm => 4,
            Self::WeakAlgorithm => 5,
            Self::MalformedAlgorithm => 6,
            Self::AlgorithmMismatch => 7,
            Self::UnknownCriticalExtension => 8,
            Self::MalformedExtension => 9,
            Self::Profile(_) => 10,
            Self::NameConstraints => 11,
            Self::PolicyConstraints => 12,
            Self::NotYetValid => 13,
            Self::Expired => 14,
            Self::PathLength => 15,
            Self::KeyUsage => 16,
            Self::ExtendedKeyUsage => 17,
            Self::IsCa => 18,
            Self::NotCa => 19,
            Self::RevocationUnknown => 20,
            Self::RevocationStale => 21,
            Self::Revoked { .. } => 22,
            // Neither yes nor no: the question was not answered to its end.
            Self::BudgetExceeded => 23,
        }
    }

    /// What is wrong, for people.
    const fn words(&self) -> &'static str {
        match self {
            Self::NoPath => "its issuer is not among those that are trusted or enclosed",
            Self::TooLong => "no trusted CA within the longest chain that is walked",
            Self::BudgetExceeded => "more candidates than one question may cost",
            Self::UntrustedRoot => "it ends at a root that is not trusted",
            Self::BadSignature => "a CA of the issuer's name has another key",
            Self::WeakAlgorithm => "its algorithm or key is too weak",
            Self::MalformedAlgorithm => "its key or algorithm is not written as the standard says",
            Self::UnsupportedAlgorithm => "its algorithm or key is not supported",
            Self::AlgorithmMismatch => "its algorithm is one inside the signed part and another outside",
            Self::UnknownCriticalExtension => "it has a critical extension that is not known",
            Self::MalformedExtension => "it has a malformed extension",
            Self::Profile(rule) => rule,
            Self::NameConstraints => "its name is one that a CA above may not issue for",
            Self::PolicyConstraints => "it holds under no acceptable certificate policy",
            Self::NotYetValid => "not valid yet at the time in question",
            Self::Expired => "expired at the time in question",
            Self::PathLength => "more CAs below it than it allows",
            Self::KeyUsage => "its key usage does not allow this",
            Self::ExtendedKeyUsage => "its extended key usage does not allow this",
            Self::IsCa => "it is a CA, where an end entity is needed",
            Self::NotCa => "it issues, and is no CA",
            Self::RevocationUnknown => "whether it was revoked is not known",
            Self::RevocationStale => "what is known about its revocation is not fresh enough",
            Self::Revoked { .. } => "revoked",
        }
    }
}

impl fmt::Display for PathReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())?;
        match self {
            Self::Revoked { at, .. } => write!(f, " since {}", Instant(*at)),
            _ => Ok(()),
        }
    }
}

/// The best failure, and whose certificate it is about.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no trusted path: {subject}{}: {reason}", above(*depth))]
#[non_exhaustive]
pub struct PathError {
    /// Why.
    pub reason: PathReason,
    /// The subject of the certificate at fault.
    pub subject: String,
    /// How far above the leaf it stands; 0 is the leaf.
    pub depth: usize,
}

impl PathError {
    pub(super) fn new(reason: PathReason, certificate: &crate::Certificate, depth: usize) -> Self {
        Self { reason, subject: certificate.subject().to_string(), depth }
    }

    /// The more telling of two failures; the earlier one when they tell the same.
    pub(super) fn better(self, other: Self) -> Self {
        if other.reason.rank() > self.reason.rank() { other } else { self }
    }
}

/// How far from the leaf.
fn above(depth: usize) -> String {
    match depth {
        0 => String::new(),
        depth => format!(" ({depth} above the signer)"),
    }
}
