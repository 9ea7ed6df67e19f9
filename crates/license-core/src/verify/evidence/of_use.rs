//! Which items of a file's store help anybody: those that somebody under a trusted root has signed, or who stands above a
//! signer of the file whom nobody here knows.

use pki::asn1::{self, tag};
use pki::ocsp::OcspResponse;
use pki::{Certificate, KeyUsage, PublicKey, oid};

use super::super::form;
use super::{Evidence, Stored};
use crate::trust::TrustList;

/// Rounds in which certificates are reached from those reached before: longer paths are no paths.
const MOST_ROUNDS: usize = pki::path::MAX_PATH;
/// Signatures checked for that.
const MOST_CHECKS: usize = 400;

/// Certificates under trusted roots, or above certain signers.
pub(in super::super) struct Reach<'e> {
    trust: &'e TrustList,
    certificates: Vec<&'e Certificate>,
    /// Nothing is reached from these but who answers for them: they are strangers, whose word is good for no more than
    /// their own signature.
    closed: bool,
    checks: usize,
}

impl<'e> Reach<'e> {
    /// The roots, what the list and the caller know of CAs, and all that they have signed of the file and of what came
    /// with a signature.
    pub(in super::super) fn with(
        evidence: &'e Evidence<'_>,
        enclosed: impl IntoIterator<Item = &'e Certificate>,
    ) -> Reach<'e> {
        let anchors = evidence.trust.anchors.iter().map(|anchor| &anchor.certificate);
        let trust = evidence.trust;
        let mut reach = Reach { trust, certificates: anchors.collect(), closed: false, checks: MOST_CHECKS };
        let known = evidence.trust.authorities.iter().chain(evidence.policy.intermediates);
        let mut left: Vec<&Certificate> = known.chain(&evidence.certificates).chain(enclosed).collect();
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

