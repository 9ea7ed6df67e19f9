//! When evidence is known to have existed.

use super::Evidence;
use crate::certificate::Certificate;
use crate::crl::Crl;
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
    /// Whether a list existed while its signer's certificate was valid; not asked without proofs.
    pub(super) fn crl_is_proven(&self, crl: &Crl, signer: &Certificate) -> bool {
        self.existence.is_none_or(|existence| signer.valid_at(existence.of_crl(crl).max(crl.this_update())))
    }

    /// Whether an answer existed while the certificates of its signer and of the CA behind it were valid.
    pub(super) fn ocsp_is_proven(&self, response: &OcspResponse, signers: [&Certificate; 2]) -> bool {
        self.existence.is_none_or(|existence| {
            let at = existence.of_ocsp(response).max(response.produced_at());
            signers.iter().all(|signer| signer.valid_at(at))
        })
    }
}
