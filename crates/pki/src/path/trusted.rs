//! The proof.

use super::Purpose;
use super::revocation::{MissingRevocation, RevocationFinding, RevocationOutcome, RevocationStatus};
use crate::certificate::Certificate;
use der::asn1::ObjectIdentifier;
use time::OffsetDateTime;

/// Proof that a certificate chains to an anchor and may be used for a purpose at a time.
#[derive(Clone, Debug)]
pub struct TrustedPath {
    pub(super) path: Vec<(Certificate, RevocationFinding)>,
    pub(super) anchor: Certificate,
    pub(super) at: OffsetDateTime,
    pub(super) purpose: Purpose,
    pub(super) policies: Vec<ObjectIdentifier>,
    pub(super) missing: Option<MissingRevocation>,
}

impl TrustedPath {
    /// The certificate that was asked about.
    pub fn leaf(&self) -> &Certificate {
        &self.path[0].0
    }

    /// Every certificate from the leaf up, the anchor left out, with what is known about its revocation.
    pub fn certificates(&self) -> impl Iterator<Item = (&Certificate, RevocationStatus)> {
        self.path.iter().map(|(certificate, finding)| (certificate, finding.status))
    }

    /// As [`certificates`](Self::certificates), with where the knowledge comes from.
    pub fn findings(&self) -> impl Iterator<Item = (&Certificate, &RevocationFinding)> {
        self.path.iter().map(|(certificate, finding)| (certificate, finding))
    }

    /// How revocation stands for the whole path: known, tolerated as unknown, or not asked.
    pub fn revocation(&self) -> RevocationOutcome {
        match self.missing {
            None => RevocationOutcome::NotChecked,
            Some(_) if self.certificates().any(|(_, status)| status == RevocationStatus::Unknown) => {
                RevocationOutcome::Tolerated
            }
            Some(missing) => RevocationOutcome::Known { hard: missing == MissingRevocation::Refuse },
        }
    }

    /// The trusted certificate at the top.
    pub const fn anchor(&self) -> &Certificate {
        &self.anchor
    }

    /// The time the proof is about.
    pub const fn at(&self) -> OffsetDateTime {
        self.at
    }

    /// The purpose the proof is about.
    pub const fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// The certificate policies under which the path holds, as the anchor's domain names them
    /// (user-constrained-policy-set); anyPolicy stands for all.
    pub fn policies(&self) -> &[ObjectIdentifier] {
        &self.policies
    }
}
