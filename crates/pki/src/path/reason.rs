//! Why there is no trusted path.

use crate::crl::RevocationReason;
use time::OffsetDateTime;

/// The reasons, from the least to the most telling: of all that is wrong with all candidate paths, the last is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PathReason {
    /// No issuer was found among anchors and intermediates.
    NoPath,
    /// More than [`super::MAX_SIGNATURE_CHECKS`] signatures or [`super::MAX_PATH`] certificates.
    BudgetExceeded,
    /// The path ends in a self-signed certificate that is not trusted.
    UntrustedRoot,
    /// A candidate issuer has the name but not the key.
    BadSignature,
    /// A signature or key algorithm that is not accepted.
    WeakAlgorithm,
    /// The algorithm inside and outside the signed part differ.
    AlgorithmMismatch,
    /// A critical extension that is not understood.
    UnknownCriticalExtension,
    /// Name constraints, which are refused until they are implemented.
    NameConstraints,
    /// Policy constraints, which are refused until they are implemented.
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
            Self::BudgetExceeded => "BudgetExceeded",
            Self::UntrustedRoot => "UntrustedRoot",
            Self::BadSignature => "BadSignature",
            Self::WeakAlgorithm => "WeakAlgorithm",
            Self::AlgorithmMismatch => "AlgorithmMismatch",
            Self::UnknownCriticalExtension => "UnknownCriticalExtension",
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
            Self::Revoked { .. } => "Revoked",
        }
    }

    pub(super) const fn rank(&self) -> u8 {
        match self {
            Self::NoPath => 0,
            Self::BudgetExceeded => 1,
            Self::UntrustedRoot => 2,
            Self::BadSignature => 3,
            Self::WeakAlgorithm => 4,
            Self::AlgorithmMismatch => 5,
            Self::UnknownCriticalExtension => 6,
            Self::NameConstraints => 7,
            Self::PolicyConstraints => 8,
            Self::NotYetValid => 9,
            Self::Expired => 10,
            Self::PathLength => 11,
            Self::KeyUsage => 12,
            Self::ExtendedKeyUsage => 13,
            Self::IsCa => 14,
            Self::NotCa => 15,
            Self::RevocationUnknown => 16,
            Self::Revoked { .. } => 17,
        }
    }
}

/// The best failure, and whose certificate it is about.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no trusted path: {} ({subject}, {depth} above the signer)", reason.code())]
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
