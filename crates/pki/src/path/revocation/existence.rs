//! When evidence is known to have existed.

use super::{Evidence, MissingEvidence, RevocationFinding, RevocationStatus};
use crate::certificate::Certificate;
use crate::crl::{Crl, RevocationReason};
use crate::ocsp::OcspResponse;
use time::OffsetDateTime;

/// Proofs of existence (EN 319 102-1 5.6.2): what a trusted time-stamp over a list or an answer proves, or the present.
/// Implemented by whoever validated the time-stamps.
pub trait Existence {
    /// The earliest instant at which this list is proven to have existed; without a proof the present.
    fn of_crl(&self, crl: &Crl) -> OffsetDateTime;

    /// The earliest instant at which this answer is proven to have existed; without a proof the present.
    fn of_ocsp(&self, response: &OcspResponse) -> OffsetDateTime;
}

impl Evidence<'_> {
    pub(super) const fn asks_existence(&self) -> bool {
        self.existence.is_some()
    }

    pub(super) fn existed_crl(&self, crl: &Crl) -> Option<OffsetDateTime> {
        Some(self.existence?.of_crl(crl).max(crl.this_update()))
    }

    pub(super) fn existed_ocsp(&self, response: &OcspResponse) -> Option<OffsetDateTime> {
        Some(self.existence?.of_ocsp(response).max(response.produced_at()))
    }

    /// Whether a list existed while its signer's certificate was valid; not asked without proofs.
    pub(super) fn crl_is_proven(&self, crl: &Crl, signer: &Certificate) -> bool {
        self.existed_crl(crl).is_none_or(|at| signer.valid_at(at))
    }

    /// Whether an answer existed while the certificates of its signer and of the CA behind it were valid.
    pub(super) fn ocsp_is_proven(&self, response: &OcspResponse, signers: [&Certificate; 2]) -> bool {
        self.existed_ocsp(response).is_none_or(|at| signers.iter().all(|signer| signer.valid_at(at)))
    }
}

/// Knowledge that a stolen CA key may have made afterwards is none: the certificate above was revoked later for that, and
/// nothing proves that the evidence is older (EN 319 102-1 5.6.2.2).
pub(in crate::path) fn doubt(findings: &mut [RevocationFinding]) {
    for at in 1..findings.len() {
        let RevocationStatus::RevokedLater(revoked) = findings[at].status else { continue };
        let stolen = matches!(
            revoked.reason,
            RevocationReason::Unspecified | RevocationReason::KeyCompromise | RevocationReason::CaCompromise
        );
        let below = &mut findings[at - 1];
        let late = below.existed.is_some_and(|existed| existed >= revoked.at);
        if stolen && late && below.status == RevocationStatus::Good {
            below.status = RevocationStatus::Unknown;
            below.missing = Some(MissingEvidence::Unproven);
        }
    }
}