    /// Signers of the file, whoever stands above them by what came with them and what the store has, and who answers for
    /// them.
    pub(in super::super) fn above(
        evidence: &'e Evidence<'_>,
        signers: Vec<&'e Certificate>,
        enclosed: impl IntoIterator<Item = &'e Certificate>,
    ) -> Reach<'e> {
        let mut reach = Reach { trust: evidence.trust, certificates: signers, closed: true, checks: MOST_CHECKS };
        let mut left: Vec<&Certificate> = evidence.certificates.iter().chain(enclosed).collect();
        for _ in 0..MOST_ROUNDS {
            let before = left.len();
            left.retain(|certificate| {
                let reached = reach.is_above(certificate) || reach.has(certificate);
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

    /// Whether a CA has signed one of these.
    fn is_above(&mut self, upper: &Certificate) -> bool {
        let checks = &mut self.checks;
        may_certify(upper, self.trust)
            && !is_respelled(upper, self.trust)
            && self.certificates.iter().filter(|lower| upper.subject().matches(lower.issuer())).any(|lower| {
                let left = checks.checked_sub(1);
                *checks = left.unwrap_or_default();
                left.is_some() && is_signed_by(lower, upper)
            })
    }

    /// Whether an item helps to judge anything.
    pub(in super::super) fn needs(&mut self, item: &Stored) -> bool {
        match item {
            Stored::Certificate(found) => self.has(found),
            Stored::Crl(found) => {
                let trust = self.trust;
                let named = |by: &Certificate| by.subject().matches(found.issuer()) && may_list(by, trust);
                self.signed(named, |key| found.is_signed_by(key))
            }
            Stored::Ocsp(found) => is_plain(found) && self.needs_answer(found),
            Stored::Unreadable => false,
        }
    }

    /// The certificates beside an answer are under no signature: they are the responder's, and lead upwards from it.
    fn needs_answer(&mut self, found: &OcspResponse) -> bool {
        let trust = self.trust;
        if found.certificates().is_empty() {
            return self.signed(|by| found.is_by(by) && may_answer(by, trust), |key| answers(found, key));
        }
        let mut left: Vec<&Certificate> = found.certificates().iter().collect();
        let spoke = |by: &Certificate| {
            found.is_by(by) && may_answer(by, trust) && by.public_key().is_ok_and(|key| answers(found, key))
        };
        let Some(own) = left.iter().position(|by| spoke(by)) else { return false };
        let mut last = left.swap_remove(own);
        if form::has_twice(found.certificates()) || !self.has(last) {
            return false;
        }
        while let Some(at) = left.iter().position(|upper| is_signed_by(last, upper)) {
            last = left.swap_remove(at);
            if !self.has(last) {
                return false;
            }
        }
        left.is_empty()
    }

    /// Whether a certificate is one of these, or signed by one of them.
    pub(in super::super) fn has(&mut self, certificate: &Certificate) -> bool {
        if self.certificates.contains(&certificate) {
            return true;
        }
        let trust = self.trust;
        // Below a stranger stands whoever speaks for it about revocation, and nobody else.
        let speaks =
            || !may_certify(certificate, trust) && (may_list(certificate, trust) || may_answer(certificate, trust));
        (!self.closed || speaks())
            && !is_respelled(certificate, trust)
            && self.signed(
                |by| by.subject().matches(certificate.issuer()) && may_certify(by, trust),
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

/// Whether somebody's signature makes a certificate (RFC 5280 6.1.4 k): everybody under a root has a key that signs, and
/// what it signs is nobody's word.
fn may_certify(by: &Certificate, trust: &TrustList) -> bool {
    by.basic_constraints().is_some_and(|found| found.ca) || trust.anchors.iter().any(|a| a.certificate == *by)
}

/// The same of a revocation list, which a CA may leave to others (RFC 5280 6.3.3 f).
fn may_list(by: &Certificate, trust: &TrustList) -> bool {
    may_certify(by, trust) || by.key_usage().is_some_and(|usage| usage.any(KeyUsage::CRL_SIGN))
}

/// The same of an answer (RFC 6960 4.2.2.2).
fn may_answer(by: &Certificate, trust: &TrustList) -> bool {
    may_certify(by, trust) || by.extended_key_usage().is_some_and(|found| found.contains(&oid::KP_OCSP_SIGNING))
}

/// Whether a certificate says what one of the trust list says, and is another: its own signature can be written in two
/// ways (ECDSA), which no one signs.
pub(in super::super) fn is_respelled(certificate: &Certificate, trust: &TrustList) -> bool {
    let known = trust.anchors.iter().map(|anchor| &anchor.certificate).chain(&trust.authorities);
    let mut same = known.filter(|known| known.tbs_der() == certificate.tbs_der()).peekable();
    same.peek().is_some() && same.all(|known| known != certificate)
}

fn is_signed_by(lower: &Certificate, upper: &Certificate) -> bool {
    let key = upper.public_key().ok().filter(|_| upper.subject().matches(lower.issuer()));
    key.and_then(|key| lower.verify_signed_by(key)).is_some_and(|result| result.is_ok())
}

/// Whether an answer is the one DER around its signed part (RFC 6960 4.2.1).
fn is_plain(response: &OcspResponse) -> bool {
    let certificates: Vec<&[u8]> = response.certificates().iter().map(Certificate::der).collect();
    let certificates = match certificates.is_empty() {
        true => Vec::new(),
        false => asn1::explicit(0, &asn1::sequence(&certificates)),
    };
    let Ok(algorithm) = response.signature_algorithm() else { return false };
    let value = asn1::bit_string(response.signature());
    let basic = asn1::sequence(&[response.tbs_der(), &algorithm.algorithm_identifier(), &value, &certificates]);
    let bytes = asn1::sequence(&[&asn1::oid(&oid::OCSP_BASIC), &asn1::octet_string(&basic)]);
    asn1::sequence(&[&asn1::tlv(tag::ENUMERATED, &[&[0]]), &asn1::explicit(0, &bytes)]) == response.der()
}

fn answers(response: &OcspResponse, key: &PublicKey) -> bool {
    let algorithm = response.signature_algorithm();
    algorithm.is_ok_and(|algorithm| key.verify(algorithm, response.tbs_der(), response.signature()).is_ok())
}
