//! Which items of a file's store help anybody: those that somebody under a trusted root has signed, or who stands above a
//! signer of the file whom nobody here knows.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};

use pki::asn1::{self, tag};
use pki::ocsp::OcspResponse;
use pki::{AlgorithmError, Certificate, Crl, KeyUsage, Name, PublicKey, SignatureAlgorithm, oid};

use super::super::form;
use super::{Evidence, Stored};
use crate::trust::TrustList;

/// Rounds in which certificates are reached from those reached before: longer paths are no paths.
const MOST_ROUNDS: usize = pki::path::MAX_PATH;
/// What the signatures that are checked for that may cost, over all questions about one file, in signatures by SM2: a third
/// of a second. A hundred renewals with RSA cost three quarters of it.
const MOST_COST: usize = 1200;
/// Pairs of certificates of which one has the name of the other's issuer, each as often as it is met.
const MOST_PAIRS: usize = 50_000;
/// Bytes of a list or an answer that are digested in the time of one signature.
const BYTES_A_SIGNATURE: usize = 64 * 1024;

/// What was checked for that in one file, and what is left to be spent.
#[derive(Debug, Default)]
pub(super) struct Checked {
    spent: Cell<usize>,
    pairs: Cell<usize>,
    certificates: RefCell<HashMap<[u8; 32], bool>>,
}

impl Checked {
    /// Whether there was more to look at than is looked at for one file: what was not found of use may be.
    pub(super) fn is_over(&self) -> bool {
        self.spent.get() > MOST_COST || self.pairs.get() > MOST_PAIRS
    }

    /// Whether one more signature over so many bytes may be checked by this key.
    fn pays(&self, key: &PublicKey, algorithm: Result<SignatureAlgorithm, &AlgorithmError>, bytes: usize) -> bool {
        let cost = algorithm.map_or(1, |algorithm| key.cost(algorithm)) + bytes / BYTES_A_SIGNATURE;
        self.spent.set(self.spent.get().saturating_add(cost));
        !self.is_over()
    }

    /// Whether `upper` has the name and the key by which `lower` is signed.
    fn is_signed_by(&self, lower: &Certificate, upper: &Certificate) -> bool {
        let Some(key) = upper.public_key().ok().filter(|_| upper.subject().matches(lower.issuer())) else {
            return false;
        };
        self.pairs.set(self.pairs.get().saturating_add(1));
        if self.is_over() {
            return false;
        }
        let name = pki::path::signature_name(lower, upper);
        if let Some(holds) = self.certificates.borrow().get(&name) {
            return *holds;
        }
        if !self.pays(key, lower.signature_algorithm(), 0) {
            return false;
        }
        let holds = lower.verify_signed_by(key).is_some_and(|result| result.is_ok());
        self.certificates.borrow_mut().insert(name, holds);
        holds
    }

    fn lists(&self, found: &Crl, by: &Certificate) -> bool {
        let key = by.public_key().ok().filter(|_| by.subject().matches(found.issuer()));
        let bytes = found.tbs_der().len();
        key.is_some_and(|key| self.pays(key, found.signature_algorithm(), bytes) && found.is_signed_by(key))
    }

    fn answers(&self, found: &OcspResponse, by: &Certificate) -> bool {
        let (Ok(key), Ok(algorithm), true) = (by.public_key(), found.signature_algorithm(), found.is_by(by)) else {
            return false;
        };
        let signed = found.tbs_der();
        self.pays(key, Ok(algorithm), signed.len()) && key.verify(algorithm, signed, found.signature()).is_ok()
    }
}

/// Certificates under trusted roots, or above certain signers.
pub(in super::super) struct Reach<'e> {
    trust: &'e TrustList,
    certificates: Vec<&'e Certificate>,
    /// Nothing is reached from these but who answers for them: they are strangers, whose word is good for no more than
    /// their own signature.
    closed: bool,
    checked: &'e Checked,
}

