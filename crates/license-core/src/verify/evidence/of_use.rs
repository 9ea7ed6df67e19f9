//! Which items of a file's store help anybody: those that somebody under a trusted root has signed.

use pki::ocsp::OcspResponse;
use pki::{Certificate, PublicKey};

use super::{Evidence, Stored};

/// Rounds in which certificates are reached from those reached before: longer paths are no paths.
const MOST_ROUNDS: usize = pki::path::MAX_PATH;
/// Signatures checked for that.
const MOST_CHECKS: usize = 200;

/// Certificates under trusted roots.
pub(in super::super) struct Reach<'e> {
    certificates: Vec<&'e Certificate>,
    checks: usize,
}

impl<'e> Reach<'e> {
    /// The roots, what the list and the caller know of CAs, and all of the file that they have signed.
    pub(in super::super) fn of(evidence: &'e Evidence<'_>) -> Reach<'e> {
        let anchors = evidence.trust.anchors.iter().map(|anchor| &anchor.certificate);
        let mut reach = Reach { certificates: anchors.collect(), checks: MOST_CHECKS };
        let known = evidence.trust.authorities.iter().chain(evidence.policy.intermediates);
        let mut left: Vec<&Certificate> = known.chain(&evidence.certificates).collect();
        for _ in 0..MOST_ROUNDS {
            let before = left.len();
            left.retain(|certificate| {
                let reached = reach.has(certificate);
                if reached {
                    reach.certificates.push(certificate);
                }
                !reached
            });
            if left.len() == before {
                break;
            }
        }
        reach
    }

    /// Whether an item helps to judge anything.
    pub(in super::super) fn needs(&mut self, item: &Stored) -> bool {
        match item {
            Stored::Certificate(found) => self.certificates.contains(&found) || self.has(found),
            Stored::Crl(found) => self.signed(|by| by.subject().matches(found.issuer()), |key| found.is_signed_by(key)),
            Stored::Ocsp(found) => {
                let own = self.signed(|by| found.is_by(by), |key| answers(found, key));
                own || found
                    .certificates()
                    .iter()
                    .any(|by| found.is_by(by) && by.public_key().is_ok_and(|key| answers(found, key)) && self.has(by))
            }
            Stored::Unreadable => false,
        }
    }

    fn has(&mut self, certificate: &Certificate) -> bool {
        self.certificates.contains(&certificate)
            || self.signed(
                |by| by.subject().matches(certificate.issuer()),
                |key| certificate.verify_signed_by(key).is_some_and(|result| result.is_ok()),
            )
    }

    fn signed(&mut self, named: impl Fn(&Certificate) -> bool, holds: impl Fn(&PublicKey) -> bool) -> bool {
        let checks = &mut self.checks;
        self.certificates.iter().filter(|by| named(by)).filter_map(|by| by.public_key().ok()).any(|key| {
            let left = checks.checked_sub(1);
            *checks = left.unwrap_or_default();
            left.is_some() && holds(key)
        })
    }
}

fn answers(response: &OcspResponse, key: &PublicKey) -> bool {
    let algorithm = response.signature_algorithm();
    algorithm.is_ok_and(|algorithm| key.verify(algorithm, response.tbs_der(), response.signature()).is_ok())
}