impl<'e> Reach<'e> {
    /// The roots, what the list and the caller know of CAs, and all that they have signed of the file and of what came
    /// with a signature.
    pub(in super::super) fn with(
        evidence: &'e Evidence<'_>,
        enclosed: impl IntoIterator<Item = &'e Certificate>,
    ) -> Reach<'e> {
        let anchors = evidence.trust.anchors.iter().map(|anchor| &anchor.certificate);
        let (trust, checked) = (evidence.trust, &evidence.checked);
        let mut reach = Reach { trust, certificates: anchors.collect(), closed: false, checked };
        let file: Vec<&Certificate> = evidence.certificates.iter().chain(enclosed).collect();
        let left = above_by_name(evidence, &file).into_iter().chain(file).collect();
        reach.grow(left, |reach, certificate| reach.has(certificate));
        reach
    }

    /// Signers of the file, whoever stands above them by what came with them and what the store has, and who answers for
    /// them.
    pub(in super::super) fn above(
        evidence: &'e Evidence<'_>,
        signers: Vec<&'e Certificate>,
        enclosed: impl IntoIterator<Item = &'e Certificate>,
    ) -> Reach<'e> {
        let (trust, checked) = (evidence.trust, &evidence.checked);
        let mut reach = Reach { trust, certificates: signers, closed: true, checked };
        let left = evidence.certificates.iter().chain(enclosed).collect();
        reach.grow(left, |reach, certificate| reach.is_above(certificate) || reach.has(certificate));
        reach
    }

    /// Takes in whoever belongs to those that are reached, as long as somebody does.
    fn grow(&mut self, mut left: Vec<&'e Certificate>, belongs: impl Fn(&Reach<'e>, &Certificate) -> bool) {
        let mut met = HashSet::new();
        left.retain(|certificate| met.insert(certificate.der()));
        for _ in 0..MOST_ROUNDS {
            let before = left.len();
            left.retain(|certificate| {
                let reached = belongs(self, certificate);
                if reached {
                    self.certificates.push(certificate);
                }
                !reached
            });
            if left.len() == before || self.checked.is_over() {
                break;
            }
        }
    }

    /// Whether a CA has signed one of these.
    fn is_above(&self, upper: &Certificate) -> bool {
        may_certify(upper, self.trust)
            && !is_respelled(upper, self.trust)
            && self.certificates.iter().any(|lower| self.checked.is_signed_by(lower, upper))
    }

    /// Whether an item helps to judge anything.
    pub(in super::super) fn needs(&self, item: &Stored) -> bool {
        let mut known = self.certificates.iter();
        match item {
            Stored::Certificate(found) => self.has(found),
            Stored::Crl(found) => known.any(|by| may_list(by, self.trust) && self.checked.lists(found, by)),
            Stored::Ocsp(found) => is_plain(found) && self.needs_answer(found),
            Stored::Unreadable => false,
        }
    }

    /// The certificates beside an answer are under no signature: they are the responder's, and lead upwards from it.
    fn needs_answer(&self, found: &OcspResponse) -> bool {
        let spoke = |by: &Certificate| may_answer(by, self.trust) && self.checked.answers(found, by);
        if found.certificates().is_empty() {
            return self.certificates.iter().any(|by| spoke(by));
        }
        let mut left: Vec<&Certificate> = found.certificates().iter().collect();
        let Some(own) = left.iter().position(|by| spoke(by)) else { return false };
        let mut last = left.swap_remove(own);
        if form::has_twice(found.certificates()) || !self.has(last) {
            return false;
        }
        while let Some(at) = left.iter().position(|upper| self.checked.is_signed_by(last, upper)) {
            last = left.swap_remove(at);
            if !self.has(last) {
                return false;
            }
        }
        left.is_empty()
    }

    /// Whether a certificate is one of these, or signed by one of them.
    pub(in super::super) fn has(&self, certificate: &Certificate) -> bool {
        if self.certificates.contains(&certificate) {
            return true;
        }
        let trust = self.trust;
        // Below a stranger stands whoever speaks for it about revocation, and nobody else.
        let speaks =
            || !may_certify(certificate, trust) && (may_list(certificate, trust) || may_answer(certificate, trust));
        let mut known = self.certificates.iter();
        (!self.closed || speaks())
            && !is_respelled(certificate, trust)
            && known.any(|by| may_certify(by, trust) && self.checked.is_signed_by(certificate, by))
    }
}

/// Of the CAs that the list and the caller know those whose name stands in the file: as an issuer, or above one of these.
/// A list may name hundreds.
fn above_by_name<'e>(evidence: &'e Evidence<'_>, file: &[&Certificate]) -> Vec<&'e Certificate> {
    let mut left: Vec<&Certificate> = evidence.trust.authorities.iter().chain(evidence.policy.intermediates).collect();
    let enclosed = evidence.ocsp.iter().flat_map(OcspResponse::certificates);
    let mut issuers: Vec<&Name> = (file.iter().map(|certificate| certificate.issuer()))
        .chain(evidence.crls.iter().map(Crl::issuer))
        .chain(enclosed.map(Certificate::issuer))
        .collect();
    let mut met = HashSet::new();
    issuers.retain(|issuer| met.insert(issuer.der()));
    let mut found = Vec::new();
    for _ in 0..MOST_ROUNDS {
        let start = found.len();
        left.retain(|known| {
            let named = issuers.iter().any(|issuer| known.subject().matches(issuer))
                || start == 0 && evidence.ocsp.iter().any(|answer| answer.is_by(known));
            if named {
                found.push(*known);
            }
            !named
        });
        issuers = found.iter().skip(start).map(|known| known.issuer()).collect();
        if issuers.is_empty() {
            break;
        }
    }
    found
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use pki::KeyKind;

    use super::*;
    use crate::verify::memory::tests::namesakes;

    #[test]
    fn what_is_of_use_is_found_out_within_a_measure() {
        let (lower, upper, others) = namesakes(KeyKind::P384, MOST_COST / 3);
        let checked = Checked::default();
        assert!(checked.is_signed_by(&lower, &upper));
        assert!(others.iter().skip(1).all(|other| !checked.is_signed_by(&lower, other)));
        assert!(!checked.is_over());
        // Known pairs cost nothing but the look at them.
        assert!((0..100).all(|_| checked.is_signed_by(&lower, &upper)));
        assert!(!checked.is_signed_by(&lower, &others[0]));
        assert!(checked.is_over() && !checked.is_signed_by(&lower, &upper));

        let checked = Checked::default();
        assert!((0..MOST_PAIRS).all(|_| checked.is_signed_by(&lower, &upper)));
        assert!(!checked.is_signed_by(&lower, &upper) && checked.is_over());
    }
}
